"""Examples for what learns across series: at an origin, what was known, and the values of the horizon after it.

Everything is relative: each series is divided by its recent size and taken from a base (nothing, its level, or its last season), so that
one model serves series of any size. Only with the base ``series`` are size and level those of the whole past: where a series stands then
says where it comes back to.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from automl_assist.forecasting._forecaster import repeated
from automl_assist.forecasting._past import Past

Sizes = tuple[np.ndarray, np.ndarray]  # level and size of each series over its past, as far as models of single series look back


@dataclass(frozen=True)
class Origins:
    """Moments from which series are carried on: (row, column) of the last known step, of shape (e,) each."""

    row: np.ndarray
    column: np.ndarray

    def take(self, chosen: np.ndarray) -> Origins:
        """Return some of them."""
        return Origins(self.row[chosen], self.column[chosen])

    def __len__(self) -> int:
        return len(self.row)


def origins(past: Past, window: int, most: int, seed: int) -> Origins:
    """Return up to `most` origins that have `window` known steps before them and the whole horizon after them, all or drawn at random."""
    latest = past.length - past.horizon - 1
    row, column = [], []
    for i in range(past.n):
        places = np.arange(min(past.first[i] + window - 1, latest + 1), latest + 1)
        row.append(np.full(len(places), i))
        column.append(places)
    rows, columns = np.concatenate(row or [np.empty(0)]).astype(np.int64), np.concatenate(column or [np.empty(0)]).astype(np.int64)
    if len(rows) > most:
        chosen = np.sort(np.random.default_rng(seed).choice(len(rows), most, replace=False))
        rows, columns = rows[chosen], columns[chosen]
    return Origins(rows, columns)


def ends(past: Past) -> Origins:
    """Return the end of every series."""
    return Origins(np.arange(past.n), np.full(past.n, past.length - 1))


def windows(past: Past, at: Origins, window: int) -> np.ndarray:
    """Return the `window` values up to each origin, of shape (e, window); before a series begins its first value stands."""
    columns = at.column[:, None] - window + 1 + np.arange(window)[None, :]
    columns = np.clip(columns, np.minimum(past.first[at.row], past.length - 1)[:, None], None)
    return past.values[at.row[:, None], columns]


def futures(past: Past, at: Origins) -> np.ndarray:
    """Return the values after each origin, of shape (e, horizon), NaN where nothing was observed."""
    return past.observed[at.row[:, None], at.column[:, None] + 1 + np.arange(past.horizon)[None, :]]


def sizes(window: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return level and size of each window, (e,) each: its mean, and its mean absolute distance from it, never zero."""
    level = window.mean(axis=1)
    spread = np.abs(window - level[:, None]).mean(axis=1)
    return level, np.where(spread > 1e-9 * np.maximum(np.abs(level), 1e-12), spread, np.maximum(np.abs(level), 1.0))


def whole_sizes(past: Past, steps: int) -> Sizes:
    """Return level and size of each series over its last `steps`, (n,) each, as :func:`sizes` does for a window: a model keeps no more."""
    observed = past.observed[:, -steps:]
    known = np.isfinite(observed)
    count = np.maximum(known.sum(axis=1), 1)
    level = np.where(known, observed, 0.0).sum(axis=1) / count
    spread = np.where(known, np.abs(observed - level[:, None]), 0.0).sum(axis=1) / count
    return level, np.where(spread > 1e-9 * np.maximum(np.abs(level), 1e-12), spread, np.maximum(np.abs(level), 1.0))


def bases(window: np.ndarray, base: str, season: int, horizon: int) -> np.ndarray:
    """Return what forecasts are measured from, of shape (e, horizon)."""
    if base == "none":
        return np.repeat(window.mean(axis=1, keepdims=True), horizon, axis=1)
    if base == "season" and 1 < season <= window.shape[1]:
        return window[:, -season:][:, np.arange(horizon) % season]
    return np.repeat(window[:, -1:], horizon, axis=1)


def framed(
    window: np.ndarray, at: Origins, base: str, whole: Sizes, season: int, horizon: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return level and size (e,) that values are taken as relative to, and what forecasts are measured from (e, horizon)."""
    if base == "series":
        level, size = whole[0][at.row], whole[1][at.row]
        return level, size, np.repeat(level[:, None], horizon, axis=1)
    return *sizes(window), bases(window, base, season, horizon)


def baseline(past: Past) -> np.ndarray:
    """Return the last season again, for series too short for anything else."""
    return repeated(past)
