"""Linear models of logarithms and of products find what plain ones cannot, and are offered where the plan says so."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from automl_assist.models import FitRequest, families
from automl_assist.preprocessing import Features
from automl_assist.rules._portfolios import proven_settings
from automl_assist.rules.target_scale import SCALES_OF_TARGET
from automl_assist.schema import Problem
from automl_assist.tuning.proposers import Defaults

ROWS = 400
LINEAR = families()["linear"]


def _errors(target, task, curves, **wanted):
    """Return the error on held-out rows of the plain model, and of one with these hyper-parameters."""
    rng = np.random.default_rng(0)
    numbers = np.exp(rng.normal(size=(ROWS, 3))).astype(np.float32)
    answer = target(*numbers.T.astype(np.float64))
    features = Features(numbers, np.empty((ROWS, 0), np.int32), np.empty((ROWS, 0), object), (), ("a", "b", "c"), (), ())
    classes = 2 * (task == "binary")
    settings = {"target_scale": SCALES_OF_TARGET[1], "linear.curves": curves}
    problem = Problem(task, classes, "log_loss" if classes else "rmse", ROWS, 3, 0, 0, settings)
    found = []
    for asked in ({}, wanted):
        space = Defaults(asked)
        LINEAR.declare_space(space, problem)
        a, b = np.arange(300), np.arange(300, ROWS)
        request = FitRequest(features.take(a), answer[a], features.take(b), answer[b], problem, space.values, 0, None, 1, 300)
        seen = LINEAR.fit(request).predict(features.take(b))
        found.append(np.mean(seen.argmax(axis=1) != answer[b]) if classes else np.sqrt(np.mean((seen - answer[b]) ** 2)))
    return found


BOTH = {"logarithms": True, "products": 100}


def test_a_law_of_powers_is_found_exactly():
    plain, bent = _errors(lambda a, b, c: 5 * a * b**2 / np.sqrt(c), "regression", BOTH, log_numbers=True, log_target=True)
    assert bent < 1e-3 * plain


def test_a_product_is_found():
    plain, bent = _errors(lambda a, b, c: np.log(a) * np.log(b) + np.log(c), "regression", BOTH, log_numbers=True, products=True)
    assert bent < 0.5 * plain


def test_classes_that_a_product_parts_are_told_apart():
    plain, bent = _errors(lambda a, b, c: (np.log(a) * np.log(b) > 0).astype(np.int64), "binary", BOTH, log_numbers=True, products=True)
    assert plain > 0.35 and bent < 0.1


@pytest.mark.parametrize(
    ("curves", "offered"),
    [({}, set()), (BOTH, {"log_numbers", "products"}), ({"logarithms": False, "products": 9}, {"products"}),
     ({"logarithms": True, "products": 0}, {"log_numbers"})],
)  # fmt: skip
def test_they_are_offered_where_the_plan_says(curves, offered):
    space = Defaults({})
    LINEAR.declare_space(space, Problem("binary", 2, "log_loss", ROWS, 3, 0, 0, {"linear.curves": curves}))
    assert {"log_numbers", "products"} & set(space.values) == offered
    assert sum(bool(values) for values in proven_settings("linear", space.values)) == ("products" in offered) + (len(offered) == 2)


def test_values_end_where_rows_stand_at_a_bound():
    plain, bounded = (
        _errors(lambda a, b, c: np.maximum(np.log(a) + np.log(b), 0.0), "regression", {"bound": bound}, log_target=False)[0]
        for bound in (1.0, 0.02)
    )
    assert bounded < 0.9 * plain


def test_curves_do_not_run_away():
    rng = np.random.default_rng(0)
    numbers = rng.normal(size=(ROWS, 2)).astype(np.float32)
    target = numbers[:, 0].astype(np.float64) * numbers[:, 1]
    features = Features(numbers, np.empty((ROWS, 0), np.int32), np.empty((ROWS, 0), object), (), ("a", "b"), (), ())
    problem = Problem("regression", 0, "rmse", ROWS, 2, 0, 0, {"linear.curves": BOTH})
    space = Defaults({"products": True})
    LINEAR.declare_space(space, problem)
    model = LINEAR.fit(FitRequest(features, target, features, target, problem, space.values, 0, None, 1, ROWS))
    far = dataclasses.replace(features, numbers=100 * numbers)
    assert target.min() <= model.predict(far).min() and model.predict(far).max() <= target.max()
