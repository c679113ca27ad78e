"""Dates written in several forms in one column, or in a form in which day and month cannot be told apart.

Each form is read by its own rule, and 03/04 is taken by guess where no other cell decides; a wrong guess moves rows by months and
no error is ever seen. So the forms are told, with the option that settles them.
"""

from __future__ import annotations

from collections.abc import Iterator

from automl_assist.checks._check import Check, CheckContext, Hit
from automl_assist.checks._wording import named

UNDECIDED = "cannot be told apart"  # as the evidence of the column says it


def _find(context: CheckContext) -> Iterator[Hit]:
    for column in context.profile.columns:
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


CHECK = Check("F112", "Dates in several formats", "warning", _find)
