"""Root mean squared error of logarithms."""

from __future__ import annotations

import math

import numpy as np

from automl_assist.metrics._metric import Metric


def _rmsle(y: np.ndarray, value: np.ndarray) -> float:
    if (y <= -1).any():
        return math.nan  # log(1 + y) is not defined
    return float(np.sqrt(np.mean(np.square(np.log1p(y) - np.log1p(np.maximum(value, 0.0))))))


METRIC = Metric(
    name="rmsle",
    title="Root mean squared log error",
    tasks=("regression", "count"),
    needs="value",
    higher_is_better=False,
    optimum=0.0,
    plain="The typical size of an error in per cent rather than in units: 0.1 is about ten per cent; for values that are not negative.",
    function=_rmsle,
)
