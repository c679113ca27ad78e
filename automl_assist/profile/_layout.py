"""How rows stand in time: which columns say when a row is from, which of several series it belongs to, and whether the steps are even.

Everything is decided on sorted times, so that the order of rows and columns changes nothing.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from automl_assist.profile._cells import Cells, seconds_of
from automl_assist.profile._date_words import part_named
from automl_assist.profile._dates import is_clock
from automl_assist.schema import NUMERIC_KINDS, Column, Guess, Options, named_column

REPEATED_SHARE = 0.02  # of the rows may repeat a time of their series: an hour told twice is a slip, not another layout
MOST_AGAIN, SAME_AGAIN = 0.3, 0.99  # of the rows may repeat a time where nearly all of those times have one value of the target
MOMENTS_AGAIN = 50  # different times and values of the target, at least, to say so
EVEN_SHARE = 0.9  # of the steps have the usual length, to call them even
LEAST_EVEN = 0.5  # of the steps, for bare numbers with fractions, and where others are gaps
LEAST_FILLED = 0.5  # of the steps between the first and the last row of a series, where its column does not have the name of one
FEWEST_ASKED = 2  # where series were asked for
FEWEST_STEPS = 5  # rows of a usual series; fewer make no series
MOST_TRIED = 8  # columns tried as the one that names the series, the likeliest first
ENTITY_ROWS = 1.5  # rows of a usual value of a column that groups rows
FEWEST_ENTITIES = 10
DAY = 86_400.0
ORDERED = ("sequence", "forecast")  # modalities that learn from whole series
NOTHING = Options()
SUMMER = 3_600.0  # that clocks move by
CALENDAR_STEPS = {"month": (28, 31), "quarter": (90, 92), "year": (365, 366)}  # days

SERIES_NAME = re.compile(
    r"(^|[_\W])(series|id|ids|uuid|subject|patient|customer|client|user|person|unit|sensor|device|machine|engine|store|shop|item|product|sku|station|"
    r"country|region|state|city|site|case|trial|session|run|sequence|sample|symbol|ticker|make|brand|household|meter)([_\W\d]|$)|(?-i:[a-z](Id|ID)$)",
    re.IGNORECASE,
)
ENTITY_NAME = re.compile(
    r"(^|[_\W])(subject|patient|customer|client|user|person|member|household|student|employee|account|driver|player|owner|company|participant|group|device|"
    r"machine|engine|session|series)s?([_ ]?(id|no|nr|key|number|code))?$|"
    r"(?-i:(Subject|Patient|Customer|Client|User|Person|Member|Student|Account)(Id|ID)?$)",
    re.IGNORECASE,
)
COUNT_NAME = re.compile(  # how many of them, and not which
    r"(^|[_\W])(num|number|n|nr|count|cnt|total|tot)[_\W]|(?<!serie)s$", re.IGNORECASE
)
STEP_NAME = re.compile(
    r"(t|time|times|step|steps|time_?steps?|time_?index|time_?idx|tick|frame|cycle|cycles|period|week|day|days|hour|date|seq|seconds?|minutes?|timestamp)",
    re.IGNORECASE,
)
PARTS = {
    "year": re.compile(r"(years?|yr|yyyy)", re.IGNORECASE),
    "quarter": re.compile(r"(quarters?|qtr)", re.IGNORECASE),
    "month": re.compile(r"(months?|mon|mm|mnth|month_?(num|number|of_?year))", re.IGNORECASE),
    "day": re.compile(r"(days?|dd|dom|day_?of_?(the_?)?month|date_?of_?(the_?)?month|mday)", re.IGNORECASE),
    "hour": re.compile(r"(hours?|hr|hh|hour_?of_?(the_?)?day)", re.IGNORECASE),
}
PART_RANGE = {"year": (1500, 2200), "quarter": (1, 4), "month": (1, 12), "day": (1, 31), "hour": (0, 24)}
BIRTH_NAME = re.compile(  # says when somebody began, and not when a row is from
    r"(^|[_\W])(born|birth|birthday|birthdate|birth_?date|date_?of_?birth|dob|geboren|geb|geburtsdatum|geburtstag|naissance|nacimiento|nascita)([_\W]|$)"
    r"|(?-i:[a-z](Birth|Born)(Date|day|Day)?$)|^(Birth|DateOfBirth)",
    re.IGNORECASE,
)
APART = 1.5  # times as many moments as days, for a time of day to belong to them
TAKEN_TOGETHER = (("year", "month", "day", "hour"), ("year", "month", "day"), ("year", "month"), ("year", "quarter"), ("year",))


@dataclass(frozen=True)
class Layout:
    """Rows as steps of one series or of several.

    Attributes
    ----------
    time, series : tuple of str
        The columns that together say when, and of which series.
    stamps : ndarray of shape (n,)
        Seconds since 1970, or steps.
    groups : ndarray of shape (n,)
        Number of the series of each row.
    dated : bool
        Whether the times are dates and not bare numbers.
    even : float
        Share of the steps that have the usual length.
    length : float
        Rows of a usual series.
    in_all : int, optional
        How many series there are, where these are the rows of some of them.
    again : float
        Share of the rows that tell a time again, with the same value of the target.
    """

    time: tuple[str, ...]
    series: tuple[str, ...]
    stamps: np.ndarray
    groups: np.ndarray
    dated: bool
    even: float
    length: float
    in_all: int | None = None
    again: float = 0.0

    @property
    def n_series(self) -> int:
        """How many series there are."""
        return self.in_all if self.in_all is not None else self._n_here

    @property
    def _n_here(self) -> int:
        return int(self.groups.max()) + 1 if len(self.groups) else 0

    @property
    def is_even(self) -> bool:
        """Whether nearly all steps have the usual length, or most have it and nearly all others are several of it: rows are left out."""
        return self.even >= EVEN_SHARE or in_whole_steps(steps_between(self.groups, self.stamps))

    @property
    def runs_on(self) -> bool:
        """Whether steps are even and series side by side: rain that comes back hours later is no series that goes on."""
        steps = steps_between(self.groups, self.stamps)
        if not len(steps) or not self.is_even:
            return False
        spans = pd.Series(self.stamps[np.isfinite(self.stamps)]).groupby(self.groups[np.isfinite(self.stamps)])
        return float(spans.count().sum()) >= LEAST_FILLED * float(((spans.max() - spans.min()) / np.median(steps) + 1).sum())

    def ordered(self) -> np.ndarray:
        """Return the places of the rows, series by series and in order of time."""
        return np.lexsort((self.stamps, self.groups))

    def static(self, codes: np.ndarray) -> bool:
        """Whether a column keeps one value in each series."""
        pairs = pd.DataFrame({"g": self.groups, "c": codes}).drop_duplicates()
        return len(pairs) <= 1.01 * self._n_here


@dataclass(frozen=True)
class Time:
    """A column, or several together, that may say when a row is from; seconds since 1970 where it is dated, else steps."""

    names: tuple[str, ...]
    stamps: np.ndarray
    dated: bool


def find_layout(
    columns: Sequence[Column],
    cells: Mapping[str, Cells],
    typed: Mapping[str, np.ndarray],
    target: str | None,
    options: Options = NOTHING,
    only: tuple[tuple[str, ...], tuple[str, ...]] | None = None,
) -> Layout | None:
    """Return the layout in which every row is another step of its series, or None where there is none.

    A column that the user named as the time or the series is taken at its word; with a series and no time rows stand in the order of the
    file, and ``time`` is empty; so does a target to be carried on that stands alone. Where series were named or asked for they may be
    short, and a time may come twice in one that was named. With `only`, no other columns for time and series are tried.
    """
    beside = [c for c in columns if c.name != target]
    named, asked = options.series is not None, options.modality in ORDERED
    if named and options.series not in [c.name for c in beside]:
        return None
    rows = len(typed[columns[0].name]) if columns else 0
    for time in times_tried(beside, typed, options.time):
        if only and time.names != only[0]:
            continue
        known = np.isfinite(time.stamps)
        if known.mean() < 1 - REPEATED_SHARE and options.time is None:
            continue
        stamps = np.where(known, time.stamps, np.inf)
        levels = {c.name: len(cells[c.name].values) for c in beside}
        moments = len(np.unique(time.stamps))
        for series in (
            [only[1]]
            if only
            else [(str(options.series),)]
            if named
            else series_tried(beside, levels, time, moments, len(stamps), FEWEST_ASKED if asked else FEWEST_STEPS)
        ):
            groups = _numbered([cells[name].codes for name in series], len(stamps))
            if not named and _repeats(groups, stamps) > REPEATED_SHARE * len(stamps):
                continue
            length = float(np.median(np.bincount(groups)))
            if length < FEWEST_STEPS and not (named or asked):
                continue
            found = Layout(time.names, series, stamps, groups, time.dated, _evenness(groups, stamps, time.dated), length)
            if series and not named and not found.runs_on and not any(SERIES_NAME.search(name) for name in series):
                continue  # a category that happens to part the rows that repeat a time
            if not time.dated and options.time is None and found.even < LEAST_EVEN and (stamps != np.floor(stamps)).any():
                continue  # fractions at odd distances: a quantity with the name of a step
            return found if series or named else _one_after_another(found, beside, cells, target) or found
    carried_on = asks_to_carry_on(options)
    if carried_on and not named and not only:
        for time in times_tried(beside, typed, options.time):  # rows of one time are then averaged
            if np.isfinite(time.stamps).mean() >= 1 - REPEATED_SHARE:
                groups = np.zeros(rows, dtype=np.int64)
                return Layout(time.names, (), time.stamps, groups, time.dated, _evenness(groups, time.stamps, time.dated), float(rows))
    if not (named or only or carried_on or asked) and (
        again := _told_again(times_tried(beside, typed, options.time), typed.get(target or ""))
    ):
        return again
    alone = carried_on and not beside
    if not (named or alone) or options.time is not None or not rows or only:
        return None
    series = (str(options.series),) if named else ()
    groups = _numbered([cells[name].codes for name in series], rows)
    return Layout((), series, np.arange(rows, dtype=float), groups, False, 1.0, float(np.median(np.bincount(groups))))


def _one_after_another(found: Layout, columns: Sequence[Column], cells: Mapping[str, Cells], target: str | None) -> Layout | None:
    """Return series that follow one another in time, as recordings of a day do, each with one value of the target; None without a name."""
    order, rows = found.ordered(), len(found.stamps)
    for column in columns if target is not None else ():
        codes, levels = cells[column.name].codes, len(cells[column.name].values)
        if column.missing or column.name in found.time or not 2 <= levels <= rows / FEWEST_STEPS or not SERIES_NAME.search(column.name):
            continue
        if 1 + int((np.diff(codes[order]) != 0).sum()) == levels:
            groups = _numbered([codes], rows)
            even = _evenness(groups, found.stamps, found.dated)
            parts = Layout(found.time, (column.name,), found.stamps, groups, found.dated, even, float(np.median(np.bincount(groups))))
            if parts.is_even and parts.static(cells[str(target)].codes):
                return parts
    return None


def _told_again(times: Iterable[Time], target: np.ndarray | None) -> Layout | None:
    """Return one series in which some times are told more than once, always with the same amount: an hour of rain and of thunder."""
    if target is None or target.dtype.kind != "f":
        return None
    for time in times:
        both = np.isfinite(time.stamps) & np.isfinite(target)
        if not time.dated or both.mean() < 1 - REPEATED_SHARE:
            continue
        moments = pd.Series(target[both]).groupby(time.stamps[both]).agg(["min", "max", "size"])
        again = 1 - len(moments) / len(target)
        often = moments[moments["size"] > 1]
        if again > MOST_AGAIN or len(moments) < MOMENTS_AGAIN or moments["min"].nunique() < MOMENTS_AGAIN:
            continue
        groups = np.zeros(len(target), dtype=np.int64)
        even = _evenness(groups, time.stamps, True)
        if even >= EVEN_SHARE and (often["min"] == often["max"]).mean() >= SAME_AGAIN:
            return Layout(time.names, (), np.where(both, time.stamps, np.inf), groups, True, even, float(len(moments)), again=again)
    return None


def asks_to_carry_on(options: Options) -> bool:
    """Whether the user asked for a forecast, by any of the options that say so."""
    return options.horizon is not None or "forecast" in (options.task, options.modality)


def times_tried(columns: Sequence[Column], typed: Mapping[str, np.ndarray], given: str | None) -> Iterable[Time]:
    """Yield what may say when a row is from, dates before parts of dates before numbers of steps; or what the user named, alone."""
    by_name = sorted((c for c in columns if c.name == given or not BIRTH_NAME.search(c.name)), key=lambda c: c.name)
    if given is not None:
        for column in by_name:
            if column.name == given:
                stamps = stamps_of(typed, (given,))
                yield Time((given,), stamps, typed[given].dtype.kind == "M" or (is_year(given, column.kind) and np.isfinite(stamps).any()))
        return
    clocks = [c for c in by_name if _is_clock(c, typed) or (c.numbers is not None and PARTS["hour"].fullmatch(c.name))]
    for column in by_name:
        if typed[column.name].dtype.kind == "M" and not _is_clock(column, typed):
            yield from _with_clock(column.name, clocks, typed)
            yield Time((column.name,), seconds_of(typed[column.name]), True)
    parts = {part: c.name for part, pattern in PARTS.items() for c in by_name if pattern.fullmatch(c.name) and _is_part(c, part, typed)}
    for together in TAKEN_TOGETHER:
        known = {part: _part_numbers(part, typed[parts[part]]) for part in together if part in parts}
        if len(known) == len(together) and (found := _from_parts(known)) is not None:
            yield Time(tuple(parts[p] for p in together), found, True)
    for column in by_name:
        if STEP_NAME.fullmatch(column.name) and column.numbers is not None and column.numbers.minimum >= 0:
            yield Time((column.name,), _numbers(typed[column.name]), False)


def _is_part(column: Column, part: str, typed: Mapping[str, np.ndarray]) -> bool:
    """Whether a column that is called like a part of a date holds its numbers, or its names: January, Q1."""
    if column.numbers is not None or column.kind not in ("category", "text", "identifier"):
        return column.numbers is not None
    return all(value is None or part_named(value, part) is not None for value in pd.unique(typed[column.name]))


def _part_numbers(part: str, values: np.ndarray) -> np.ndarray:
    numbers = _numbers(values)
    if values.dtype.kind in "fM" or np.isfinite(numbers).any():
        return numbers
    codes, names = pd.factorize(values)
    known = np.array([*(part_named(name, part) or np.nan for name in names), np.nan], dtype=float)  # -1 is what is missing
    return known[codes]


def _is_clock(column: Column, typed: Mapping[str, np.ndarray]) -> bool:
    """Whether a column holds times of day without a date."""
    return typed[column.name].dtype.kind == "M" and is_clock(column.date_format)


def _with_clock(date: str, clocks: Sequence[Column], typed: Mapping[str, np.ndarray]) -> Iterable[Time]:
    """Yield days together with each time of day that tells their rows apart."""
    days = seconds_of(typed[date])
    if (days % DAY)[np.isfinite(days)].any():
        return
    for clock in clocks:
        stamps = stamps_of(typed, (date, clock.name))
        if len(np.unique(stamps[np.isfinite(stamps)])) >= APART * len(np.unique(days[np.isfinite(days)])):
            yield Time((date, clock.name), stamps, True)


def date_part_of(name: str) -> str | None:
    """Return the part of a date that a column holds by its name, such as ``year``; None for any other column."""
    return next((part for part, pattern in PARTS.items() if pattern.fullmatch(name)), None)


def is_year(name: str, kind: str) -> bool:
    """Whether a column holds years as numbers, by its name."""
    return kind != "datetime" and date_part_of(name) == "year"


def stamps_of(typed: Mapping[str, np.ndarray], names: Sequence[str]) -> np.ndarray:
    """Return when each row is from, float64 of shape (n,): seconds since 1970, or numbers; NaN where it is not known.

    Parameters
    ----------
    names : sequence of str
        ``Layout.time`` of a table like this one.
    """
    if len(names) == 2 and typed[names[0]].dtype.kind == "M":
        clock = typed[names[1]]
        return seconds_of(typed[names[0]]) + (seconds_of(clock) % DAY if clock.dtype.kind == "M" else 3_600.0 * _numbers(clock))
    if len(names) == 1 and not is_year(names[0], "datetime" if typed[names[0]].dtype.kind == "M" else "number"):
        return _numbers(typed[names[0]])
    parts = {part: _part_numbers(part, typed[name]) for name in names for part, pattern in PARTS.items() if pattern.fullmatch(name)}
    rows = np.flatnonzero(np.all([np.isfinite(numbers) for numbers in parts.values()], axis=0))
    out = np.full(len(next(iter(parts.values()))), np.nan)
    found = _from_parts({part: numbers[rows] for part, numbers in parts.items()})
    if found is not None:
        out[rows] = found
    return out


def _numbers(values: np.ndarray) -> np.ndarray:
    if values.dtype.kind == "M":
        return seconds_of(values)
    return values if values.dtype.kind == "f" else np.asarray(pd.to_numeric(pd.Series(values, dtype=object), errors="coerce"), dtype=float)


def _from_parts(parts: Mapping[str, np.ndarray]) -> np.ndarray | None:
    """Return seconds since 1970 from years, months and so on; None when the numbers cannot be those."""
    whole: dict[str, np.ndarray] = {}
    for part, numbers in parts.items():
        low, high = PART_RANGE[part]
        if not len(numbers) or not ((numbers >= low) & (numbers <= high) & (numbers == np.floor(numbers))).all():
            return None
        whole[part] = numbers.astype(np.int64)
    months = 3 * (whole["quarter"] - 1) if "quarter" in whole else whole["month"] - 1 if "month" in whole else 0
    start = (12 * (whole["year"] - 1970) + months).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    days = start + (whole["day"] - 1 if "day" in whole else 0)
    return days * DAY + (whole["hour"] * 3600.0 if "hour" in whole else 0.0)


def series_tried(
    columns: Sequence[Column], distinct: Mapping[str, int], time: Time, moments: int, rows: int, fewest: int = FEWEST_STEPS
) -> Iterable[tuple[str, ...]]:
    """Yield sets of columns that may name the series: none, one, two; only those with values enough to tell the rows apart."""
    enough = (1 - REPEATED_SHARE) * rows
    if moments >= enough:
        yield ()
        return
    able = []
    for column in columns:
        levels = distinct[column.name]
        if column.name in time.names or not 2 <= levels <= rows / fewest or column.missing > 0:
            continue
        named = SERIES_NAME.search(column.name) is not None
        if named or column.kind in ("category", "identifier", "boolean"):
            able.append((not named, levels, column.name))
    able.sort()
    tried = [(name, levels) for _, levels, name in able[:MOST_TRIED]]
    for size in (1, 2):
        for chosen in itertools.combinations(tried, size):
            if float(np.prod([float(levels) for _, levels in chosen])) * moments >= enough:
                yield tuple(name for name, _ in chosen)


def _numbered(codes: Sequence[np.ndarray], rows: int) -> np.ndarray:
    if not codes:
        return np.zeros(rows, dtype=np.int64)
    key = codes[0].astype(np.int64)
    for more in codes[1:]:
        key = key * (int(more.max()) + 2) + more
    return pd.factorize(key)[0]


def _repeats(groups: np.ndarray, stamps: np.ndarray) -> int:
    moments = pd.factorize(stamps)[0].astype(np.int64)
    return len(stamps) - len(pd.unique(groups * (int(moments.max()) + 2) + moments))


def steps_between(groups: np.ndarray, stamps: np.ndarray) -> np.ndarray:
    """Return the distances in time of rows of one series that follow one another, where they are not at the same time."""
    known = np.isfinite(stamps)  # rows without a time stand at the end of it
    groups, stamps = groups[known], stamps[known]
    order = np.lexsort((stamps, groups))
    steps = np.diff(stamps[order])[np.diff(groups[order]) == 0]
    return steps[steps > 0]


def in_whole_steps(steps: np.ndarray) -> bool:
    """Whether most steps have the usual length and nearly all others are several of it: even, with rows left out."""
    if not len(steps):
        return False
    ratio = steps / np.median(steps)
    return bool((np.abs(ratio - 1) <= 0.01).mean() >= LEAST_EVEN and (np.abs(ratio - np.rint(ratio)) <= 0.02).mean() >= EVEN_SHARE)


def _evenness(groups: np.ndarray, stamps: np.ndarray, dated: bool) -> float:
    """Return the share of steps of the usual length: a fixed one, a month, quarter or year, or the next working day."""
    steps = steps_between(groups, stamps)
    if not len(steps):
        return 0.0
    usual = float(np.median(steps))
    shares = [float((np.abs(steps - usual) <= 0.01 * usual).mean())]
    if dated:
        shares += [float(((steps >= low * DAY - SUMMER) & (steps <= high * DAY + SUMMER)).mean()) for low, high in CALENDAR_STEPS.values()]
        weekdays = np.floor(stamps[np.isfinite(stamps)] / DAY + 3).astype(np.int64) % 7  # 1 January 1970 was a Thursday; 0 is Monday
        if usual == DAY and not (weekdays >= 5).any():
            shares.append(float(np.isin(steps, (DAY, 3 * DAY)).mean()))
    return max(shares)


def time_of(layout: Layout | None, columns: Sequence[Column], options: Options) -> Guess | None:
    """Return the column that orders the rows in time: the user's, the layout's, or the only dated one."""
    if options.time:
        return named_column("time", options.time)
    if layout and layout.time:
        beside = f" together with {', '.join(map(repr, layout.time[1:]))}" if len(layout.time) > 1 else ""
        within = f" within {' and '.join(map(repr, layout.series))}" if layout.series else ""
        different = f"is different in {1 - layout.again:.0%} of the rows" if layout.again else "is different in every row"
        said = f"it{beside} {different}{within}; {layout.even:.0%} of the steps have the same length"
        return Guess(layout.time[0], 0.95 if layout.even >= EVEN_SHARE else 0.8, said)
    dated = [c for c in columns if c.kind == "datetime" and c.action != "target" and not is_clock(c.date_format)]
    if len(dated) != 1:
        return None
    return Guess(dated[0].name, 0.6, f"it is the only column of dates: {dated[0].evidence}")


def series_of(layout: Layout | None, options: Options = NOTHING) -> Guess | None:
    """Return the column that names the series of a row: the user's, or the layout's."""
    if options.series:
        return named_column("series", options.series)
    if layout is None or not layout.series:
        return None
    beside = f" together with {', '.join(map(repr, layout.series[1:]))}" if len(layout.series) > 1 else ""
    said = f"it{beside} names {layout.n_series:,} series of about {layout.length:,.0f} rows, none with two rows of one time"
    named = SERIES_NAME.search(layout.series[0]) is not None
    return Guess(layout.series[0], 0.9 if named else 0.75, said)


def group_of(columns: Sequence[Column], cells: Mapping[str, Cells], target: str | None, options: Options) -> Guess | None:
    """Return the column whose rows belong together, such as the patient of several visits."""
    if options.group:
        return named_column("group", options.group)
    found = []
    for column in columns:
        values, filled = len(cells[column.name].values), cells[column.name].filled
        kind = column.kind in ("identifier", "category", "text", "integer", "email")
        if column.name == target or not kind or not ENTITY_NAME.search(column.name) or values < FEWEST_ENTITIES:
            continue
        if column.kind == "integer" and COUNT_NAME.search(column.name):
            continue
        if filled >= ENTITY_ROWS * values and column.missing < 0.5 * len(cells[column.name].codes):
            found.append((-values, column.name, filled))
    if not found:
        return None
    values, name, filled = min(found)
    said = f"its name is that of an entity, and its {-values:,} values stand in {filled:,} rows: several rows belong to one"
    return Guess(name, 0.75, said, ambiguous=len(found) > 1)


def is_amount(column: Column) -> bool:
    """Whether a column holds numbers that can rise and fall."""
    return column.kind in NUMERIC_KINDS
