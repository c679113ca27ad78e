"""Labels that are likely wrong.

Where classes are well apart, a row whose nearest neighbours nearly all have another label is more likely mislabelled than rare.
It counts only where, without such rows, the neighbours get nearly everything right: where classes overlap, nobody can tell.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from automl_assist.checks._check import Check, CheckContext, Hit
from automl_assist.checks._goal import Goal, goal_of
from automl_assist.checks._layout import is_labelled_sequence
from automl_assist.checks._rows import examples
from automl_assist.checks._wording import counted, named, share
from automl_assist.schema import Column

FEWEST_ROWS = 100
MOST_ROWS = 2_000
MOST_COLUMNS = 100
MOST_LEVELS = 20
NEIGHBOURS = 10
MOST_OF_THEM = 0.7  # of the neighbours have one other label
RIGHT_BEFORE = 0.7  # of the rows of every class, by their neighbours: a class that is never recognised is no class of errors
RIGHT_AFTER = 0.95  # of the rows, without the suspects
RIGHT_AT_ALL = 0.85  # of all rows: where fewer are, classes overlap
SUSPECTS = 0.03  # of the rows; honest sets that are as well apart have 1 %
MOST_SUSPECTS = 0.25
FEWEST_IN_CLASS = 15
FEWEST_EXPECTED = 8  # suspects among the rows that look like a class: of so many, chance leaves one in four or fewer in 1 of 70 cases
LEAST_OF_EXPECTED = 0.25


def _find(context: CheckContext) -> Iterator[Hit]:
    goal = goal_of(context, fewest=FEWEST_ROWS, most=MOST_ROWS)
    if goal is None or not goal.classes or is_labelled_sequence(context.profile):
        return
    labels = goal.values.astype(int)
    points = _points(context, goal)
    if points is None or np.bincount(labels).min() < FEWEST_IN_CLASS:
        return
    near = _neighbours(points)
    votes = goal.one_hot[near].mean(axis=1)
    winner = votes.argmax(axis=1)
    right = np.bincount(labels, winner == labels) / np.bincount(labels)
    if right.min() < RIGHT_BEFORE or (winner == labels).mean() < RIGHT_AT_ALL:
        return
    suspect = (winner != labels) & (votes.max(axis=1) >= MOST_OF_THEM)
    if not SUSPECTS <= suspect.mean() <= MOST_SUSPECTS:
        return
    if not _everywhere(suspect, winner):
        return
    clean = np.flatnonzero(~suspect)
    again = goal.one_hot[clean][_neighbours(points[clean])].mean(axis=1).argmax(axis=1)
    if (again == labels[clean]).mean() < RIGHT_AFTER:
        return
    count = int(suspect.sum())
    message = (
        f"{counted(count, 'row')} of {len(labels):,} ({share(count, len(labels))}) have a label in {named(goal.name)} that nearly all rows "
        "like them contradict, though the classes are well apart otherwise: likely label errors (label noise)."
    )
    yield Hit(message, (goal.name,), examples(context, goal.rows[suspect]), "look at these rows and correct the labels")


def _everywhere(suspect: np.ndarray, winner: np.ndarray) -> bool:
    """Whether there are suspects among the rows that look like any class, as slips of a hand are.

    Where one class alone has them, its members look like others for a reason: patients who died without signs of it.
    """
    alike = np.bincount(winner)
    expected, found = suspect.mean() * alike, np.bincount(winner, suspect)
    return bool((found >= LEAST_OF_EXPECTED * expected)[expected >= FEWEST_EXPECTED].all())


def _points(context: CheckContext, goal: Goal) -> np.ndarray | None:
    """Return the rows as points: numbers by their ranks' spread, categories as 0 and 1."""
    columns = [c for c in context.profile.features if c.name in context.typed and _usable(c)]
    columns = sorted(columns, key=lambda c: (-(c.association or 0.0), c.name))[:MOST_COLUMNS]
    parts = []
    for column in columns:
        held = context.typed[column.name].iloc[goal.rows]
        weight = max(column.association or 0.0, 0.05)  # what goes with the target separates its classes
        if held.dtype.kind in "fiu":
            values = held.to_numpy(float)
            middle, spread = np.nanmedian(values) if not np.isnan(values).all() else 0.0, np.nanstd(values)
            values = np.clip(np.nan_to_num((values - middle) / (spread or 1.0)), -4, 4)
            parts.append(weight * values[:, None])
        else:
            codes, levels = pd.factorize(held.to_numpy(), use_na_sentinel=False)
            if len(levels) <= MOST_LEVELS:
                parts.append(weight * np.eye(len(levels))[codes])
    return np.hstack(parts) if len(parts) >= 2 else None


def _usable(column: Column) -> bool:
    if column.numbers is not None and column.kind in ("number", "integer"):
        return column.distinct >= 2
    return column.kind in ("category", "boolean") and 2 <= column.distinct <= MOST_LEVELS


def _neighbours(points: np.ndarray) -> np.ndarray:
    points = points.astype(np.float32)  # half the time, and no neighbour hangs on the eighth digit
    squares = (points**2).sum(axis=1)
    apart = squares[:, None] + squares[None, :] - 2 * points @ points.T
    np.fill_diagonal(apart, np.inf)
    return np.argpartition(apart, NEIGHBOURS, axis=1)[:, :NEIGHBOURS]


CHECK = Check("F308", "Likely label errors", "warning", _find)
