"""What a forecaster sees: series on even steps, all ending in the last column, with their covariates and their calendar."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from automl_assist.profile.frequency import DAY, Frequency

LINEAR_GAP = 3  # steps: longer gaps repeat the season before them
HARMONICS = 3  # of the year, for calendars


@dataclass(frozen=True)
class Past:
    """n series that end in column T - 1; NaN before a series begins and where nothing was observed.

    Attributes
    ----------
    observed : ndarray of shape (n, T)
        The values as they came.
    last : ndarray of shape (n,)
        Step of the last column of each series.
    before : ndarray of shape (n, T, c)
        Covariates that are known up to now.
    known : ndarray of shape (n, T + horizon, k)
        Covariates that are known ahead too.
    seasons : tuple of int
        Periods in steps, the main one first; 1 for none.
    """

    observed: np.ndarray
    last: np.ndarray
    before: np.ndarray
    known: np.ndarray
    horizon: int
    seasons: tuple[int, ...]
    frequency: Frequency
    fill: str = "season"

    @property
    def n(self) -> int:
        """How many series there are."""
        return len(self.observed)

    @property
    def length(self) -> int:
        """Columns: steps of the longest series."""
        return self.observed.shape[1]

    @property
    def season(self) -> int:
        """The main period in steps."""
        return self.seasons[0]

    @cached_property
    def first(self) -> np.ndarray:
        """Column in which each series begins, of shape (n,); T where nothing was observed."""
        seen = np.isfinite(self.observed)
        return np.where(seen.any(axis=1), seen.argmax(axis=1), self.length)

    @cached_property
    def values(self) -> np.ndarray:
        """The series with their gaps filled, of shape (n, T); NaN before they begin."""
        return filled(self.observed, self.season, self.fill)

    @cached_property
    def scale(self) -> np.ndarray:
        """Mean absolute step over one season of each series, of shape (n,): what errors are divided by; NaN where it has none."""
        return naive_scales(self.observed, self.season)

    def until(self, held_out: int) -> Past:
        """Return what was known `held_out` steps before the end."""
        if held_out == 0:
            return self
        end = self.length - held_out
        return replace(
            self,
            observed=self.observed[:, :end],
            last=self.last - held_out,
            before=self.before[:, :end],
            known=self.known[:, : end + self.horizon],
        )

    def recent(self, steps: int) -> Past:
        """Return the last `steps` columns."""
        if steps >= self.length:
            return self
        return replace(
            self, observed=self.observed[:, -steps:], before=self.before[:, -steps:], known=self.known[:, -(steps + self.horizon) :]
        )

    def take(self, rows: np.ndarray) -> Past:
        """Return some of the series."""
        return replace(self, observed=self.observed[rows], last=self.last[rows], before=self.before[rows], known=self.known[rows])

    def transformed(self, how: str) -> Past:
        """Return the series as logarithms, or as they are."""
        if how == "none":
            return self
        with np.errstate(invalid="ignore", divide="ignore"):
            return replace(self, observed=np.log(np.where(self.observed > 0, self.observed, np.nan)))

    def calendar(self) -> np.ndarray:
        """Return calendar features of each series' steps and of the horizon after them, of shape (n, T + horizon, f)."""
        steps = self.last[:, None] - self.length + 1 + np.arange(self.length + self.horizon)[None, :]
        return calendar(steps, self.frequency, self.seasons)

    def save(self, folder: Path) -> None:
        """Write everything into the existing `folder`."""
        np.savez_compressed(folder / "past.npz", observed=self.observed, last=self.last, before=self.before, known=self.known)
        about = {"horizon": self.horizon, "seasons": self.seasons, "frequency": asdict(self.frequency), "fill": self.fill}
        (folder / "past.json").write_text(json.dumps(about), "utf-8")

    @classmethod
    def load(cls, folder: Path) -> Past:
        """Return what :meth:`save` wrote.

        Raises
        ------
        ValueError
            If it is anything else.
        """
        from automl_assist.preprocessing.storage import load_arrays

        try:
            about = json.loads((folder / "past.json").read_text("utf-8"))
            arrays = load_arrays(folder / "past.npz")
            made = cls(
                arrays["observed"],
                arrays["last"],
                arrays["before"],
                arrays["known"],
                int(about["horizon"]),
                tuple(int(s) for s in about["seasons"]),
                Frequency(**about["frequency"]),
                str(about["fill"]),
            )
            made.check()
        except (OSError, KeyError, TypeError, IndexError) as error:
            raise ValueError(f"{folder} holds no series: {error}") from error
        return made

    def check(self) -> None:
        """Raise ValueError where the shapes do not fit together."""
        n, length = self.observed.shape
        fits = (
            self.last.shape == (n,)
            and self.before.shape[:2] == (n, length)
            and self.known.shape[:2] == (n, length + self.horizon)
            and self.horizon >= 1
            and self.seasons
            and min(self.seasons) >= 1
        )
        if not fits:
            raise ValueError("the shapes of the series do not fit together")


def naive_scales(observed: np.ndarray, season: int) -> np.ndarray:
    """Return the mean absolute difference over one season of each row, over one step where a row is too short for that; NaN for none."""
    scales = np.full(len(observed), np.nan)
    for lag in dict.fromkeys((season, 1)):
        if lag < observed.shape[1]:
            gaps = np.abs(observed[:, lag:] - observed[:, :-lag])
            seen = np.isfinite(gaps)
            counts = seen.sum(axis=1)
            means = np.where(counts > 0, np.where(seen, gaps, 0.0).sum(axis=1) / np.maximum(counts, 1), np.nan)
            scales = np.where(np.isfinite(scales), scales, means)
    return np.where(scales > 0, scales, np.nan)


def filled(observed: np.ndarray, season: int, how: str = "season") -> np.ndarray:
    """Return the rows with their gaps filled; NaN before the first value of a row.

    Short gaps are bridged by a line. Longer ones repeat the season before them where `how` is ``season``; ``linear`` bridges all of them,
    and ``zero`` takes what is missing for nothing sold.
    """
    out = observed.copy()
    for i in np.flatnonzero(np.isnan(observed).any(axis=1)):
        row = out[i]
        seen = np.flatnonzero(np.isfinite(row))
        if not len(seen):
            continue
        start = seen[0]
        holes = np.flatnonzero(np.isnan(row[start:])) + start
        if not len(holes):
            continue
        if how == "zero":
            row[holes] = 0.0
            continue
        if how == "season" and season > 1:
            for hole in _long_gaps(holes):
                back = hole - season
                if back >= start and np.isfinite(row[back]):
                    row[hole] = row[back]
            seen = np.flatnonzero(np.isfinite(row))
            holes = np.flatnonzero(np.isnan(row[start:])) + start
        row[holes] = np.interp(holes, seen, row[seen])
    return out


def _long_gaps(holes: np.ndarray) -> np.ndarray:
    runs = np.split(holes, np.flatnonzero(np.diff(holes) > 1) + 1)
    return np.concatenate([run for run in runs if len(run) > LINEAR_GAP] or [np.empty(0, dtype=np.int64)])


def calendar(steps: np.ndarray, frequency: Frequency, seasons: tuple[int, ...]) -> np.ndarray:
    """Return what the calendar says of each step, (*steps.shape, f): hour, weekday, time of the year; of numbered steps, the phase."""
    parts: list[np.ndarray] = []
    if frequency.unit == "step":
        for season in seasons:
            if season > 1:
                parts += _waves(steps / season, HARMONICS if season > 3 else 1)
        return np.stack(parts, axis=-1) if parts else np.empty((*steps.shape, 0))
    stamps = frequency.clock(steps.ravel()).reshape(steps.shape)
    days = np.floor(stamps / DAY)
    length = frequency.seconds
    if length < DAY:
        parts += _waves(stamps / DAY, HARMONICS)
    if length < 7 * DAY:
        weekday = (days + 3) % 7
        parts += [(weekday == k).astype(float) for k in range(6)]
    if length < 365 * DAY:
        whole = days.astype(np.int64).astype("datetime64[D]")
        year = whole.astype("datetime64[Y]")
        share = (whole - year.astype("datetime64[D]")).astype(float) / 365.25
        if length >= 27 * DAY:
            month = whole.astype("datetime64[M]").astype(np.int64) % 12
            parts += [(month == k).astype(float) for k in range(11)] if frequency.every == 1 else _waves(share, 1)
        else:
            parts += _waves(share, HARMONICS)
    return np.stack(parts, axis=-1) if parts else np.empty((*steps.shape, 0))


def _waves(turns: np.ndarray, harmonics: int) -> list[np.ndarray]:
    return [wave(2 * np.pi * k * turns) for k in range(1, harmonics + 1) for wave in (np.sin, np.cos)]
