"""The shape of a forecaster, and of one that has been fitted."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from automl_assist.forecasting._past import Past

Settings = Mapping[str, Any]  # of a plan
LIMIT_RANGES = 2.0  # a forecast stays within so many ranges of the recent past beyond its ends: what runs away is wrong


class Fitted(Protocol):
    """What carries series on."""

    def predict(self, past: Past) -> np.ndarray:
        """Return forecasts of shape (n, horizon)."""

    def save(self, folder: Path) -> None:
        """Write into the existing `folder` what :attr:`Forecaster.load` reads."""


@dataclass(frozen=True)
class Request:
    """What to fit, and within what.

    Attributes
    ----------
    past : Past
        Everything that may be learned from.
    values : mapping
        Hyper-parameters.
    settings : mapping
        The plan's choices for forecasts.
    seconds : float, optional
        Time allowed.
    """

    past: Past
    values: Mapping[str, Any]
    settings: Settings
    seed: int = 0
    seconds: float | None = None
    threads: int = 1


@dataclass(frozen=True)
class Forecaster:
    """A kind of forecaster.

    Attributes
    ----------
    name, title
        As in plans, and in words.
    local
        Every series is carried on by itself, from its own past; nothing is learned across series, and nothing is stored.
    fit
        ``fit(request)``.
    load
        ``load(folder)``; ValueError for anything that was not saved.
    needs
        Libraries beyond the core.
    """

    name: str
    title: str
    local: bool
    fit: Callable[[Request], Fitted]
    load: Callable[[Path], Fitted]
    needs: tuple[str, ...] = ()

    def missing_libraries(self) -> list[str]:
        """Return the libraries it needs that cannot be imported."""
        return [name for name in self.needs if importlib.util.find_spec(name) is None]


def bounded(forecast: np.ndarray, past: Past) -> np.ndarray:
    """Return forecasts that are finite and near the past: what is not becomes the last season, what runs away is held."""
    recent = past.values[:, -max(4 * past.season, 2 * past.horizon, 20) :]
    with np.errstate(invalid="ignore"):
        low, high = _ends(recent)
    room = LIMIT_RANGES * np.maximum(high - low, 1e-9)
    usable = np.isfinite(forecast)
    return np.clip(np.where(usable, forecast, repeated(past)), (low - room)[:, None], (high + room)[:, None])


def _ends(recent: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    known = np.isfinite(recent)
    low = np.where(known, recent, np.inf).min(axis=1)
    high = np.where(known, recent, -np.inf).max(axis=1)
    empty = ~known.any(axis=1)
    return np.where(empty, 0.0, low), np.where(empty, 0.0, high)


def repeated(past: Past) -> np.ndarray:
    """Return the last season again and again, of shape (n, horizon); the last value where a series is shorter than a season."""
    values, h, m = past.values, past.horizon, past.season
    last = values[:, -1] if values.shape[1] else np.zeros(past.n)
    last = np.where(np.isfinite(last), last, 0.0)
    out = np.repeat(last[:, None], h, axis=1)
    if m > 1 and values.shape[1] >= m:
        ahead = values[:, -m:][:, np.arange(h) % m]
        out = np.where(np.isfinite(ahead), ahead, out)
    return out
