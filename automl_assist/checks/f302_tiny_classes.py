"""Classes with a handful of rows.

They can neither be learned nor tested: a split of the rows leaves one or two of them on each side, or none. What is said about
them is luck.
"""

from __future__ import annotations

from collections.abc import Iterator

from automl_assist.checks._check import Check, CheckContext, Hit
from automl_assist.checks._wording import counted, named, quoted

FEW = 10  # two for each of five folds
MOST_CLASSES = 5


def _find(context: CheckContext) -> Iterator[Hit]:
    profile = context.profile
    tiny = sorted((entry for entry in profile.classes if entry[1] < FEW), key=lambda entry: entry[1])
    if profile.target is None or not tiny:
        return
    name = profile.target.name
    shown = ", ".join(f"{quoted(label)} ({counted(count, 'row')})" for label, count in tiny[:MOST_CLASSES])
    more = f" and {len(tiny) - MOST_CLASSES:,} more" if len(tiny) > MOST_CLASSES else ""
    noun, has = ("class", "has") if len(tiny) == 1 else ("classes", "have")
    yield Hit(
        f"{len(tiny):,} of {len(profile.classes):,} classes of {named(name)} {has} fewer than {FEW} rows: {shown}{more}.",
        (name,),
        fix=f"more rows of the rare {noun}, or put rare classes together in the file",
    )


CHECK = Check("F302", "Classes with few rows", "warning", _find)
