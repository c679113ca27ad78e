"""How the rows of a table too large to hold stand in time.

Among rows chosen at random no step follows another. So for each column that may say when and each that may name the series some whole
series, or a whole stretch of time, are fetched, and the layout is looked for among them. Which rows that are depends on nothing but what
they hold.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from automl_assist.profile._casting import cast
from automl_assist.profile._cells import Cells
from automl_assist.profile._kinds import Understood
from automl_assist.profile._layout import NOTHING, REPEATED_SHARE, Layout, Time, find_layout, series_tried, times_tried
from automl_assist.profile._whole import value_in_sql
from automl_assist.schema import Column, Options
from automl_assist.sources import Scan, hashed_below

LOOKED_AT = 20_000  # rows of a look
MOST_ROWS = 100_000  # of all looks together
MOST_LOOKS = 4
FEWEST_SERIES = 8  # fetched whole
OWN_TIME = 0.5  # of the rows have a time that no other row has: series that are measured share their times
FILLED = 0.1  # of the times of a pair of columns have a row
SHORT = 400  # series: of more a stretch of time would hold too little of each


@dataclass(frozen=True)
class Part:
    """Some rows of a large table that follow one another, and their layout; `cells` and `typed` are of these rows."""

    layout: Layout | None
    cells: Mapping[str, Cells]
    typed: Mapping[str, np.ndarray]

    def counts_of_all(self, counts: np.ndarray) -> np.ndarray:
        """Return about how many series of the whole table those counts of series here stand for."""
        if self.layout is None or self.layout.in_all is None:
            return counts
        here = len(np.unique(self.layout.groups))
        return np.rint(counts * (self.layout.in_all / here)).astype(np.int64)

    def of_all(self, facts: dict[str, Any]) -> dict[str, Any]:
        """Return the facts of the layout with the counts of labels for all series."""
        return facts | {key: int(self.counts_of_all(np.array(facts[key]))) for key in ("labelled", "varying") if key in facts}


@dataclass(frozen=True)
class _Look:
    time: str
    series: tuple[str, ...]
    condition: str  # in SQL: the rows that are fetched


def find_layout_in_part(
    scan: Scan, columns: Sequence[Column], kinds: Mapping[str, Understood], sample: Part, target: str | None, options: Options = NOTHING
) -> Part | None:  # fmt: skip
    """Return some rows of a large table that show how all of them stand in time, or None where nothing does.

    Parameters
    ----------
    scan : Scan
        All rows.
    columns, kinds, sample
        What is known of the columns, and the rows that stand for the table.
    """
    looks = list(itertools.islice(_looks(scan, columns, kinds, sample, target, options), MOST_LOOKS))
    if not looks:
        return None
    frames = scan.parts_where([look.condition for look in looks], MOST_ROWS)
    for look, frame in zip(looks, frames, strict=True):
        if not len(frame):
            continue
        needed = {look.time, *look.series}
        few = [c for c in columns if c.name in needed]
        layout = find_layout(few, _cells(frame, few), _typed(frame, few), target, options, ((look.time,), look.series))
        if layout is not None:
            return Part(_of_all_rows(layout, scan, columns), _cells(frame, columns), _typed(frame, columns))
    return None


def _cells(frame: pd.DataFrame, columns: Sequence[Column]) -> dict[str, Cells]:
    return Cells.of_frame(frame[[column.name for column in columns]])


def _typed(frame: pd.DataFrame, columns: Sequence[Column]) -> dict[str, np.ndarray]:
    return {str(name): values.to_numpy() for name, values in cast(frame, columns)[0].items()}


def _looks(
    scan: Scan, columns: Sequence[Column], kinds: Mapping[str, Understood], sample: Part, target: str | None, options: Options
) -> Iterator[_Look]:
    beside = [c for c in columns if c.name != target]
    distinct = {c.name: c.distinct for c in columns}
    for time in times_tried(beside, sample.typed, options.time):
        if len(time.names) > 1:
            continue  # a date in several columns is taken apart again by the plan
        (name,) = time.names
        named = [(options.series,)] if options.series else None
        for series in named or series_tried(beside, distinct, time, distinct[name], scan.rows):
            if not named and (
                _is_log(series, distinct, name, scan.rows)
                or _repeats_by_chance(time, [sample.cells[column].codes for column in series], scan.rows)
            ):
                continue
            condition = _condition(scan, kinds, name, time.stamps, series, distinct)
            if condition:
                yield _Look(name, series, condition)


def _is_log(series: Sequence[str], distinct: Mapping[str, int], time: str, rows: int) -> bool:
    """Whether rows are single events: hardly two at one time though there are several series, or hardly any for a pair of columns."""
    if not series:
        return False
    filled = rows / (float(np.prod([float(distinct[name]) for name in series])) * distinct[time])
    return distinct[time] > OWN_TIME * rows or (len(series) > 1 and filled < FILLED)


def _repeats_by_chance(time: Time, codes: Sequence[np.ndarray], rows: int) -> bool:
    """Whether in rows chosen at random the same time of the same series comes more often than the few slips of a layout would make it."""
    known = np.isfinite(time.stamps)
    pairs = pd.DataFrame({"time": time.stamps, **{str(i): code for i, code in enumerate(codes)}})[known]
    slips = REPEATED_SHARE * len(pairs) ** 2 / rows
    return int(pairs.duplicated().sum()) > slips + 3 * np.sqrt(slips) + 3


def _condition(
    scan: Scan, kinds: Mapping[str, Understood], time: str, stamps: np.ndarray, series: tuple[str, ...], distinct: Mapping[str, int]
) -> str | None:
    """Return in SQL which rows to look at: those of some series, or all of a stretch of time where the series are few."""
    share = min(1.0, LOOKED_AT / scan.rows)
    if series and distinct[series[0]] > SHORT:
        share = max(share, FEWEST_SERIES / distinct[series[0]])
        if share * scan.rows > MOST_ROWS:
            return None
        return hashed_below([f"c{scan.names.index(name)}" for name in series], share)
    value = value_in_sql(scan, scan.names.index(time), kinds[time])
    known = np.sort(stamps[np.isfinite(stamps)])
    if value is None or len(known) < FEWEST_SERIES:
        return None
    first, last = np.quantile(known, ((1 - share) / 2, (1 + share) / 2))
    is_time = kinds[time].dates is not None
    low, high = (f"epoch_ms({int(v * 1000)}::BIGINT)" if is_time else repr(float(v)) for v in (first, last))
    return f"{value} BETWEEN {low} AND {high}"


def _of_all_rows(layout: Layout, scan: Scan, columns: Sequence[Column]) -> Layout:
    """Return the layout with the number and the length of the series in the whole table."""
    distinct = {c.name: c.distinct for c in columns}
    if len(layout.series) != 1:
        return layout if layout.series else replace(layout, length=float(scan.rows), in_all=1)
    in_all = max(layout.n_series, distinct[layout.series[0]])
    return replace(layout, length=max(layout.length, round(scan.rows / in_all)), in_all=in_all)
