"""Categories for models: columns for frequent levels, numbers for many, all learned in the fold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from automl_assist.rules.levels import LEVEL_DETAILS

SHIFT = 2  # a code's place in a table: unseen (-2) is 0, missing (-1) is 1, code c is c + 2
SMOOTHING = float(LEVEL_DETAILS["smoothing"])  # rows' worth of the overall mean mixed into a level's mean
CROSS_FOLDS = int(LEVEL_DETAILS["inner_folds"])
NONE = 0  # slot of a level that has no column or embedding of its own


@dataclass(frozen=True)
class LevelSlots:
    """The levels of one categorical column that have a slot of their own.

    Attributes
    ----------
    slots
        int64 of shape (cardinality + 2,): by code + 2, the slot of a level, 1 to `size`; 0 where it has none.
    size
        Number of slots.
    """

    slots: np.ndarray
    size: int

    def __post_init__(self) -> None:
        """Hold the slots to the size; ValueError where they do not fit."""
        if self.slots.ndim != 1 or len(self.slots) < SHIFT or self.slots.dtype.kind != "i":
            raise ValueError("slots are a row of whole numbers")
        if not 0 <= self.slots.min() <= self.slots.max() <= self.size:
            raise ValueError("a slot is out of range")

    @classmethod
    def fit(cls, codes: np.ndarray, cardinality: int, least_rows: int, *, missing: bool, rest: bool, size: int | None = None) -> LevelSlots:
        """Give a slot to each level that enough rows have.

        Parameters
        ----------
        codes : ndarray of int32, shape (n,)
            Codes of the column in the fold.
        cardinality : int
            Number of codes.
        least_rows : int
            A level of fewer rows has no slot of its own.
        missing : bool
            Whether a missing value is a level too.
        rest : bool
            Whether levels without their own slot share one, together with values never seen.
        size : int, optional
            Number of slots whatever the fold holds, given to the most frequent levels; some may stay without rows. By default as many
            as needed.
        """
        counts = _counts(codes, cardinality)
        own = counts >= max(1, least_rows)
        own[0] = False
        own[1] &= missing
        places = np.flatnonzero(own)
        places = places[np.argsort(-counts[places], kind="stable")][:size]
        slots = np.zeros(cardinality + SHIFT, np.int64)
        slots[places] = np.arange(1, len(places) + 1)
        used = len(places)
        without = (slots == NONE) & (np.arange(len(slots)) != 1)  # a missing value is not a rare level
        if rest and counts[without].sum() > 0:
            used += 1
            slots[without] = used
        return cls(slots, used if size is None else size)

    def transform(self, codes: np.ndarray) -> np.ndarray:
        """Return the slot of each code, int64 of shape (n,)."""
        return self.slots[codes.astype(np.int64) + SHIFT]


def one_hot(columns: tuple[LevelSlots, ...], slots: list[np.ndarray]) -> np.ndarray:
    """Return a column of 0 and 1 for every slot, float32; slot 0 is all zeros.

    Parameters
    ----------
    columns : tuple of LevelSlots
    slots : list of ndarray, each of shape (n,)
        What `transform` of each column gave.
    """
    rows = len(slots[0]) if slots else 0
    matrix = np.zeros((rows, sum(c.size for c in columns)), np.float32)
    start = 0
    for column, found in zip(columns, slots, strict=True):
        there = np.flatnonzero(found)
        matrix[there, start + found[there] - 1] = 1.0
        start += column.size
    return matrix


@dataclass(frozen=True)
class TargetMeans:
    """For each level the smoothed mean of the target among its rows, and how many rows it has.

    Attributes
    ----------
    means
        float64 of shape (cardinality + 2, outputs), by code + 2.
    frequency
        float64 of shape (cardinality + 2,): log(1 + rows).
    """

    means: np.ndarray
    frequency: np.ndarray

    def __post_init__(self) -> None:
        """Hold the tables to one another; ValueError where they do not fit."""
        if self.means.ndim != 2 or self.frequency.shape != self.means.shape[:1] or len(self.means) < SHIFT:
            raise ValueError("means and frequencies need one row a level")

    @property
    def width(self) -> int:
        """Number of columns that `transform` makes."""
        return self.means.shape[1] + 1

    @classmethod
    def fit(cls, codes: np.ndarray, cardinality: int, outputs: np.ndarray, smoothing: float = SMOOTHING) -> TargetMeans:
        """Learn from codes of shape (n,) and `outputs` of shape (n, o), as :func:`target_outputs` makes them."""
        counts = _counts(codes, cardinality)
        counts[0] = 0
        prior = outputs.mean(axis=0) if len(outputs) else np.zeros(outputs.shape[1])
        means = np.empty((cardinality + SHIFT, outputs.shape[1]))
        for k in range(outputs.shape[1]):
            sums = np.bincount(codes.astype(np.int64) + SHIFT, weights=outputs[:, k], minlength=cardinality + SHIFT)
            sums[0] = 0.0
            means[:, k] = (sums + smoothing * prior[k]) / np.maximum(counts + smoothing, 1e-12)
            means[counts + smoothing <= 0, k] = prior[k]
        return cls(means, np.log1p(counts))

    def transform(self, codes: np.ndarray) -> np.ndarray:
        """Return the means and the frequency of each row's level, float32 of shape (n, outputs + 1)."""
        places = codes.astype(np.int64) + SHIFT
        return np.column_stack([self.means[places], self.frequency[places]]).astype(np.float32)

    def cross_fitted(
        self, codes: np.ndarray, outputs: np.ndarray, seed: int, folds: int = CROSS_FOLDS, smoothing: float = SMOOTHING
    ) -> np.ndarray:
        """Return what `transform` does for the rows of the fit, but with means learned from other rows.

        A level's own mean gives away the target of its rows: a model would trust it more than it deserves on new rows.
        """
        columns = self.transform(codes)
        if len(codes) < 2 * folds:
            return columns
        fold = np.random.default_rng(seed).permutation(len(codes)) % folds
        cardinality = len(self.frequency) - SHIFT
        for k in range(folds):
            inside = fold == k
            other = TargetMeans.fit(codes[~inside], cardinality, outputs[~inside], smoothing)
            columns[inside, :-1] = other.means[codes[inside].astype(np.int64) + SHIFT]
        return columns


def target_outputs(target: np.ndarray, n_classes: int, most: int) -> np.ndarray:
    """Return what target means are taken of, float64 of shape (n, o).

    The target itself for a regression (`n_classes` 0), the second class of two, else each of the `most` most frequent classes.
    """
    if n_classes == 0:
        return np.asarray(target, np.float64)[:, None]
    codes = np.asarray(target, np.int64)
    if n_classes == 2:
        return (codes == 1).astype(np.float64)[:, None]
    return (codes[:, None] == frequent_classes(codes, n_classes, most)).astype(np.float64)


def frequent_classes(codes: np.ndarray, n_classes: int, most: int) -> np.ndarray:
    """Return the codes of the classes that get a target mean each, rising."""
    return np.sort(np.argsort(-np.bincount(codes, minlength=n_classes), kind="stable")[:most])


def _counts(codes: np.ndarray, cardinality: int) -> np.ndarray:
    return np.bincount(codes.astype(np.int64) + SHIFT, minlength=cardinality + SHIFT)
