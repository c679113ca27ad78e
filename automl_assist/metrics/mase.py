"""Mean absolute scaled error: errors as multiples of those of a simple forecast."""

from __future__ import annotations

import math

import numpy as np

from automl_assist.metrics._metric import Metric


def mean_absolute_scaled_error(y: np.ndarray, value: np.ndarray, scale: np.ndarray | float = 1.0) -> float:
    """Return the mean of absolute errors over `scale`, NaN where no scale is above zero (Hyndman and Koehler 2006).

    Parameters
    ----------
    y, value : ndarray of shape (n,)
    scale : float or ndarray of shape (n,)
        The mean absolute error of the naive forecast in the past of the row's series, as :func:`naive_scale` gives it; 1 leaves the
        errors in the unit of the target. Rows without one are left out.
    """
    scales = np.broadcast_to(np.asarray(scale, float), y.shape)
    known = np.isfinite(scales) & (scales > 0)
    return float(np.mean(np.abs(y[known] - value[known]) / scales[known])) if known.any() else math.nan


def naive_scale(past: np.ndarray, season: int = 1) -> float:
    """Return the mean absolute step over one season of the past, shape (t,); NaN where it is shorter than that."""
    steps = np.abs(past[season:] - past[:-season]) if len(past) > season else np.empty(0)
    steps = steps[np.isfinite(steps)]
    return float(steps.mean()) if len(steps) else math.nan


METRIC = Metric(
    name="mase",
    title="Mean absolute scaled error",
    tasks=("forecast",),
    needs="value",
    higher_is_better=False,
    optimum=0.0,
    plain="The typical error as a multiple of that of repeating the last season: below 1 is better than repeating it.",
    function=mean_absolute_scaled_error,
)
