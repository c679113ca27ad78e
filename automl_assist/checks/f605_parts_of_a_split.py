"""A column that says which part of a split a row belongs to: ``train`` or ``test``, the number of a fold.

Whoever made the table wrote it for their own test. It knows nothing about the target, and rows that were meant for a test are learned
from all the same.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import numpy as np
import pandas as pd

from automl_assist.checks._check import Check, CheckContext, Hit
from automl_assist.checks._rows import filled_cells, sample
from automl_assist.checks._wording import common_ones, counted, named, quoted, share
from automl_assist.schema import Column
from automl_assist.sources import PART

FEWEST_ROWS = 20
MOST_LOOKED_AT = 200  # cells, for words of a split; that for learning is seldom the smallest part
MOST_PARTS = 6  # train, validation, and public and private tests at most
PARTS = range(2, 21)  # or folds, as many as are usual
ALIKE = 1.5  # times the rows of the smallest fold, at most; those of categories differ by more
USED = re.compile(r"(public|private)[ _-]?", re.IGNORECASE)  # as in PublicTest
ROLE = r"(?:train(?:ing)?|test(?:ing)?|val(?:id(?:ation)?)?|hold_?out)"
# is_train and test_set say it; train, training, test and is_test may be a means of transport, a course, a result and a false account
FLAG = re.compile(rf"(?:is|in|for)_?train(?:_?set)?|(?:is|in|for)?_?{ROLE}_?(?:set|sample)|train_?(?:flag|indicator|id)", re.IGNORECASE)
FLAGS = frozenset(["0", "1", "t", "f", "true", "false", "y", "n", "yes", "no"])
FOLD = re.compile(r"(?:cv|k|test|outer|inner|split)?_?folds?(?:_?(?:id|no|nr|number|index))?", re.IGNORECASE)


def _find(context: CheckContext) -> Iterator[Hit]:
    rows = sample(len(context.cells), MOST_LOOKED_AT)
    for column in context.profile.features:
        if column.distinct not in PARTS or column.name not in context.raw or not _may_be(context, column, rows):
            continue
        cells = pd.Series(context.raw[column.name]).dropna().astype(str).str.strip()
        counts = Counter({str(value): int(count) for value, count in cells.value_counts().items()})
        if len(cells) >= FEWEST_ROWS and (what := _what(column, counts)):
            shown = common_ones(counts, MOST_PARTS)
            parts = ", ".join(f"{quoted(value)} in {share(counts[value], len(cells))}" for value in shown)
            message = (
                f"Column {named(column.name)} says {what}" + (f" ({parts} of {counted(len(cells), 'row')})" if shown else "")
                + ": somebody split these rows for a test of their own, and it tells nothing about the target."
            )  # fmt: skip
            yield Hit(message, (column.name,), fix="it is left out; if their test counts for you, keep its rows in a file of their own")


def _may_be(context: CheckContext, column: Column, rows: np.ndarray) -> bool:
    """Whether its name or some of its cells say so; all cells of a thousand columns are not counted for nothing."""
    name = _plain(column.name)
    return bool(FLAG.fullmatch(name) or FOLD.fullmatch(name)) or any(map(_is_to_learn, filled_cells(context, column.name, rows)))


def _what(column: Column, counts: Counter[str]) -> str:
    """Return what the values are: parts of a split or folds, by their words or by the name of the column; nothing where they are none."""
    of_parts = len(counts) <= MOST_PARTS and all(PART.fullmatch(USED.sub("", value)) for value in counts)
    by_words = of_parts and any(map(_is_to_learn, counts))
    if by_words or (FLAG.fullmatch(_plain(column.name)) and {value.casefold() for value in counts} <= FLAGS):
        return "which part of a split a row belongs to"
    whole = all(value.isdecimal() and len(value) <= 2 for value in counts)
    if whole and FOLD.fullmatch(_plain(column.name)) and max(counts.values()) <= ALIKE * min(counts.values()):
        return "which fold a row belongs to"
    return ""


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+|(?<=[a-z])(?=[A-Z])", "_", name).strip("_")


def _is_to_learn(value: str) -> bool:
    return value[:5].lower() == "train"


CHECK = Check("F605", "Parts of a split", "warning", _find)
