"""Infinite numbers.

They come from divisions by zero and overflows, and one of them makes every mean and every distance infinite. They count as
missing, which must be said.
"""

from __future__ import annotations

from collections.abc import Iterator

from automl_assist.checks._check import Check, CheckContext, Hit
from automl_assist.checks._rows import examples
from automl_assist.checks._unread import unread
from automl_assist.checks._wording import counted, grouped, named, on_a_sample
from automl_assist.schema import NUMERIC_KINDS


def _find(context: CheckContext) -> Iterator[Hit]:
    hits = []
    for found in unread(context, NUMERIC_KINDS):
        count = len(found.infinite)
        if count:
            they = "it counts" if count == 1 else "they count"
            message = f"Column {named(found.column.name)} has {counted(count, 'infinite number')}; {they} as missing{on_a_sample(context)}."
            hits.append(
                Hit(
                    message,
                    (found.column.name,),
                    examples(context, found.infinite),
                    f"set columns.{found.column.name}.use to false in plan.yaml, or correct the division by zero or overflow behind them",
                )
            )
    yield from grouped(hits, "have infinite numbers, which count as missing")


CHECK = Check("F106", "Infinite numbers", "warning", _find)
