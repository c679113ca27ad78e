"""Our metrics are the field's: scikit-learn computes the same."""

import numpy as np
import pytest
import sklearn.metrics as reference

from automl_assist.metrics import metric


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
