"""Columns of a later file that are written in another way than in training: another mark, currency, order of a date or word for yes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from automl_assist.profile._casting import cast_values, spread_values
from automl_assist.profile._cells import Cells, among
from automl_assist.profile._dates import find_form, in_century_of, read_dates
from automl_assist.profile._kinds import BOOLEANS, MOST_WORDS
from automl_assist.profile._notations import as_learned, in_another_unit
from automl_assist.profile._numbers import find_style, read_numbers, strip_affix
from automl_assist.schema import NUMERIC_KINDS, Column
from automl_assist.sources import frame_of

SWITCHES = (*BOOLEANS, ("1", "0"))
OWN_SHARE, OTHER_SHARE = 0.9, 0.95  # of the filled cells: the way of training reads fewer, and the other one as many


def cast_as_written(frame: pd.DataFrame, columns: Sequence[Column], decimal: str | None) -> tuple[pd.DataFrame, dict[str, int], list[str]]:
    """Return what `cast` does of the columns as this file writes them, and the names of those that are written in another way.

    Parameters
    ----------
    frame : DataFrame
        As a source read it; must hold the columns.
    columns : sequence of Column
        How each was understood in training.
    decimal : str, optional
        The decimal mark of this file.
    """
    data, unread, changed = {}, {}, []
    for column in columns:
        cells = Cells.of(frame[column.name], in_order=False)
        values, bad = cast_values(cells, column)
        other = _other_words(cells, bad, column) or _rewritten(frame[column.name], cells, bad, column, decimal or ".")
        if other is not None:
            changed.append(column.name)
            values, bad = cast_values(cells, other)
        data[column.name] = spread_values(cells, values)
        if lost := int(cells.counts[bad].sum()):
            unread[column.name] = lost
    return frame_of(list(data.values()), list(data), frame.index), unread, changed


def truths(yes: str | None, no: str | None) -> dict[str, bool]:
    """Return the words that say which of `yes` and `no` is meant in any of the ways that are known, if these two are one of the ways."""
    if ((yes or "").lower(), (no or "").lower()) not in SWITCHES:
        return {}
    return {word: truth for pair in SWITCHES for word, truth in zip(pair, (True, False), strict=True)}


def _other_words(cells: Cells, bad: np.ndarray, column: Column) -> Column | None:
    """Return a column of yes and no with the words of this file, such as 1 and 0."""
    if column.kind != "boolean" or not bad.any() or len(cells.values) > MOST_WORDS or not truths(column.true_token, column.false_token):
        return None
    filled = int(cells.counts[[str(value) not in column.missing_tokens for value in cells.values]].sum())
    if int(cells.counts[bad].sum()) <= (1 - OWN_SHARE) * filled:
        return None
    for yes, no in SWITCHES:
        other = replace(column, true_token=yes, false_token=no)
        if int(cells.counts[cast_values(cells, other)[1]].sum()) <= (1 - OTHER_SHARE) * filled:
            return other
    return None


def _rewritten(as_read: pd.Series, cells: Cells, bad: np.ndarray, column: Column, decimal: str) -> Column | None:
    if column.kind not in (*NUMERIC_KINDS, "datetime") or not cells.is_text or not len(cells.values):
        return None
    filled = int(cells.counts[~among(cells.values, column.missing_tokens)].sum())
    if int(cells.counts[bad].sum()) <= (1 - OWN_SHARE) * filled:
        return None
    cells = Cells.of(as_read)  # in the order of their hashes: the first of them are a fair choice
    known = ~among(cells.values, column.missing_tokens)
    values, counts = cells.values[known], cells.counts[known]
    if column.kind == "datetime":
        own = column.date_format or ""
        form = find_form(values, True if "%d/%m" in own or "%d.%m" in own or "%d-%m" in own else None)
        form = replace(form, format=in_century_of(form.format, own)) if form else None
        read = ~np.isnat(read_dates(values, form.format)) if form and not form.undecided else np.zeros(len(values), dtype=bool)
        other = replace(column, date_format=form.format) if form else column
    else:
        bare = np.array([strip_affix(v, column.affix) for v in values], dtype=object) if column.affix else values
        style = find_style(bare, counts, decimal, column.name)
        notation = as_learned(style.notation, column.notation, column.affix)
        if notation is None and style.thousands is None:
            notation = in_another_unit(values, column.affix)
        style = replace(style, notation=notation, affix=style.affix or column.affix)
        read = ~np.isnan(read_numbers(values, style))
        other = replace(column, **vars(style))
    return other if int(counts[read].sum()) >= OTHER_SHARE * filled else None
