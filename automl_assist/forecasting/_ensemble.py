"""Which forecasters are combined, and with what weights: chosen on the backtests, never on the test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from automl_assist.forecasting._backtests import figure

# Set on four windows of training of each of nine sets; with half of the weights by greedy selection the error fell by 3 % (geometric mean).
OF_A_KIND = 3  # members of one kind of forecaster: its settings err alike
FAR = 1.5  # times the best figure, beyond which a forecaster only adds its errors
SHARPNESS = 2.0  # of the weights: the inverse of the figure, to this power
GREEDY, STEPS = 0.5, 8  # share of the weights that greedy selection gives in so many steps; few backtests would mislead it alone


def combined(forecasts: Sequence[np.ndarray], weights: Sequence[float], kind: str) -> np.ndarray:
    """Return the weighted mean of forecasts, or their median."""
    if kind == "median" and len(forecasts) > 2:
        return np.median(np.stack(forecasts), axis=0)
    return np.tensordot(np.asarray(weights, float), np.stack(forecasts), axes=1)


def choose(
    forecasts: Mapping[str, np.ndarray],
    kinds: Mapping[str, str],
    truth: np.ndarray,
    scale: np.ndarray,
    metric: str,
    *,
    kind: str,
    members: int,
    reference: str,
) -> tuple[dict[str, float], dict[str, float]]:
    """Return the weight of each member, and the figure of every candidate on the backtests.

    Parameters
    ----------
    forecasts : mapping of str to ndarray of shape (w, n, h)
        By candidate, for the backtests alone.
    kinds : mapping
        Kind of forecaster of each candidate.
    reference : str
        The candidate that everything has to beat; where the combination does not, it stands alone.
    """
    figures = {name: figure(truth, ahead, scale, metric) for name, ahead in forecasts.items()}
    bar = figures[reference]
    usable = sorted((value, name) for name, value in figures.items() if np.isfinite(value) and (value < bar or not np.isfinite(bar)))
    if not usable:
        return {reference: 1.0}, figures
    best = usable[0][0]
    chosen: list[str] = []
    for value, name in usable:
        if value > FAR * best or len(chosen) >= (1 if kind == "best single" else members):
            break
        if sum(kinds[other] == kinds[name] for other in chosen) < OF_A_KIND:
            chosen.append(name)
    raw = np.array([1.0 / max(figures[name], 1e-12) ** SHARPNESS for name in chosen])
    members_of = [forecasts[name] for name in chosen]
    weights = (1 - GREEDY) * raw / raw.sum() + GREEDY * _greedy(members_of, truth, scale, metric)
    mixed = combined(members_of, weights.tolist(), kind)
    if np.isfinite(bar) and figure(truth, mixed, scale, metric) >= bar:
        return {reference: 1.0}, figures
    return dict(zip(chosen, weights.tolist(), strict=True)), figures


def _greedy(forecasts: Sequence[np.ndarray], truth: np.ndarray, scale: np.ndarray, metric: str) -> np.ndarray:
    """Return how often each forecast is taken where every step takes the one that helps the mean most, as shares (Caruana et al. 2004)."""
    taken, total = np.zeros(len(forecasts)), np.zeros_like(truth)
    for step in range(STEPS):
        each = [figure(truth, (total + forecast) / (step + 1), scale, metric) for forecast in forecasts]
        best = int(np.nanargmin(each))
        taken[best] += 1
        total += forecasts[best]
    return taken / STEPS
