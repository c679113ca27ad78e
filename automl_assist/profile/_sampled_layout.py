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

from automl_assist.profile._casting import cast
from automl_assist.profile._cells import Cells
from automl_assist.profile._kinds import Understood
from automl_assist.profile._layout import NOTHING, Layout, find_layout, series_tried, times_tried
from automl_assist.profile._whole import value_in_sql
from automl_assist.schema import Column, Options
from automl_assist.sources import Scan, hashed_below

LOOKED_AT = 20_000  # rows of a look
MOST_ROWS = 100_000  # of all looks together
MOST_LOOKS = 4
FEWEST_SERIES = 8  # fetched whole
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
    scan: Scan, columns: Sequence[Column], kinds: Mapping[str, Understood], typed: Mapping[str, np.ndarray], target: str | None,
    options: Options = NOTHING,
) -> Part | None:  # fmt: skip
    """Return some rows of a large table that show how all of them stand in time, or None where nothing does.

    Parameters
    ----------
    scan : Scan
        All rows.
    columns, kinds, typed
        What is known of the columns, and the values of the sample that stands for the table.
    """
    looks = list(itertools.islice(_looks(scan, columns, kinds, typed, target, options), MOST_LOOKS))
    if not looks:
        return None
    frames = scan.parts_where([look.condition for look in looks], MOST_ROWS)
    for look, frame in zip(looks, frames, strict=True):
        if not len(frame):
            continue
        cells = {str(name): Cells.of(column) for name, column in frame.items()}
        part = {str(name): values.to_numpy() for name, values in cast(frame, columns)[0].items()}
        layout = find_layout(columns, cells, part, target, options, ((look.time,), look.series))
        if layout is not None:
            return Part(_of_all_rows(layout, scan, columns), cells, part)
    return None


def _looks(
    scan: Scan, columns: Sequence[Column], kinds: Mapping[str, Understood], typed: Mapping[str, np.ndarray], target: str | None,
    options: Options,
) -> Iterator[_Look]:  # fmt: skip
    beside = [c for c in columns if c.name != target]
    distinct = {c.name: c.distinct for c in columns}
    for time in times_tried(beside, typed, options.time):
        if len(time.names) > 1:
            continue  # a date in several columns is taken apart again by the plan
        (name,) = time.names
        named = [(options.series,)] if options.series else None
        for series in named or series_tried(beside, distinct, time, distinct[name], scan.rows):
            condition = _condition(scan, kinds, name, time.stamps, series, distinct)
            if condition:
                yield _Look(name, series, condition)


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
