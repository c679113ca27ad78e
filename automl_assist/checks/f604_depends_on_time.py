"""A target that goes on from one moment to the next.

Where rows that are close in time have targets that are alike, a random split puts the neighbours of every tested row among those that
were learned from, and the score is too good. Testing on the latest rows tells how the model will do on new ones.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from automl_assist.checks._check import Check, CheckContext, Hit
from automl_assist.checks._goal import average_ranks
from automl_assist.checks._timeline import Timeline, timelines
from automl_assist.checks._wording import counted, grouped, named, option

FEWEST_ROWS = 100
DEPENDS = 0.4  # correlation of the targets of rows next to each other in time
CHANCE = 6.0  # standard errors; that of a correlation of independent rows is one over the root of their number


def _find(context: CheckContext) -> Iterator[Hit]:
    profile = context.profile
    if profile.modality.name in ("sequence", "forecast") or (profile.time and profile.time.given):
        return  # split by time anyway
    hits = []
    for line in timelines(context):
        rows = len(line.goal.rows)
        strength = _next_to_each_other(line)
        if rows < FEWEST_ROWS or strength < max(DEPENDS, CHANCE / np.sqrt(rows)):
            continue
        message = (
            f"The target {named(line.goal.name)} depends on the time {named(line.name)}: rows next to each other in time are alike by "
            f"{strength:.2f} in {counted(rows, 'row')}, so a random split would learn from the neighbours and the future of what it tests."
        )
        hits.append(Hit(message, (line.name,), fix=option("--time", line.name)))
    yield from grouped(hits, "order the rows in time, and the target goes on from one to the next")


def _next_to_each_other(line: Timeline) -> float:
    """Return how alike the targets of rows next to each other are, among rows of different moments where there are such."""
    places = line.neighbours(1)
    if len(places) < FEWEST_ROWS // 2:
        return 0.0
    strength = 0.0
    values = line.goal.values
    for wanted in line.goal.one_hot.T.astype(float) if line.goal.classes else [average_ranks(values)]:
        now, then = wanted[places], wanted[places + 1]
        if min(now.sum(), (1 - now).sum()) < 10 and line.goal.classes:
            continue
        if np.ptp(now) > 0 and np.ptp(then) > 0:
            strength = max(strength, float(np.corrcoef(now, then)[0, 1]))
    return strength


CHECK = Check("F604", "Target that depends on time", "warning", _find)
