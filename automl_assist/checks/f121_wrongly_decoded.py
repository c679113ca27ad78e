"""Letters that were decoded wrongly, such as ``Ã¼`` for ``ü``, or that are lost.

Bytes of UTF-8 that were once read as Windows-1252 and written again are valid text, so that no reading of the file can notice. Nothing is
lost where every later file is broken alike; one that is not has other categories and other words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from automl_assist.checks._check import Check, CheckContext, Hit
from automl_assist.checks._rows import columns_of, sample
from automl_assist.checks._wording import common_ones, counted, grouped, named, on_a_sample
from automl_assist.schema import Column

LEAST, LEAST_SHARE = 2, 0.002  # cells, and of the cells
# how the first byte of a sign of two, three or four bytes is shown, and what may follow it
BROKEN = re.compile(
    r"[\u00c2-\u00f4](?:[\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122])+"
)
LOST = "\ufffd"
MOST_SHOWN = 3


def decoded(run: str) -> str | None:
    """Return what a run of signs was before it was decoded wrongly, or None where it is what it says."""
    for encoding in ("cp1252", "latin-1"):
        try:
            return run.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
    return None


def _find(context: CheckContext) -> Iterator[Hit]:
    rows, hits = sample(len(context.cells)), []
    for column in columns_of(context):
        cells = [cell for cell in context.raw[column.name][rows] if isinstance(cell, str)]
        hits += [hit for hit in (_broken(context, column, cells), _lost(context, column, cells)) if hit]
    yield from grouped(hits, "have letters that were decoded wrongly, such as 'Ã¼' for 'ü'")


def _broken(context: CheckContext, column: Column, cells: Sequence[str]) -> Hit | None:
    signs: Counter[tuple[str, str]] = Counter()
    count = 0
    for cell in cells:
        if cell.isascii():
            continue
        meant = {run: was for run in BROKEN.findall(cell) if (was := decoded(run))}
        signs.update(meant.items())
        count += bool(meant)
    if count < max(LEAST, LEAST_SHARE * len(cells)):
        return None
    common = common_ones(signs, MOST_SHOWN)
    such = f", such as {', '.join(f'{run!r} for {was!r}' for run, was in common)}," if common else ""
    message = (
        f"Column {named(column.name)} has letters that were decoded wrongly{such} in {counted(count, 'cell')} of "
        f"{len(cells):,}{on_a_sample(context)}; they were left so."
    )
    fix = "export it again as UTF-8, or repair each cell, for instance with Python: cell.encode('cp1252').decode('utf-8')"
    return Hit(message, (column.name,), fix=fix)


def _lost(context: CheckContext, column: Column, cells: Sequence[str]) -> Hit | None:
    count = sum(LOST in cell for cell in cells)
    if count < max(LEAST, LEAST_SHARE * len(cells)):
        return None
    message = (
        f"Column {named(column.name)} has lost letters: {counted(count, 'cell')} of {len(cells):,}{on_a_sample(context)} hold {LOST!r}, "
        "which programs write for what they could not decode."
    )
    return Hit(message, (column.name,), fix="export it again from where the letters are still there, as UTF-8")


CHECK = Check("F121", "Letters decoded wrongly", "warning", _find)
