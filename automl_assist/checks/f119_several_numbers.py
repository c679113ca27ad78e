"""Several numbers in one cell: a blood pressure of 120/80, a size of 30 x 40 cm, a point of 52.52, 13.40.

Taken as words nearly every cell differs, and what the numbers say is lost. As columns of their own each can be learned from.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from automl_assist.checks._check import Check, CheckContext, Hit
from automl_assist.checks._rows import columns_of, filled_cells, sample
from automl_assist.checks._wording import counted, grouped, named, on_a_sample, share
from automl_assist.profile.measured import FEWEST_VALUES, SEVERAL_SHARE, is_several, several_numbers
from automl_assist.schema import Column

FIRST_LOOK = 40
MOST_LOOKED_AT = 2_000


def _find(context: CheckContext) -> Iterator[Hit]:
    rows = sample(len(context.cells), MOST_LOOKED_AT)
    found = [_judge(context, column, rows) for column in columns_of(context) if column.distinct >= FEWEST_VALUES]
    yield from grouped(filter(None, found), "hold several numbers in each cell")


def _judge(context: CheckContext, column: Column, rows: np.ndarray) -> Hit | None:
    cells = filled_cells(context, column.name, rows)
    if sum(map(is_several, cells[:FIRST_LOOK])) < SEVERAL_SHARE / 2 * len(cells[:FIRST_LOOK]):
        return None
    several = several_numbers(cells)
    if several is None:
        return None
    mark, size, n = several
    many = "two" if size == 2 else "three"
    message = (
        f"Column {named(column.name)} holds {many} numbers in each cell, with {mark!r} between them, in {share(n, len(cells))} of "
        f"{counted(len(cells), 'cell')}{on_a_sample(context, MOST_LOOKED_AT)}; it is taken as {column.kind}, and what they say is lost."
    )
    return Hit(message, (column.name,), fix=f"write them into {many} columns of numbers, in this file and in every later one")


CHECK = Check("F119", "Several numbers in one cell", "warning", _find)
