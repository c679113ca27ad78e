"""Dates written in several forms in one column, or in a form in which day and month cannot be told apart.

Each form is read by its own rule, and 03/04 is taken by guess where no other cell decides; a wrong guess moves rows by months and
no error is ever seen. So the forms are told, with the option that settles them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from automl_assist.checks._check import Check, CheckContext, Hit
from automl_assist.checks._rows import sample
from automl_assist.checks._wording import counted, named
from automl_assist.schema import Column

UNDECIDED = "cannot be told apart"  # as the evidence of the column says it
LOOKED_AT = 1_000  # different cells
NEARLY_ALL = 0.95  # of the cells of a column of words that look like dates
ENOUGH = 0.01  # of the cells, to count as one of several forms
FIRST_LOOK = 30
SHORTEST = 6  # characters of a date
TIME = r"(?:[T, ]{1,2}\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?[AaPp][Mm])?(?: ?Z|[+-]\d{2}:?\d{2})?)?"
SHAPES = {
    "2021-03-25": re.compile(r"\d{4}-\d{1,2}-\d{1,2}" + TIME),
    "2021/03/25": re.compile(r"\d{4}[/.]\d{1,2}[/.]\d{1,2}" + TIME),
    "25/03/2021": re.compile(r"\d{1,2}/\d{1,2}/(?:\d{4}|\d{2})" + TIME),
    "25.03.2021": re.compile(r"\d{1,2}\.\d{1,2}\.(?:\d{4}|\d{2})" + TIME),
    "25-03-2021": re.compile(r"\d{1,2}-\d{1,2}-(?:\d{4}|\d{2})" + TIME),
    "25 Mar 2021": re.compile(r"\d{1,2}\.?[ -][A-Za-z]{3,9}\.?,?[ -](?:\d{4}|\d{2})" + TIME),
    "Mar 25, 2021": re.compile(r"[A-Za-z]{3,9}\.? \d{1,2},? \d{4}" + TIME),
}


def _find(context: CheckContext) -> Iterator[Hit]:
    for column in context.profile.columns:
        if column.kind in ("category", "text", "identifier") and column.name in context.cells:
            yield from _unread(context, column)
        if column.kind != "datetime" or not column.date_format:
            continue
        forms = column.date_format.split("|")
        if len(forms) > 1:
            yield Hit(
                f"Column {named(column.name)} mixes {len(forms)} date formats: {', '.join(forms)}.",
                (column.name,),
                fix="write all dates as YYYY-MM-DD; --dayfirst says that 03/04 is the third of April",
            )
        elif UNDECIDED in column.evidence:
            yield Hit(
                f"The dates of column {named(column.name)} are ambiguous: day and month cannot be told apart, and were read as {forms[0]}.",
                (column.name,),
                fix="--dayfirst if the day stands first",
                severity="info",
            )


def _unread(context: CheckContext, column: Column) -> Iterator[Hit]:
    """Yield a column that was taken for words because no form reads its dates."""
    cells = context.cells[column.name]
    few = [value for value in cells.to_numpy()[sample(len(cells), FIRST_LOOK)] if isinstance(value, str) and len(value) >= SHORTEST]
    if not any(_shape(value) for value in (*few, *(value for value, _ in column.top))):
        return
    values = sorted(set(cells.dropna().astype(str).str.strip()))
    if len(values) > LOOKED_AT:  # evenly over the sorted values, so that the order of the rows plays no part
        values = values[:: len(values) // LOOKED_AT + 1]
    shapes = [shape for value in values if (shape := _shape(value))]
    forms = [form for form in SHAPES if shapes.count(form) >= max(2, ENOUGH * len(values))]
    if len(forms) > 1 and len(shapes) >= NEARLY_ALL * len(values):
        yield Hit(
            f"Column {named(column.name)} mixes {counted(len(forms), 'date format')}, such as {' and '.join(forms)}, and is taken as "
            f"{column.kind} because they do not parse alike.",
            (column.name,),
            fix="write all dates as YYYY-MM-DD",
        )


def _shape(value: str) -> str | None:
    return next((form for form, pattern in SHAPES.items() if pattern.fullmatch(value.strip())), None)


CHECK = Check("F112", "Dates in several formats", "warning", _find)
