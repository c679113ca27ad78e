"""From rows to series on even steps, and from steps back to times as they are written in the file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from automl_assist.errors import number
from automl_assist.forecasting._past import Past
from automl_assist.profile import DateStyle, date_part_of, is_year, repeats_told, stamps_of, style_of, words_of, written_dates
from automl_assist.profile.frequency import DAY, Frequency, frequency_of
from automl_assist.schema import NUMERIC_KINDS, Column, Message

MOST_CELLS = 10_000_000  # series times steps that are held; of longer series the latest
LEVELS = 8  # of a category beside a series, the most frequent
SHOWING_STYLE = 100  # of the latest cells, how dates are written
NOTHING = "zero"  # how gaps are filled where no row means that nothing happened: those zeros are learned and scored like what was written
KEEPING = "correct the time, or keep such rows with forecast.history, strays: 0, in plan.yaml"
FEWEST_TIMED = 20  # of fewer rows none is called a stray
WHOLE = ""  # the name of the only series where no column names one


@dataclass(frozen=True)
class Covariate:
    """A column beside the series, and how its cells become numbers."""

    column: Column
    known: bool  # ahead of the target
    levels: tuple[str, ...] = ()

    def encode(self, values: np.ndarray) -> np.ndarray:
        """Return typed cells as numbers, of shape (n, k); NaN where they are missing."""
        if self.column.kind in NUMERIC_KINDS:
            return values.astype(float)[:, None]
        if self.column.kind == "boolean":
            return np.array([np.nan if v is None else float(v == "true") for v in values])[:, None]
        return np.column_stack([np.array([float(v == level) for v in values]) for level in self.levels])

    @property
    def width(self) -> int:
        """How many numbers stand for a cell."""
        return 1 if self.column.kind in (*NUMERIC_KINDS, "boolean") else len(self.levels)


@dataclass(frozen=True)
class Form:
    """How rows become series: decided once, kept with the model.

    Attributes
    ----------
    target, time, series
        Columns; several times or series are taken together.
    frequency
        The step.
    styles
        How times are written in the file, for each column of `time`.
    strays
        Share of the rows, at either end, that may be left out for standing far from all others.
    """

    target: Column
    time: tuple[Column, ...]
    series: tuple[Column, ...]
    frequency: Frequency
    horizon: int
    seasons: tuple[int, ...]
    gaps: str
    covariates: tuple[Covariate, ...] = ()
    styles: tuple[DateStyle, ...] = ()
    strays: float = 0.0

    @property
    def columns(self) -> tuple[Column, ...]:
        """Every column but the target and those that name the series."""
        return (*self.time, *(c.column for c in self.covariates))


@dataclass(frozen=True)
class Rows:
    """Rows of a table, placed: series, step, value and covariates of each.

    Attributes
    ----------
    names : tuple of tuple of str
        The series, in the order of their first row.
    group, step : ndarray of shape (r,)
        Of each row that has a time.
    value : ndarray of shape (r,)
        The target, NaN where it is missing.
    before, known : ndarray of shape (r, k)
    """

    names: tuple[tuple[str, ...], ...]
    group: np.ndarray
    step: np.ndarray
    value: np.ndarray
    before: np.ndarray
    known: np.ndarray
    messages: tuple[Message, ...] = field(default=())


def form_of(profile: Any, cells: pd.DataFrame, typed: pd.DataFrame, settings: Mapping[str, Any]) -> Form:
    """Return how the rows of a profiled table become series by a plan."""
    layout, target = profile.layout, profile.column(profile.target.name)
    time = tuple(profile.column(name) for name in layout["time"])
    series = tuple(profile.column(name) for name in layout["series"])
    chosen, future = settings["forecast.frequency"], settings.get("columns.future", {})
    stamps = _stamps(typed, time, len(typed))
    groups = pd.factorize(pd.MultiIndex.from_frame(typed[[c.name for c in series]]) if series else np.zeros(len(typed)))[0]
    frequency = frequency_of(str(chosen["unit"]), float(chosen["every"]), stamps, groups, str(layout["zone"]))
    covariates = []
    for column in profile.features:
        if column.name in future and settings["columns"][column.name]["use"]:
            levels: tuple[str, ...] = ()
            if column.kind not in (*NUMERIC_KINDS, "boolean"):
                counts = typed[column.name].value_counts()
                levels = tuple(str(v) for v in counts[counts >= 10].index[:LEVELS])
            covariates.append(Covariate(column, bool(future[column.name]["known"]), levels))
    seasons = tuple(int(s) for s in settings["forecast.seasons"])
    return Form(
        target,
        time,
        series,
        frequency,
        int(settings["forecast.horizon"]),
        seasons,
        settings["forecast.gaps"],
        tuple(c for c in covariates if c.width),
        tuple(_style_of(list(cells[column.name].tail(SHOWING_STYLE)), column) for column in time),
        float(settings["forecast.history"]["strays"]),
    )


def _style_of(texts: list[Any], column: Column) -> DateStyle:
    style = style_of(texts, column)
    return style if column.kind in ("datetime", *NUMERIC_KINDS) else replace(style, words=words_of(texts, date_part_of(column.name)))


def needed_form(form: Form) -> Form:
    """Return a form whose columns have no more than reading new cells takes; the rest of a column's record quotes values."""

    def needed(column: Column) -> Column:
        return replace(column, evidence="", reason="", top=())

    return replace(
        form,
        target=needed(form.target),
        time=tuple(map(needed, form.time)),
        series=tuple(map(needed, form.series)),
        covariates=tuple(replace(c, column=needed(c.column)) for c in form.covariates),
    )


def _stamps(typed: pd.DataFrame, time: Sequence[Column], rows: int) -> np.ndarray:
    if not time:
        return np.arange(rows, dtype=float)
    return stamps_of({c.name: typed[c.name].to_numpy() for c in time}, [c.name for c in time])


def labels_of(cells: pd.DataFrame, series: Sequence[Column]) -> list[tuple[str, ...]]:
    """Return the name of the series of each row, as it stands in the file."""
    if not series:
        return [(WHOLE,)] * len(cells)
    return list(zip(*(_texts(cells[c.name]) for c in series), strict=True))


def _texts(cells: pd.Series) -> list[str]:
    if pd.api.types.is_float_dtype(cells.dtype):
        return ["" if not np.isfinite(v) else str(int(v)) if float(v).is_integer() else repr(float(v)) for v in cells]
    return ["" if v is None or v is pd.NA or v is pd.NaT or (isinstance(v, float) and np.isnan(v)) else str(v).strip() for v in cells]


def place_rows(cells: pd.DataFrame, typed: pd.DataFrame, form: Form) -> Rows:
    """Return the rows of a table with their series and steps; rows without a time or far from all others are left out, and said.

    Parameters
    ----------
    cells, typed : DataFrame
        As read and as typed; the target may be absent, and so may covariates.
    """
    stamps = _stamps(typed, form.time, len(typed))
    timed = np.flatnonzero(np.isfinite(stamps))
    stray = _strays(stamps[timed], form.strays)
    usable = timed[~stray]
    labels = labels_of(cells, form.series)
    names = list(dict.fromkeys(labels[i] for i in usable))
    place = {name: k for k, name in enumerate(names)}
    group = np.array([place[labels[i]] for i in usable], dtype=np.int64)
    step = form.frequency.steps(stamps[usable])
    value = typed[form.target.name].to_numpy(float)[usable] if form.target.name in typed else np.full(len(usable), np.nan)
    blocks: dict[bool, list[np.ndarray]] = {True: [], False: []}
    for covariate in form.covariates:
        name = covariate.column.name
        found = covariate.encode(typed[name].to_numpy()[usable]) if name in typed else np.full((len(usable), covariate.width), np.nan)
        blocks[covariate.known].append(found)
    empty = np.empty((len(usable), 0))
    messages = []
    if untimed := len(typed) - len(timed):
        messages.append(Message("W0310", f"{number(untimed, 'row has no time and was', 'rows have no time and were')} left out"))
    if stray.any():
        messages.append(_left_out(timed[stray] + 1))
    messages += _repeats_told(group, stamps[usable], np.isfinite(value))
    rows = Rows(
        tuple(names),
        group,
        step,
        value,
        np.concatenate([empty, *blocks[False]], axis=1),
        np.concatenate([empty, *blocks[True]], axis=1),
        tuple(messages),
    )
    return _with_nothing(rows) if form.gaps == NOTHING else rows


def _strays(stamps: np.ndarray, share: float) -> np.ndarray:
    """Return which rows stand further from all others than those from one another, as a mistyped year makes them; few at either end."""
    if len(stamps) < FEWEST_TIMED or not share:
        return np.zeros(len(stamps), bool)
    ordered, most = np.sort(stamps), max(1, int(share * len(stamps)))
    span = ordered[-1 - most] - ordered[most]
    far = np.diff(ordered) > span if span > 0 else np.zeros(len(stamps) - 1, bool)
    late, early = np.flatnonzero(far[-most:]), np.flatnonzero(far[:most])
    last = ordered[len(far) - most + late[0]] if len(late) else ordered[-1]
    first = ordered[early[-1] + 1] if len(early) else ordered[0]
    return (stamps < first) | (stamps > last)


def _left_out(rows: np.ndarray) -> Message:
    one = len(rows) == 1
    said = f"{len(rows):,} {'row has a time' if one else 'rows have times'} further from all others than those are from one another"
    return Message("W0310", f"{said}, and {'was' if one else 'were'} left out: row {rows[0]:,}", KEEPING)


def _repeats_told(group: np.ndarray, stamps: np.ndarray, seen: np.ndarray) -> list[Message]:
    """Return what is said where rows with a value repeat the very time of another one of their series."""
    moments = pd.factorize(stamps[seen])[0].astype(np.int64)
    repeated = len(moments) - len(pd.unique(group[seen] * (int(moments.max(initial=0)) + 1) + moments))
    return repeats_told(repeated)


def _with_nothing(rows: Rows) -> Rows:
    """Return the rows with one of value 0 for every step without any, from the first value of a series to the last of all."""
    seen = np.isfinite(rows.value)
    if not seen.any():
        return rows
    first = np.full(len(rows.names), np.iinfo(np.int64).max)
    np.minimum.at(first, rows.group[seen], rows.step[seen])
    ends = int(rows.step[seen].max())
    wanted = np.minimum(first, ends + 1)
    if int((ends + 1 - wanted).sum()) > MOST_CELLS:
        wanted = np.maximum(wanted, ends + 1 - MOST_CELLS // len(rows.names))
    group = np.repeat(np.arange(len(rows.names)), ends + 1 - wanted)
    step = np.concatenate([np.arange(begin, ends + 1) for begin in wanted])
    span = ends + 1 - int(wanted.min())
    empty = ~np.isin(group * span + step - wanted.min(), (rows.group * span + rows.step - wanted.min())[seen & (rows.step >= wanted.min())])
    group, step = group[empty], step[empty]

    def longer(values: np.ndarray, with_: float) -> np.ndarray:
        return np.concatenate([values, np.full((len(group), *values.shape[1:]), with_)])

    return replace(
        rows,
        group=np.concatenate([rows.group, group]),
        step=np.concatenate([rows.step, step]),
        value=longer(rows.value, 0.0),
        before=longer(rows.before, np.nan),
        known=longer(rows.known, np.nan),
    )


def some_series(rows: Rows, keep: np.ndarray) -> Rows:
    """Return the rows of some of the series, numbered anew."""
    new = np.cumsum(keep) - 1
    of = keep[rows.group]
    names = tuple(name for name, kept in zip(rows.names, keep, strict=True) if kept)
    return Rows(names, new[rows.group[of]], rows.step[of], rows.value[of], rows.before[of], rows.known[of], rows.messages)


def last_steps(rows: Rows) -> np.ndarray:
    """Return the step of the last known value of each series, of shape (n,); the smallest integer where there is none."""
    last = np.full(len(rows.names), np.iinfo(np.int64).min)
    seen = np.isfinite(rows.value)
    np.maximum.at(last, rows.group[seen], rows.step[seen])
    return last


def lay_out(rows: Rows, form: Form, last: np.ndarray, length: int | None = None) -> Past:
    """Return the series that end at `last`; what stands in the same step is averaged.

    Parameters
    ----------
    last : ndarray of shape (n,)
    length : int, optional
        Columns; by default as many as the longest series has, within ``MOST_CELLS``.
    """
    n, h = len(rows.names), form.horizon
    seen = np.isfinite(rows.value)
    back = last[rows.group] - rows.step
    if length is None:
        longest = int(back[seen].max(initial=0)) + 1
        length = max(1, min(longest, max(MOST_CELLS // max(n, 1), 10 * h)))
    column = length - 1 - back
    inside = (column >= 0) & (column < length)
    observed = _mean(rows.group, column, rows.value[:, None], inside & seen, (n, length))[:, :, 0]
    before = _carried(_mean(rows.group, column, rows.before, inside, (n, length)))
    ahead = (column >= 0) & (column < length + h)
    known = _carried(_mean(rows.group, column, rows.known, ahead, (n, length + h)))
    return Past(observed, last, before, known, h, form.seasons, form.frequency, form.gaps)


def _mean(group: np.ndarray, column: np.ndarray, values: np.ndarray, use: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Return the mean of the values in each cell, of shape (*shape, k); NaN where there is none."""
    cell = group[use] * shape[1] + column[use]
    out = np.full((shape[0] * shape[1], values.shape[1]), np.nan)
    for k in range(values.shape[1]):
        column_values = values[use, k]
        known = np.isfinite(column_values)
        count = np.bincount(cell[known], minlength=len(out))
        total = np.bincount(cell[known], column_values[known], minlength=len(out))
        out[:, k] = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    return out.reshape(*shape, values.shape[1])


def _carried(values: np.ndarray) -> np.ndarray:
    """Return covariates in which the last known value stands until the next; zero before the first."""
    _, length, k = values.shape
    if not k or not length:
        return values
    place = np.where(np.isfinite(values), np.arange(length)[None, :, None], 0)
    np.maximum.accumulate(place, axis=1, out=place)
    return np.nan_to_num(np.take_along_axis(values, place, axis=1))


def times(form: Form, steps: np.ndarray) -> dict[str, Any]:
    """Return the time columns for steps, of shape (r,), written as in the file."""
    if not form.time:
        return {"step": steps.astype(np.int64) + 1}
    clock = form.frequency.clock(steps)
    if len(form.time) == 1 and not is_year(form.time[0].name, form.time[0].kind):
        return {form.time[0].name: written_dates(clock, form.time[0], form.styles[0], form.frequency.offsets(steps))}
    return {
        column.name: written_dates(clock - clock % DAY if k == 0 else clock, column, style)
        if column.kind == "datetime"
        else _in_words(_part(clock, date_part_of(column.name)), style.words)
        for k, (column, style) in enumerate(zip(form.time, form.styles, strict=True))
    }


def _in_words(numbers: np.ndarray, words: Sequence[str]) -> np.ndarray:
    return np.array(words, dtype=object)[numbers - 1] if words else numbers


def _part(stamps: np.ndarray, part: str | None) -> np.ndarray:
    days = np.floor(stamps / DAY).astype(np.int64).astype("datetime64[D]")
    months = days.astype("datetime64[M]").astype(np.int64)
    return {
        "year": months // 12 + 1970,
        "quarter": months % 12 // 3 + 1,
        "month": months % 12 + 1,
        "day": (days - days.astype("datetime64[M]").astype("datetime64[D]")).astype(np.int64) + 1,
        "hour": np.floor(stamps % DAY / 3_600.0).astype(np.int64),
    }[str(part)]
