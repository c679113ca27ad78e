"""A column made of means of the target.

The mean of the target over a group, with the row itself in it, holds the row's own answer: the smaller the group, the more. It is
known by its values: among the rows with one value, the mean of the target is that very value. A mean that leaves the row out is
known by the column of groups: within a group it falls as the target rises.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from automl_assist.checks._check import Check, CheckContext, Hit
from automl_assist.checks._goal import Goal, goal_of
from automl_assist.checks._relations import copies
from automl_assist.checks._wording import counted, grouped, named, share

FEWEST_ROWS = 100
FEWEST_VALUES = 4  # different values that are means of their rows; each is a coincidence of one in a hundred or less
MOST_ROWS = 1_000_000
MOST_CELLS = 5_000_000
GROUPED_ROWS = 20_000
NEAR = 1.5e-3  # of the target's range, between a value and the mean of its rows: rounding to three digits
AGREE = 0.9  # of the rows in groups
MOST_CLASSES = 20
MOST_GROUP_COLUMNS = 10
MOST_COLUMNS = 300
LEFT_OUT = 0.98  # correlation within groups, of the column with the target


def _find(context: CheckContext) -> Iterator[Hit]:
    if context.profile.labelled_rows < FEWEST_ROWS:
        return
    candidates = [c for c in context.profile.features if c.numbers is not None and c.distinct >= FEWEST_VALUES and c.name in context.typed]
    candidates = [c for c in candidates if context.values[c.name].dtype.kind == "f"]
    candidates = sorted(candidates, key=lambda c: (-(c.association or 0.0), c.name))[:MOST_COLUMNS]
    goal = goal_of(context, fewest=FEWEST_ROWS, most=min(MOST_ROWS, MOST_CELLS // max(len(candidates), 1)))
    if goal is None or (goal.classes and goal.one_hot.shape[1] > MOST_CLASSES):
        return
    wanted = goal.one_hot.T.astype(float) if goal.classes else goal.values[None, :]
    inside = [c for c in candidates if _within(c.numbers.minimum, c.numbers.maximum, wanted)]  # type: ignore[union-attr]
    hits = []
    for column in inside:
        values = context.values[column.name][goal.rows]
        how = _own_mean(values, wanted) or _mean_of_others(context, goal, column.name, values, wanted)
        if how:
            message = (
                f"Column {named(column.name)} holds statistics of the target {named(goal.name)} itself, which leak it: {how}, "
                "as in a target encoding that was made before the split."
            )
            hits.append(Hit(message, (column.name,), fix=f"set columns.{column.name}.use to false in plan.yaml"))
    known = copies(context, {hit.columns[0] for hit in hits}) if hits else {}
    yield from grouped([h for h in hits if h.columns[0] not in known], f"hold means of the target {named(goal.name)}, which leak it")


def _within(low: float, high: float, wanted: np.ndarray) -> bool:
    return low >= wanted.min() - 1e-9 and high <= wanted.max() + 1e-9


def _own_mean(values: np.ndarray, wanted: np.ndarray) -> str | None:
    """Say how many rows have a value that is the mean target of all rows with it."""
    codes, distinct = pd.factorize(values)
    present = codes >= 0
    counts = np.bincount(codes[present], minlength=len(distinct))
    for target in wanted:
        range_ = np.ptp(target)
        means = np.bincount(codes[present], target[present], len(distinct)) / np.maximum(counts, 1)
        squares = np.bincount(codes[present], target[present] ** 2, len(distinct)) / np.maximum(counts, 1)
        mixed = (counts > 1) & (squares - means**2 > (1e-3 * range_) ** 2)  # where all rows agree, the value is a copy
        good = mixed & (np.abs(means - np.asarray(distinct)) <= NEAR * range_)
        if good.sum() >= FEWEST_VALUES and counts[good].sum() >= AGREE * counts[mixed].sum() and counts[mixed].sum() >= FEWEST_ROWS:
            rows = counted(int(counts[good].sum()), "row")
            return f"for {int(good.sum()):,} of its values, in {rows}, the value is the mean of the target over just the rows that have it"
    return None


def _mean_of_others(context: CheckContext, goal: Goal, name: str, values: np.ndarray, wanted: np.ndarray) -> str | None:
    """Say by which column the values are means of the other rows' target."""
    kinds = ("category", "boolean", "identifier", "integer")
    groups = [c for c in context.profile.features if c.kind in kinds and c.name != name and FEWEST_VALUES <= c.distinct <= len(values) / 2]
    groups = sorted(groups, key=lambda c: (c.kind == "integer", -c.distinct, c.name))[:MOST_GROUP_COLUMNS]
    some = np.arange(min(len(values), GROUPED_ROWS))
    values, wanted = values[some], wanted[:, some]
    for column in groups:
        if column.name not in context.typed:
            continue
        codes = pd.factorize(context.values[column.name][goal.rows[some]])[0]
        usable = (codes >= 0) & np.isfinite(values)
        if usable.sum() < FEWEST_ROWS:
            continue
        v = _centred(values[usable], codes[usable])
        if np.ptp(v) == 0:
            continue
        for target in wanted:
            t = _centred(target[usable], codes[usable])
            sizes = np.bincount(codes[usable])[codes[usable]]
            expected = -t / np.maximum(sizes - 1, 1)
            spread = np.sqrt((v**2).sum() * (expected**2).sum())
            if spread > 0 and (v * expected).sum() / spread > LEFT_OUT:
                part = share(usable.sum(), len(usable))
                return f"for each value of {named(column.name)} it is the mean of the other rows, in {part} of the rows"
    return None


def _centred(values: np.ndarray, codes: np.ndarray) -> np.ndarray:
    counts = np.maximum(np.bincount(codes), 1)
    centred: np.ndarray = values - (np.bincount(codes, values) / counts)[codes]
    return centred


CHECK = Check("F206", "Statistics of the target in a column", "warning", _find)
