"""Symmetric mean absolute percentage error."""

from __future__ import annotations

import numpy as np

from automl_assist.metrics._metric import Metric


def symmetric_percentage_error(y: np.ndarray, value: np.ndarray) -> float:
    """Return the mean of 2 |y - value| / (|y| + |value|), 0 where both are zero, as the M competitions have it."""
    size = np.abs(y) + np.abs(value)
    return float(np.mean(np.where(size > 0, 2 * np.abs(y - value) / np.where(size > 0, size, 1.0), 0.0)))


METRIC = Metric(
    name="smape",
    title="Symmetric percentage error",
    tasks=("forecast",),
    needs="value",
    higher_is_better=False,
    optimum=0.0,
    plain="The typical error as a share of the values, between 0 and 2: 0.1 is about ten per cent.",
    function=symmetric_percentage_error,
)
