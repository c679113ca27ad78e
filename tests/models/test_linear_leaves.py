"""Boosted trees with lines in their leaves: better on what is linear in parts, and never beyond what training saw."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from automl_assist.models import FitRequest, families
from automl_assist.models._booster_text import check_booster_text
from automl_assist.preprocessing import Features
from automl_assist.rules._portfolios import proven_settings
from automl_assist.rules.classic import LEAVES
from automl_assist.schema import Problem
from automl_assist.tuning.proposers import Defaults

ROWS = 400
FAMILY = families()["lightgbm"]


def _request(settings: dict[str, object], values: dict[str, object], task: str = "regression") -> FitRequest:
    rng = np.random.default_rng(0)
    numbers = rng.normal(size=(ROWS, 4)).astype(np.float32)
    target = np.where(numbers[:, 0] > 0, 3 * numbers[:, 1], -2 * numbers[:, 2]) + 0.1 * rng.normal(size=ROWS)
    numbers[::9, 3] = np.nan
    codes = rng.integers(0, 3, (ROWS, 1)).astype(np.int32)
    features = Features(numbers, codes, np.empty((ROWS, 0), object), (3,), (*"abcd",), ("level",), ())
    problem = Problem(task, 0, "rmse", ROWS, 4, 1, 0, settings)
    space = Defaults(values)
    FAMILY.declare_space(space, problem)
    inside, outside = np.arange(300), np.arange(300, ROWS)
    return FitRequest(
        features.take(inside), target[inside], features.take(outside), target[outside], problem, space.values, 0, None, 1, 200
    )


OFFERED = {"boosting.leaves": LEAVES[1]}
LINES = {"linear_leaves": True, "num_leaves": 8}


def _error(request: FitRequest) -> float:
    return float(np.sqrt(np.mean((FAMILY.fit(request).predict(request.valid_features) - request.valid_target) ** 2)))


def test_lines_learn_what_is_linear_in_parts():
    assert _error(_request(OFFERED, LINES)) < 0.8 * _error(_request({}, {}))


def test_they_come_back_and_stay_within_what_was_seen(tmp_path):
    request = _request(OFFERED, LINES)
    model = FAMILY.fit(request)
    model.save(tmp_path)
    near = request.valid_features
    far = replace(near, numbers=near.numbers * np.float32(1e6))
    again = FAMILY.load(tmp_path)
    assert np.array_equal(again.predict(request.valid_features), model.predict(request.valid_features))
    found = again.predict(far)
    assert request.target.min() <= found.min() and found.max() <= request.target.max()


@pytest.mark.parametrize("settings", [{}, {"boosting.leaves": LEAVES[0]}, {**OFFERED, "boosting.loss": "absolute"}])
def test_they_are_tried_where_the_plan_offers_them(settings):
    request = _request(settings, LINES)
    assert "linear_leaves" not in request.values
    assert not any(v.get("linear_leaves") for v in proven_settings("lightgbm", request.values))
    assert sum(v.get("linear_leaves", False) for v in proven_settings("lightgbm", _request(OFFERED, {}).values)) == 2


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("leaf_features", "99 "),
        ("leaf_features", ""),
        ("num_features", "-1"),
        ("leaf_coeff", "x"),
        ("leaf_const", "1 2"),
        ("is_linear", "0"),
    ],
)
def test_a_changed_line_is_refused(name, value, tmp_path):
    FAMILY.fit(_request(OFFERED, {**LINES, "cat_smooth": 1.0})).save(tmp_path)
    text = (tmp_path / "trees.txt").read_text()
    columns = int(re.search(r"max_feature_idx=(\d+)", text)[1]) + 1
    assert check_booster_text(text, columns) > 5
    place = text.index(f"\n{name}=", text.index("Tree=3"))
    end = text.index("\n", place + 1)
    line = text[place + 1 : end].split("=", 1)[1]
    first = line.split(" ", 1)[-1] if name != "is_linear" else ""
    changed = text[: place + 1] + f"{name}={value}" + (f" {first}" if name != "is_linear" else "") + text[end:]
    grown = len(changed) - len(text)
    sizes = re.search(r"tree_sizes=([\d ]+)", changed)[1].split(" ")
    sizes[3] = str(int(sizes[3]) + grown)
    changed = re.sub(r"tree_sizes=[\d ]+", "tree_sizes=" + " ".join(sizes), changed, count=1)
    with pytest.raises(ValueError):
        check_booster_text(changed, columns)
