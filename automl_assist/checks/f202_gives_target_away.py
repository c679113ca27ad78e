"""A column that by itself nearly gives the target away.

Real columns seldom do; those that do are mostly written after the outcome, or are the outcome by other means. Chance is ruled out
by predicting one half of the rows from the other, so that a column with a value for each row says nothing. Numbers are predicted as they
are and by their ranks: a few huge ones are most of the variance, and say nothing about all others. The only column that there is to learn
from is what a table is about, such as years of work beside a salary; without it nothing would be left.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from automl_assist.checks._check import Check, CheckContext, Hit
from automl_assist.checks._explained import explained_by
from automl_assist.checks._goal import average_ranks
from automl_assist.checks._layout import is_labelled_sequence, of_the_layout
from automl_assist.checks._relations import copies
from automl_assist.checks._rows import sample
from automl_assist.checks._timeline import persistence
from automl_assist.checks._wording import counted, grouped, named, option, share
from automl_assist.schema import CLASSIFICATION, Column

NEAR = 0.5  # association of a suspect among many columns; of few, each is looked at, for a relation need not be monotone
FEW_COLUMNS = 30
EXPLAINED_ERRORS = 0.80  # of the errors of guessing the commonest class, in rows not used; 0.52 in 28 honest tables
EXPLAINED_VARIANCE = 0.90  # of numbers, 0.86 in honest tables: the nearest neighbour doubles the noise of a column that correlates by .98
A_LINE = 0.98  # of the variance, by a line: the few huge values that are most of it lie near any line
MOSTLY = 0.9  # of the rows have a number
EASY = 0.6  # explained by another column, too: an easy target, in which a leak must stand out
BESIDE_OTHERS = 0.95
BETTER_THAN_LAST = 0.5  # of the variance that the value before leaves, at most, in a table in order of time
MOST_ROWS = 20_000
MOST_CELLS = 2_000_000  # rows times classes
MOST_ALIKE = 0.3  # of the rows: where 0.6 are zero, whatever tells these from the others explains 0.92 of the ranks
FEWEST_ROWS = 50
MOST_SUSPECTS = 100
FEW_THAT_LEAK, SHARE_THAT_LEAKS = 4, 0.1  # columns that stand out; where more do, the target is easy to tell


def _find(context: CheckContext) -> Iterator[Hit]:
    profile = context.profile
    target = profile.target.name if profile.target else None
    if target is None or target not in context.typed or profile.labelled_rows < FEWEST_ROWS:
        return
    aside = of_the_layout(profile)
    suspects = [c for c in profile.features if c.association is not None and c.name in context.typed and c.name not in aside]
    many = len(suspects)
    if many > FEW_COLUMNS:
        suspects = [c for c in suspects if (c.association or 0.0) >= NEAR]
    if not suspects or is_labelled_sequence(profile):  # a step, or a series, says its label and is no leak
        return
    if sum(c.action != "drop" for c in profile.features) < 2:  # what a table of two columns is about
        return
    suspects = sorted(suspects, key=lambda c: (-(c.association or 0.0), c.name))[:MOST_SUSPECTS]
    rows = np.flatnonzero(context.typed[target].notna().to_numpy())
    rows = rows[sample(len(rows), min(MOST_ROWS, MOST_CELLS // max(len(profile.classes), 1)))]
    goal = context.typed[target].iloc[rows]
    classes = (profile.task is not None and profile.task.name in CLASSIFICATION) or goal.dtype.kind not in "fiu"
    explained = {column.name: _share(context, column, rows, goal, classes) for column in suspects}
    alone, beside = (EXPLAINED_ERRORS, BESIDE_OTHERS) if classes else (EXPLAINED_VARIANCE, BESIDE_OTHERS)
    if not classes:  # what was known one step earlier says as much of a number that moves on slowly
        by_last = 1 - BETTER_THAN_LAST * (1 - persistence(context))
        alone, beside = max(alone, by_last), max(beside, by_last)
    hits = []
    for column in suspects:
        others = max((value for name, value in explained.items() if name != column.name), default=0.0)
        if explained[column.name] >= (alone if others < EASY else beside):
            hits.append(_hit(column, explained[column.name], len(rows), classes, target))
    if len(hits) > max(FEW_THAT_LEAK, SHARE_THAT_LEAKS * many):  # the answer is easy: every column knows it, none was told
        return
    known = copies(context, {hit.columns[0] for hit in hits})
    hits = [hit for hit in hits if hit.columns[0] not in known]
    yield from grouped(hits, f"nearly give the target {named(target)} away, each by itself")


def _share(context: CheckContext, column: Column, rows: np.ndarray, goal: pd.Series, classes: bool) -> float:
    feature = context.typed[column.name].iloc[rows]
    if not classes:
        scales = [goal.to_numpy(float)]
        if goal.value_counts().iloc[0] < MOST_ALIKE * len(goal):
            scales.append(average_ranks(scales[0]))
        return max(explained_by(feature, np.column_stack(scales), classes), _by_a_line(feature, scales[0]))
    return explained_by(feature, pd.get_dummies(pd.factorize(goal.to_numpy())[0]).to_numpy(float), classes)


def _by_a_line(feature: pd.Series, goal: np.ndarray) -> float:
    """Return the share of the variance that a line leaves no doubt of, 0 where it explains less: of a long tail no neighbour is near."""
    if feature.dtype.kind not in "fiu":
        return 0.0
    held = feature.to_numpy(float)
    there = np.isfinite(held)
    if there.sum() < max(FEWEST_ROWS, MOSTLY * len(held)) or not np.ptp(held[there]) or not np.ptp(goal[there]):
        return 0.0
    explained = float(np.corrcoef(held[there], goal[there])[0, 1]) ** 2
    return explained if explained >= A_LINE else 0.0


def _hit(column: Column, explained: float, rows: int, classes: bool, target: str) -> Hit:
    of_what = "errors of guessing" if classes else "variance"
    message = (
        f"Column {named(column.name)} nearly gives the target {named(target)} away: by itself it takes {share(explained, 1)} "
        f"of the {of_what} away in {counted(rows, 'row')}, which looks like a leak."
    )
    leave_out = f"set columns.{column.name}.use to false in plan.yaml if it is not known beforehand"
    groups = "" if column.kind == "number" else f"; {option('--group', column.name)} if it names groups"
    return Hit(message, (column.name,), fix=leave_out + groups)


CHECK = Check("F202", "Gives the target away", "warning", _find)
