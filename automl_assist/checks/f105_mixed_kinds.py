"""A few words among numbers, or numbers among words.

A column with a handful of words in it is a column of numbers with errors, and those cells are lost to the model. A column half of
numbers is usually two columns in one.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from automl_assist.checks._check import Check, CheckContext, Hit
from automl_assist.checks._rows import cells_of, examples, sample
from automl_assist.checks._unread import unread
from automl_assist.checks._wording import counted, grouped, named, on_a_sample, option, share

NOUNS = {"number": "numbers", "integer": "numbers", "datetime": "dates", "boolean": "yes or no"}
WORDY = ("category", "text", "identifier")
HALF = 0.5
MOSTLY = 0.8  # of the cells are numbers; with fewer they are codes such as the numbers of tickets
QUANTITIES = 30  # different numbers, above which they are amounts written as text and not codes or answers such as 3 and 4+
SHORTEST_CODE = 6  # characters, of codes that all have one length
FIRST_LOOK_ROWS = 50
FIRST_LOOK_CELLS = 300_000


def _find(context: CheckContext) -> Iterator[Hit]:
    yield from grouped(_words_among_values(context), "have cells that are not of their kind, and count as missing")
    yield from grouped(_numbers_among_words(context), "are numbers for the most part, and words for the rest; they are taken as words")


def _words_among_values(context: CheckContext) -> Iterator[Hit]:
    rows = len(context.typed)
    for found in unread(context, tuple(NOUNS)):
        count, column = len(found.strange), found.column
        if count:
            noun, s = NOUNS[column.kind], "s" if count == 1 else ""
            value = "a number" if noun == "numbers" else "such"
            message = (
                f"Column {named(column.name)} holds {noun}, but {count:,} of {counted(rows, 'cell')} "
                f"{'does' if count == 1 else 'do'} not read as {value} and count{s} as missing{on_a_sample(context)}."
            )
            fix = f"correct these cells, or {option('--kind', column.name, 'category')} if they are meant"
            yield Hit(message, (column.name,), examples(context, found.strange), fix)


def _numbers_among_words(context: CheckContext) -> Iterator[Hit]:
    columns = [c for c in context.profile.columns if c.kind in WORDY and c.name in context.cells]
    rows = len(context.cells)
    if not columns or not rows:
        return
    # a look at a few cells of every column at once, then at more of those that may be mixed
    few = sample(rows, min(FIRST_LOOK_ROWS, max(10, FIRST_LOOK_CELLS // len(columns))))
    block = cells_of(context.raw, [c.name for c in columns], few)
    held = ~pd.isna(block)
    numbers = np.zeros(block.shape, bool)
    numbers[held] = _reads_as_number(block[held])
    for place in np.flatnonzero(numbers.sum(axis=0) > HALF / 2 * held.sum(axis=0)):
        column = columns[place]
        cells = context.cells[column.name].iloc[sample(rows)].dropna()
        tokens = {t.strip().lower() for t in column.missing_tokens}
        if tokens:
            cells = cells[~cells.astype(str).str.strip().str.lower().isin(tokens)]
        reads = _reads_as_number(cells.to_numpy(object))
        good, quantities = int(reads.sum()), int(cells[reads].nunique())
        if HALF * len(cells) < good < len(cells) and not _codes(cells.astype(str)):
            message = (
                f"Column {named(column.name)} is mixed: {share(good, len(cells))} of its {len(cells):,} values are numbers, "
                f"the others words; it is taken as {column.kind}{on_a_sample(context)}."
            )
            severity = "warning" if quantities >= QUANTITIES and good >= MOSTLY * len(cells) else "info"
            yield Hit(message, (column.name,), fix=f"{option('--kind', column.name, 'number')} if the words are errors", severity=severity)


def _codes(cells: pd.Series) -> bool:
    """Whether all cells have one length: codes such as the ISBN, whose last digit may be an X."""
    lengths = cells.str.len()
    return bool(lengths.iloc[0] >= SHORTEST_CODE and (lengths == lengths.iloc[0]).all())


def _reads_as_number(cells: np.ndarray) -> np.ndarray:
    texts = pd.Series([c if isinstance(c, str) else str(c) for c in cells], dtype=object)
    return pd.to_numeric(texts, errors="coerce").notna().to_numpy()


CHECK = Check("F105", "Numbers and words in one column", "warning", _find)
