"""More columns than rows.

With so many columns some fit the target by chance, and the choice among them is no longer safe. Simple, strongly held-back models
do best there.
"""

from __future__ import annotations

from collections.abc import Iterator

from automl_assist.checks._check import Check, CheckContext, Hit
from automl_assist.checks._layout import is_labelled_sequence
from automl_assist.checks._wording import counted

FEW_ROWS = 20  # fewer than any table of examples has


def _find(context: CheckContext) -> Iterator[Hit]:
    rows, columns = context.profile.labelled_rows, len(context.profile.features)
    if 0 < rows < columns and not is_labelled_sequence(context.profile):  # steps of one quantity are no columns by themselves
        message = f"{counted(columns, 'column')} and only {counted(rows, 'row')}: some columns will fit the target by chance."
        turned = "; if its rows are the columns, turn the table around" if rows < FEW_ROWS else ""
        yield Hit(message, fix=f"more rows, or only the columns that can matter{turned}")


CHECK = Check("F109", "More columns than rows", "warning", _find)
