"""Exponential smoothing with damped trend and season, and the Theta method, for all series and many parameters at once.

The recursions of Hyndman et al. 2008 in their error-correction form; parameters come from a grid and two rounds of smaller steps around
each series' best, compared by the corrected Akaike criterion.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from automl_assist.forecasting._adjustment import adjusted
from automl_assist.forecasting._local import local
from automl_assist.forecasting._past import Past

OWN_SEASON = 24  # steps: longer seasons are taken out before, since each of their places is updated too rarely
ALPHAS, BETAS, PHIS, GAMMAS = (0.05, 0.2, 0.5, 0.85), (0.02, 0.15), (0.85, 0.97), (0.03, 0.25)
ROUNDS, AROUND = 2, 12  # of smaller steps, and how many in each
MOST_CELLS = 2_000_000  # series times parameters times places of the season that are kept at once
BOUNDS = ((1e-3, 0.995), (1e-3, 0.5), (0.8, 0.995), (1e-3, 0.6))
NONE = -1.0  # a parameter whose part is left out


def _grid(trend: bool, season: bool) -> np.ndarray:
    """Return (p, 4): alpha, beta, phi, gamma; NONE where a part is left out."""
    trends = [(NONE, NONE)] + ([(b, p) for b in BETAS for p in PHIS] if trend else [])
    return np.array([(a, b, p, g) for a in ALPHAS for b, p in trends for g in ((NONE, *GAMMAS) if season else (NONE,))])


class _States:
    """The beginning of each series: level, slope and season from its first cycles."""

    def __init__(self, series: np.ndarray, m: int):
        n, length = series.shape
        seen = np.isfinite(series)
        self.first = np.where(seen.any(axis=1), seen.argmax(axis=1), length)
        span = max(m, min(10, max(length // 4, 2)))
        place = np.minimum(self.first[:, None] + np.arange(2 * span)[None, :], length - 1)
        head = np.take_along_axis(series, place, axis=1)
        one, two = np.nanmean(head[:, :span], axis=1), np.nanmean(head[:, span:], axis=1)
        self.slope = np.nan_to_num((two - one) / span)
        self.level = np.nan_to_num(one - self.slope * (span + 1) / 2)
        self.season = np.zeros((m, n))
        if m > 1:
            line = one[:, None] + self.slope[:, None] * (np.arange(2 * span) - (span - 1) / 2)[None, :]
            off = head - line
            both = np.nanmean(np.stack([off[:, :m], off[:, span : span + m]]), axis=0)
            both = np.nan_to_num(both - np.nanmean(both, axis=1, keepdims=True))
            phase = (self.first[:, None] + np.arange(m)[None, :]) % m
            self.season[phase, np.arange(n)[:, None]] = both


def _run(series: np.ndarray, parameters: np.ndarray, m: int, begin: _States, ahead: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean squared one-step error of each series and parameter, (n, p), and forecasts (n, p, ahead)."""
    alpha, beta, phi, gamma = (np.where(parameters[..., k] < 0, 0.0, parameters[..., k]) for k in range(4))
    trend, seasonal = parameters[..., 1] >= 0, parameters[..., 3] >= 0
    n, p = alpha.shape
    level = np.repeat(begin.level[:, None], p, axis=1)
    slope = np.where(trend, begin.slope[:, None], 0.0)
    level = np.where(trend, level, level + begin.slope[:, None] * 0.5)
    season = np.where(seasonal[None], begin.season[:, :, None], 0.0) if m > 1 else None
    total, move, turn = np.zeros((n, p)), alpha * beta, gamma * (1 - alpha)
    length = series.shape[1]
    warm = begin.first + max(m, 2)
    for t in range(int(begin.first.min(initial=length)), length):
        value = series[:, t : t + 1]
        base = level + phi * slope
        error = value - base - season[t % m] if season is not None else value - base
        if np.isnan(value).any():
            started = np.isfinite(value)
            error = np.where(started, error, 0.0)
            level = np.where(started, base + alpha * error, level)
            slope = np.where(started, phi * slope + move * error, slope)
        else:
            level, slope = base + alpha * error, phi * slope + move * error
        if season is not None:
            season[t % m] += turn * error
        total += np.where((t >= warm)[:, None], error**2, 0.0)
    ahead_values = np.zeros((n, p, ahead))
    damp = phi.copy()
    reach = np.zeros((n, p))
    for k in range(ahead):
        reach += damp
        damp = damp * phi
        ahead_values[:, :, k] = level + reach * slope + (season[(length + k) % m] if season is not None else 0.0)
    return total / np.maximum(length - warm, 1)[:, None], ahead_values


def _criterion(error: np.ndarray, parameters: np.ndarray, m: int, steps: np.ndarray) -> np.ndarray:
    """Return the corrected Akaike criterion of each, (n, p)."""
    k = 2 + 2.0 * (parameters[..., 1] >= 0) + (parameters[..., 3] >= 0) * (1.0 + min(m - 1, 6))
    t = np.maximum(steps, 4)[:, None]
    return t * np.log(np.maximum(error, 1e-300)) + 2 * k + 2 * k * (k + 1) / np.maximum(t - k - 1, 1)


def smooth(series: np.ndarray, m: int, ahead: int, *, trend: bool = True, season: bool = True) -> np.ndarray:
    """Return forecasts (n, ahead) of the best exponential smoothing of each row of `series`."""
    begin = _States(series, m)
    steps = series.shape[1] - begin.first
    grid = _grid(trend, season and m > 1)
    best = np.empty((len(series), 4))
    size = max(1, MOST_CELLS // (len(grid) * (m + 4)))
    for start in range(0, len(series), size):
        rows = slice(start, start + size)
        part = _Rows(begin, rows)
        parameters = np.broadcast_to(grid, (len(series[rows]), *grid.shape))
        best[rows] = _better(series[rows], parameters, m, part, steps[rows])
        rng = np.random.default_rng(0)
        for k in range(ROUNDS):
            near = _around(best[rows], AROUND, 0.6 / 2**k, rng)
            best[rows] = _better(series[rows], near, m, part, steps[rows])
    return _run(series, best[:, None, :], m, begin, ahead)[1][:, 0]


class _Rows(_States):
    """The beginnings of some of the series."""

    def __init__(self, of: _States, rows: slice):
        self.first, self.slope, self.level, self.season = of.first[rows], of.slope[rows], of.level[rows], of.season[:, rows]


def _better(series: np.ndarray, parameters: np.ndarray, m: int, begin: _States, steps: np.ndarray) -> np.ndarray:
    error, _ = _run(series, parameters, m, begin)
    chosen = np.nan_to_num(_criterion(error, parameters, m, steps), nan=np.inf).argmin(axis=1)
    return np.take_along_axis(parameters, chosen[:, None, None], axis=1)[:, 0]


def _around(best: np.ndarray, count: int, width: float, rng: np.random.Generator) -> np.ndarray:
    """Return the best parameters and `count` near them, (n, count + 1, 4); parts that are left out stay so."""
    out = np.repeat(best[:, None], count + 1, axis=1)
    for k, (low, high) in enumerate(BOUNDS):
        share = np.clip((best[:, k] - low) / (high - low), 1e-3, 1 - 1e-3)
        logit = np.log(share / (1 - share))[:, None] + rng.normal(0, 2 * width, (1, count))
        near = low + (high - low) / (1 + np.exp(-logit))
        out[:, 1:, k] = np.where(best[:, k : k + 1] < 0, NONE, near)
    return out


def _ets(past: Past, values: Mapping[str, Any]) -> np.ndarray:
    m = past.season
    if m > OWN_SEASON or len([s for s in past.seasons if s > 1]) > 1:
        rest, season = adjusted(past)
        return smooth(rest, 1, past.horizon) + season
    return smooth(past.values, m if past.length >= 2 * m + 2 else 1, past.horizon)


def _theta(past: Past, values: Mapping[str, Any]) -> np.ndarray:
    """Return the mean of a straight line and of smoothing what the line leaves twice over (Assimakopoulos and Nikolopoulos 2000)."""
    rest, season = adjusted(past)
    length = rest.shape[1]
    seen = np.isfinite(rest)
    place = np.arange(length, dtype=float)[None, :]
    count = np.maximum(seen.sum(axis=1), 1)
    middle = np.where(seen, place, 0.0).sum(axis=1) / count
    mean = np.where(seen, rest, 0.0).sum(axis=1) / count
    off = np.where(seen, place - middle[:, None], 0.0)
    slope = (off * np.where(seen, rest - mean[:, None], 0.0)).sum(axis=1) / np.maximum((off**2).sum(axis=1), 1e-12)
    line = mean[:, None] + slope[:, None] * (np.arange(length + past.horizon)[None, :] - middle[:, None])
    second = 2 * rest - line[:, :length]
    return 0.5 * (line[:, length:] + smooth(second, 1, past.horizon, trend=False)) + season


ETS = local("ets", "Exponential smoothing with damped trend and season", _ets)
THETA = local("theta", "Theta: a line and smoothing around it", _theta)
