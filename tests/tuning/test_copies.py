"""Test rows that were learned from are counted: equal ones, and pictures that were scaled or compressed again."""

import io

import numpy as np
import pytest
from PIL import Image

from automl_assist.preprocessing import Features
from automl_assist.preprocessing.pictures import BLOCK
from automl_assist.report.verdict import named_checks
from automl_assist.tuning.copies import repeated


def features(pictures=None, numbers=None, rows=None):
    rows = rows or len(numbers if pictures is None else pictures)
    numbers = np.zeros((rows, 0), np.float32) if numbers is None else np.asarray(numbers, np.float32).reshape(rows, -1)
    none = np.zeros((rows, 0))
    names = tuple(f"n{k}" for k in range(numbers.shape[1]))
    blocks = {} if pictures is None else {BLOCK: np.asarray(pictures)}
    return Features(numbers, none.astype(np.int32), none.astype(object), (), names, (), (), blocks)


def photographs(count, side, seed):
    rng = np.random.default_rng(seed)
    small = [Image.fromarray(rng.integers(60, 180, (6, 6, 3), dtype=np.uint8)) for _ in range(count)]
    clear = np.stack([np.asarray(image.resize((side, side))).astype(int) for image in small])
    return np.clip(clear + rng.integers(-6, 7, (*clear.shape[:3], 1)), 0, 255).astype(np.uint8)


def compressed(pixels):
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=95)
    return np.asarray(Image.open(out))


@pytest.mark.parametrize("side", [50, 64])
def test_copies_of_pictures_are_counted_where_all_else_is_equal(side):
    known, new = photographs(60, side, 0), photographs(40, side, 1)
    dev = features(known, np.arange(60) % 2)
    y_dev, y_test = np.arange(60) % 3, np.zeros(40, int)
    numbers = np.zeros(40)
    new[0], y_test[0], numbers[0] = known[4], 1, 0  # equal
    new[1], y_test[1], numbers[1] = compressed(known[5]), 2, 1  # alike
    new[2], y_test[2], numbers[2] = compressed(known[7]), 0, 1  # alike, with another label
    new[3], y_test[3], numbers[3] = compressed(known[8]), 2, 1  # alike, with another number beside
    assert repeated(dev, y_dev, features(new, numbers), y_test) == (1, 1)


def test_pictures_of_one_colour_and_rows_without_features_are_no_copies():
    grey = np.random.default_rng(0).integers(3, 5, (20, 16, 16, 1), dtype=np.uint8)
    assert repeated(features(grey[:10]), np.zeros(10), features(grey[10:]), np.zeros(10)) == (0, 0)
    assert repeated(features(rows=10), np.zeros(10), features(rows=5), np.zeros(5)) == (0, 0)
    assert repeated(features(numbers=[1, 2]), np.zeros(2), features(numbers=[2, 2, 3]), np.zeros(3)) == (2, 0)


def test_the_report_says_how_many():
    facts = {"metric": {"name": "accuracy", "title": "Accuracy"}, "gains": {}, "test_rows": 200, "findings": [], "charts": {}}
    facts |= {"classes": (), "failures": [], "complete": True}

    def said_of(repeated, *codes):
        checks = named_checks({**facts, "repeated": repeated, "findings": [{"code": code, "columns": ()} for code in codes]})
        return next(c for c in checks if c["id"] == "test_unseen")

    assert said_of((0, 0))["state"] == said_of((3, 0))["state"] == "pass"
    assert "3 of 200 test rows equal one that was learned from, no more than chance" in said_of((3, 0), "F301")["message"]
    said = {n: said_of(n, "F401") for n in ((3, 0), (3, 2))}
    assert said[3, 0]["state"] == "warn" and "3 of 200 test rows stand among" in said[3, 0]["message"]
    assert said_of((0, 2))["state"] == "warn"
    assert "5 of 200 test rows" in said[3, 2]["message"] and "2 of them with a picture that only looks the same" in said[3, 2]["message"]
