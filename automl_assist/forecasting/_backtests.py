"""Backtests from rolling origins: what a forecaster would have said at earlier moments, beside what came then."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from automl_assist.forecasting._forecaster import Fitted, Forecaster, Request, repeated
from automl_assist.forecasting._past import Past
from automl_assist.metrics.mase import mean_absolute_scaled_error

FEW_VALUES = 5_000  # observed: a fit takes a second then, and a backtest without the latest seasons says little
FITS_SHARE = 0.85  # of the time, for all fits together; the rest is for forecasts
LEAST_S = 0.5  # of a fit
LEAST_KNOWN = 3  # steps before an origin, for a series to be scored there


@dataclass(frozen=True)
class Windows:
    """Where backtests begin: the test at the end, and before it those that choose.

    Attributes
    ----------
    cuts : tuple of int
        Steps before the end at which each begins; the first is the test's.
    """

    cuts: tuple[int, ...]
    horizon: int

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Windows:
        """Return the windows of a plan."""
        horizon, chosen = int(settings["forecast.horizon"]), settings["forecast.backtests"]
        return cls(tuple(horizon + k * int(chosen["stride"]) for k in range(int(chosen["windows"]) + 1)), horizon)

    def truth(self, past: Past) -> np.ndarray:
        """Return what came after each origin, of shape (w, n, horizon); NaN where nothing was observed or too little was known before."""
        out = np.full((len(self.cuts), past.n, self.horizon), np.nan)
        for w, cut in enumerate(self.cuts):
            begin = past.length - cut
            if begin < 1:
                continue
            out[w] = past.observed[:, begin : begin + self.horizon]
            out[w, past.first > begin - LEAST_KNOWN] = np.nan
        return out


class _Fits:
    """Fits of one forecaster to ever longer pasts, within the time of a request.

    The first may take `share` of that time. A later one is made where as long as the first took is left, and else the one before it goes
    on: what is shipped is never fitted in less time than what the backtests have judged.
    """

    def __init__(self, forecaster: Forecaster, request: Request, share: float):
        self.forecaster, self.request, self.share = forecaster, request, share
        self.begun = time.monotonic()
        self.last: Fitted | None = None
        self._took = 0.0

    def to(self, seen: Past) -> Fitted:
        """Return the forecaster fitted to `seen`, or as it was where there is no time; ValueError where there is too little to learn."""
        asked, limit, begun = self.request, None, time.monotonic()
        if asked.seconds is not None:
            left, limit = asked.seconds - (begun - self.begun), max(LEAST_S, self.share * asked.seconds)
            if self.last is not None and left < self._took:
                return self.last
        self.last = self.forecaster.fit(Request(seen, asked.values, asked.settings, asked.seed, limit, asked.threads))
        self._took = max(self._took, time.monotonic() - begun)
        return self.last


def backtest(forecaster: Forecaster, request: Request, windows: Windows) -> tuple[np.ndarray, Fitted]:
    """Return forecasts (w, n, horizon) at every origin, and the forecaster fitted to everything.

    What learns across series is fitted three times: before all backtests that choose, before the test, and on everything; where there is
    little to learn from, before every backtest, and where there was too little, the last season stands in. What carries on each series by
    itself is fitted where it forecasts.
    """
    past = request.past
    out = np.full((len(windows.cuts), past.n, windows.horizon), np.nan)
    often = not forecaster.local and int(np.isfinite(past.observed).sum()) <= FEW_VALUES
    fits = _Fits(forecaster, request, FITS_SHARE / (len(windows.cuts) + 1 if often else 3))
    for w in reversed(range(len(windows.cuts))):
        seen = past.until(windows.cuts[w])
        if fits.last is None or often or (w == 0 and not forecaster.local):
            try:
                fits.to(seen)
            except ValueError:
                if w == 0 or not often:
                    raise
        out[w] = repeated(seen) if fits.last is None else fits.last.predict(seen)
    return out, fits.last if forecaster.local and fits.last is not None else fits.to(past)


def scores_by_series(truth: np.ndarray, ahead: np.ndarray, scale: np.ndarray, metric: str) -> np.ndarray:
    """Return the figure of each series, of shape (n,), over windows (w, n, h) or (n, h); NaN where nothing can be scored."""
    truth, ahead = (a[None] if a.ndim == 2 else a for a in (truth, ahead))
    known = np.isfinite(truth)
    error = np.where(known, np.abs(truth - ahead), 0.0)
    count = known.sum(axis=(0, 2))
    if metric == "smape":
        size = np.where(known, np.abs(truth) + np.abs(ahead), 1.0)
        error = np.where(size > 0, 2 * error / np.where(size > 0, size, 1.0), 0.0)
        return np.where(count > 0, error.sum(axis=(0, 2)) / np.maximum(count, 1), np.nan)
    mean = np.where(count > 0, error.sum(axis=(0, 2)) / np.maximum(count, 1), np.nan)
    return mean / scale


def figure(truth: np.ndarray, ahead: np.ndarray, scale: np.ndarray, metric: str) -> float:
    """Return the figure over all series: each counts alike, but for the weighted quantile loss, in which large values count more.

    Parameters
    ----------
    truth, ahead : ndarray of shape (w, n, h) or (n, h)
    scale : ndarray of shape (n,)
        Of the scaled error.
    """
    if metric == "wql":
        known = np.isfinite(truth)
        size = float(np.abs(truth[known]).sum())
        return float(np.abs(truth - ahead)[known].sum()) / size if size > 0 else float("nan")
    if metric == "mase" and truth.ndim == 2 and len(truth) == 1:
        known = np.isfinite(truth[0])
        return mean_absolute_scaled_error(truth[0][known], ahead[0][known], scale[0])
    each = scores_by_series(truth, ahead, scale, metric)
    each = each[np.isfinite(each)]
    return float(each.mean()) if len(each) else float("nan")


@dataclass(frozen=True)
class Backtests:
    """Series at earlier origins: what came then, and what forecasts of it are worth.

    Attributes
    ----------
    past : Past
        All that is known, the test too.
    windows : Windows
    truth : ndarray of shape (w, n, horizon)
        What came after each origin, the test first.
    scale : ndarray of shape (n,)
        Of the scaled error of each series, from what was known before all of it, or before the test where most series are too short.
    metric : str
    """

    past: Past
    windows: Windows
    truth: np.ndarray
    scale: np.ndarray
    metric: str

    @classmethod
    def of(cls, past: Past, windows: Windows, metric: str) -> Backtests:
        """Return the backtests of series at the origins of a plan."""
        long = bool(((past.length - past.first) > windows.cuts[-1] + past.season + 2).mean() > 0.5)
        scale = past.until(windows.cuts[-1] if long else windows.cuts[0]).scale
        return cls(past, windows, windows.truth(past), scale, metric)

    @property
    def count(self) -> int:
        """Number of backtests that choose."""
        return len(self.windows.cuts) - 1

    @property
    def lowest(self) -> float | None:
        """Forecasts are not below it: 0 where no value ever was; None without a bound."""
        return None if bool((self.past.observed < 0).any()) else 0.0

    def scores(self, forecasts: np.ndarray) -> tuple[float, ...]:
        """Return the figure on each backtest that chooses, of forecasts (w, n, horizon)."""
        return tuple(figure(self.truth[w], forecasts[w], self.scale, self.metric) for w in range(1, len(self.truth)))

    def total(self, forecasts: np.ndarray) -> float:
        """Return the figure on all backtests that choose together, of forecasts (w, n, horizon)."""
        return figure(self.truth[1:], forecasts[1:], self.scale, self.metric)
