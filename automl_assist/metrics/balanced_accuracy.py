"""Balanced accuracy: recall averaged over the classes."""

from __future__ import annotations

import numpy as np

from automl_assist.metrics._confusion import ratio, true_and_predicted
from automl_assist.metrics._metric import Metric


def _balanced_accuracy(y: np.ndarray, label: np.ndarray) -> float:
    right, _, present = true_and_predicted(y, label)
    return float(ratio(right, present)[present > 0].mean())


METRIC = Metric(
    name="balanced_accuracy",
    title="Balanced accuracy",
    tasks=("binary", "multiclass"),
    needs="label",
    higher_is_better=True,
    optimum=1.0,
    plain="The share of right answers within each class, averaged: a rare class counts as much as a frequent one.",
    function=_balanced_accuracy,
)
