"""Single values of the target that lie far from all others.

A slip of the decimal point makes one price a hundred times too high, and a squared error then cares for little else. Long tails are
no slips: a value counts only if it is far out on the plain and on the logarithmic scale, with nothing between it and the others.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from automl_assist.checks._check import Check, CheckContext, Hit
from automl_assist.checks._goal import goal_of
from automl_assist.checks._rows import examples
from automl_assist.checks._wording import counted, named, share

FEWEST_ROWS = 50
FAR = 6.0  # robust standard deviations from the median: one normal value in 10^9
GAP = 1.5  # robust standard deviations between the outliers and the rest
MOST = 0.03  # of the rows; more are a group of their own
NORMAL = 1.349  # interquartile range of a normal distribution


def _find(context: CheckContext) -> Iterator[Hit]:
    goal = goal_of(context, fewest=FEWEST_ROWS, most=1_000_000)
    if goal is None or goal.classes:
        return
    values = goal.values
    finite = np.isfinite(values)
    values, rows = values[finite], goal.rows[finite]
    scales = [values / (np.abs(values).max() or 1.0)]
    if values.min() > 0:
        scales.append(np.log(values))
    elif values.min() >= 0:
        scales.append(np.log1p(values))
    far = np.ones(len(values), bool)
    for scaled in scales:
        far &= _far(scaled)
    count = int(far.sum())
    if not count:
        return
    message = (
        f"The target {named(goal.name)} has {counted(count, 'outlier')} in {counted(len(values), 'row')} ({share(count, len(values))}), "
        "extreme values far from all others on the plain and the logarithmic scale."
    )
    yield Hit(message, (goal.name,), examples(context, rows[far]), "check these values; --metric mae if they are right")


def _far(values: np.ndarray) -> np.ndarray:
    """Return which values lie beyond an empty stretch, far out on either side."""
    low, middle, high = np.quantile(values, (0.25, 0.5, 0.75))
    found = np.zeros(len(values), bool)
    if high <= low:
        return found
    z = (values - middle) / ((high - low) / NORMAL)
    for side in (z, -z):
        ordered = np.sort(side)
        tail = ordered[-int(MOST * len(ordered)) - 2 :]
        steps = np.flatnonzero((np.diff(tail) >= GAP) & (tail[1:] >= FAR))
        if len(steps):
            found |= side >= tail[steps[0] + 1]
    return found


CHECK = Check("F309", "Outliers in the target", "warning", _find)
