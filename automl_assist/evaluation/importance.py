"""What a model's predictions rest on: how much worse they get when a column is shuffled (Breiman 2001)."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from automl_assist.evaluation.scoring import LEAST_RESAMPLES, as_needed
from automl_assist.metrics import Metric
from automl_assist.rules.answers import IMPORTANCE

ROUNDING = 1e-12  # of the loss: a shuffle that changes it by less has changed nothing
FEWEST_SHUFFLES = 3  # of which a spread says something


def permutation_importance(
    predict: Callable[[pd.DataFrame], np.ndarray],
    frame: pd.DataFrame,
    y: np.ndarray,
    metric: Metric,
    columns: Sequence[str],
    *,
    seed: int,
    until: float,
    repeats: int = IMPORTANCE["repeats"],
    most_rows: int = IMPORTANCE["rows"],
    resamples: int = IMPORTANCE["resamples"],
) -> list[dict[str, object]]:
    """Return ``{"name", "drop", "ci95"}`` for each column measured before `until`, the most important first.

    `drop` is how much worse the metric gets, as a positive number, over shuffles of the column among the rows. Whole rounds over all
    columns are made, so that when time runs out every column has been measured about equally often; `columns` come in order of expected
    importance. `ci95` is the mean plus and minus twice its standard error, of the shuffles and of the rows (from `resamples` draws with
    replacement, the same for all columns); None after fewer than three shuffles, or where the metric is hardly ever defined.
    """
    rng = np.random.default_rng([seed, 5])
    if len(frame) > most_rows:
        rows = np.sort(rng.choice(len(frame), most_rows, replace=False))
        frame, y = frame.iloc[rows].reset_index(drop=True), y[rows]
    needed = as_needed(metric, predict(frame))
    whole = metric.loss(metric.compute(y, needed))
    drawn = [rng.integers(0, len(y), len(y)) for _ in range(resamples)]
    redrawn = _losses(metric, y, needed, drawn)
    drops: dict[str, list[float]] = {name: [] for name in columns}
    of_rows: dict[str, float] = {}
    slowest = 0.0
    for name in [name for _ in range(repeats) for name in columns]:
        begun = time.monotonic()
        if begun + slowest > until:
            break
        shuffled = frame.assign(**{name: frame[name].to_numpy()[rng.permutation(len(frame))]})
        needed = as_needed(metric, predict(shuffled))
        drop = metric.loss(metric.compute(y, needed)) - whole
        drops[name].append(0.0 if abs(drop) <= ROUNDING * abs(whole) else drop)
        if len(drops[name]) == FEWEST_SHUFFLES:  # once for each column: up to 13 ms for 1,000 rows
            of_rows[name] = _variance(_losses(metric, y, needed, drawn) - redrawn)
        slowest = max(slowest, time.monotonic() - begun)
    measured = [(name, np.array(values), of_rows.get(name, math.nan)) for name, values in drops.items() if values]
    measured.sort(key=lambda entry: -entry[1].mean())
    return [{"name": name, "drop": float(values.mean()), "ci95": _spread(values, rows)} for name, values, rows in measured]


def _losses(metric: Metric, y: np.ndarray, needed: np.ndarray, drawn: Sequence[np.ndarray]) -> np.ndarray:
    """Return the loss on each draw of rows, NaN where it is not defined."""
    losses = np.array([metric.loss(metric.compute(y[rows], needed[rows])) for rows in drawn])
    return np.where(np.isfinite(losses), losses, np.nan)


def _variance(drops: np.ndarray) -> float:
    """Return the variance over draws of the rows, NaN where the metric is hardly ever defined."""
    defined = drops[np.isfinite(drops)]
    return float(defined.var(ddof=1)) if len(defined) >= LEAST_RESAMPLES else math.nan


def _spread(drops: np.ndarray, of_rows: float) -> list[float] | None:
    """Return the interval of the mean of `drops`, each of a shuffle, where that of one varies by `of_rows` over draws of the rows."""
    if math.isnan(of_rows):
        return None
    error = 2 * math.sqrt(float(drops.var(ddof=1)) / len(drops) + of_rows)
    return [float(drops.mean() - error), float(drops.mean() + error)]
