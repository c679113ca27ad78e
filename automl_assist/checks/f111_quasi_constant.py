"""Columns that are nearly constant.

One value stands in almost every row, so the column can help with a handful of rows at most. It stays in, for those rows may be
the ones that matter.
"""

from __future__ import annotations

from collections.abc import Iterator

from automl_assist.checks._check import Check, CheckContext, Hit
from automl_assist.checks._wording import counted, grouped, named, quoted, share
from automl_assist.schema import Column

NEARLY_ALL = 0.99
ROWS_TO_JUDGE = 300
TOO_FEW = 10  # rows that differ: fewer are on one side of most splits, and nothing can be learned from them


def _commonest(column: Column) -> tuple[str, int]:
    if column.top:
        return max(column.top, key=lambda entry: entry[1])
    return ("0", column.numbers.zeros) if column.numbers else ("", 0)


def _find(context: CheckContext) -> Iterator[Hit]:
    rows = context.profile.rows
    hits = []
    for column in context.profile.features:
        present = rows - column.missing
        value, count = _commonest(column)
        # missing cells tell rows apart, too
        if present >= ROWS_TO_JUDGE and column.distinct > 1 and NEARLY_ALL * rows < count < present:
            rows_said = f"{count:,} of {counted(present, 'row')} ({share(count, present)})"
            message = f"Column {named(column.name)} is {quoted(value)} in {rows_said}: nearly constant."
            fix = f"set columns.{column.name}.use to false in plan.yaml to leave it out"
            hits.append(Hit(message, (column.name,), fix=fix, severity="warning" if rows - count < TOO_FEW else None))
    for severity in ("warning", None):
        alike = [hit for hit in hits if hit.severity == severity]
        yield from grouped(alike, f"have the same value in more than {NEARLY_ALL:.0%} of the rows: nearly constant")


CHECK = Check("F111", "Nearly constant", "info", _find)
