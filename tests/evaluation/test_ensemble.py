"""The greedy ensemble: better than its members where it can be, never worse than the best."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

from automl_assist.evaluation.ensemble import averaged, greedy_weights, mean_loss, weighted_mean
from automl_assist.evaluation.scoring import score
from automl_assist.metrics import metric
from automl_assist.schema import AS_THEY_ARE, Averaging


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


def test_folds_on_different_scales_are_judged_one_by_one():
    """Two folds whose models order perfectly but lie apart: pooled, the order looks poor; the mean over folds is perfect."""
    y = np.array([0, 1, 0, 1])
    p = np.array([0.1, 0.2, 0.8, 0.9])
    shifted = np.column_stack([1 - p, p])
    other = np.full((4, 2), 0.5)
    other[[1, 3], 1] += 0.01
    weights = greedy_weights([other, shifted], y, metric("roc_auc"), parts=(2, 2))
    assert score(metric("roc_auc"), y, shifted) < 1
    assert weights.tolist() == [1, 0]
    assert mean_loss(metric("roc_auc"), [y[:2], y[2:]], [shifted[:2], shifted[2:]]) == -1


def test_it_stops_in_time():
    y = np.zeros(10)
    assert greedy_weights([y + 1, y - 1], y, metric("rmse"), until=0.0).tolist() == [1, 0]


def test_of_perfect_candidates_the_surer_one_is_taken():
    y = np.array([0, 1] * 10)
    unsure, sure = (np.column_stack([1 - p, p]) for p in (0.4 + 0.2 * y, 0.05 + 0.9 * y))
    assert greedy_weights([unsure, sure], y, metric("roc_auc")).tolist() == [0, 1]


def test_models_that_agree_are_as_sure_together_as_each_alone():
    first, second = np.array([[0.8, 0.2], [0.5, 0.5]]), np.array([[0.98, 0.02], [0.5, 0.5]])
    together = averaged([first, second], [0.5, 0.5], Averaging("logarithmic"))
    odds = together[:, 0] / together[:, 1]
    np.testing.assert_allclose(odds, [np.sqrt(4 * 49), 1])
    assert together[0, 1] < weighted_mean([first, second], [0.5, 0.5])[0, 1]
    np.testing.assert_allclose(together.sum(axis=1), 1)


def test_weights_are_those_of_the_averaging_that_is_used():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 3, 600)
    truth = 4.0 * np.eye(3)[y]
    models = [np.exp(truth + rng.normal(0, 2, (600, 3))) for _ in range(4)]
    models = [p / p.sum(axis=1, keepdims=True) for p in models]
    found = {
        way: score(metric("log_loss"), y, averaged(models, greedy_weights(models, y, metric("log_loss"), averaging=way), way))
        for way in (AS_THEY_ARE, Averaging("logarithmic"))
    }
    assert found[Averaging("logarithmic")] < 0.9 * found[AS_THEY_ARE]


def test_doubt_keeps_one_that_is_certain_and_wrong_from_outvoting_the_others():
    models = [np.array([[1.0, 0.0]]), np.array([[0.1, 0.9]])]
    surest, doubting = (averaged(models, [0.5, 0.5], Averaging("logarithmic", doubt))[0, 1] for doubt in (0.0, 1e-4))
    assert 0 < surest < 0.01 < doubting < 0.1


def test_rows_of_a_rare_class_keep_their_order():
    rare = np.array([1e-9, 1e-7, 1e-5, 1e-3])
    models = [np.stack([1 - p, p], axis=1) for p in (rare, 3 * rare)]
    assert (np.diff(averaged(models, [0.5, 0.5], Averaging("logarithmic", 1e-4))[:, 1]) > 0).all()


@pytest.mark.parametrize(("kind", "doubt"), [("geometric", 0.0), ("logarithmic", -0.1), ("logarithmic", 0.5), ("linear", np.nan)])
def test_a_way_to_average_that_there_is_not_is_refused(kind, doubt):
    with pytest.raises(ValueError, match="averaged"):
        Averaging(kind, doubt)
