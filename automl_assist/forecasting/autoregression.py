"""Autoregression of each series by itself, on differences that take out level and season: what an ARIMA without averages of errors is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from automl_assist.forecasting._adjustment import adjusted
from automl_assist.forecasting._local import local
from automl_assist.forecasting._past import Past

ORDERS = (1, 3, 6, 12)
RIDGE = 1e-3  # of the variance of the lags
LONG_SEASON = 60  # longer ones are taken out before: their lags would cost most of a series


def _difference(series: np.ndarray, lags: tuple[int, ...]) -> np.ndarray:
    for lag in lags:
        series = series[:, lag:] - series[:, :-lag]
    return series


def _integrate(ahead: np.ndarray, series: np.ndarray, lags: tuple[int, ...]) -> np.ndarray:
    """Return forecasts of `series` from those of its differences."""
    for depth in reversed(range(len(lags))):
        base, lag = _difference(series, lags[:depth]), lags[depth]
        full = np.concatenate([base[:, -lag:], np.empty((len(base), ahead.shape[1]))], axis=1)
        for k in range(ahead.shape[1]):
            full[:, lag + k] = full[:, k] + ahead[:, k]
        ahead = full[:, lag:]
    return ahead


def _fit(series: np.ndarray, lags: np.ndarray, skip: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return weights (n, p + 1), the mean squared error (n,) and the steps it is of (n,), on targets from column `skip`."""
    length = series.shape[1]
    columns = [series[:, skip - lag : length - lag] for lag in lags]
    design = np.stack([*columns, np.ones_like(columns[0])], axis=2)
    target = series[:, skip:]
    use = np.isfinite(target) & np.isfinite(design).all(axis=2)
    design, target = np.where(use[:, :, None], design, 0.0), np.where(use, target, 0.0)
    gram = np.einsum("ntp,ntq->npq", design, design)
    size = np.trace(gram, axis1=1, axis2=2) / gram.shape[1]
    gram += (RIDGE * size + 1e-12)[:, None, None] * np.diag([1.0] * len(lags) + [0.0])[None] + 1e-10 * np.eye(len(lags) + 1)[None]
    weights = np.linalg.solve(gram, np.einsum("ntp,nt->np", design, target)[:, :, None])[:, :, 0]
    error = ((target - np.einsum("ntp,np->nt", design, weights)) ** 2 * use).sum(axis=1)
    return weights, error / np.maximum(use.sum(axis=1), 1), use.sum(axis=1)


def _carry(series: np.ndarray, lags: np.ndarray, weights: np.ndarray, horizon: int) -> np.ndarray:
    most = int(lags.max())
    full = np.concatenate([series[:, -most:], np.empty((len(series), horizon))], axis=1)
    for k in range(horizon):
        full[:, most + k] = (full[:, most + k - lags] * weights[:, :-1]).sum(axis=1) + weights[:, -1]
    return full[:, most:]


def _autoregression(past: Past, values: Mapping[str, Any]) -> np.ndarray:
    """Return the forecast of the orders and differences with the least corrected Akaike criterion, for each series."""
    m = past.season
    series, season = past.values, np.zeros((past.n, past.horizon))
    if m > LONG_SEASON or len([s for s in past.seasons if s > 1]) > 1:
        series, season = adjusted(past)
        m = 1
    length = series.shape[1]
    seasonal = m > 1 and length >= 4 * m
    choices = [(), (1,)] + ([(m,), (m, 1)] if seasonal else [])
    best = np.full(past.n, np.inf)
    out = np.full((past.n, past.horizon), np.nan)
    longest = max(ORDERS[-1] if length > 60 else ORDERS[1], m + 1 if seasonal else 0)
    for differences in choices:
        moved = _difference(series, differences)
        skip = longest + (m + 1 if seasonal else 1) - sum(differences)  # the same targets for all, so that criteria compare
        if moved.shape[1] - skip < 10:
            continue
        for order in ORDERS:
            lags = np.array(sorted({*range(1, order + 1), *((m, m + 1) if seasonal else ())}))
            if lags.max() > skip or moved.shape[1] - skip < 3 * len(lags):
                continue
            weights, error, steps = _fit(moved, lags, skip)
            k = len(lags) + 2.0
            criterion = steps * np.log(np.maximum(error, 1e-300)) + 2 * k + 2 * k * (k + 1) / np.maximum(steps - k - 1, 1)
            criterion = np.where(steps > k + 2, criterion, np.inf)
            better = np.nan_to_num(criterion, nan=np.inf) < best
            if better.any():
                ahead = _integrate(_carry(moved[better], lags, weights[better], past.horizon), series[better], differences)
                out[better], best[better] = ahead, criterion[better]
    return out + season


AUTOREGRESSION = local("autoregression", "Autoregression on differences, by series", _autoregression)
