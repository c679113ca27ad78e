"""Facts of series that are to be carried on: their step, length, gaps, repeats, seasons, and what is known ahead of the target."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from automl_assist.errors import number
from automl_assist.profile.frequency import Frequency, find_frequency
from automl_assist.schema import Message

MOST_SERIES = 60  # looked at for seasons, evenly chosen
MOST_STEPS = 6_000  # of each, the latest
CLEAR = 0.05  # strength of a season that is taken out before a longer one is looked for: a week may hide the year
FEWEST_PERIODS = 2  # of a season, to see it
LONGEST_CYCLE = 400  # steps, of a season of numbered steps
PEAK = 0.25  # autocorrelation from which a numbered step may have a season
AHEAD_SHARE = 0.9  # of the cells beyond the target that are filled in a column which is known ahead
HORIZONS = {"second": 60, "minute": 60, "hour": 24, "day": 14, "working day": 10, "week": 13, "month": 12, "step": 12}


def series_facts(
    stamps: np.ndarray,
    groups: np.ndarray,
    dated: bool,
    target: np.ndarray,
    beside: Mapping[str, np.ndarray],
    horizon: int | None,
    zone: str = "",
) -> dict[str, Any]:
    """Return the facts as plain JSON data; empty where no row has a time and a target.

    Parameters
    ----------
    stamps, groups, target : ndarray of shape (n,)
        Seconds or numbers, the number of the series, and the value, of each row.
    beside : mapping of str to ndarray
        Typed columns that may be known ahead.
    horizon : int, optional
        Steps to forecast, if they were said.
    zone : str
        In which the times were written.
    """
    known = np.isfinite(stamps)
    seen = known & np.isfinite(target)
    if not seen.any():
        return {}
    values = target[seen]
    whole = bool((values == np.floor(values)).all())
    frequency = find_frequency(stamps, groups, dated, zone, logged=whole and bool((values > 0).all()))
    steps = np.zeros(len(stamps), dtype=np.int64)
    steps[known] = frequency.steps(stamps[known])
    count = int(groups.max()) + 1
    first, last = np.full(count, np.iinfo(np.int64).max), np.full(count, np.iinfo(np.int64).min)
    np.minimum.at(first, groups[seen], steps[seen])
    np.maximum.at(last, groups[seen], steps[seen])
    there = last >= first
    lengths = (last - first + 1)[there]
    observed = len(np.unique(np.stack([groups[seen], steps[seen]]), axis=1).T)
    beyond = known & ~np.isfinite(target) & (steps > last[groups])
    ahead = {name: float(_filled(values[beyond])) for name, values in beside.items()} if beyond.any() else {}
    step = horizon or HORIZONS[frequency.unit]
    return {
        "unit": frequency.unit,
        "every": frequency.every,
        "frequency": frequency.name,
        "n_series": int(there.sum()),
        "shortest": int(lengths.min()),
        "usual": int(np.median(lengths)),
        "longest": int(lengths.max()),
        "gaps": round(1 - observed / float(lengths.sum()), 4),
        "repeated": int(seen.sum() - observed),
        "without_time": int((~known).sum()),
        "beyond": int(beyond.sum()),
        "ahead": [name for name, share in ahead.items() if share >= AHEAD_SHARE],
        "positive": bool((values > 0).all()),
        "negative": bool((values < 0).any()),
        "zeros": round(float((values == 0).mean()), 4),
        "whole": whole,
        "seasons": _seasons(steps[seen], groups[seen], values, first, frequency, step),
    }


def _filled(values: np.ndarray) -> float:
    if values.dtype.kind == "f":
        return float(np.isfinite(values).mean())
    if values.dtype.kind == "M":
        return float((~np.isnat(values)).mean())
    return float(np.mean([v is not None for v in values]))


def _seasons(
    steps: np.ndarray, groups: np.ndarray, values: np.ndarray, first: np.ndarray, frequency: Frequency, horizon: int
) -> list[dict[str, Any]]:
    """Return for each period how much of the detrended values it explains, and how far off repeating it is beside repeating one value."""
    present = _by_content(groups, values)
    chosen = present[np.unique(np.linspace(0, len(present) - 1, MOST_SERIES).astype(int))]
    rows = [_even(steps[groups == g] - first[g], values[groups == g])[-MOST_STEPS:] for g in chosen]
    rows = [row for row in rows if len(row) > 3]
    periods = list(frequency.seasons()) or _cycles(rows)
    found: list[dict[str, Any]] = []
    for period in periods:
        long = [row for row in rows if len(row) >= FEWEST_PERIODS * period]
        if len(long) < max(1, len(rows) / 2):
            continue
        shorter = [s["period"] for s in found if s["period"] < period and s["strength"] >= CLEAR]
        strengths = [_strength(row, period) for row in long]
        beyond = [_strength(_without(row, shorter), period) for row in long] if shorter else strengths
        naive = [(_repeat_error(row, period, horizon), _repeat_error(row, 1, horizon)) for row in long]
        ratios = [a / b for a, b in naive if np.isfinite(a) and b > 0]
        found.append(
            {
                "period": int(period),
                "strength": round(float(np.median(strengths)), 3),
                "beyond": round(float(np.median(beyond)), 3),
                "repeat": round(float(np.exp(np.median(np.log(np.maximum(ratios, 1e-9))))), 3) if ratios else None,
            }
        )
    return found


def _by_content(groups: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return the numbers of the series in an order of what they hold: the numbers themselves follow the order of the rows."""
    present, group = np.unique(groups, return_inverse=True)
    least, most = np.full(len(present), np.inf), np.full(len(present), -np.inf)
    np.minimum.at(least, group, values)
    np.maximum.at(most, group, values)
    return present[np.lexsort((np.bincount(group, values), least, most, np.bincount(group)))]


def _even(places: np.ndarray, values: np.ndarray) -> np.ndarray:
    total = np.bincount(places, values)
    count = np.bincount(places)
    seen = np.flatnonzero(count)
    return np.interp(np.arange(len(count)), seen, total[seen] / count[seen])


def _detrended(row: np.ndarray, window: int) -> np.ndarray:
    if len(row) >= 3 * window:
        total = np.concatenate([[0.0], np.cumsum(row)])
        place = np.arange(window // 2, len(row) - window // 2)
        mean = (total[place + (window + 1) // 2] - total[place - window // 2]) / (window // 2 + (window + 1) // 2)
        return row[place] - mean
    place = np.arange(len(row))
    return row - np.polyval(np.polyfit(place, row, 1), place)


def _phases(row: np.ndarray, period: int) -> np.ndarray:
    phase = np.arange(len(row)) % period
    return (np.bincount(phase, row, period) / np.maximum(np.bincount(phase, minlength=period), 1))[phase]


def _without(row: np.ndarray, periods: Sequence[int]) -> np.ndarray:
    for period in periods:
        row = row - _phases(row - row.mean(), period)
    return row


def _strength(row: np.ndarray, period: int) -> float:
    """Return the share of the detrended variance that the places of the season explain, corrected for how many there are, 0 to 1."""
    flat = _detrended(row, period)
    left, whole, n = flat - _phases(flat, period), flat - flat.mean(), len(flat)
    spread = float((whole**2).sum())
    if n <= period + 1 or spread <= 0:
        return 0.0
    return max(0.0, 1 - (float((left**2).sum()) / (n - period)) / (spread / (n - 1)))


def _repeat_error(row: np.ndarray, period: int, horizon: int) -> float:
    """Return the mean absolute error of repeating the last season over the horizon, from all moments of the row."""
    errors = []
    for k in dict.fromkeys(int(v) for v in np.linspace(1, horizon, min(horizon, 12))):
        lag = period * -(-k // period)
        if lag < len(row):
            errors.append(float(np.abs(row[lag:] - row[:-lag]).mean()))
    return float(np.mean(errors)) if errors else float("nan")


def _cycles(rows: Sequence[np.ndarray]) -> list[int]:
    """Return the period at which numbered steps come back, and the week of what looks like hours; none without a peak."""
    most = min(LONGEST_CYCLE, int(np.median([len(row) for row in rows])) // 3) if rows else 0
    if most < 3:
        return []
    curves = []
    for row in rows:
        if len(row) <= most + 2:
            continue
        flat = _detrended(row, min(len(row) // 2, 2 * most + 1))
        flat = flat - flat.mean()
        power = float((flat**2).sum())
        if power > 0 and len(flat) > most:
            spectrum = np.abs(np.fft.rfft(flat, 2 * len(flat))) ** 2
            curves.append(np.fft.irfft(spectrum)[: most + 1] / power)
    if not curves:
        return []
    mean = np.mean(curves, axis=0)
    peaks = [k for k in range(2, most) if mean[k] >= PEAK and mean[k] > mean[k - 1] and mean[k] >= mean[k + 1]]
    if not peaks:
        return []
    best = max(peaks, key=lambda k: mean[k])
    period = next(k for k in peaks if mean[k] >= 0.8 * mean[best])
    return [period] + ([7 * period] if period in (24, 48, 96) else [])


def repeats_told(repeated: int) -> list[Message]:
    """Return what is said where so many rows repeat the very time of another one of their series."""
    if not repeated:
        return []
    rows = number(repeated, "row repeats a time of its", "rows repeat a time of their")
    said = f"{rows} series; the mean of the rows of one time was taken"
    return [Message("W0312", said, "where that is not meant, keep one row for each time of a series")]
