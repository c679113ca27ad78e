"""Columns of a later file that are written in another way than in training: with another decimal mark, currency or order of a date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from automl_assist.profile._casting import cast_values
from automl_assist.profile._cells import Cells
from automl_assist.profile._dates import find_form, read_dates
from automl_assist.profile._numbers import find_style, read_numbers
from automl_assist.schema import NUMERIC_KINDS, Column

OWN_SHARE, OTHER_SHARE = 0.9, 0.95  # of the filled cells: the way of training reads fewer, and the other one as many


def as_written(frame: pd.DataFrame, columns: Sequence[Column], decimal: str | None) -> tuple[list[Column], list[str]]:
    """Return the columns as this file writes them, and the names of those that are written in another way.

    Parameters
    ----------
    frame : DataFrame
        As a source read it; must hold the columns.
    columns : sequence of Column
        How each was understood in training.
    decimal : str, optional
        The decimal mark of this file.
    """
    found = [_rewritten(Cells.of(frame[column.name]), column, decimal or ".") for column in columns]
    changed = [column.name for column, other in zip(columns, found, strict=True) if other is not None]
    return [other or column for column, other in zip(columns, found, strict=True)], changed


def _rewritten(cells: Cells, column: Column, decimal: str) -> Column | None:
    if column.kind not in (*NUMERIC_KINDS, "datetime") or not cells.is_text or not len(cells.values):
        return None
    _, bad = cast_values(cells, column)
    known = np.array([v not in column.missing_tokens for v in cells.values], dtype=bool)
    filled = int(cells.counts[known].sum())
    if int(cells.counts[bad].sum()) <= (1 - OWN_SHARE) * filled:
        return None
    values, counts = cells.values[known], cells.counts[known]
    if column.kind == "datetime":
        own = column.date_format or ""
        form = find_form(values, True if "%d/%m" in own or "%d.%m" in own or "%d-%m" in own else None)
        read = ~np.isnat(read_dates(values, form.format)) if form and not form.undecided else np.zeros(len(values), dtype=bool)
        other = replace(column, date_format=form.format) if form else column
    else:
        style = find_style(values, counts, decimal)
        read = ~np.isnan(read_numbers(values, style))
        other = replace(column, decimal=style.decimal, thousands=style.thousands, affix=style.affix, ledger=style.ledger)
    return other if int(counts[read].sum()) >= OTHER_SHARE * filled else None
