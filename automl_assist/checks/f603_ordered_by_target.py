"""Rows that stand in the order of the target.

A file that was sorted by the answer, or glued together class by class, tells the answer by the place of a row. A split that keeps the
order tests on classes never seen, and any number of the row, or of the file it came from, is a leak.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from automl_assist.checks._check import Check, CheckContext, Hit
from automl_assist.checks._goal import Goal, average_ranks, goal_of
from automl_assist.checks._layout import is_labelled_sequence
from automl_assist.checks._timeline import timelines
from automl_assist.checks._wording import counted, named
from automl_assist.sources import FOLDERS

FEWEST_ROWS = 50
MOST_ROWS = 250_000
RUNS = 0.5  # of the changes of class that chance would make: fewer, and rows of one class stand together
CHANCE = 6.0  # standard errors
BLOCKS = 2  # changes for each class up to which a file was put together class by class, as public sets are: no more than worth knowing
FIX = "shuffle the rows before any split of your own"
FIX_CSV = "before a split of your own, shuffle the rows: { head -n 1 FILE; tail -n +2 FILE | shuf; } > shuffled.csv"
FOLLOWS = 0.6  # rank correlation of numbers with the number of the row


def _find(context: CheckContext) -> Iterator[Hit]:
    profile = context.profile
    goal = goal_of(context, fewest=FEWEST_ROWS, most=MOST_ROWS)
    if goal is None or is_labelled_sequence(profile) or profile.modality.name == "forecast":
        return
    if profile.reading.format in FOLDERS:
        return  # files have no order but the one in which we list them, folder by folder
    if _ordered_by_time(context):
        return  # what is in order of time follows the target for a reason, and is told by another check
    places = np.argsort(context.typed.index.to_numpy()[goal.rows], kind="stable")
    labels = goal.values[places].astype(int)
    how = _classes(labels) if goal.classes else _numbers(goal, places)
    if how is None:
        return
    glued = goal.classes and int((labels[1:] != labels[:-1]).sum()) < BLOCKS * len(np.unique(labels))
    message = (
        f"The order of the rows follows the target {named(goal.name)}: {how} in {counted(len(goal.rows), 'row')}, as after sorting by it. "
        "The number of a row leaks the target; rows are shuffled before they are split."
    )
    fix = FIX_CSV if profile.reading.format == "csv" and profile.reading.header and not profile.reading.skipped_lines else FIX
    yield Hit(message, (goal.name,), fix=fix, severity="info" if glued else None)


def _ordered_by_time(context: CheckContext) -> bool:
    """Whether the rows of a series stand together, or those of the file in the order of a date."""
    lines = timelines(context)
    if lines and (context.profile.series is not None or context.profile.layout.get("series")):
        return True
    for timeline in lines:
        places = average_ranks(context.typed.index.to_numpy()[timeline.goal.rows].astype(float))
        if abs(float(np.corrcoef(places, average_ranks(timeline.stamps))[0, 1])) >= FOLLOWS:
            return True
    return False


def _classes(labels: np.ndarray) -> str | None:
    counts = np.bincount(labels)
    n = len(labels)
    alike = float((counts * (counts - 1.0)).sum()) / (n * (n - 1.0))
    expected = (n - 1) * (1 - alike)
    changes = int((labels[1:] != labels[:-1]).sum())
    if expected < 10 or changes > RUNS * expected or expected - changes < CHANCE * np.sqrt(expected):
        return None
    return f"the class changes {changes:,} times from row to row, where chance would make about {expected:,.0f},"


def _numbers(goal: Goal, places: np.ndarray) -> str | None:
    ranks = average_ranks(goal.values[places])
    follows = float(np.corrcoef(np.arange(len(ranks)), ranks)[0, 1])
    return f"the two correlate by {abs(follows):.2f}" if abs(follows) >= FOLLOWS else None


CHECK = Check("F603", "Rows in the order of the target", "warning", _find)
