"""A column that holds the target of a later row.

A lead made by a shift in the wrong direction, or a figure booked after the period it stands in: in the rows of the past it is there,
on the day of the forecast it is not. It is known by the steps: those of the column go with the target's next steps, not its last.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from automl_assist.checks._check import Check, CheckContext, Hit
from automl_assist.checks._layout import is_labelled_sequence
from automl_assist.checks._timeline import Timeline, timelines
from automl_assist.checks._wording import counted, grouped, named

FEWEST_ROWS = 50
FEWEST_VALUES = 10
MOST_LEAD = 24  # steps ahead
SAME = 0.95  # of the cells equal the later target
ALIKE = 0.9  # correlation of the steps of the column with later steps of the target
MOST_COLUMNS = 200


def _find(context: CheckContext) -> Iterator[Hit]:
    if is_labelled_sequence(context.profile):
        return
    lines = [line for line in timelines(context) if not line.goal.classes and len(line.goal.rows) >= FEWEST_ROWS]
    if not lines:
        return
    line = lines[0]
    if len(np.unique(line.stamps)) < 0.5 * len(line.stamps) and not len(np.unique(line.series)) > 1:
        return
    hits = []
    columns = [c for c in context.profile.features if c.numbers is not None and c.name in context.typed and c.distinct >= FEWEST_VALUES]
    for column in sorted(columns, key=lambda c: (-(c.association or 0.0), c.name))[:MOST_COLUMNS]:
        if column.name == line.name or context.values[column.name].dtype.kind != "f":
            continue
        found = _lead(line, context.values[column.name][line.goal.rows])
        if found:
            lead, how = found
            message = (
                f"Column {named(column.name)} holds the future of the target {named(line.goal.name)}: {how} {counted(lead, 'step')} later "
                f"in the order of {named(line.name)}, in {counted(len(line.goal.rows), 'row')}; it leaks what is not known yet."
            )
            fix = f"set columns.{column.name}.use to false in plan.yaml, or shift it so that it holds earlier values"
            hits.append(Hit(message, (column.name,), fix=fix))
    yield from grouped(hits, f"hold later values of the target {named(line.goal.name)}, which leak it")


def _lead(line: Timeline, values: np.ndarray) -> tuple[int, str] | None:
    goal = line.goal.values
    last = min(MOST_LEAD, len(goal) // 4)
    past = max((_alike(line, goal, values, lag) for lag in range(0, last + 1)), default=0.0)
    best, at = 0.0, 0
    for lead in range(1, last + 1):
        places = line.neighbours(lead)
        if len(places) < FEWEST_ROWS // 2:
            break
        now, later, own = values[places], goal[places + lead], goal[places]
        known = np.isfinite(now)
        enough = known.sum() >= FEWEST_ROWS // 2
        if enough and _equal(now[known], later[known]) >= SAME > _equal(now[known], own[known]):
            return lead, "its cells are the target's"
        alike = _alike(line, values, goal, lead)
        if alike > best:
            best, at = alike, lead
    if best >= ALIKE and past < best - (1 - ALIKE):
        return at, f"its steps go with those of the target by {best:.2f}"
    return None


def _equal(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.isclose(a, b, rtol=1e-9, atol=0).mean())


def _alike(line: Timeline, early: np.ndarray, late: np.ndarray, lag: int) -> float:
    """Return the correlation of the steps of `early` with the steps of `late` that come `lag` rows later."""
    within = line.series[1:] == line.series[:-1]
    a, b = np.where(within, np.diff(early), np.nan), np.where(within, np.diff(late), np.nan)
    if lag:
        a, b = a[:-lag], b[lag:]
    both = np.isfinite(a) & np.isfinite(b)
    if both.sum() < FEWEST_ROWS // 2 or np.ptp(a[both]) == 0 or np.ptp(b[both]) == 0:
        return 0.0
    return abs(float(np.corrcoef(a[both], b[both])[0, 1]))


CHECK = Check("F208", "Later values of the target", "warning", _find)
