"""Columns that hold nothing.

They come from exports and stray delimiters. They are left out, but an empty column that should hold something points at a broken
export.
"""

from __future__ import annotations

from collections.abc import Iterator

from automl_assist.checks._check import Check, CheckContext, Hit
from automl_assist.checks._wording import counted, grouped, named


def _find(context: CheckContext) -> Iterator[Hit]:
    rows = context.profile.rows
    hits = [
        Hit(
            f"Column {named(c.name)} is empty in all {counted(rows, 'row')}.", (c.name,), fix="check the export if it should hold something"
        )
        for c in context.profile.columns
        if rows and (c.kind == "empty" or c.missing >= rows)
    ]
    yield from grouped(hits, "are empty in all rows")


CHECK = Check("F102", "Empty column", "info", _find)
