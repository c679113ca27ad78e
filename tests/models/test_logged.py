"""Candidates that learn the logarithm of the target answer on its own scale, and come back from disk so."""

from __future__ import annotations

import numpy as np
import pytest

from automl_assist.models import FitRequest, families
from automl_assist.models._logged import Logged, LogScale
from automl_assist.preprocessing import Features
from automl_assist.rules._portfolios import proven_settings
from automl_assist.rules.target_scale import SCALES_OF_TARGET
from automl_assist.schema import Problem
from automl_assist.tuning.proposers import Defaults

ROWS = 300
WITH_LOGS = ("linear", "lightgbm", "extra_trees", "kernel")


def _request(name: str, *, offered: bool = True, lowest: float = 0.0, metric: str = "rmse") -> FitRequest:
    rng = np.random.default_rng(0)
    numbers = rng.normal(size=(ROWS, 3)).astype(np.float32)
    target = np.exp(2 + numbers[:, 0] + 0.5 * numbers[:, 1] + 0.2 * rng.normal(size=ROWS)) + lowest
    features = Features(numbers, np.empty((ROWS, 0), np.int32), np.empty((ROWS, 0), object), (), ("a", "b", "c"), (), ())
    problem = Problem("regression", 0, metric, ROWS, 3, 0, 0, {"target_scale": SCALES_OF_TARGET[offered]})
    space = Defaults({"log_target": True})
    families()[name].declare_space(space, problem)
    inside, outside = np.arange(200), np.arange(200, ROWS)
    return FitRequest(
        features.take(inside), target[inside], features.take(outside), target[outside], problem, space.values, 0, None, 1, 200
    )


@pytest.mark.parametrize("name", WITH_LOGS)
def test_logs_are_learned_kept_and_bounded(name, tmp_path):
    request = _request(name)
    model = families()[name].fit(request)
    assert isinstance(model, Logged) and 0.8 < model.facts()["factor_of_logs"] < 1.3
    found = model.predict(request.valid_features)
    assert request.target.min() <= found.min() and found.max() <= request.target.max()
    assert np.corrcoef(np.log(found), np.log(request.valid_target))[0, 1] > 0.8
    model.save(tmp_path)
    assert np.allclose(families()[name].load(tmp_path).predict(request.valid_features), found)


@pytest.mark.parametrize("name", WITH_LOGS)
def test_without_an_offer_or_above_zero_alone(name):
    assert "log_target" not in _request(name, offered=False).values
    below = _request(name, lowest=-5.0)
    assert not isinstance(families()[name].fit(below), Logged), "a fold with values below zero has no logarithm"
    assert sum(v.get("log_target", False) for v in proven_settings(name, below.values)) == 1
    assert not any(v.get("log_target") for v in proven_settings(name, _request(name, offered=False).values))


def test_a_median_needs_no_factor():
    assert families()["linear"].fit(_request("linear", metric="mae")).facts()["factor_of_logs"] == 1.0
    assert LogScale(1.0, 1.0, 0.0, 9.0).values(np.array([-1e9, 0.0, 1e9])).tolist() == [0.0, 0.0, 9.0]
