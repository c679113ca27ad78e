"""An identifier, or the number of the row, that follows the target.

Where rows were collected class by class, or numbered after sorting, the number tells the answer for no reason that holds for new
rows; so do the letters around it, where each class has its own. The column must not be used, and the order of the file must not decide
what is tested.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pandas as pd

from automl_assist.checks._check import Check, CheckContext, Hit
from automl_assist.checks._explained import explained_by
from automl_assist.checks._goal import Goal, average_ranks, goal_of
from automl_assist.checks._layout import of_the_layout
from automl_assist.checks._relations import copies
from automl_assist.checks._wording import counted, grouped, named, share

FEWEST_ROWS = 50
FOLLOWS = 0.6  # rank correlation with the target, or its like for classes: far above what an id reaches by chance in 100 rows, about 0.2
MARKED = 0.8  # of the errors, or of the variance, by what stands beside the digits; where a case was filed says less, if it is honest
MOST_MARKS = 50  # ways to write an identifier
NEARLY_UNIQUE = 0.95  # of the rows have a number of their own
DIGIT_RUNS = re.compile(r"\d+")
LAST_RUN = re.compile(r"\d+(?!.*\d)")
DIGITS = re.compile(r"(\d{1,15})(?!.*\d)")
NAME = re.compile(
    r"(?:^|_|\b)(?:id|idx|index|row|row_?(?:id|no|nr|num|number)|no|nr|num|number|record|case|serial|seq|sequence|key|ref|unnamed)(?:$|_|\b|\d)",
    re.IGNORECASE,
)
MOST_COLUMNS = 200


def _find(context: CheckContext) -> Iterator[Hit]:
    goal = goal_of(context, fewest=FEWEST_ROWS)
    if goal is None:
        return
    hits = []
    candidates = [
        c for c in context.profile.features if c.kind in ("identifier", "integer", "category", "text") and c.name in context.typed
    ]
    aside = of_the_layout(context.profile)
    candidates = [c for c in candidates if c.name not in aside and c.distinct >= NEARLY_UNIQUE * context.profile.rows]
    for column in sorted(candidates, key=lambda c: (c.kind != "identifier", c.name))[:MOST_COLUMNS]:
        name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", column.name)
        if column.kind != "identifier" and not NAME.search(name):
            continue
        why = _reason(context.typed[column.name].iloc[goal.rows], goal)
        if why:
            message = f"Identifier {named(column.name)} follows the target {named(goal.name)}: {why}; as a column it leaks."
            hits.append(Hit(message, (column.name,), fix=f"set columns.{column.name}.use to false in plan.yaml"))
    known = copies(context, {hit.columns[0] for hit in hits}) if hits else {}
    yield from grouped(
        [h for h in hits if h.columns[0] not in known], f"are identifiers that follow the target {named(goal.name)}, and leak it"
    )


def _reason(held: pd.Series, goal: Goal) -> str | None:
    """Say how an identifier follows the target, or None where it does not."""
    numbers = _numbers(held)
    strength = _follows(numbers, goal) if numbers is not None else 0.0
    if strength >= FOLLOWS:
        return f"their order agrees by {strength:.2f} in {counted(len(held), 'row')}, as if rows were numbered after sorting by it"
    wanted = goal.one_hot if goal.classes else goal.values[:, None]
    told = max((explained_by(marks, wanted, goal.classes) for marks in _marks(held)), default=0.0)
    if told >= MARKED:
        of_what = "errors of guessing" if goal.classes else "variance"
        return f"what stands beside its number takes {share(told, 1)} of the {of_what} away in {counted(len(held), 'row')}"
    return None


def _marks(held: pd.Series) -> list[pd.Series]:
    """Return what each identifier has beside its digits, and beside its last number alone; not what is always the same or hardly ever."""
    if held.dtype.kind in "fiu":
        return []
    texts = held.astype(str)
    marks = [texts.str.replace(digits, "0", regex=True) for digits in (DIGIT_RUNS, LAST_RUN)]
    return [m for m in marks if 2 <= m.nunique() <= MOST_MARKS]


def _numbers(held: pd.Series) -> np.ndarray | None:
    """Return the number in each identifier, or None where most have none or the numbers are not counted up."""
    if held.dtype.kind in "fiu":
        numbers = held.to_numpy(float)
    else:
        found = [DIGITS.search(v) if isinstance(v, str) else None for v in held.to_numpy()]
        numbers = np.array([float(m.group(1)) if m else np.nan for m in found])
    if np.isfinite(numbers).sum() < NEARLY_UNIQUE * len(numbers):
        return None
    return np.where(np.isfinite(numbers), numbers, np.nanmedian(numbers))


def _follows(numbers: np.ndarray, goal: Goal) -> float:
    ranks = average_ranks(numbers)
    if not goal.classes:
        return abs(float(np.corrcoef(ranks, average_ranks(goal.values))[0, 1])) if np.ptp(numbers) > 0 else 0.0
    counts = np.bincount(goal.values.astype(int))
    means = np.bincount(goal.values.astype(int), ranks) / counts
    spread = ((ranks - ranks.mean()) ** 2).sum()
    if spread == 0:
        return 0.0
    # a class of few rows moves the mean of all others little: against the most that any order could give
    order = np.argsort(means)
    ends = np.cumsum(counts[order])
    best = ends - counts[order] / 2 + 0.5
    most = (counts[order] * (best - ranks.mean()) ** 2).sum()
    between = (counts * (means - ranks.mean()) ** 2).sum() - (len(counts) - 1) * spread / max(len(ranks) - 1, 1)
    return float(np.sqrt(max(between, 0.0) / max(most, 1e-9)))


CHECK = Check("F205", "Identifier that follows the target", "warning", _find)
