"""Our metrics are the field's: scikit-learn computes the same."""

import numpy as np
import pytest
import sklearn.metrics as reference

from automl_assist.metrics import metric
from automl_assist.metrics.mase import mean_absolute_scaled_error, naive_scale
from automl_assist.metrics.wql import weighted_quantile_loss


@pytest.mark.parametrize("k", [2, 4])
@pytest.mark.parametrize("digits", [2, 12])  # two digits make ties
def test_classification(k, digits):
    rng = np.random.default_rng(k)
    y = rng.integers(0, k, 300)
    p = rng.dirichlet(np.ones(k), 300).round(digits) + 1e-9
    p /= p.sum(axis=1, keepdims=True)
    label = p.argmax(axis=1)
    average = "binary" if k == 2 else "macro"
    expected = {
        "accuracy": reference.accuracy_score(y, label),
        "balanced_accuracy": reference.balanced_accuracy_score(y, label),
        "precision": reference.precision_score(y, label, average=average),
        "recall": reference.recall_score(y, label, average=average),
        "f1": reference.f1_score(y, label, average=average),
        "mcc": reference.matthews_corrcoef(y, label),
    }
    for name, value in expected.items():
        assert metric(name).compute(y, label) == pytest.approx(value), name
    assert metric("log_loss").compute(y, p) == pytest.approx(reference.log_loss(y, p))
    assert metric("roc_auc").compute(y, p) == pytest.approx(reference.roc_auc_score(y, p[:, 1] if k == 2 else p, multi_class="ovr"))
    if k == 2:
        assert metric("average_precision").compute(y, p) == pytest.approx(reference.average_precision_score(y, p[:, 1]))
        assert metric("brier").compute(y, p) == pytest.approx(reference.brier_score_loss(y, p[:, 1]))


def test_regression():
    rng = np.random.default_rng(0)
    y = rng.normal(size=200)
    p = y + rng.normal(size=200)
    assert metric("rmse").compute(y, p) == pytest.approx(reference.root_mean_squared_error(y, p))
    assert metric("mae").compute(y, p) == pytest.approx(reference.mean_absolute_error(y, p))
    assert metric("median_absolute_error").compute(y, p) == pytest.approx(reference.median_absolute_error(y, p))
    assert metric("r2").compute(y, p) == pytest.approx(reference.r2_score(y, p))


def test_a_class_that_is_not_there_leaves_auc_undefined():
    assert np.isnan(metric("roc_auc").compute(np.zeros(5, dtype=int), np.tile([0.4, 0.6], (5, 1))))


def test_counts_and_forecasts():
    rng = np.random.default_rng(0)
    y = rng.poisson(2.0, size=200).astype(float)
    p = rng.uniform(0.1, 4.0, size=200)
    assert metric("rmsle").compute(y, p) == pytest.approx(reference.root_mean_squared_log_error(y, p))
    assert metric("poisson_deviance").compute(y, p) == pytest.approx(reference.mean_poisson_deviance(y, p))
    assert metric("mase").compute(y, p) == pytest.approx(reference.mean_absolute_error(y, p))
    assert mean_absolute_scaled_error(y, p, 2.0) == pytest.approx(reference.mean_absolute_error(y, p) / 2)
    assert naive_scale(np.array([1.0, 5.0, 3.0, 9.0]), 2) == 3.0
    assert metric("smape").compute(np.array([100.0, 0.0]), np.array([50.0, 0.0])) == pytest.approx(1 / 3)
    quantiles = np.column_stack([p - 1, p + 1])
    expected = np.mean([2 * len(y) * reference.mean_pinball_loss(y, quantiles[:, k], alpha=a) / y.sum() for k, a in enumerate((0.1, 0.9))])
    assert weighted_quantile_loss(y, quantiles, (0.1, 0.9)) == pytest.approx(expected)


def test_where_a_metric_of_values_is_not_defined():
    assert np.isnan(metric("rmsle").compute(np.array([-2.0]), np.array([1.0])))
    assert np.isnan(metric("poisson_deviance").compute(np.array([-1.0]), np.array([1.0])))
    assert np.isnan(mean_absolute_scaled_error(np.ones(2), np.ones(2), np.array([0.0, np.nan])))
    assert np.isnan(naive_scale(np.ones(3), 7))
