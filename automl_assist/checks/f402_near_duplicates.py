"""Rows that are nearly equal to another row.

Copies whose numbers were rounded or shaken a little escape a search for equal rows, and harm as much. In honest data ever fewer
pairs of rows are ever closer; where most close pairs are very close, they were copied.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
import pandas as pd

from automl_assist.checks._check import Check, CheckContext, Hit
from automl_assist.checks._layout import is_labelled_sequence
from automl_assist.checks._rows import KINDS_WITHOUT_NEWS, equal_rows, examples, sample
from automl_assist.checks._wording import counted, on_a_sample, share
from automl_assist.schema import Column

MOST_ROWS = 5_000
FEWEST_ROWS = 100
MOST_COLUMNS = 30
FEWEST_CONTINUOUS = 3  # with fewer, ages and fares in whole numbers meet by chance
CONTINUOUS = 30  # different values
FEWEST_FINE = 2  # of them with steps within the circle: months and prices in steps of a twentieth are equal or far apart, by chance
SAME = 0.9995  # correlation of columns that say the same, as F117 has it
CLOSE = (0.01, 0.05)  # standard deviations in every number, and equal categories
WIDER = 4.0  # times as wide; chance would find at least 16 times as many pairs there in two dimensions
MOSTLY = 0.5  # of the pairs of the wider circle are in the narrow one
WORTH_A_WARNING = 0.01  # of the rows
FEWEST_PAIRS = 5
FEWEST_ALIKE = 5  # rows of equal categories, of which the spread within is known
ALIKE = 0.1  # of the rows stand in such groups
ELSEWHERE = 1e3  # between categories
PAIRS_AT_A_TIME = 1_000_000


def _find(context: CheckContext) -> Iterator[Hit]:
    if len(context.typed) < FEWEST_ROWS or is_labelled_sequence(context.profile):  # a slow series stands nearly still
        return
    columns = [
        c for c in context.profile.features if c.name in context.typed and c.kind not in (*KINDS_WITHOUT_NEWS, "text", "url", "email")
    ]
    numeric = [c for c in columns if context.values[c.name].dtype.kind == "f"]
    continuous = [c for c in numeric if c.distinct >= CONTINUOUS]
    if len(continuous) < FEWEST_CONTINUOUS:
        return
    rows = sample(len(context.typed), MOST_ROWS)
    first = _independent(context, [c.name for c in continuous], rows)
    if len(first) < FEWEST_CONTINUOUS:
        return
    chosen = sorted(columns, key=lambda c: (c.name not in first, -c.distinct, c.name))[:MOST_COLUMNS]
    frame = context.typed[[c.name for c in chosen]].iloc[rows]
    single = np.flatnonzero(~pd.Series(equal_rows(frame, list(frame))).duplicated(keep=False).to_numpy())
    if len(single) < FEWEST_ROWS:
        return
    points = _points(frame.iloc[single], chosen)
    nearest = _nearest(points, max(CLOSE) * WIDER)
    steps = np.array([_step(points[:, k]) for k, c in enumerate(chosen) if c.name in first])
    radius = next((r for r in CLOSE if (steps <= r).sum() >= FEWEST_FINE and _heaped(nearest, r)), None)
    if radius is None:
        return
    close = int((nearest <= radius).sum())
    found = rows[single[nearest <= radius]]
    message = (
        f"{counted(close, 'row')} of {len(rows):,}{on_a_sample(context, MOST_ROWS)} ({share(close, len(rows))}) are near-duplicates: "
        f"nearly identical to another row in all of {counted(len(chosen), 'column')}, many more than chance would make."
    )
    yield Hit(message, (), examples(context, found), "remove the copies, or keep them on one side of the split with --group COL")


def _independent(context: CheckContext, names: list[str], rows: np.ndarray) -> frozenset[str]:
    """Return the columns that say the same as none before them: one number in three units is not close three times."""
    block = np.column_stack([context.values[name][rows] for name in names])
    missing = ~np.isfinite(block)
    block[missing] = 0.0
    block -= block.sum(axis=0) / np.maximum((~missing).sum(axis=0), 1)
    block[missing] = 0.0
    block /= np.maximum(np.sqrt((block**2).sum(axis=0)), np.finfo(float).tiny ** 0.5)
    alike = np.triu(np.abs(block.T @ block) > SAME, 1).any(axis=0)
    return frozenset(name for name, same in zip(names, alike.tolist(), strict=True) if not same)


def _nearest(points: np.ndarray, reach: float) -> np.ndarray:
    """Return how far each point is from the next one, by the widest of its coordinates; infinite beyond `reach`.

    The coordinate that keeps most points apart is sorted, and the others are held against pairs that it leaves. With a few thousand
    points this takes less time than scipy.spatial takes to be imported.
    """
    count = len(points)
    ranked = np.sort(points, axis=0)
    pairs = [int(np.searchsorted(column, column + reach, side="right").sum()) for column in ranked.T]
    columns = np.argsort(pairs, kind="stable")
    rows = np.argsort(points[:, columns[0]], kind="stable")
    points = points[rows][:, columns]
    later = np.searchsorted(points[:, 0], points[:, 0] + reach, side="right") - np.arange(count) - 1
    ends = np.cumsum(later)
    nearest = np.full(count, np.inf)
    cuts = np.unique([0, *np.searchsorted(ends, np.arange(PAIRS_AT_A_TIME, int(ends[-1]) + 1, PAIRS_AT_A_TIME)).tolist(), count])
    for start, stop in itertools.pairwise(cuts.tolist()):
        many = later[start:stop]
        one = np.repeat(np.arange(start, stop), many)
        other = one + 1 + np.arange(len(one)) - np.repeat(np.cumsum(many) - many, many)
        for column in points.T[1:]:
            near = np.abs(column[one] - column[other]) <= reach
            one, other = one[near], other[near]
        apart = np.abs(points[one] - points[other]).max(axis=1)
        np.minimum.at(nearest, one, apart)
        np.minimum.at(nearest, other, apart)
    found = np.empty(count)
    found[rows] = nearest
    return found


def _step(coordinates: np.ndarray) -> float:
    """Return how far one value of a column is from the next, by the median."""
    gaps = np.diff(np.unique(coordinates))
    return float(np.median(gaps)) if len(gaps) else np.inf


def _heaped(nearest: np.ndarray, radius: float) -> bool:
    """Whether many rows have a neighbour within the radius, and hardly more have one within a wider one."""
    close, wider = int((nearest <= radius).sum()), int((nearest <= radius * WIDER).sum())
    return close >= max(FEWEST_PAIRS, WORTH_A_WARNING * len(nearest)) and close >= MOSTLY * wider


def _spreads(frame: pd.DataFrame, columns: list[Column]) -> dict[str, float]:
    """Return the standard deviation of each number, among rows of equal categories where many have such: a bill follows from the order.

    Rows that are near in what is left to chance are copies; rows that are near since they ordered the same are not.
    """
    numeric = [c.name for c in columns if frame[c.name].dtype.kind == "f"]
    others = [c.name for c in columns if c.name not in numeric]
    numbers = frame[numeric].where(np.isfinite(frame[numeric]))
    spreads = numbers.std(ddof=0)
    if others:
        alike = equal_rows(frame, others)
        crowded = np.bincount(alike)[alike] >= FEWEST_ALIKE
        if crowded.sum() >= max(FEWEST_ROWS, ALIKE * len(frame)):
            within = numbers[crowded] - numbers[crowded].groupby(alike[crowded]).transform("mean")
            spreads = np.minimum(spreads, np.sqrt((within**2).mean()))
    return {name: float(value) if value > 0 else 1.0 for name, value in spreads.items()}


def _points(frame: pd.DataFrame, columns: list[Column]) -> np.ndarray:
    parts, spreads = np.empty((len(frame), len(columns))), _spreads(frame, columns)
    for place, column in enumerate(columns):
        held = frame[column.name]
        if held.dtype.kind == "f":
            values = held.to_numpy(float)
            parts[:, place] = np.where(np.isfinite(values), values / spreads[column.name], -ELSEWHERE * 10)
        elif held.dtype.kind == "M":
            parts[:, place] = pd.factorize(held.to_numpy())[0] * ELSEWHERE
        else:
            parts[:, place] = pd.factorize(held.to_numpy())[0] * ELSEWHERE
    return parts


CHECK = Check("F402", "Near-duplicate rows", "warning", _find)
