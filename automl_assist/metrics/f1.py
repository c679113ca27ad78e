"""F1 of the positive class, or averaged over the classes."""

from __future__ import annotations

import numpy as np

from automl_assist.metrics._confusion import mean_or_positive, ratio, true_and_predicted
from automl_assist.metrics._metric import Metric


def _f1(y: np.ndarray, label: np.ndarray) -> float:
    right, predicted, present = true_and_predicted(y, label)
    return mean_or_positive(ratio(2 * right, predicted + present), present)


METRIC = Metric(
    name="f1",
    title="F1",
    tasks=("binary", "multiclass"),
    needs="label",
    higher_is_better=True,
    optimum=1.0,
    plain="The harmonic mean of precision and recall: high only when both are.",
    function=_f1,
)
