"""Root mean squared error."""

from __future__ import annotations

import numpy as np

from automl_assist.metrics._metric import Metric

METRIC = Metric(
    name="rmse",
    title="Root mean squared error",
    tasks=("regression", "count", "forecast"),
    needs="value",
    higher_is_better=False,
    optimum=0.0,
    plain="The typical size of an error in the unit of the target; large errors count more.",
    function=lambda y, value: float(np.sqrt(np.mean(np.square(y - value)))),
)
