"""Columns with one value.

They tell no row from another, so no model can use them. Where every column is like that, nothing can be learned at all, and that
must be said aloud.
"""

from __future__ import annotations

from collections.abc import Iterator

from automl_assist.checks._check import Check, CheckContext, Hit
from automl_assist.checks._wording import counted, grouped, named, quoted


def _find(context: CheckContext) -> Iterator[Hit]:
    profile = context.profile
    constant = [c for c in profile.columns if c.kind == "constant" or (c.distinct == 1 and c.missing == 0 and c.kind != "empty")]
    features = profile.features
    useless = {c.name for c in constant} | {c.name for c in features if c.kind == "empty"}
    if features and constant and profile.rows > 1 and all(c.name in useless for c in features):
        names = tuple(c.name for c in features)
        which = "The only column beside the target is" if len(names) == 1 else f"All {len(names):,} columns beside the target are"
        yield Hit(
            f"{which} constant: no model can do better than guessing.",
            names,
            fix="add columns that vary from row to row",
            severity="warning",
        )
        return
    target = profile.target.name if profile.target else None
    hits = []
    for column in constant:
        value = f", {quoted(column.top[0][0])}," if column.top else ""
        gaps = f" beside {counted(column.missing, 'missing cell')}" if column.missing else ""
        message = (
            f"Column {named(column.name)} is constant: it has one value{value} in {counted(profile.rows - column.missing, 'row')}{gaps}."
        )
        hits.append(
            Hit(message, (column.name,), fix="it is left out; nothing to do", severity="warning" if column.name == target else None)
        )
    yield from grouped(hits, "are constant: they have one value in all rows")


CHECK = Check("F101", "Constant column", "warning", _find)
