"""Numbers for models that need them complete and of one scale."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

CLIP_AT = 3.0  # smooth clip x / sqrt(1 + (x / 3)^2), as RealMLP has it (Holzmüller et al. 2024): outliers keep their order
MOST_INDICATORS = 256  # of the columns with most missing cells; more of them only add noise
QUARTILES = (0.25, 0.5, 0.75)


@dataclass(frozen=True)
class ScaledNumbers:
    """Median imputation, robust scaling, a smooth clip, and a column of 0 and 1 where values were missing in training.

    Attributes
    ----------
    median, scale
        float64 of shape (p,); the scale is 1 / (75 % - 25 %) of the fold, or 2 / range where that is 0, or 0 for a constant.
    indicators
        int64 positions of the columns that get an indicator.
    """

    median: np.ndarray
    scale: np.ndarray
    indicators: np.ndarray

    def __post_init__(self) -> None:
        """Hold the arrays to one another; ValueError where they do not fit."""
        width = self.median.shape
        if len(width) != 1 or self.scale.shape != width or self.indicators.ndim != 1:
            raise ValueError("median and scale need one entry a column")
        if self.indicators.dtype.kind != "i" or (
            len(self.indicators) and not 0 <= self.indicators.min() <= self.indicators.max() < width[0]
        ):
            raise ValueError("an indicator refers to a column that is not there")

    @classmethod
    def fit(cls, numbers: np.ndarray) -> ScaledNumbers:
        """Learn from float numbers of shape (n, p); NaN is missing, and a whole column may be."""
        low, median, high, least, most, missing = _order_statistics(numbers)
        spread, extent = high - low, most - least
        scale = np.zeros_like(spread)
        np.divide(2.0, extent, out=scale, where=extent > 0)
        np.divide(1.0, spread, out=scale, where=spread > 0)
        scale[~np.isfinite(scale)] = 0.0
        partly = np.flatnonzero((missing > 0) & (missing < len(numbers)))
        kept = partly[np.argsort(-missing[partly], kind="stable")][:MOST_INDICATORS]
        return cls(median, scale, np.sort(kept).astype(np.int64))

    def transform(self, numbers: np.ndarray) -> np.ndarray:
        """Return scaled numbers, float32 of shape (n, p)."""
        with np.errstate(over="ignore"):  # a value beyond all others may overflow: it becomes the clip's limit
            scaled = (numbers - self.median) * self.scale
        scaled[np.isnan(scaled)] = 0.0
        return smooth_clip(np.clip(scaled, -1e9, 1e9)).astype(np.float32)

    def indicate(self, numbers: np.ndarray) -> np.ndarray:
        """Return 1 where a value is missing, float32 of shape (n, number of indicators)."""
        return np.isnan(numbers[:, self.indicators]).astype(np.float32)


def smooth_clip(values: np.ndarray) -> np.ndarray:
    """Return values drawn smoothly into (-3, 3), in their order."""
    return values / np.sqrt(1 + (values / CLIP_AT) ** 2)


def _order_statistics(numbers: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return the quartiles, extremes and number of missing cells of each column; a column of NaN alone gives zeros."""
    rows, columns = numbers.shape
    if rows == 0:
        return tuple(np.zeros(columns) for _ in range(6))
    ordered = np.sort(numbers.astype(np.float64), axis=0)  # NaN goes last
    there = (~np.isnan(ordered)).sum(axis=0)
    last = np.maximum(there - 1, 0)
    every = np.arange(columns)
    found = []
    for level in QUARTILES:
        place = level * last
        below = np.floor(place).astype(int)
        a, b = ordered[below, every], ordered[np.minimum(below + 1, last), every]
        found.append(a + (b - a) * (place - below))
    statistics = [*found, ordered[0], ordered[last, every]]
    return (*(np.where(there > 0, s, 0.0) for s in statistics), rows - there)
