"""Forecasts that learn nothing: the last season, with which all others are compared, a line from it, and the mean of seasons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from automl_assist.forecasting._forecaster import repeated
from automl_assist.forecasting._local import local
from automl_assist.forecasting._past import Past

SEASONS = 4  # whose mean is taken
LINE_SEASONS = 3  # over which the drift is measured, and at least so many steps:
LINE_LEAST = 10


def _drift(past: Past, values: Mapping[str, Any]) -> np.ndarray:
    """Return the last season moved along the mean slope of the last seasons."""
    base = repeated(past)
    length = min(past.length - 1, max(LINE_SEASONS * past.season, LINE_LEAST))
    if length < 1:
        return base
    recent = past.values[:, -(length + 1) :]
    begin = np.minimum(np.isnan(recent).sum(axis=1), length)
    first = np.take_along_axis(recent, begin[:, None], axis=1)[:, 0]
    m = past.season if length >= 2 * past.season else 1
    if m > 1:
        head, tail = recent[:, -length : -length + m], recent[:, -m:]
        slope = (tail.mean(axis=1) - head.mean(axis=1)) / (length - m)
        slope = np.where(np.isfinite(slope), slope, 0.0)
        ahead = np.ceil((np.arange(past.horizon) + 1) / m) * m
    else:
        slope = np.where(length > begin, (recent[:, -1] - first) / np.maximum(length - begin, 1), 0.0)
        ahead = np.arange(past.horizon) + 1.0
    return base + slope[:, None] * ahead[None, :]


def _seasonal_mean(past: Past, values: Mapping[str, Any]) -> np.ndarray:
    """Return the mean of the last values at the same place of the season."""
    m, series = past.season, past.values
    span = m if m > 1 else 1
    count = min(SEASONS if m > 1 else max(past.horizon, SEASONS), series.shape[1] // span)
    if count < 1:
        return repeated(past)
    cycles = series[:, -count * span :].reshape(past.n, count, span)
    seen = np.isfinite(cycles)
    mean = np.where(seen, cycles, 0.0).sum(axis=1) / np.where(seen.any(axis=1), seen.sum(axis=1), np.nan)
    ahead = mean[:, np.arange(past.horizon) % span]
    return np.where(np.isfinite(ahead), ahead, repeated(past))


SEASONAL_NAIVE = local("seasonal_naive", "Seasonal naive: the last season again", lambda past, _: repeated(past))
DRIFT = local("drift", "Drift: the last season along its slope", _drift)
SEASONAL_MEAN = local("seasonal_mean", "Mean of the last seasons", _seasonal_mean)
