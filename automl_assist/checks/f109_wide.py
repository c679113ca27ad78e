"""More columns than rows.

With so many columns some fit the target by chance, and the choice among them is no longer safe. Simple, strongly held-back models
do best there.
"""

from __future__ import annotations

from collections.abc import Iterator

from automl_assist.checks._check import Check, CheckContext, Hit
from automl_assist.checks._layout import is_labelled_sequence
from automl_assist.checks._wording import counted


def _find(context: CheckContext) -> Iterator[Hit]:
    rows, columns = context.profile.labelled_rows, len(context.profile.features)
    if 0 < rows < columns and not is_labelled_sequence(context.profile):  # steps of one quantity are no columns by themselves
        message = f"{counted(columns, 'column')} and only {counted(rows, 'row')}: some columns will fit the target by chance."
        yield Hit(message, fix="more rows, or only the columns that can matter")


CHECK = Check("F109", "More columns than rows", "warning", _find)
