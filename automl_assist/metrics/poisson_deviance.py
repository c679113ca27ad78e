"""Mean Poisson deviance: how well a rate explains counts."""

from __future__ import annotations

import math

import numpy as np

from automl_assist.metrics._metric import Metric

LEAST_RATE = 1e-9  # a predicted rate of zero rules out what may well happen


def _deviance(y: np.ndarray, rate: np.ndarray) -> float:
    if (y < 0).any():
        return math.nan
    rate = np.maximum(rate, LEAST_RATE)
    log_ratio = np.log(np.where(y > 0, y, 1.0) / np.where(y > 0, rate, 1.0))
    return float(np.mean(2 * (y * log_ratio - y + rate)))


METRIC = Metric(
    name="poisson_deviance",
    title="Mean Poisson deviance",
    tasks=("regression", "count"),
    needs="value",
    higher_is_better=False,
    optimum=0.0,
    plain="How badly predicted rates explain counts: large counts may be further off than small ones; 0 is perfect.",
    function=_deviance,
)
