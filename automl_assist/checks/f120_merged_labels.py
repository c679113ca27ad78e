"""Labels written once for several rows.

A spreadsheet shows a label beside all rows of its block, and writes it into the first one only. Read row by row the others have none:
the column looks nearly empty, and what it says of them is lost.
"""

from __future__ import annotations

from collections.abc import Iterator

from automl_assist.checks._blocks import blocks
from automl_assist.checks._check import Check, CheckContext, Hit
from automl_assist.checks._wording import counted, named


def _find(context: CheckContext) -> Iterator[Hit]:
    for found in blocks(context):
        name = found.column.name
        message = (
            f"Column {named(name)} is filled in the first row of each of {found.labels:,} blocks only, as cells merged over several rows "
            f"are written; the other {counted(found.column.missing, 'row')} of {context.profile.rows:,} count as missing."
        )
        yield Hit(message, (name,), fix=f"fill the labels down in the file; in pandas: df[{name!r}] = df[{name!r}].ffill()")


CHECK = Check("F120", "Labels in the first row of a block only", "warning", _find)
