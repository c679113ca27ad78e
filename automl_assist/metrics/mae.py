"""Mean absolute error."""

from __future__ import annotations

import numpy as np

from automl_assist.metrics._metric import Metric

METRIC = Metric(
    name="mae",
    title="Mean absolute error",
    tasks=("regression", "count", "forecast"),
    needs="value",
    higher_is_better=False,
    optimum=0.0,
    plain="The average size of an error in the unit of the target.",
    function=lambda y, value: float(np.mean(np.abs(y - value))),
)
