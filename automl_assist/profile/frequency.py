"""Even steps of time: how far apart the rows of a series are, and stamps as whole numbers of steps and back.

Months, quarters and years are steps of the calendar, whose length in days differs; working days leave out weekends; everything else has a
fixed length. Bare numbers are steps themselves.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from automl_assist.profile.zones import off_clock, offsets_at, on_clock

DAY = 86_400.0
UNIT_SECONDS = {"second": 1.0, "minute": 60.0, "hour": 3_600.0, "day": DAY, "week": 7 * DAY}
NATURAL_SECONDS = (
    *(1.0, 5.0, 10.0, 15.0, 30.0), *(60.0 * k for k in (1, 2, 5, 10, 15, 20, 30)), *(3_600.0 * k for k in (1, 2, 3, 4, 6, 8, 12)),
    DAY, 7 * DAY,
)  # fmt: skip
REGULAR_SHARE = 0.5  # of the steps have the most frequent length; below it stamps are events, and are gathered into natural steps
PHASE_SHARE = 0.1  # of the stamps stand at one place between two steps, for that place to be meant
LOGGED_DAYS = 10.0  # a usual distance up to here between the days on which something happened leaves days as the steps
WEEKLY_SHARE = 0.8  # of the weeks have one row, on whatever day: of what happens once a week on average about a third have
MONTHLY_DAYS = 27.5  # a usual step from here on is one of the calendar
BY_CLOCK = ("day", "working day", "week", "month")  # units that begin by the clock of a place; shorter ones are even in UTC
LATEST_DAY = 28  # days of the month after this one are the last day of a month in February
FEWEST_FOR_WORKING_DAYS = 10
NAMES = {
    ("month", 1): "monthly", ("month", 3): "quarterly", ("month", 6): "half-yearly", ("month", 12): "yearly", ("week", 1): "weekly",
    ("day", 1): "daily", ("hour", 1): "hourly", ("minute", 1): "every minute", ("second", 1): "every second",
    ("working day", 1): "working days",
    ("step", 1): "numbered steps",
}  # fmt: skip


@dataclass(frozen=True)
class Frequency:
    """The step of a series.

    Attributes
    ----------
    unit : str
        One of ``schema.STEP_UNITS``.
    every : float
        Units between two steps.
    anchor : float
        The stamp of step 0: seconds since 1970, a number of a numbered step, or months since 1970.
    day : int
        Of months, the day on which steps stand; 31 is the last one.
    zone : str
        Of the clock by which days begin; empty for none. The anchor is a time of that clock, where the unit is a day or longer.
    """

    unit: str
    every: float
    anchor: float = 0.0
    day: int = 1
    zone: str = ""

    @property
    def name(self) -> str:
        """The step in words, such as ``monthly`` or ``every 15 minutes``."""
        if (self.unit, self.every) in NAMES:
            return NAMES[self.unit, int(self.every)]
        return f"every {self.every:g} {self.unit}s"

    @property
    def seconds(self) -> float:
        """The usual length of a step in seconds; NaN for numbered steps."""
        if self.unit == "step":
            return float("nan")
        if self.unit == "month":
            return self.every * 365.2425 * DAY / 12
        return self.every * (DAY if self.unit == "working day" else UNIT_SECONDS[self.unit])

    def steps(self, stamps: np.ndarray) -> np.ndarray:
        """Return the step of each stamp, int64 of shape (n,); every stamp must be finite."""
        stamps = on_clock(stamps, self.zone) if self.unit in BY_CLOCK else stamps
        if self.unit == "month":
            return np.floor((_months(stamps) - self.anchor) / self.every + 1e-9).astype(np.int64)
        if self.unit == "working day":
            days = _days(stamps)
            first = np.datetime64("1970-01-01") + np.int64(self.anchor // DAY)
            return np.floor(np.busday_count(first, np.datetime64("1970-01-01") + days) / self.every).astype(np.int64)
        length = self.every if self.unit == "step" else self.every * UNIT_SECONDS[self.unit]
        return np.rint((stamps - self.anchor) / length).astype(np.int64)

    def stamps(self, steps: np.ndarray) -> np.ndarray:
        """Return the stamp at which each step stands, of shape (n,)."""
        return off_clock(self._even(steps), self.zone) if self.unit in BY_CLOCK else self._even(steps)

    def clock(self, steps: np.ndarray) -> np.ndarray:
        """Return what the clock of the zone shows at each step, of shape (n,); without a zone the stamp."""
        return self._even(steps) if self.unit in BY_CLOCK else on_clock(self._even(steps), self.zone)

    def offsets(self, steps: np.ndarray) -> np.ndarray:
        """Return by how many seconds that clock is ahead of UTC at each step, of shape (n,)."""
        return offsets_at(self.stamps(steps), self.zone)

    def _even(self, steps: np.ndarray) -> np.ndarray:
        steps = np.asarray(steps, dtype=np.int64)
        if self.unit == "month":
            months = (np.int64(self.anchor) + steps * np.int64(self.every)).astype("datetime64[M]")
            first = months.astype("datetime64[D]").astype(np.int64)
            last = (months + 1).astype("datetime64[D]").astype(np.int64) - 1
            return np.minimum(first + self.day - 1, last) * DAY
        if self.unit == "working day":
            start = np.datetime64("1970-01-01") + np.int64(self.anchor // DAY)
            stands = np.busday_offset(start, steps * np.int64(self.every), roll="forward")
            return stands.astype("datetime64[D]").astype(np.int64) * DAY + self.anchor % DAY
        length = self.every if self.unit == "step" else self.every * UNIT_SECONDS[self.unit]
        return self.anchor + steps * length

    def seasons(self) -> tuple[int, ...]:
        """Return the periods of the calendar in steps, shortest first: hours of the day, days of the week, weeks and months of the year."""
        whole: tuple[float, ...]
        if self.unit == "month":
            whole = (12 / self.every,)
        elif self.unit == "working day":
            whole = (5 / self.every, 261 / self.every)
        elif self.unit == "step":
            whole = ()
        else:
            whole = tuple(period / self.seconds for period in (3_600.0, DAY, 7 * DAY, 365.25 * DAY))
        return tuple(dict.fromkeys(round(p) for p in whole if p >= 2 - 1e-6 and (abs(p - round(p)) < 1e-6 or p > 50)))


def _days(stamps: np.ndarray) -> np.ndarray:
    return np.floor(stamps / DAY).astype(np.int64)


def _months(stamps: np.ndarray) -> np.ndarray:
    return _days(stamps).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def find_frequency(stamps: np.ndarray, groups: np.ndarray, dated: bool, zone: str = "", *, logged: bool = False) -> Frequency:
    """Return the step that most rows of the series have.

    Parameters
    ----------
    stamps : ndarray of shape (n,)
        Seconds since 1970, or numbers; those that are not finite are passed over.
    groups : ndarray of shape (n,)
        Number of the series of each row.
    zone : str
        Of the clock by which days begin.
    logged : bool
        Whether rows stand only where something happened: days between them are then days on which nothing did.
    """
    if zone:
        by_clock = find_frequency(on_clock(stamps, zone), groups, dated, logged=logged)
        return replace(by_clock if by_clock.unit in BY_CLOCK else find_frequency(stamps, groups, dated, logged=logged), zone=zone)
    known = np.isfinite(stamps)
    stamps, groups = stamps[known], groups[known]
    order = np.lexsort((stamps, groups))
    ordered = stamps[order]
    lengths = _lengths(ordered, groups[order])
    if not len(lengths):
        return Frequency("day" if dated else "step", 1.0, float(stamps.min()) if len(stamps) else 0.0)
    if not dated:
        mode, share = _mode(np.round(lengths, 9))
        length = mode if share >= REGULAR_SHARE else float(np.median(lengths))
        return Frequency("step", length, _anchor(ordered, length))
    usual = float(np.median(lengths))
    mode, share = _mode(np.round(lengths))
    if usual >= MONTHLY_DAYS * DAY and not (share > 0.9 and mode % (7 * DAY) == 0 and len(lengths) > 12):
        return _calendar(ordered, groups[order])
    if usual <= 3 * DAY and mode == DAY and len(ordered) >= FEWEST_FOR_WORKING_DAYS and not ((_days(ordered) + 3) % 7 >= 5).any():
        return Frequency("working day", 1.0, float(ordered.min()))
    if (weekly := _once_a_week(ordered, groups[order])) is not None:
        return weekly
    if logged and share < REGULAR_SHARE and usual <= LOGGED_DAYS * DAY and not (lengths % DAY).any():
        return Frequency("day", 1.0, _anchor(ordered, DAY))
    length = mode if share >= REGULAR_SHARE else min(NATURAL_SECONDS, key=lambda s: abs(np.log(s / max(usual, 1e-3))))
    unit = next(u for u in ("week", "day", "hour", "minute", "second") if length % UNIT_SECONDS[u] == 0 or u == "second")
    return Frequency(unit, max(length, 1.0) / UNIT_SECONDS[unit], _anchor(ordered, max(length, 1.0)))


def _mode(lengths: np.ndarray) -> tuple[float, float]:
    values, counts = np.unique(lengths, return_counts=True)
    best = int(counts.argmax())
    return float(values[best]), float(counts[best] / len(lengths))


def _lengths(ordered: np.ndarray, groups: np.ndarray) -> np.ndarray:
    lengths = np.diff(ordered)[np.diff(groups) == 0]
    return lengths[lengths > 0]


def _once_a_week(ordered: np.ndarray, groups: np.ndarray) -> Frequency | None:
    """Return weeks where nearly each has one row, on days that change, as what is told once a week has; else None.

    They stand at the day around which most weeks have one row: from the most frequent day some rows would fall into the week beside theirs.
    """
    lengths = _lengths(ordered, groups)
    if not len(lengths) or round(float(np.median(lengths)) / (7 * DAY)) != 1:
        return None
    if _mode(lengths)[1] >= REGULAR_SHARE or (lengths % DAY).any():
        return None
    days, best, stands = _days(ordered), (WEEKLY_SHARE, -np.inf), None
    for day in range(7):
        weeks = np.rint((days - day) / 7).astype(np.int64)
        rows = pd.DataFrame({"group": groups, "week": weeks})
        spans = rows.groupby("group")["week"].agg(["min", "max"])
        once = int((rows.value_counts() == 1).sum()) / float((spans["max"] - spans["min"] + 1).sum())
        score = (once, -float(np.abs(days - day - 7 * weeks).mean()))
        if score > best:
            best, stands = score, float(7 * weeks.min() + day) * DAY
    return None if stands is None else Frequency("week", 1.0, stands + float(ordered[0]) % DAY)


def _anchor(ordered: np.ndarray, length: float) -> float:
    """Return the first stamp, moved to the phase at which most stamps stand; to a whole number of steps where they stand anywhere."""
    phase, share = _mode(np.round(np.mod(ordered, length), 6))
    phase = phase if share >= PHASE_SHARE else 0.0
    first = float(ordered.min())
    return float(np.floor((first - phase) / length + 0.5) * length + phase)


def _calendar(ordered: np.ndarray, groups: np.ndarray) -> Frequency:
    months = _months(ordered)
    between = np.diff(months)[np.diff(groups) == 0]
    between = between[between > 0]
    every = _mode(between)[0] if len(between) else 1.0
    days = _days(ordered) - months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) + 1
    last = (months + 1).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) - 1
    at_end = float((_days(ordered) == last).mean())
    day = 31 if at_end > REGULAR_SHARE and days.min() >= LATEST_DAY else int(_mode(days)[0])
    return Frequency("month", every, float(months.min()), day)


def frequency_of(unit: str, every: float, stamps: np.ndarray, groups: np.ndarray, zone: str = "") -> Frequency:
    """Return the step of `every` units that starts where most of the stamps stand.

    Parameters
    ----------
    stamps, groups, zone
        As for :func:`find_frequency`.
    """
    if zone:
        return replace(frequency_of(unit, every, on_clock(stamps, zone) if unit in BY_CLOCK else stamps, groups), zone=zone)
    known = np.isfinite(stamps)
    order = np.lexsort((stamps[known], groups[known]))
    ordered = stamps[known][order]
    if not len(ordered):
        return Frequency(unit, every)
    if unit == "month":
        found = _calendar(ordered, groups[known][order])
        return Frequency(unit, every, found.anchor, found.day)
    if unit == "working day":
        return Frequency(unit, every, float(ordered.min()))
    if (unit, every) == ("week", 1) and (weekly := _once_a_week(ordered, groups[known][order])) is not None:
        return weekly
    return Frequency(unit, every, _anchor(ordered, every if unit == "step" else every * UNIT_SECONDS[unit]))
