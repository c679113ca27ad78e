"""Objects in one cell: ``{"colour": "red", "size": 3}``, as programs write what they could not spread over columns.

Taken as words nearly every cell differs, and what the parts say is lost. As columns of their own each can be learned from.
"""

from __future__ import annotations

import ast
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from automl_assist.checks._check import Check, CheckContext, Hit
from automl_assist.checks._rows import columns_of, filled_cells, sample
from automl_assist.checks._wording import common_ones, counted, grouped, named, on_a_sample, quoted, share
from automl_assist.schema import Column

FIRST_LOOK = 40
MOST_LOOKED_AT = 200  # cells, for long ones take their time
LONGEST = 20_000  # characters of a cell that is looked into
MOSTLY = 0.8  # of the cells
MOST_SHOWN = 4


def _find(context: CheckContext) -> Iterator[Hit]:
    rows = sample(len(context.cells), MOST_LOOKED_AT)
    yield from grouped(
        filter(None, (_judge(context, column, rows) for column in columns_of(context))), "hold objects of several values in each cell"
    )


def _judge(context: CheckContext, column: Column, rows: np.ndarray) -> Hit | None:
    cells = filled_cells(context, column.name, rows)
    if sum(map(_looks_so, cells[:FIRST_LOOK])) < max(1, MOSTLY / 2 * len(cells[:FIRST_LOOK])):
        return None
    objects = [held for held in map(read_object, cells) if held]
    if len(objects) < MOSTLY * len(cells):
        return None
    keys = Counter(str(key) for held in objects for key in held)
    common = common_ones(keys, MOST_SHOWN)
    parts = f" with parts such as {', '.join(map(quoted, common))}," if common else ""
    message = (
        f"Column {named(column.name)} holds an object of several values{parts} in {share(len(objects), len(cells))} of "
        f"{counted(len(cells), 'cell')}{on_a_sample(context, MOST_LOOKED_AT)}; it is taken as {column.kind}, and what they say is lost."
    )
    fix = "write the parts into columns of their own, in this file and in every later one, for instance with pandas.json_normalize"
    return Hit(message, (column.name,), fix=fix)


def _looks_so(cell: str) -> bool:
    return cell.startswith(("{", "[{")) and cell.endswith(("}", "}]")) and ":" in cell


def read_object(cell: str) -> Mapping[Any, Any] | None:
    """Return the object in a cell, of JSON or as Python writes one, the first of a list of them; None where there is none."""
    if not _looks_so(cell) or len(cell) > LONGEST:
        return None
    for read in (json.loads, ast.literal_eval):  # both read values only, and run nothing
        try:
            held = read(cell)
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            continue
        held = held[0] if isinstance(held, list) and held else held
        return held if isinstance(held, dict) else None
    return None


CHECK = Check("F122", "Objects in one cell", "warning", _find)
