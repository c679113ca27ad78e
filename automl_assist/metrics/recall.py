"""Recall of the positive class, or averaged over the classes."""

from __future__ import annotations

import numpy as np

from automl_assist.metrics._confusion import mean_or_positive, ratio, true_and_predicted
from automl_assist.metrics._metric import Metric


def _recall(y: np.ndarray, label: np.ndarray) -> float:
    right, _, present = true_and_predicted(y, label)
    return mean_or_positive(ratio(right, present), present)


METRIC = Metric(
    name="recall",
    title="Recall",
    tasks=("binary", "multiclass"),
    needs="label",
    higher_is_better=True,
    optimum=1.0,
    plain="Of the rows that are of the class, the share that is found.",
    function=_recall,
)
