"""Several numbers in one cell: a blood pressure of 120/80, a size of 30 x 40 cm, a point of 52.52, 13.40.

Taken as words nearly every cell differs, and what the numbers say is lost. As columns of their own each can be learned from.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import numpy as np

from automl_assist.checks._check import Check, CheckContext, Hit
from automl_assist.checks._rows import sample
from automl_assist.checks._wording import counted, grouped, named, on_a_sample, share
from automl_assist.schema import Column

WORDY = ("category", "text", "identifier", "list")
NUMBER = r"[+-]?\d+(?:\.\d+)?"
# a mark that stands between numbers and is none of a date, a span or a version; the same one in all cells
SEVERAL = re.compile(rf"[\[({{]?\s*({NUMBER})(\s*[/xX\u00d7*,;|:]\s*)({NUMBER})(?:\2({NUMBER}))?\s*[\])}}]?\s*([^\W\d_]{{0,6}})")
SHARE = 0.9  # of the cells
FEWEST_VALUES = 20  # different cells: fewer are shapes and formats such as 16:9
FIRST_LOOK = 40
MOST_LOOKED_AT = 2_000
YEARS = (1800, 2100)


def _find(context: CheckContext) -> Iterator[Hit]:
    rows = sample(len(context.cells), MOST_LOOKED_AT)
    hits = []
    for column in context.profile.columns:
        if column.kind in WORDY and column.distinct >= FEWEST_VALUES and column.name in context.raw:
            hit = _judge(context, column, rows)
            if hit:
                hits.append(hit)
    yield from grouped(hits, "hold several numbers in each cell")


def _judge(context: CheckContext, column: Column, rows: np.ndarray) -> Hit | None:
    cells = [cell.strip() for cell in context.raw[column.name][rows] if isinstance(cell, str) and cell.strip()]
    if sum(SEVERAL.fullmatch(cell) is not None for cell in cells[:FIRST_LOOK]) < SHARE / 2 * len(cells[:FIRST_LOOK]):
        return None
    found = [match for match in map(SEVERAL.fullmatch, cells) if match]
    if len(found) < SHARE * len(cells) or len(set(cells)) < FEWEST_VALUES:
        return None
    marks = Counter(match[2].strip().lower() for match in found)
    mark, n = marks.most_common(1)[0]
    parts = [match.group(1, 3, 4) for match in found if match[2].strip().lower() == mark]
    several = {sum(part is not None for part in numbers) for numbers in parts}
    first = np.array([float(numbers[0]) for numbers in parts])
    dated = mark in "/:" and (bool(((first >= YEARS[0]) & (first <= YEARS[1]) & (first == np.floor(first))).all()) or 3 in several)
    if n < SHARE * len(cells) or len(several) != 1 or dated or len(np.unique(first)) < FEWEST_VALUES / 4:
        return None
    many = "two" if several == {2} else "three"
    message = (
        f"Column {named(column.name)} holds {many} numbers in each cell, with {mark!r} between them, in {share(n, len(cells))} of "
        f"{counted(len(cells), 'cell')}{on_a_sample(context, MOST_LOOKED_AT)}; it is taken as {column.kind}, and what they say is lost."
    )
    return Hit(message, (column.name,), fix=f"write them into {many} columns of numbers, in this file and in every later one")


CHECK = Check("F119", "Several numbers in one cell", "warning", _find)
