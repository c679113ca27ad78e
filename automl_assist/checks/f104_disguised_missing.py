"""Cells that say in words or with a code that they are missing.

``NA`` or ``-999`` taken for a value spoils means and makes false categories. The reading is a guess, so it is told, with the way
to undo it.
"""

from __future__ import annotations

from collections.abc import Iterator

from automl_assist.checks._check import Check, CheckContext, Hit
from automl_assist.checks._wording import counted, grouped, named, option, quoted

MOST_TOKENS = 5


def _find(context: CheckContext) -> Iterator[Hit]:
    hits = []
    for column in context.profile.columns:
        if not column.missing_tokens or column.name not in context.cells:
            continue
        cells = context.cells[column.name].dropna().astype(str)
        wanted = {token.strip().lower() for token in column.missing_tokens}
        counts = cells.value_counts()
        counts = counts[[value.strip().lower() in wanted for value in counts.index]]
        if not len(counts):
            continue
        shown = ", ".join(f"{quoted(value)} ({count:,})" for value, count in counts.iloc[:MOST_TOKENS].items())
        message = f"Column {named(column.name)}: {counted(int(counts.sum()), 'cell')} read as missing: {shown}."
        hits.append(Hit(message, (column.name,), fix=f"{option('--kind', column.name, 'category')} if these are values"))
    yield from grouped(hits, "have cells with words or codes that were read as missing")


CHECK = Check("F104", "Missing values in disguise", "info", _find)
