"""Cells that say in words or with a code that they are missing.

``NA`` or ``-999`` taken for a value spoils means and makes false categories. The reading is a guess, so it is told, with the way
to undo it.
"""

from __future__ import annotations

from collections.abc import Iterator

from automl_assist.checks._check import Check, CheckContext, Hit
from automl_assist.checks._placeholders import WRITTEN_BY_PROGRAMS, told_together
from automl_assist.checks._wording import counted, grouped, named, on_a_sample, option, quoted
from automl_assist.profile.privacy import LEAST_SEEN

MOST_TOKENS = 5
TOGETHER = "have cells with words or codes that were read as missing"
FEWEST = 5  # cells with a disguise that are worth a warning


def _find(context: CheckContext) -> Iterator[Hit]:
    ordinary: list[Hit] = []
    signs: list[tuple[str, Hit]] = []
    for column in context.profile.columns:
        if not column.missing_tokens or column.name not in context.cells:
            continue
        cells = context.cells[column.name].dropna().astype(str)
        wanted = {token.strip().lower() for token in column.missing_tokens}
        counts = cells.value_counts().sort_index().sort_values(ascending=False, kind="stable")
        counts = counts[[value.strip().lower() in wanted for value in counts.index]]
        if not len(counts):
            continue
        known = {value for value in counts.index if value.strip().lower() in WRITTEN_BY_PROGRAMS}
        often = [(value, count) for value, count in counts.items() if count >= LEAST_SEEN or value in known][:MOST_TOKENS]
        shown = "".join(f", {quoted(value)} ({count:,})" for value, count in often)
        own = [(value, count) for value, count in counts.items() if value not in known]
        severity = "warning" if sum(count for _, count in own) >= FEWEST else None
        message = (
            f"Column {named(column.name)}: {counted(int(counts.sum()), 'cell')} hold a code or word and were read as missing"
            f"{on_a_sample(context)}{shown}."
        )
        hit = Hit(message, (column.name,), fix=f"{option('--kind', column.name, 'category')} if these are values", severity=severity)
        if severity:
            signs.append((own[0][0].strip().lower() if own[0][1] >= LEAST_SEEN else "", hit))
        else:
            ordinary.append(hit)
    rare = [hit for sign, hit in signs if not sign]
    yield from grouped([*rare, *told_together([(s, h) for s, h in signs if s], "read it as one")], TOGETHER)
    yield from grouped(ordinary, TOGETHER)


CHECK = Check("F104", "Missing values in disguise", "info", _find)
