"""Categories with very many values.

Each value is seen in a few rows only, so what is learned about it is little, and new rows bring values never seen. Often such a
column is better read as text or cut into parts.
"""

from __future__ import annotations

from collections.abc import Iterator

from automl_assist.checks._check import Check, CheckContext, Hit
from automl_assist.checks._wording import counted, grouped, named, option

MANY_VALUES = 100  # more than one-hot columns are made for
FEW_ROWS_A_VALUE = 10  # fewer say little about a value
SOME_VALUES = 30


def _find(context: CheckContext) -> Iterator[Hit]:
    rows = context.profile.rows
    hits = []
    for column in context.profile.features:
        present = rows - column.missing
        if column.kind == "category" and (
            column.distinct > MANY_VALUES or (column.distinct > SOME_VALUES and present < FEW_ROWS_A_VALUE * column.distinct)
        ):
            mean = present / column.distinct
            message = (
                f"Category {named(column.name)} has {counted(column.distinct, 'different value')} in {counted(present, 'row')}, "
                f"{mean:,.1f} rows each on average."
            )
            hits.append(Hit(message, (column.name,), fix=f"{option('--kind', column.name, 'text')} if it is made of words"))
    yield from grouped(hits, "are categories with very many values, most of them rare")


CHECK = Check("F108", "Category with many values", "info", _find)
