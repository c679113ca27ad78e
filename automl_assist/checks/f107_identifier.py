"""Columns that name the row.

A model can only learn them by heart, and new rows have new names. They are left out, and the guess can be overruled.
"""

from __future__ import annotations

from collections.abc import Iterator

from automl_assist.checks._check import Check, CheckContext, Hit
from automl_assist.checks._wording import counted, grouped, named, option


def _find(context: CheckContext) -> Iterator[Hit]:
    rows = context.profile.rows
    hits = [
        Hit(
            f"Column {named(c.name)} names the row: {counted(c.distinct, 'different value')} in {counted(rows - c.missing, 'row')}.",
            (c.name,),
            fix=f"{option('--kind', c.name, 'category')} if it says something about new rows",
        )
        for c in context.profile.features
        if c.kind == "identifier"
    ]
    yield from grouped(hits, "name the row, with a different value in nearly every one")


CHECK = Check("F107", "Identifier", "info", _find)
