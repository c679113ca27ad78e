"""Columns with more holes than values.

What little they hold may not be a fair sample, and filling the rest invents most of the column. That a cell is missing may itself
say something, so they stay in.
"""

from __future__ import annotations

from collections.abc import Iterator

from automl_assist.checks._blocks import blocks
from automl_assist.checks._check import Check, CheckContext, Hit
from automl_assist.checks._wording import counted, grouped, named, share

MOSTLY = 0.5
WORTH_A_WARNING = 0.9  # what is left are too few cells to learn from; half empty columns are common, and the gaps often say something


def _find(context: CheckContext) -> Iterator[Hit]:
    profile = context.profile
    hits, told = [], {found.column.name for found in blocks(context)}
    for column in profile.features:
        mark = column.kind == "category" and column.distinct == 1  # there or not is what it says
        if column.kind != "empty" and not mark and column.name not in told and profile.rows * MOSTLY < column.missing < profile.rows:
            part = share(column.missing, profile.rows)
            message = f"Column {named(column.name)} is missing in {column.missing:,} of {counted(profile.rows, 'row')} ({part})."
            severity = "warning" if column.missing >= WORTH_A_WARNING * profile.rows else None
            fix = f"set columns.{column.name}.use to false in plan.yaml to leave it out"
            hits.append(Hit(message, (column.name,), fix=fix, severity=severity))
    for limit, wanted in ((WORTH_A_WARNING, "warning"), (MOSTLY, None)):
        alike = [hit for hit in hits if hit.severity == wanted]
        yield from grouped(alike, f"are missing in more than {limit:.0%} of the rows")


CHECK = Check("F103", "Mostly missing", "info", _find)
