"""Seasonal adjustment of many series at once: what comes back every season is taken out, and put back into the forecast."""

from __future__ import annotations

import numpy as np

from automl_assist.forecasting._past import Past

FEWEST_CYCLES = 2  # of a season, to know it
PHASE_CYCLES = 5  # from here on each place of a long season has a mean of its own; below it, waves
LONG_SEASON = 60
WAVES = 4
SIGNIFICANT = 1.645  # of the autocorrelation at the season, one-sided 95 %, as the Theta method tests it (Fiorucci et al. 2016)


def adjusted(past: Past, *, tested: bool = True) -> tuple[np.ndarray, np.ndarray]:
    """Return the series without their season, of shape (n, T), and the season of the horizon, of shape (n, horizon).

    Series in which the season is not significant keep all they have, where `tested`.
    """
    series, horizon = past.values, past.horizon
    season = np.zeros((past.n, series.shape[1] + horizon))
    for m in sorted({s for s in past.seasons if s > 1}):
        if series.shape[1] < FEWEST_CYCLES * m:
            continue
        left = series - season[:, : series.shape[1]]
        found = _season(left, m, horizon)
        keep = _significant(left, m) if tested else np.ones(past.n, bool)
        enough = np.isfinite(left).sum(axis=1) >= FEWEST_CYCLES * m
        season += np.where((keep & enough)[:, None], found, 0.0)
    return series - season[:, : series.shape[1]], season[:, series.shape[1] :]


def moving_mean(series: np.ndarray, window: int) -> np.ndarray:
    """Return the centred mean over `window` steps, of shape (n, T); at the ends, of the steps there are."""
    seen = np.isfinite(series)
    zeros = np.zeros((len(series), 1))
    total = np.concatenate([zeros, np.cumsum(np.where(seen, series, 0.0), axis=1)], axis=1)
    count = np.concatenate([zeros, np.cumsum(seen, axis=1)], axis=1)
    place = np.arange(series.shape[1])
    low, high = np.maximum(place - window // 2, 0), np.minimum(place + (window - 1) // 2 + 1, series.shape[1])
    number = count[:, high] - count[:, low]
    return np.where(number > 0, (total[:, high] - total[:, low]) / np.maximum(number, 1), np.nan)


def _season(series: np.ndarray, m: int, horizon: int) -> np.ndarray:
    """Return the season of every step and of the horizon, of shape (n, T + horizon)."""
    length = series.shape[1]
    off = series - moving_mean(series, m)
    off[:, : m // 2] = np.where(length >= 3 * m, np.nan, off[:, : m // 2])
    if length >= 3 * m:
        off[:, length - m // 2 :] = np.nan
    places = np.arange(length + horizon)
    if m > LONG_SEASON and length < PHASE_CYCLES * m:
        return _waves(off, places, m)
    phase = places % m
    out = np.zeros((len(series), m))
    for k in range(m):
        cells = off[:, k::m]
        seen = np.isfinite(cells)
        out[:, k] = np.where(seen, cells, 0.0).sum(axis=1) / np.maximum(seen.sum(axis=1), 1)
    out -= out.mean(axis=1, keepdims=True)
    return out[:, phase]


def _waves(off: np.ndarray, places: np.ndarray, m: int) -> np.ndarray:
    turns = 2 * np.pi * places / m
    design = np.stack([w(k * turns) for k in range(1, WAVES + 1) for w in (np.sin, np.cos)], axis=1)
    out = np.zeros((len(off), len(places)))
    for i, row in enumerate(off):
        seen = np.flatnonzero(np.isfinite(row))
        if len(seen) > 3 * design.shape[1]:
            weights, *_ = np.linalg.lstsq(design[seen], row[seen], rcond=None)
            out[i] = design @ weights
    return out


def _significant(series: np.ndarray, m: int) -> np.ndarray:
    """Whether the autocorrelation at the season is above chance, of shape (n,)."""
    flat = series - moving_mean(series, max(2 * m + 1, 3))
    seen = np.isfinite(flat)
    centred = np.where(
        seen, flat - np.where(seen, flat, 0.0).sum(axis=1, keepdims=True) / np.maximum(seen.sum(axis=1, keepdims=True), 1), 0.0
    )
    power = (centred**2).sum(axis=1)
    most = min(m, series.shape[1] - 1)
    lags = np.unique(np.concatenate([np.arange(1, min(most, 30)), [most]]))
    correlation = (
        np.stack([(centred[:, lag:] * centred[:, :-lag]).sum(axis=1) for lag in lags], axis=1) / np.maximum(power, 1e-300)[:, None]
    )
    spread = np.sqrt((1 + 2 * (correlation[:, :-1] ** 2).sum(axis=1)) / np.maximum(seen.sum(axis=1), 1))
    return correlation[:, -1] > SIGNIFICANT * spread
