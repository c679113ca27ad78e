"""Columns made of others inside the fold: arithmetic on two numbers, combined levels, and numbers beside those of their group.

What is made is fitted on the training rows of the fold alone; :mod:`automl_assist.preprocessing.making` finds what is worth it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from automl_assist.preprocessing.arithmetic import OPERATIONS, made_of
from automl_assist.preprocessing.features import UNSEEN, Features
from automl_assist.preprocessing.levels import TargetMeans

SHIFT = 2  # code -2 (never seen) stands at 0, -1 (missing) at 1
GROUP_OPERATIONS = ("-", "/")  # a number less, or over, the mean of its group
LARGEST = 1e30  # within 32 bits
ROWS_AT_ONCE = 8_192


@dataclass(frozen=True)
class Key:
    """Cells that come again, as codes: a category, or the values of a whole number.

    Attributes
    ----------
    name
        Of the column.
    position
        Among the categories, or among the numbers where there are values.
    values
        float64 (k,), rising: the values of a number in training; empty for a category.
    size
        Number of codes, with one for what was never seen (0) and one for what is missing (1).
    """

    name: str
    position: int
    values: np.ndarray
    size: int

    def __post_init__(self) -> None:
        """Hold the values to the size; ValueError where they do not fit."""
        if self.position < 0 or self.size < SHIFT or self.values.ndim != 1 or (len(self.values) and len(self.values) + SHIFT != self.size):
            raise ValueError("the values of a key do not fit its size")

    @property
    def is_number(self) -> bool:
        """Whether the key is a number's values."""
        return len(self.values) > 0

    def codes(self, features: Features) -> np.ndarray:
        """Return the code of each row, int64 of shape (n,), from 0 to size - 1."""
        if not self.is_number:
            return np.minimum(features.categories[:, self.position].astype(np.int64) + SHIFT, self.size - 1)
        cells = features.numbers[:, self.position].astype(np.float64)
        places = np.minimum(np.searchsorted(self.values, cells), len(self.values) - 1)
        codes = np.where(self.values[places] == cells, places + SHIFT, 0)
        codes[np.isnan(cells)] = 1
        return codes


@dataclass(frozen=True)
class CountedKeys:
    """Target means and frequency of one key, or of two taken together.

    Attributes
    ----------
    keys
        int64 of shape (1,) or (2,): positions among the keys.
    known
        int64, rising: the combined codes that training saw.
    means
        Of the positions among `known`.
    """

    keys: np.ndarray
    known: np.ndarray
    means: TargetMeans

    def __post_init__(self) -> None:
        """Hold the means to the codes; ValueError where they do not fit."""
        if self.keys.shape not in ((1,), (2,)) or self.known.ndim != 1 or len(self.means.frequency) != len(self.known) + SHIFT:
            raise ValueError("combined levels do not fit their target means")

    def places(self, codes: Sequence[np.ndarray], sizes: Sequence[int]) -> np.ndarray:
        """Return the position of each row's combination among `known`, int32 of shape (n,); ``UNSEEN`` where it is none."""
        combined = combined_codes([codes[int(k)] for k in self.keys], [sizes[int(k)] for k in self.keys])
        if not len(self.known):
            return np.full(len(combined), UNSEEN, np.int32)
        places = np.minimum(np.searchsorted(self.known, combined), len(self.known) - 1)
        return np.where(self.known[places] == combined, places, UNSEEN).astype(np.int32)


@dataclass(frozen=True)
class Arithmetic:
    """A number made of two others, by their positions."""

    first: int
    operation: str
    second: int

    def __post_init__(self) -> None:
        """Know the operation; ValueError for another."""
        if self.operation not in OPERATIONS or min(self.first, self.second) < 0:
            raise ValueError(f"{self.operation!r} is no operation on two numbers")

    def column(self, features: Features) -> np.ndarray:
        """Return the number, float64 of shape (n,)."""
        return tamed(made_of(features.numbers[:, self.first], self.operation, features.numbers[:, self.second]))


@dataclass(frozen=True)
class Grouped:
    """A number less, or over, the mean of the rows with the same key.

    Attributes
    ----------
    key, number
        Positions.
    operation
        ``-`` or ``/``.
    means
        float64 of shape (size of the key,).
    """

    key: int
    number: int
    operation: str
    means: np.ndarray

    def __post_init__(self) -> None:
        """Know the operation; ValueError for another."""
        if self.operation not in GROUP_OPERATIONS or min(self.key, self.number) < 0:
            raise ValueError(f"{self.operation!r} is no operation on a number and its group")

    def column(self, features: Features, codes: Sequence[np.ndarray]) -> np.ndarray:
        """Return the number, float64 of shape (n,)."""
        return tamed(made_of(features.numbers[:, self.number], self.operation, self.means[codes[self.key]]))


@dataclass(frozen=True)
class MadeColumns:
    """All columns that are made.

    Attributes
    ----------
    numbers
        Number of numeric columns of the features.
    keys, counted, arithmetic, grouped
        The parts; `counted` and `grouped` refer to `keys` by position.
    """

    numbers: int
    categories: int
    keys: tuple[Key, ...]
    counted: tuple[CountedKeys, ...]
    arithmetic: tuple[Arithmetic, ...]
    grouped: tuple[Grouped, ...]

    def __post_init__(self) -> None:
        """Hold the parts to one another; ValueError where they do not fit."""
        within = all(key.position < (self.numbers if key.is_number else self.categories) for key in self.keys)
        within &= all(0 <= int(k) < len(self.keys) for counted in self.counted for k in counted.keys)
        within &= all(max(made.first, made.second) < self.numbers for made in self.arithmetic)
        within &= all(g.key < len(self.keys) and g.number < self.numbers for g in self.grouped)
        if not within or any(g.means.shape != (self.keys[g.key].size,) for g in self.grouped):
            raise ValueError("a made column refers to one that is not there")

    @property
    def width(self) -> int:
        """Number of columns."""
        return sum(counted.means.width for counted in self.counted) + len(self.arithmetic) + len(self.grouped)

    def transform(self, features: Features) -> np.ndarray:
        """Return the columns of new rows, float32 of shape (n, width)."""
        columns = np.empty((len(features), self.width), np.float32)
        self.write(features, columns)
        return columns

    def write(self, features: Features, columns: np.ndarray) -> None:
        """Write what `transform` returns into `columns`, some rows at a time: what they need in between then stays in a core's memory."""
        sizes = [key.size for key in self.keys]
        for first in range(0, len(columns), ROWS_AT_ONCE):
            some = slice(first, first + ROWS_AT_ONCE)
            rows = replace(features, numbers=features.numbers[some], categories=features.categories[some], texts=features.texts[some])
            codes = [key.codes(rows) for key in self.keys]
            counted = [counted.means.transform(counted.places(codes, sizes)) for counted in self.counted]
            self._fill(rows, codes, counted, columns[some])

    def beside(self, features: Features, codes: Sequence[np.ndarray], counted: Sequence[np.ndarray]) -> np.ndarray:
        """Return what `transform` does, for target means that are known already."""
        columns = np.empty((len(features), self.width), np.float32)
        self._fill(features, codes, counted, columns)
        return columns

    def _fill(self, features: Features, codes: Sequence[np.ndarray], counted: Sequence[np.ndarray], columns: np.ndarray) -> None:
        place = 0
        for means in counted:
            columns[:, place : place + means.shape[1]] = means
            place += means.shape[1]
        for made in self.arithmetic:
            columns[:, place] = made.column(features)
            place += 1
        for grouped in self.grouped:
            columns[:, place] = grouped.column(features, codes)
            place += 1

    def described(self, features: Features) -> list[str]:
        """Return what is made, in words of column names: such as ``length / weight``."""
        names = [key.name for key in self.keys]
        numbers = features.number_names
        combined = [" and ".join(names[int(k)] for k in counted.keys) for counted in self.counted]
        arithmetic = [f"{numbers[made.first]} {made.operation} {numbers[made.second]}" for made in self.arithmetic]
        return combined + arithmetic + [f"{numbers[g.number]} {g.operation} its mean by {names[g.key]}" for g in self.grouped]


def combined_codes(codes: Sequence[np.ndarray], sizes: Sequence[int]) -> np.ndarray:
    """Return one int64 code for the codes of several keys."""
    combined = np.asarray(codes[0], np.int64)
    for more, size in zip(codes[1:], sizes[1:], strict=True):
        combined = combined * size + more
    return combined


def tamed(values: np.ndarray) -> np.ndarray:
    """Return values that fit into 32 bits, NaN where there is none."""
    return np.where(np.isfinite(values), np.clip(values, -LARGEST, LARGEST), np.nan)
