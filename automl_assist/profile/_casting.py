"""Cells of a known kind as typed values: the same for training and for every later file."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from automl_assist.profile._cells import MOMENT, Cells, among
from automl_assist.profile._dates import AS_NUMBERS, read_dates
from automl_assist.profile._numbers import NumberStyle, read_numbers
from automl_assist.schema import NUMERIC_KINDS, Column
from automl_assist.sources import frame_of


def cast(frame: pd.DataFrame, columns: Sequence[Column]) -> tuple[pd.DataFrame, dict[str, int]]:
    """Return the columns as typed values, and how many cells of each could not be read.

    Parameters
    ----------
    frame : DataFrame
        As a source read it; must hold the columns.
    columns : sequence of Column
        How each was understood.

    Returns
    -------
    typed : DataFrame
        float64 for numbers (infinite ones are missing), datetime64[us] for times, ``"true"``, ``"false"`` or None for booleans, and
        str or None for every other kind.
    unread : dict of str to int
        Cells that held something that could not be read as the kind, infinite numbers too, by column; only columns with any.
    """
    data, unread = {}, {}
    for column in columns:
        values, lost = cast_cells(Cells.of(frame[column.name], in_order=False), column)
        data[column.name] = values
        if lost:
            unread[column.name] = lost
    return frame_of(list(data.values()), list(data), frame.index), unread


def cast_cells(cells: Cells, column: Column, numbers: np.ndarray | None = None) -> tuple[np.ndarray, int]:
    """Return the typed values of one column, of shape (n,), and how many cells could not be read.

    `numbers`, of shape (d,), are those of the distinct values where they have been read before.
    """
    values, bad = cast_values(cells, column, numbers)
    return spread_values(cells, values), int(cells.counts[bad].sum())


def spread_values(cells: Cells, values: np.ndarray) -> np.ndarray:
    """Return the typed value of each row, missing where the cell is empty, from those of the distinct values."""
    empty = np.nan if values.dtype.kind == "f" else np.array("NaT", dtype=MOMENT) if values.dtype.kind == "M" else None
    return cells.spread(values, empty)


def cast_values(
    cells: Cells, column: Column, numbers: np.ndarray | None = None, times: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return the typed value of each distinct one, of shape (d,), and which could not be read; `times` as `numbers` may be known."""
    known = (
        ~among(cells.values, column.missing_tokens)
        if cells.is_text
        else np.array([str(v) not in column.missing_tokens for v in cells.values], dtype=bool)
        if column.missing_tokens
        else np.ones(len(cells.values), bool)
    )
    if column.kind in NUMERIC_KINDS:
        found = _numbers(cells, column) if numbers is None else numbers.copy()
        bad = ~np.isfinite(found) & known
        found[np.isinf(found) | ~known] = np.nan
        return found, bad
    if column.kind == "datetime":
        times = _times(cells, column) if times is None else times.copy()
        bad = np.isnat(times) & known
        times[~known] = np.datetime64("NaT")
        return times, bad
    words = np.empty(len(cells.values), dtype=object)
    if column.kind == "boolean":
        words[:] = [_truth(v, column) for v in cells.values]
        bad = np.array([w is None for w in words], dtype=bool) & known
        words[~known] = None
        return words, bad
    words[:] = [_word(v) for v in cells.values]
    if column.kind == "category" and cells.is_text and (numbers is not None or column.numbers is not None):
        _name_alike(words, numbers)
    words[~known] = None
    return words, np.zeros(len(words), dtype=bool)


def _numbers(cells: Cells, column: Column) -> np.ndarray:
    if not cells.is_text:
        return cells.values.astype(float) if cells.values.dtype.kind == "f" else np.full(len(cells.values), np.nan)
    style = NumberStyle(column.decimal or ".", column.thousands, column.affix, column.ledger, column.scaled, column.notation)
    found = read_numbers(cells.values, style)
    if np.isnan(found).all() and len(found):  # true and false of a typed file where training had 0 and 1
        found = np.array([{"true": 1.0, "false": 0.0}.get(v.lower(), np.nan) for v in cells.values])
    return found


def _times(cells: Cells, column: Column) -> np.ndarray:
    if cells.values.dtype.kind == "M":
        return cells.values.copy()
    form = column.date_format or "ISO8601"
    if not cells.is_text:
        return read_dates(cells.values, form) if form in AS_NUMBERS else np.full(len(cells.values), np.datetime64("NaT"), dtype=MOMENT)
    return read_dates(cells.values, form)


def _name_alike(words: np.ndarray, numbers: np.ndarray | None) -> None:
    """Call levels that are numbers the same however they are written: a column of 3 becomes 3.0 where a program once met an empty cell."""
    found = read_numbers(words, NumberStyle()) if numbers is None else numbers
    places = np.flatnonzero(np.isfinite(found))
    words[places] = [_word(number) for number in found[places].tolist()]


def _truth(value: object, column: Column) -> str | None:
    word = _word(value).lower()
    if word in ((column.true_token or "true").lower(), "true"):
        return "true"
    if word in ((column.false_token or "false").lower(), "false"):
        return "false"
    try:
        number, yes, no = float(word), float(column.true_token or "x"), float(column.false_token or "x")
    except ValueError:
        return None
    return "true" if number == yes else "false" if number == no else None


def _word(value: object) -> str:
    """Return a value as its text: whole numbers of typed files without ``.0``, so that CSV and Parquet agree."""
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(float(value))
    return str(value)
