"""Coefficient of determination."""

from __future__ import annotations

import numpy as np

from automl_assist.metrics._metric import Metric


def _r2(y: np.ndarray, value: np.ndarray) -> float:
    total = np.sum(np.square(y - y.mean()))
    return float(1 - np.sum(np.square(y - value)) / total) if total > 0 else np.nan


METRIC = Metric(
    name="r2",
    title="R squared",
    tasks=("regression", "count"),
    needs="value",
    higher_is_better=True,
    optimum=1.0,
    plain="The share of the target's variation that is explained: 1 is perfect, 0 is no better than the mean.",
    function=_r2,
)
