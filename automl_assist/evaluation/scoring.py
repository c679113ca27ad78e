"""From predictions to figures, each with its interval."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence

import numpy as np

from automl_assist.metrics import Metric

RESAMPLES = 1_000  # the 2.5 % quantile of 1,000 resamples rests on 25 of them
LEAST_RESAMPLES = 50  # below this no interval is given
FEWEST_ROWS = 10  # of a test: rows of which each is told right are all that a resample of fewer can show, whatever the model is worth
LEAST_S = 0.1  # for these also where there is no time: a figure without an interval says little
MOST_ROWS = 20_000  # a resample of more rows costs time and changes the third digit


def as_needed(metric: Metric, prediction: np.ndarray, threshold: float | None = None) -> np.ndarray:
    """Return what `metric` takes: probabilities and values as they are, labels from probabilities."""
    if metric.needs != "label":
        return prediction
    return labels(prediction, threshold)


def labels(probability: np.ndarray, threshold: float | None = None) -> np.ndarray:
    """Return class codes of shape (n,): the most probable, or for two classes by the threshold on the second."""
    if threshold is not None and probability.shape[1] == 2:
        return (probability[:, 1] >= threshold).astype(np.int64)
    return probability.argmax(axis=1)


def score(metric: Metric, y: np.ndarray, prediction: np.ndarray, threshold: float | None = None) -> float:
    """Return the figure of a prediction of shape (n, k) or (n,)."""
    return metric.compute(y, as_needed(metric, prediction, threshold))


def interval(
    metric: Metric, y: np.ndarray, prediction: np.ndarray, *, threshold: float | None = None, seed: int = 0, until: float = math.inf
) -> tuple[float, float] | None:
    """Return the 95 % bootstrap interval of a figure over rows, or None with too few defined resamples.

    Parameters
    ----------
    until : float
        A time of ``time.monotonic()``: whatever resamples are done by then are used.
    """
    needed = as_needed(metric, prediction, threshold)
    return resampled(lambda rows: [metric.compute(y[rows], needed[rows])], 1, len(y), seed=seed, until=until)[0]


def difference_interval(
    metric: Metric, y: np.ndarray, a: np.ndarray, b: np.ndarray, *, seed: int = 0, until: float = math.inf
) -> tuple[float, float] | None:
    """Return the 95 % interval of how much better `a` is than `b` on the same resampled rows; above 0 means better."""
    return difference_intervals(metric, y, a, [b], seed=seed, until=until)[0]


def difference_intervals(
    metric: Metric, y: np.ndarray, a: np.ndarray, others: Sequence[np.ndarray], *, seed: int = 0, until: float = math.inf
) -> list[tuple[float, float] | None]:
    """Return what `difference_interval` says of `a` and each of the others, all from the same resamples and in the same time."""
    predictions = [as_needed(metric, p) for p in (a, *others)]
    sign = 1.0 if metric.higher_is_better else -1.0

    def gains(rows: np.ndarray) -> list[float]:
        first, *rest = (metric.compute(y[rows], p[rows]) for p in predictions)
        return [sign * (first - value) for value in rest]

    return resampled(gains, len(others), len(y), seed=seed, until=until)


def resampled(
    figures: Callable[[np.ndarray], Sequence[float]], k: int, n: int, *, seed: int = 0, until: float = math.inf
) -> list[tuple[float, float] | None]:
    """Return the 2.5 and 97.5 % quantiles of each of the `k` ``figures(rows)`` over rows drawn with replacement (Efron 1979).

    None for a figure with too few rows or resamples of which it is defined.
    """
    if n < FEWEST_ROWS or not k:
        return [None] * k
    rng = np.random.default_rng([seed, 3])
    drawn: list[Sequence[float]] = []
    defined = np.zeros(k)
    figures(np.arange(min(n, MOST_ROWS)))  # what it imports the first time takes longer than the least time
    least = time.monotonic() + LEAST_S
    for _ in range(RESAMPLES):
        if (now := time.monotonic()) > until and (defined.min() >= LEAST_RESAMPLES or now > least):
            break
        drawn.append(figures(rng.integers(0, n, min(n, MOST_ROWS))))
        defined += np.isfinite(drawn[-1])
    widen = math.sqrt(min(n, MOST_ROWS) / n)  # fewer rows than there are make the spread too wide by this factor
    return [_middle_of(np.array(values, dtype=float), widen) for values in zip(*drawn, strict=True)] or [None] * k


def _middle_of(values: np.ndarray, widen: float) -> tuple[float, float] | None:
    values = values[np.isfinite(values)]
    if len(values) < LEAST_RESAMPLES:
        return None
    low, middle, high = np.quantile(values, [0.025, 0.5, 0.975])
    return float(middle + (low - middle) * widen), float(middle + (high - middle) * widen)
