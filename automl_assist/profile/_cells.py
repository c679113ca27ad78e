"""A column as its distinct values and which row holds which: every fact is computed over the distinct ones, weighted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Cells:
    """Distinct non-empty values of a column, stripped, in order of first appearance.

    Attributes
    ----------
    values : ndarray of shape (d,)
        str objects; float64 or datetime64[ns] where the file itself has types.
    codes : ndarray of shape (n,)
        Position in `values` of each row; -1 where the cell is empty.
    counts : ndarray of shape (d,)
        Rows of each value.
    """

    values: np.ndarray
    codes: np.ndarray
    counts: np.ndarray

    @classmethod
    def of(cls, column: pd.Series) -> Cells:
        """Return the cells of one column of a frame as it was read."""
        array = (
            column.to_numpy() if column.dtype == object or column.dtype.kind in "biufM" else column.to_numpy(dtype=object, na_value=None)
        )
        kind = array.dtype.kind
        if kind == "M":
            array = in_nanoseconds(array)
        elif kind in "iu":
            array = array.astype(float)
        elif kind == "b":
            array = array.astype(object)
        codes, values = pd.factorize(array)
        if array.dtype == object:
            codes, values = _as_text(codes, values)
        return cls(values, codes, np.bincount(codes[codes >= 0], minlength=len(values)))

    @property
    def rows(self) -> int:
        """All rows, empty ones too."""
        return len(self.codes)

    @property
    def filled(self) -> int:
        """Rows that are not empty."""
        return int(self.counts.sum())

    @property
    def is_text(self) -> bool:
        """Whether the values are str."""
        return self.values.dtype == object

    def spread(self, converted: np.ndarray, empty: object) -> np.ndarray:
        """Return a value for each row, from one for each distinct value."""
        if not len(converted):
            return np.full(self.rows, empty, dtype=converted.dtype)
        out = converted[self.codes]
        out[self.codes < 0] = empty
        return out


def among(values: np.ndarray, tokens: tuple[str, ...]) -> np.ndarray:
    """Return which values are one of the tokens, of shape (d,)."""
    return pd.Series(values, dtype=object).isin(tokens).to_numpy() if tokens else np.zeros(len(values), dtype=bool)


def in_nanoseconds(array: np.ndarray) -> np.ndarray:
    """Return datetimes as datetime64[ns]; those before 1677 or after 2262, which do not fit, become NaT."""
    if array.dtype == np.dtype("datetime64[ns]"):
        return array
    coarse = array.astype("datetime64[s]")
    fits = (coarse > np.datetime64("1677-09-22", "s")) & (coarse < np.datetime64("2262-04-11", "s"))
    return np.where(fits, array, np.datetime64("NaT")).astype("datetime64[ns]")


def _as_text(codes: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Strip the distinct values, join those that are then equal, and take what is left empty as missing."""
    try:
        plain = list(map(str.strip, values))
        same = "" not in plain and plain == values.tolist()  # a text that needs no strip comes back as the same object: a cheap comparison
    except TypeError:  # true and false of a typed file
        plain, same = [str(v).strip() for v in values], False
    stripped = np.empty(len(plain), dtype=object)
    stripped[:] = plain
    if same:
        return codes, stripped
    stripped[stripped == ""] = None
    joined, values = pd.factorize(stripped)
    return np.where(codes >= 0, joined[codes] if len(joined) else -1, -1), np.asarray(values, dtype=object)


def row_keys(columns: list[np.ndarray], rows: int) -> np.ndarray:
    """Return a 64-bit key for each row from codes of its cells: equal rows have equal keys, others almost surely not."""
    keys = np.zeros(rows, dtype=np.uint64)
    with np.errstate(over="ignore"):
        for codes in columns:
            keys ^= codes.astype(np.int64).view(np.uint64) + np.uint64(0x9E3779B97F4A7C15) + (keys << np.uint64(6)) + (keys >> np.uint64(2))
            keys *= np.uint64(0xBF58476D1CE4E5B9)
            keys ^= keys >> np.uint64(31)
    return keys
