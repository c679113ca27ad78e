"""Which forecasters are combined, and with what weights: chosen on the backtests, never on the test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from automl_assist.evaluation.ensemble import greedy_shares
from automl_assist.forecasting._backtests import figure


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
    chosen_by: Mapping[str, Any],
    reference: str,
) -> tuple[dict[str, float], dict[str, float]]:
    """Return the weight of each member, and the figure of every candidate on the backtests.

    Parameters
    ----------
    forecasts : mapping of str to ndarray of shape (w, n, h)
        By candidate, for the backtests alone.
    kinds : mapping
        Kind of forecaster of each candidate.
    chosen_by : mapping
        The plan's ``forecast.ensemble``: how they are combined (``kind``), of how many ``members`` at most, ``of_a_kind`` of one kind of
        forecaster; ``far`` times the best figure is beyond use; the inverse of a figure to the power ``sharpness`` is its weight, but for
        the share ``greedy`` of all weights, which greedy selection gives in so many ``steps``.
    reference : str
        The candidate that everything has to beat; where the combination does not, it stands alone.
    """
    figures = {name: figure(truth, ahead, scale, metric) for name, ahead in forecasts.items()}
    bar = figures[reference]
    usable = sorted((value, name) for name, value in figures.items() if np.isfinite(value) and (value < bar or not np.isfinite(bar)))
    if not usable:
        return {reference: 1.0}, figures
    best, most = usable[0][0], 1 if chosen_by["kind"] == "best single" else chosen_by["members"]
    chosen: list[str] = []
    for value, name in usable:
        if value > chosen_by["far"] * best or len(chosen) >= most:
            break
        if sum(kinds[other] == kinds[name] for other in chosen) < chosen_by["of_a_kind"]:
            chosen.append(name)
    raw = np.array([1.0 / max(figures[name], 1e-12) ** chosen_by["sharpness"] for name in chosen])
    members = [forecasts[name] for name in chosen]
    greedy = greedy_shares(members, lambda mean: figure(truth, mean, scale, metric), range(len(members)), steps=chosen_by["steps"])
    weights = (1 - chosen_by["greedy"]) * raw / raw.sum() + chosen_by["greedy"] * greedy
    mixed = combined(members, weights.tolist(), chosen_by["kind"])
    if np.isfinite(bar) and figure(truth, mixed, scale, metric) >= bar:
        return {reference: 1.0}, figures
    return dict(zip(chosen, weights.tolist(), strict=True)), figures
