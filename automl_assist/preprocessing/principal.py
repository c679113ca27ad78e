"""Many features pressed into few: their principal directions, found with random ones (Halko, Martinsson and Tropp 2011)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

OVERSAMPLED = 16  # random directions beyond those wanted
ROUNDS = 3  # of multiplying by the features and their transpose
MOST_ROWS = 5_000  # that the directions are learned from
STEADY = 1e-2  # of the mean spread, added to each feature's, so that hardly varying ones are not blown up
TINY = 1e-6  # where nothing varies
QUIET = 0.05  # of the largest spread, added to each direction's, so that those that hardly vary are not blown up


@dataclass(frozen=True)
class Principal:
    """Directions of standardised features.

    Attributes
    ----------
    centre, scale
        Of each feature, float32 of shape (w,).
    directions
        float32 of shape (w, k); what stands along one has about unit variance.
    """

    centre: np.ndarray
    scale: np.ndarray
    directions: np.ndarray

    def __post_init__(self) -> None:
        """Hold the arrays to one another; ValueError where they do not fit."""
        width = len(self.centre)
        if self.scale.shape != (width,) or self.directions.ndim != 2 or len(self.directions) != width:
            raise ValueError("directions do not fit their features")

    @property
    def width(self) -> int:
        """Number of directions."""
        return int(self.directions.shape[1])

    @classmethod
    def fit(cls, features: np.ndarray, most: int, seed: int) -> Principal:
        """Learn at most `most` directions from float32 of shape (n, w)."""
        rng = np.random.default_rng([seed, 14])
        if len(features) > MOST_ROWS:
            features = features[np.sort(rng.permutation(len(features))[:MOST_ROWS])]
        centre, spread = features.mean(axis=0), features.std(axis=0)
        scale = spread + np.float32(STEADY) * spread.mean() if spread.any() else np.ones_like(spread)
        x = (features - centre) / scale
        k = min(most, *x.shape)
        found = rng.standard_normal((x.shape[1], min(k + OVERSAMPLED, *x.shape)), np.float32)
        for _ in range(ROUNDS):
            found = np.linalg.qr(x.T @ (x @ found))[0]
        small = np.linalg.svd(x @ found, full_matrices=False)
        directions, spreads = found @ small[2][:k].T, small[1][:k] / np.sqrt(len(x))
        return cls(centre, scale, (directions / (spreads + QUIET * spreads[0] + TINY)).astype(np.float32))

    def transform(self, features: np.ndarray) -> np.ndarray:
        """Return float32 of shape (n, k); ValueError for other features."""
        if features.shape[1] != len(self.centre):
            raise ValueError(f"{features.shape[1]} features do not fit directions of {len(self.centre)}")
        return (((features - self.centre) / self.scale).astype(np.float64) @ self.directions).astype(np.float32)
