"""Precision of the positive class, or averaged over the classes."""

from __future__ import annotations

import numpy as np

from automl_assist.metrics._confusion import mean_or_positive, ratio, true_and_predicted
from automl_assist.metrics._metric import Metric


def _precision(y: np.ndarray, label: np.ndarray) -> float:
    right, predicted, present = true_and_predicted(y, label)
    return mean_or_positive(ratio(right, predicted), present)


METRIC = Metric(
    name="precision",
    title="Precision",
    tasks=("binary", "multiclass"),
    needs="label",
    higher_is_better=True,
    optimum=1.0,
    plain="Of the rows predicted to be of the class, the share that are.",
    function=_precision,
)
