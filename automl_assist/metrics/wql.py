"""Weighted quantile loss: errors of quantiles as a share of the values."""

from __future__ import annotations

import math

import numpy as np

from automl_assist.metrics._metric import Metric

MEDIAN = (0.5,)


def weighted_quantile_loss(y: np.ndarray, quantiles: np.ndarray, levels: tuple[float, ...] = MEDIAN) -> float:
    """Return twice the quantile losses over the sum of |y|, mean over the levels; NaN where every value is zero.

    Parameters
    ----------
    y : ndarray of shape (n,)
    quantiles : ndarray of shape (n,) or (n, len(levels))
        One column a level; a single column stands for the median, whose figure is the weighted absolute percentage error.
    levels : tuple of float
        Between 0 and 1.
    """
    total = float(np.abs(y).sum())
    if total == 0:
        return 0.0 if not np.any(quantiles) else math.nan
    columns = quantiles.reshape(len(y), -1)
    missed = y[:, None] - columns
    level = np.asarray(levels, float)[None, :]
    losses = np.maximum(level * missed, (level - 1) * missed).sum(axis=0)
    return float(np.mean(2 * losses / total))


METRIC = Metric(
    name="wql",
    title="Weighted quantile loss",
    tasks=("forecast",),
    needs="value",
    higher_is_better=False,
    optimum=0.0,
    plain="How far predicted quantiles are off, as a share of all values: for the median alone the usual weighted percentage error.",
    function=weighted_quantile_loss,
)
