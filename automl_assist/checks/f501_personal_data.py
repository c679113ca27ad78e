"""Personal data: e-mail addresses, telephone, card and account numbers.

They name people, teach a model nothing about others, and must not travel in a report. The finding names the column and the kind,
never a value.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import numpy as np
import pandas as pd

from automl_assist.checks._check import Check, CheckContext, Hit
from automl_assist.checks._personal import PERSONAL_KINDS, PersonalKind
from automl_assist.checks._rows import sample
from automl_assist.checks._wording import counted, grouped, named, on_a_sample
from automl_assist.schema import Column

WITHOUT = ("datetime", "boolean", "empty", "image", "number")
SHORTEST_NUMBER = 1e9  # a whole number below has too few digits for a telephone or a card
VALID = 0.5  # of what looks like a number with check digits: one random number in ten passes Luhn's test
LONGEST_CELL = 10_000  # characters looked at
DIGITS = re.compile(r"\d(?:[^\w\n]{0,3}\w){7}")  # every kind but the e-mail address has at least so many in a row


def _find(context: CheckContext) -> Iterator[Hit]:
    rows = len(context.cells)
    columns = [c for c in context.profile.columns if c.name in context.cells and _may_hold(c)]
    if not rows or not columns:
        return
    chosen = sample(rows)
    found: dict[str, list[Hit]] = {kind.name: [] for kind in PERSONAL_KINDS}
    for column in columns:
        cells = context.raw[column.name]
        values = _distinct(cells if len(chosen) == rows else cells[chosen])
        blob = "\n".join(value[:LONGEST_CELL] for value in values)
        at, digits = "@" in blob, DIGITS.search(blob) is not None
        for kind in PERSONAL_KINDS:
            if not (at if kind.hint else digits):
                continue
            count = _count(kind, blob, values)
            if count:
                message = f"Column {named(column.name)} holds personal data: {kind.name} in {counted(count, 'cell')}{on_a_sample(context)}."
                found[kind.name].append(Hit(message, (column.name,), fix=_fix(column)))
    for name, hits in found.items():
        yield from grouped(hits, f"hold personal data: {name}")


def _may_hold(column: Column) -> bool:
    return column.kind not in WITHOUT and (column.kind != "integer" or column.numbers is None or column.numbers.maximum >= SHORTEST_NUMBER)


def _fix(column: Column) -> str:
    return f"leave it out of the file, or set columns.{column.name}.use to false in plan.yaml"


def _distinct(cells: np.ndarray) -> Counter[str]:
    """Return how often each cell occurs."""
    try:
        codes, values = pd.factorize(cells)
    except TypeError:  # cells that cannot be hashed
        codes, values = pd.factorize(np.array([None if cell is None else str(cell) for cell in cells.tolist()], dtype=object))
    counts = np.bincount(codes[codes >= 0], minlength=len(values)).tolist()
    if all(type(value) is str for value in values.tolist()):
        return Counter(dict(zip(values.tolist(), counts, strict=True)))
    found: Counter[str] = Counter()
    for value, count in zip(values.tolist(), counts, strict=True):
        found[value if isinstance(value, str) else str(value)] += count
    return found


def _count(kind: PersonalKind, blob: str, values: Counter[str]) -> int:
    """Return how many cells hold personal data of a kind, or 0 where chance may have made the likeness."""
    if kind.pattern.search(blob) is None:
        return 0
    likely = valid = 0
    for value, count in values.items():
        if kind.hint not in value:
            continue
        matches = [m.group() for m in kind.pattern.finditer(value[:LONGEST_CELL])]
        if matches:
            likely += count
            valid += count * any(kind.valid(m) for m in matches)
    return valid if valid >= kind.least and valid >= VALID * likely else 0


CHECK = Check("F501", "Personal data", "warning", _find)
