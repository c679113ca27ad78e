"""The greedy ensemble: better than its members where it can be, never worse than the best."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

from automl_assist.evaluation.ensemble import greedy_weights, weighted_mean
from automl_assist.evaluation.scoring import score
from automl_assist.metrics import metric


@given(st.integers(1, 6), st.integers(0, 50))
def test_never_worse_than_the_best_member_on_the_rows_it_saw(members, seed):
    rng = np.random.default_rng(seed)
    y = rng.normal(size=80)
    predictions = [y + rng.normal(scale=0.2 + rng.random(), size=80) for _ in range(members)]
    weights = greedy_weights(predictions, y, metric("rmse"))
    assert weights.sum() == pytest.approx(1)
    best = min(score(metric("rmse"), y, p) for p in predictions)
    assert score(metric("rmse"), y, weighted_mean(predictions, weights)) <= best + 1e-9


def test_independent_errors_average_out():
    rng = np.random.default_rng(0)
    y = rng.normal(size=500)
    predictions = [y + rng.normal(size=500) for _ in range(4)]
    weights = greedy_weights(predictions, y, metric("rmse"))
    assert (weights > 0.1).all()
    assert score(metric("rmse"), y, weighted_mean(predictions, weights)) < 0.6


def test_a_useless_member_gets_no_weight_and_an_equal_one_is_not_added():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 300)
    good = np.clip(np.column_stack([1 - y, y]) * 0.6 + 0.2 + rng.normal(scale=0.1, size=(300, 1)) * [1, -1], 0.01, 0.99)
    weights = greedy_weights([good, rng.dirichlet([1, 1], 300), good.copy()], y, metric("log_loss"))
    assert weights[1] == 0
    assert weights[2] == 0


def test_it_stops_in_time():
    y = np.zeros(10)
    assert greedy_weights([y + 1, y - 1], y, metric("rmse"), until=0.0).tolist() == [1, 0]
