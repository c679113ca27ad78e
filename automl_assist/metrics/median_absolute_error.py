"""Median absolute error."""

from __future__ import annotations

import numpy as np

from automl_assist.metrics._metric import Metric

METRIC = Metric(
    name="median_absolute_error",
    title="Median absolute error",
    tasks=("regression", "count"),
    needs="value",
    higher_is_better=False,
    optimum=0.0,
    plain="Half of the errors are smaller than this.",
    function=lambda y, value: float(np.median(np.abs(y - value))),
)
