"""A column as its distinct values and which row holds which: every fact is computed over the distinct ones, weighted."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from automl_assist.sources import arrays_of

MOMENT = np.dtype("datetime64[us]")  # nanoseconds in 64 bits begin in 1677, and lists of earthquakes and of baptisms do not
YEARS = (1000, 2261)  # before and after them stand marks for none: 0001-01-01, 9999-12-31
FIRST, LAST = np.datetime64(f"{YEARS[0]}-01-01", "us"), np.datetime64(f"{YEARS[1]}-12-31T23:59:59.999999", "us")


@dataclass(frozen=True)
class Whole:
    """What is known of all rows of a column whose `codes` are those of a sample.

    Attributes
    ----------
    rows : int
        All rows, empty ones too.
    distinct : int
        Different values, empty ones aside: exact when few, else nearly right.
    moments : dict, optional
        Mean, sd, zeros, negatives and whole of its numbers.
    """

    rows: int
    distinct: int
    moments: Mapping[str, float] | None = None


@dataclass(frozen=True)
class Cells:
    """Distinct non-empty values of a column, stripped, in an order that depends on nothing but the values.

    Attributes
    ----------
    values : ndarray of shape (d,)
        str objects; float64 or datetime64[us] where the file itself has types.
    codes : ndarray of shape (n,)
        Position in `values` of each row; -1 where the cell is empty.
    counts : ndarray of shape (d,)
        Rows of each value; of a sample, weighted to stand for all rows.
    keys : ndarray of shape (k,), optional
        A hash of each of the first k values, those that `codes` refers to.
    whole : Whole, optional
        Where the codes are those of a sample.
    """

    values: np.ndarray
    codes: np.ndarray
    counts: np.ndarray
    keys: np.ndarray | None = None
    whole: Whole | None = None

    @classmethod
    def of(cls, column: pd.Series, *, in_order: bool = True) -> Cells:
        """Return the cells of one column of a frame as it was read; without `in_order` the values come as they are met, without keys."""
        plain = column.dtype == object or column.dtype.kind in "biufM"
        return cls.of_array(column.to_numpy() if plain else column.to_numpy(dtype=object, na_value=None), in_order=in_order)

    @classmethod
    def of_frame(cls, frame: pd.DataFrame) -> dict[str, Cells]:
        """Return the cells of each column of a frame as it was read."""
        return {str(name): cls.of_array(array) for name, array in arrays_of(frame).items()}

    @classmethod
    def of_array(cls, array: np.ndarray, *, in_order: bool = True) -> Cells:
        """Return the cells of one column as it was read."""
        kind = array.dtype.kind
        if kind == "M":
            array = as_moments(array)
        elif kind in "iu":
            array = array.astype(float)
        elif kind == "b":
            array = array.astype(object)
        codes, values = pd.factorize(array)
        if array.dtype == object:
            codes, values = _as_text(codes, values)
        keys = None
        if in_order:
            codes, values, keys = _in_order(codes, values)
        return cls(values, codes, np.bincount(codes[codes >= 0], minlength=len(values)), keys)

    @property
    def rows(self) -> int:
        """Rows that were looked at one by one, empty ones too."""
        return len(self.codes)

    @property
    def total(self) -> int:
        """All rows, empty ones too."""
        return self.whole.rows if self.whole else len(self.codes)

    @property
    def distinct(self) -> int:
        """How many different values all rows hold."""
        return self.whole.distinct if self.whole else len(self.values)

    def keeping(self, keep: np.ndarray) -> Cells:
        """Return the same column without some of its values; codes, which count the old ones, are left as they are."""
        lost = len(keep) - int(keep.sum())
        whole = replace(self.whole, distinct=max(0, self.whole.distinct - lost)) if self.whole else None
        return Cells(self.values[keep], self.codes, self.counts[keep], None, whole)

    def outline(self) -> Cells:
        """Return a column of the same size over all rows, without its values; for those who only count."""
        if self.whole is None:
            return self
        nothing = np.broadcast_to(np.array(None, dtype=object), (self.whole.distinct,))
        return Cells(nothing, np.broadcast_to(np.array(-1), (self.whole.rows,)), np.array([self.filled]))

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


def as_moments(array: np.ndarray) -> np.ndarray:
    """Return datetimes as datetime64[us]; those of other years than :data:`YEARS` become NaT."""
    moments = array.astype(MOMENT)
    return np.where((moments >= FIRST) & (moments <= LAST), moments, np.datetime64("NaT", "us"))


def seconds_of(moments: np.ndarray) -> np.ndarray:
    """Return seconds since 1970 as float64, NaN where there is none."""
    return np.where(np.isnat(moments), np.nan, moments.astype(MOMENT).astype(np.int64) / 1e6)


def _as_text(codes: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Strip and compose the distinct values, join those that are then equal, and take what is left empty as missing."""
    try:
        plain = list(map(str.strip, values))
        if not all(map(str.isascii, plain)):  # what looks alike is alike: letters and their marks in one character
            plain = [unicodedata.normalize("NFC", v) for v in plain]
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


def _in_order(codes: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return codes and values with the values in the order of their hashes, and the hashes."""
    plain = values if values.dtype == object else values.astype(np.int64) if values.dtype.kind == "M" else values + 0.0
    keys = pd.util.hash_array(plain, categorize=False)
    order = np.argsort(keys if values.dtype == object else values, kind="stable")
    rank = np.empty(len(values) + 1, dtype=np.int64)
    rank[order] = np.arange(len(values))
    rank[-1] = -1  # where the code is -1
    return rank[codes], values[order], keys[order]


def row_keys(columns: Mapping[str, Cells], rows: int) -> np.ndarray:
    """Return a 64-bit key for each row from what it holds: equal rows have equal keys, others almost surely not.

    The order of rows and columns changes nothing.
    """
    keys = np.zeros(rows, dtype=np.uint64)
    names = pd.util.hash_array(np.array(list(columns), dtype=object), categorize=False)
    with np.errstate(over="ignore"):
        for name, cells in zip(names, columns.values(), strict=True):
            if cells.keys is None:
                continue
            mixed = np.append(cells.keys, np.uint64(1)) ^ name  # the last one for empty cells, whose code is -1
            mixed = (mixed ^ (mixed >> np.uint64(33))) * np.uint64(0xFF51AFD7ED558CCD)  # MurmurHash3's mixing
            keys += (mixed ^ (mixed >> np.uint64(29)))[cells.codes]
    return keys
