"""What lets a linear model bend: logarithms of numbers, and their squares and products."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from automl_assist.preprocessing.scaling import smooth_clip


@dataclass(frozen=True)
class LoggedNumbers:
    """Logarithms in place of numbers without values below zero: where effects multiply, they add up.

    Attributes
    ----------
    positions
        int64 of shape (k,): which columns.
    shift
        float64 of shape (k,): what is added first, the smallest value above zero where there are zeros, so that units do not matter.
    least
        float64 of shape (k,): half of the smallest that was seen then; what is below it, in new rows, becomes it.
    """

    positions: np.ndarray
    shift: np.ndarray
    least: np.ndarray

    def __post_init__(self) -> None:
        """Hold the arrays to one another; ValueError where they do not fit."""
        if self.positions.dtype.kind != "i" or not self.positions.shape == self.shift.shape == self.least.shape:
            raise ValueError("every logarithm needs its shift and its least value")
        if not (self.least > 0).all():
            raise ValueError("logarithms are of numbers above zero")

    @classmethod
    def fit(cls, numbers: np.ndarray) -> LoggedNumbers:
        """Learn from float numbers of shape (n, p); NaN is missing. A column of one value stays as it is."""
        positions, shifts, least = [], [], []
        for k, column in enumerate(numbers.T):
            values = column[np.isfinite(column)].astype(np.float64)
            if not len(values) or values.min() < 0 or values.min() == values.max():
                continue
            shift = 0.0 if values.min() > 0 else float(values[values > 0].min())
            positions.append(k)
            shifts.append(shift)
            least.append((values.min() + shift) / 2)
        return cls(np.array(positions, np.int64), np.array(shifts, np.float64), np.array(least, np.float64))

    def transform(self, numbers: np.ndarray) -> np.ndarray:
        """Return the numbers, float64 of shape (n, p), with logarithms in their place."""
        logged = np.array(numbers, np.float64)
        with np.errstate(invalid="ignore"):
            logged[:, self.positions] = np.log(np.maximum(logged[:, self.positions] + self.shift, self.least))
        return logged


def products_of(scaled: np.ndarray, clip: float) -> np.ndarray:
    """Return squares and products of scaled numbers of shape (n, p), float32 of shape (n, p (p + 1) / 2).

    They are made of numbers drawn smoothly into (-clip, clip): the square of one that lies far out would outweigh all others.
    """
    near = smooth_clip(scaled, clip).astype(np.float32)
    first, second = np.triu_indices(scaled.shape[1])
    return np.asarray(near[:, first] * near[:, second])
