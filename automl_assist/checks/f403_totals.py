"""Rows that sum up other rows: totals and subtotals of a report that was saved as a table.

Learned from as if it were an example, a total counts every row twice, and its values lie far from all others. A word for a sum is
not enough, for ``Total`` is also the name of a cereal: the row must hold the sum of the rows above it, or nothing where all others do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from automl_assist.checks._check import Check, CheckContext, Hit
from automl_assist.checks._rows import columns_of, examples
from automl_assist.checks._wording import counted, listed, on_a_sample
from automl_assist.schema import NUMERIC_KINDS
from automl_assist.sources import TOTALS

ALONE = re.compile(rf"\W*(?:{TOTALS})(?: général| general)?\W*", re.IGNORECASE)
WITH_A_NAME = re.compile(rf"\W*(?:{TOTALS})\b.{{1,60}}|.{{1,60}}\b(?:{TOTALS})\W*", re.IGNORECASE)
HINT = re.compile("tot|sum|som|erg|ges|ито|все|[合小总计]|\ud569\uacc4", re.IGNORECASE)  # in each of these words
LONGEST = 80  # characters
WORDY = ("category", "text", "identifier", "constant")
MOST = 0.34  # of the rows: subtotals of two rows each
FEWEST_SUMMED = 2
SUMMING = 0.5  # of the marked rows hold sums in one column: a few do by chance
OFF = 0.005  # of the sum, by which rounded values may differ


def _find(context: CheckContext) -> Iterator[Hit]:
    rows = len(context.typed)
    alone, named = np.zeros(rows, dtype=bool), np.zeros(rows, dtype=bool)
    where = []
    for column in columns_of(context, WORDY):
        codes, values = pd.factorize(context.raw[column.name])
        texts = [
            (i, value.strip()) for i, value in enumerate(values) if isinstance(value, str) and len(value) <= LONGEST and HINT.search(value)
        ]
        one = [i for i, text in texts if ALONE.fullmatch(text)]
        other = [i for i, text in texts if WITH_A_NAME.fullmatch(text)]
        if one or other:
            where.append(column.name)
            alone |= np.isin(codes, one)
            named |= np.isin(codes, other)
    marked_rows = alone | named
    if not where or marked_rows.sum() > MOST * rows:
        return
    summing = _hold_sums(context, marked_rows) if not context.profile.sampled_rows else np.zeros(rows, dtype=bool)
    found = np.flatnonzero((marked_rows & summing) | (alone & _hold_less(context, marked_rows)))
    if len(found):
        they = "it sums" if len(found) == 1 else "they sum"
        yield Hit(
            f"{counted(len(found), 'row')} of {rows:,} hold{'s' if len(found) == 1 else ''} a word for a total in {listed(where)}, and "
            f"{they} up other rows or leave{'s' if len(found) == 1 else ''} empty what these fill{on_a_sample(context)}.",
            tuple(where),
            examples(context, found),
            "remove these rows from the file: what they hold is counted twice",
        )


def _hold_sums(context: CheckContext, marked: np.ndarray) -> np.ndarray:
    """Return which of the marked rows hold the sum of the rows above, since the last marked one or from the first on, of shape (n,)."""
    order = np.argsort(context.typed.index.to_numpy(), kind="stable")  # as the rows stand in the file
    found = np.zeros(len(order), dtype=bool)
    totals = np.flatnonzero(marked[order])
    before = np.concatenate([[-1], totals[:-1]])
    for column in context.profile.columns:
        if column.kind not in NUMERIC_KINDS or column.name not in context.values:
            continue
        values = context.values[column.name][order]
        plain = np.concatenate([[0.0], np.cumsum(np.where(marked[order] | np.isnan(values), 0.0, values))])
        since, all_above = plain[totals] - plain[before + 1], plain[totals]
        many, several = totals - before - 1 >= FEWEST_SUMMED, np.arange(len(totals)) > 0
        fits = np.zeros(len(totals), dtype=bool)
        for sums, enough in ((since, many), (all_above, many | several)):
            fits |= enough & (sums != 0) & (np.abs(values[totals] - sums) <= OFF * np.abs(sums))
        if fits.sum() >= SUMMING * len(totals):
            found[order[totals[fits]]] = True
    return found


def _hold_less(context: CheckContext, marked: np.ndarray) -> np.ndarray:
    """Return which rows are empty in a column that is filled in all rows but the marked ones, of shape (n,)."""
    found = np.zeros(len(marked), dtype=bool)
    for cells in context.raw.values():
        empty = np.array([_is_empty(cell) for cell in cells[marked]])
        if empty.any() and not any(map(_is_empty, cells[~marked])):
            found[np.flatnonzero(marked)[empty]] = True
    return found


def _is_empty(cell: Any) -> bool:
    return cell is None or cell != cell or (isinstance(cell, str) and not cell.strip())


CHECK = Check("F403", "Rows that sum up others", "warning", _find)
