"""Cells that a spreadsheet turned into dates: sizes of 5-10 that became 10-May, names such as SEPT2 that became 2-Sep.

A few categories in the form of a day and a month, or of a month and a year, among others that are no dates. What stood there is lost, and
so is the group where several were turned into one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from automl_assist.checks._check import Check, CheckContext, Hit
from automl_assist.checks._rows import columns_of, filled_cells, sample
from automl_assist.checks._wording import common_ones, counted, grouped, named, on_a_sample, quoted
from automl_assist.schema import Column

KINDS = ("category", "identifier")
# as spreadsheets in English, German, French and Spanish write months; "ago" and the "set" of others are words beside numbers, too
MONTHS = re.compile(
    "jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec|mär|mrz|mai|okt|dez|janv|févr|mars|avr|juin|juil|août|déc|ene|abr|dic", re.IGNORECASE
)
FORM = re.compile(r"(\d{1,2})(?:-|\. ?)([^\W\d_]{3,4})\.?|([^\W\d_]{3,4})\.?-(\d{2})")
LEAST = 2  # cells
MOST = 0.3  # of the cells: where more are dates they are meant so
MOST_SHOWN = 3


def _find(context: CheckContext) -> Iterator[Hit]:
    rows = sample(len(context.cells))
    found = (_judge(context, column, filled_cells(context, column.name, rows)) for column in columns_of(context, KINDS))
    yield from grouped(filter(None, found), "hold cells that a spreadsheet seems to have turned into dates")


def is_day_of_month(cell: str) -> bool:
    """Whether a cell is a day and the short name of a month, or a month and a year of two digits, as spreadsheets show dates."""
    found = FORM.fullmatch(cell)
    if not found:
        return False
    day, month, month_before, _ = found.groups()
    return MONTHS.fullmatch(month or month_before) is not None and (day is None or 1 <= int(day) <= 31)


def _judge(context: CheckContext, column: Column, cells: list[str]) -> Hit | None:
    counts = Counter(cells)
    turned = {cell: n for cell, n in counts.items() if is_day_of_month(cell)}
    count = sum(turned.values())
    if not LEAST <= count <= MOST * len(cells) or len(counts) - len(turned) < 2:
        return None
    common = common_ones(turned, MOST_SHOWN)
    such = f", such as {', '.join(map(quoted, common))}," if common else ""
    message = (
        f"Column {named(column.name)} has cells that a spreadsheet seems to have turned into dates{such} in {counted(count, 'cell')} of "
        f"{len(cells):,}{on_a_sample(context)}; the others are no dates."
    )
    return Hit(message, (column.name,), fix="export them again as text, from where they still stand as they were")


CHECK = Check("F123", "Turned into dates by a spreadsheet", "warning", _find)
