"""Matthews correlation coefficient, for any number of classes (Gorodkin 2004)."""

from __future__ import annotations

import numpy as np

from automl_assist.metrics._confusion import true_and_predicted
from automl_assist.metrics._metric import Metric


def _mcc(y: np.ndarray, label: np.ndarray) -> float:
    right, predicted, present = (counts.astype(float) for counts in true_and_predicted(y, label))
    n = float(len(y))
    covariance = right.sum() * n - predicted @ present
    spread = (n * n - predicted @ predicted) * (n * n - present @ present)
    return float(covariance / np.sqrt(spread)) if spread > 0 else 0.0


METRIC = Metric(
    name="mcc",
    title="Matthews correlation",
    tasks=("binary", "multiclass"),
    needs="label",
    higher_is_better=True,
    optimum=1.0,
    plain="The correlation between predicted and true classes: 1 is perfect, 0 is guessing, also for rare classes.",
    function=_mcc,
)
