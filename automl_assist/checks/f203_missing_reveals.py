"""A column whose gaps tell the target.

A cell that is filled in only once the outcome is known says the outcome by being there. The value itself may say nothing, so no
other check sees it, and a model that may look at gaps learns it at once.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from automl_assist.checks._check import Check, CheckContext, Hit
from automl_assist.checks._goal import Goal, average_ranks, goal_of
from automl_assist.checks._layout import is_labelled_sequence
from automl_assist.checks._wording import counted, grouped, named, share

FEWEST_ROWS = 50
FEWEST_A_SIDE = 15  # rows with and without the cell
CORRELATED = 0.7  # phi of gap and class: such a gap tells about half of the variance of the class
ORDERED = 0.93  # share of pairs of a row with and one without the cell in which the target of the same one is higher


def _find(context: CheckContext) -> Iterator[Hit]:
    goal = goal_of(context, fewest=FEWEST_ROWS)
    rows = context.profile.rows
    columns = [c for c in context.profile.features if FEWEST_A_SIDE <= c.missing <= rows - FEWEST_A_SIDE and c.name in context.typed]
    if goal is None or not columns or is_labelled_sequence(context.profile):  # short sequences end in empty steps
        return
    gaps = np.column_stack([pd.isna(context.values[c.name][goal.rows]) for c in columns]).astype(np.float32)
    missing = gaps.sum(axis=0)
    judged = np.flatnonzero((missing >= FEWEST_A_SIDE) & (len(gaps) - missing >= FEWEST_A_SIDE))
    if not len(judged):
        return
    strength = _phi(gaps[:, judged], goal) if goal.classes else _order(gaps[:, judged], goal)
    hits = []
    for place, value in zip(judged, strength, strict=True):
        if value < (CORRELATED if goal.classes else ORDERED):
            continue
        column = columns[place]
        how = f"whether it is empty correlates with the target by {value:.2f}"
        if not goal.classes:
            how = f"the target of a row with and one without it is ordered the same way in {share(value, 1)} of the pairs"
        message = (
            f"Missing cells of column {named(column.name)} give the target {named(goal.name)} away: {how} "
            f"({int(missing[place]):,} of {counted(len(gaps), 'row')} are missing), as if it were filled in only after the outcome: a leak."
        )
        hits.append(Hit(message, (column.name,), fix=f"set columns.{column.name}.use to false in plan.yaml if it is filled in later"))
    yield from grouped(hits, f"give the target {named(goal.name)} away by where they are missing, which looks like a leak")


def _phi(gaps: np.ndarray, goal: Goal) -> np.ndarray:
    """Return for each column the highest correlation of its gaps with being of a class."""
    wanted, n = goal.one_hot, len(gaps)
    a, b = gaps.mean(axis=0, dtype=float)[:, None], wanted.mean(axis=0, dtype=float)[None, :]
    both = gaps.T @ wanted / n
    spread = np.sqrt(a * (1 - a) * b * (1 - b))
    enough = np.minimum(b, 1 - b) * n >= FEWEST_A_SIDE
    strength: np.ndarray = np.where(enough, np.abs(both - a * b) / np.maximum(spread, 1e-9), 0.0).max(axis=1)
    return strength


def _order(gaps: np.ndarray, goal: Goal) -> np.ndarray:
    """Return for each column the area under the curve of telling its gaps from the target, never below one half."""
    ranks, n = average_ranks(goal.values), len(gaps)
    missing = gaps.sum(axis=0, dtype=float)
    area = (gaps.T.astype(float) @ ranks - missing * (missing + 1) / 2) / (missing * (n - missing))
    strength: np.ndarray = np.maximum(area, 1 - area)
    return strength


CHECK = Check("F203", "Missing cells give the target away", "warning", _find)
