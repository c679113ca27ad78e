"""Columns made inside the fold: found where they say something, absent where all is chance, the same once stored."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from automl_assist.preprocessing import Features, storage
from automl_assist.preprocessing.made import MadeColumns
from automl_assist.preprocessing.making import Missed, find_keys, make_columns
from automl_assist.rules.levels import LEVEL_DETAILS
from automl_assist.rules.made import NONE_MADE, USUAL_MADE

ROWS = 1_500


def _features(rng: np.random.Generator) -> Features:
    numbers = np.column_stack([rng.uniform(1, 9, ROWS), rng.uniform(1, 9, ROWS), rng.integers(0, 30, ROWS)]).astype(np.float32)
    numbers[rng.random(ROWS) < 0.05, 0] = np.nan
    categories = rng.integers(0, 6, (ROWS, 2)).astype(np.int32)
    categories[:20, 0] = -1
    return Features(numbers, categories, np.empty((ROWS, 0), object), (6, 6), ("length", "width", "shop"), ("colour", "shape"), ())


def _made(features: Features, truth: np.ndarray, asked: dict[str, int] = USUAL_MADE) -> tuple[MadeColumns, np.ndarray]:
    outputs = truth[:, None]
    missed = Missed(np.arange(ROWS), outputs - outputs.mean(), np.ones(3))
    return make_columns(features, outputs, missed, 0, asked, LEVEL_DETAILS)


@pytest.fixture
def features() -> Features:
    return _features(np.random.default_rng(0))


def _noise() -> np.ndarray:
    return np.random.default_rng(1).normal(size=ROWS)


def test_a_ratio_a_pair_and_a_group_are_found(features):
    noise = 0.3 * _noise()
    length, width, shop = np.nan_to_num(features.numbers.astype(float), nan=5.0).T
    ratio, _ = _made(features, length / width + noise)
    assert "length / width" in ratio.described(features)
    pair, _ = _made(features, (features.categories[:, 0] == features.categories[:, 1]) + noise)
    assert pair.described(features)[0] == "colour and shape"
    moved = replace(features, numbers=np.column_stack([length, width + 10 * shop, shop]).astype(np.float32))
    group, _ = _made(moved, width + noise, {**USUAL_MADE, **NONE_MADE, "groups": 5})
    assert "width - its mean by shop" in group.described(moved)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("keys", 1),
        ("numbers", 2),
        ("number_rows", 100),
        ("rows_a_group", ROWS),
        ("smoothing", 50.0),
        ("most_of_rows", 0.01),
        ("most_of_pairs", 0.001),
        ("parts", 3),
    ],
)
def test_what_is_asked_for_is_followed(features, name, value):
    length, width, shop = np.nan_to_num(features.numbers.astype(float), nan=5.0).T
    truth = length / width + 6 * (features.categories[:, 0] == features.categories[:, 1]) + shop % 7 + 0.3 * _noise()
    moved = replace(features, numbers=np.column_stack([length, width + 10 * shop, shop]).astype(np.float32))
    (usual, columns), (edited, others) = (_made(moved, truth, {**USUAL_MADE, **more}) for more in ({}, {name: value}))
    assert usual.described(moved) != edited.described(moved) or not np.array_equal(columns, others, equal_nan=True)


def test_nothing_is_made_of_noise(features):
    made, columns = _made(features, _noise())
    assert made.width <= 2 and columns.shape == (ROWS, made.width)
    length, width = np.nan_to_num(features.numbers[:, :2].astype(float), nan=5.0).T
    strict, _ = _made(features, length / width, {**USUAL_MADE, "sure": 1e6, "sure_of_levels": 1e6})
    assert strict.width == 0
    constant, columns = _made(features, np.full(ROWS, 3.0))
    assert constant.width == 0 and columns.shape == (ROWS, 0)


def test_target_means_of_training_rows_come_from_other_rows(features):
    """Levels of one row each: their own mean would give the target away."""
    truth = _noise()
    alone = replace(features, numbers=np.column_stack([np.arange(ROWS) // 2, *features.numbers.T[1:]]).astype(np.float32))
    missed = Missed(np.arange(ROWS), (truth + 5 * np.repeat(_noise()[: ROWS // 2], 2))[:, None], np.ones(3))
    made, columns = make_columns(alone, missed.residuals, missed, 0, USUAL_MADE, LEVEL_DETAILS)
    assert made.described(alone)[0] == "length", "a number whose values come again is a key"
    assert np.corrcoef(columns[:, 0], truth)[0, 1] < 0.2


def test_new_rows_and_storage(features, tmp_path):
    truth = (features.categories[:, 0] == features.categories[:, 1]) + np.nan_to_num(features.numbers[:, 0]) / features.numbers[:, 1]
    made, _ = _made(features, truth + 0.1 * _noise())
    storage.save(tmp_path, "made", made)
    again = storage.load(tmp_path, "made", MadeColumns)
    odd = Features(np.full((4, 3), np.nan, np.float32), np.full((4, 2), -2, np.int32), np.empty((4, 0), object), (6, 6),
                   features.number_names, features.category_names, ())  # fmt: skip
    for rows in (features.take(np.arange(40)), odd):
        assert np.array_equal(again.transform(rows), made.transform(rows), equal_nan=True)
    assert np.isfinite(made.transform(odd)[:, : made.counted[0].means.width]).all()
    with pytest.raises(ValueError):
        MadeColumns(1, 0, made.keys, made.counted, made.arithmetic, made.grouped)


def test_a_key_is_what_comes_again(features):
    assert [key.name for key in find_keys(features, 0.6)] == ["colour", "shape", "shop"]
