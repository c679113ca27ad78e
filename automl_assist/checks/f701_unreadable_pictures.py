"""Pictures that cannot be opened: absent, cut short, no pictures, or outside the folder.

A model learns without them. Where they are many, or all of one class, what it learns from is no longer what was collected.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from automl_assist.checks._check import Check, CheckContext, Hit
from automl_assist.checks._pictures import of_sample, pictured
from automl_assist.checks._rows import examples
from automl_assist.checks._wording import counted, named, share
from automl_assist.sources import folder_of, found_beside

TOO_MANY = 0.2  # beyond this training refuses them
SHOWN = 3  # reasons


def _find(context: CheckContext) -> Iterator[Hit]:
    for name, looked in pictured(context):
        absent = int((~looked.there).sum())
        if absent:
            yield Hit(
                f"{counted(absent, 'picture')} of {len(looked.rows):,}{of_sample(context, looked)} in column {named(name)} "
                f"({share(absent, len(looked.rows))}) cannot be opened: {'; '.join(looked.reasons[:SHOWN])}.",
                (name,),
                examples(context, looked.rows[~looked.there]),
                f"they are in the folder {named(folder)} beside the table: put '{folder}/' before their names"
                if (folder := _where(context, name, looked.rows[~looked.there]))
                else "give their names relative to the folder of the table, and replace damaged files",
                "error" if absent > TOO_MANY * len(looked.rows) else None,
            )


def _where(context: CheckContext, column: str, rows: np.ndarray) -> str | None:
    """Return the folder in which most pictures are that are not where they are looked for."""
    names = context.cells[column].iloc[rows]
    found = found_beside(folder_of(context.profile.reading), [name for name in names if isinstance(name, str)], ("",))
    return found[0] or None if found else None  # beside the table itself they are damaged, not elsewhere


CHECK = Check("F701", "Pictures that cannot be opened", "warning", _find)
