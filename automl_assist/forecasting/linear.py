"""One ridge regression from the recent window and the calendar to every step of the horizon, across all series.

With the window measured from its own level this is the linear map that keeps up with deep networks on long series (Zeng et al. 2023),
fitted in closed form; the penalty is chosen on the latest origins.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from automl_assist.forecasting import _examples as examples
from automl_assist.forecasting._forecaster import Forecaster, Request, bounded
from automl_assist.forecasting._past import Past
from automl_assist.preprocessing import storage

PENALTIES = (1e-4, 1e-2, 1e-1, 1.0, 10.0, 100.0)  # times the number of examples over a hundred
HELD_OUT = 0.2  # of the origins, the latest
FEWEST = 20  # origins
LARGEST_WINDOW = 400
KNOWN_BEFORE = 28  # steps of the window of which covariates that are known ahead are seen too


@dataclass(frozen=True)
class Weights:
    """The stored part: weights (features, horizon), and how features are made."""

    weights: np.ndarray
    middle: np.ndarray
    spread: np.ndarray
    window: int
    base: str
    transform: str
    local: int  # steps of the past that a series' own level and size are taken from


class Linear:
    """A fitted ridge regression."""

    def __init__(self, fitted: Weights):
        self.fitted = fitted

    def predict(self, past: Past) -> np.ndarray:
        """Return forecasts of shape (n, horizon)."""
        fitted = self.fitted
        moved = past.transformed(fitted.transform)
        whole = examples.whole_sizes(moved, fitted.local)
        moved = padded(moved.recent(fitted.window), fitted.window)
        features, level, size = features_of(moved, examples.ends(moved), fitted.window, fitted.base, whole)
        if features.shape[1] != len(fitted.middle) or past.horizon != fitted.weights.shape[1]:
            return examples.baseline(past)
        with np.errstate(all="ignore"):
            ahead = level + size[:, None] * (((features - fitted.middle) / fitted.spread) @ fitted.weights[:-1] + fitted.weights[-1])
            return bounded(np.exp(ahead) if fitted.transform == "log" else ahead, past)

    def save(self, folder: Path) -> None:
        """Write the weights."""
        storage.save(folder, "linear", self.fitted)

    @classmethod
    def load(cls, folder: Path) -> Linear:
        """Return what :meth:`save` wrote."""
        return cls(storage.load(folder, "linear", Weights))


def padded(past: Past, window: int) -> Past:
    """Return the series with empty columns before them, so that there is a whole window."""
    more = window - past.length
    if more <= 0:
        return past
    return replace(
        past,
        observed=np.pad(past.observed, ((0, 0), (more, 0)), constant_values=np.nan),
        before=np.pad(past.before, ((0, 0), (more, 0), (0, 0)), mode="edge" if past.length else "constant"),
        known=np.pad(past.known, ((0, 0), (more, 0), (0, 0)), mode="edge"),
    )


def features_of(
    past: Past, at: examples.Origins, window: int, base: str, whole: examples.Sizes
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return features (e, f), the base of each forecast (e, horizon), and the size of each series (e,)."""
    seen = np.nan_to_num(examples.windows(past, at, window))
    level, size, start = examples.framed(seen, at, base, whole, past.season, past.horizon)
    relative = (seen - (level[:, None] if base in ("none", "series") else seen[:, -1:])) / size[:, None]
    when = past.calendar()[at.row, at.column + 1]
    parts = [relative, when]
    if past.before.shape[2]:
        parts.append(past.before[at.row, at.column])
    if past.known.shape[2]:
        ahead = past.known[at.row[:, None], at.column[:, None] + 1 + np.arange(past.horizon)[None, :]]
        parts.append(ahead.reshape(len(at), -1))
        before = at.column[:, None] - np.arange(min(window, KNOWN_BEFORE))[None, :]  # what of the window they explain
        parts.append(past.known[at.row[:, None], np.clip(before, 0, None)].reshape(len(at), -1))
    return np.nan_to_num(np.concatenate(parts, axis=1)), start, size


def window_of(past: Past) -> int:
    """Return how far back a regression looks: two seasons or two horizons, as far as the usual series allows."""
    usual = float(np.median(past.length - past.first)) if past.n else 0.0
    wanted = max(2 * past.season + 1, min(2 * past.horizon, 96), 8)
    if past.season > LARGEST_WINDOW // 2:
        wanted = max(2 * past.horizon, 28)
    return int(max(3, min(wanted, LARGEST_WINDOW, (usual - past.horizon) // 3)))


def fit(request: Request) -> Linear:
    """Fit the regression; ValueError where there are too few origins."""
    past, values = request.past, request.values
    base, transform = str(values.get("base", "level")), str(values.get("transform", "none"))
    moved = past.transformed(transform)
    window = window_of(moved)
    at = examples.origins(moved, window, int(request.settings["forecast.history"]["rows"]) // 10, request.seed)
    target = examples.futures(moved, at)
    whole = np.isfinite(target).all(axis=1)
    if whole.sum() < FEWEST:
        at, target = (
            at,
            np.where(np.isfinite(target), target, moved.values[at.row[:, None], at.column[:, None] + 1 + np.arange(past.horizon)]),
        )
        whole = np.isfinite(target).all(axis=1)
    at, target = at.take(np.flatnonzero(whole)), target[whole]
    if len(at) < FEWEST:
        raise ValueError(f"only {len(at)} origins to learn from")
    local = int(request.settings["forecast.history"]["local"])
    features, start, size = features_of(moved, at, window, base, examples.whole_sizes(moved, local))
    target = (target - start) / size[:, None]
    middle, spread = features.mean(axis=0), features.std(axis=0)
    spread = np.where(spread > 1e-9, spread, 1.0)
    features = np.column_stack([(features - middle) / spread, np.ones(len(features))])
    later = at.column >= np.quantile(at.column, 1 - HELD_OUT)
    gap = at.column < np.quantile(at.column, 1 - HELD_OUT) - past.horizon
    earlier = gap if gap.sum() >= FEWEST else ~later
    losses = []
    for penalty in PENALTIES:
        weights = _ridge(features[earlier], target[earlier], penalty) if earlier.sum() >= 5 else _ridge(features, target, penalty)
        losses.append(float(np.abs(features[later] @ weights - target[later]).mean()))
    weights = _ridge(features, target, PENALTIES[int(np.argmin(losses))])
    return Linear(Weights(weights, middle, spread, window, base, transform, local))


def _ridge(features: np.ndarray, target: np.ndarray, penalty: float) -> np.ndarray:
    gram = features.T @ features
    strength = np.full(len(gram), penalty * len(features) / 100)
    strength[-1] = 0.0
    return np.linalg.solve(gram + np.diag(strength + 1e-8), features.T @ target)


LINEAR = Forecaster("linear", "Ridge regression on the recent window", False, fit, Linear.load)
