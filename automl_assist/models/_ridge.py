"""Ridge regression on many more figures than rows, its penalty chosen by leave-one-out, and probabilities from the same.

One eigendecomposition of the smaller of the two products of the matrix with itself gives the answers for every penalty, and what each
row would be told by a fit without it (Allen 1974). Those answers also calibrate the probabilities: they are as good as those for new rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from automl_assist.models._selection import softmax

STEPS = 24  # halvings of the interval in which the sharpness is looked for
TINY = 1e-10  # shares of the largest eigenvalue that are rounding errors


@dataclass(frozen=True)
class RidgeHead:
    """Weights of standardised figures.

    Attributes
    ----------
    means, scales
        float32 of shape (p,), of the figures.
    weights, intercepts
        float32 of shape (p, k), float64 of shape (k,).
    sharpness
        Factor of the outputs in front of the softmax; 1 for values.
    penalty
        That was chosen, times the mean size of a row.
    """

    means: np.ndarray
    scales: np.ndarray
    weights: np.ndarray
    intercepts: np.ndarray
    sharpness: float
    penalty: float

    def __post_init__(self) -> None:
        """Hold the arrays to one another; ValueError where they do not fit."""
        p = len(self.means)
        if (
            self.scales.shape != (p,)
            or self.weights.ndim != 2
            or len(self.weights) != p
            or self.intercepts.shape != (self.weights.shape[1],)
        ):
            raise ValueError("the weights of a ridge do not fit its figures")
        finite = all(np.isfinite(a).all() for a in (self.means, self.scales, self.weights, self.intercepts))
        if not finite or not np.isfinite([self.sharpness, self.penalty]).all() or (self.scales < 0).any():
            raise ValueError("the weights of a ridge are not finite")

    def outputs(self, matrix: np.ndarray) -> np.ndarray:
        """Return float64 of shape (n, k)."""
        return standardised(matrix, self.means, self.scales).astype(np.float64) @ self.weights + self.intercepts

    def probabilities(self, matrix: np.ndarray) -> np.ndarray:
        """Return probabilities of shape (n, k)."""
        return softmax(self.outputs(matrix) * self.sharpness)


def standardised(matrix: np.ndarray, means: np.ndarray, scales: np.ndarray) -> np.ndarray:
    """Return the figures with mean 0 and about unit spread."""
    return (matrix - means) * scales


def fit_ridge(
    matrix: np.ndarray,
    goal: np.ndarray,
    means: np.ndarray,
    scales: np.ndarray,
    codes: np.ndarray | None,
    penalties: Sequence[float],
    sharpness: tuple[float, float] = (1.0, 1.0),
) -> RidgeHead:
    """Fit for all penalties, and keep that of the least squared error left out.

    Parameters
    ----------
    matrix : ndarray of float32, shape (n, p)
    goal : ndarray of float64, shape (n, k)
        Values, or -1 and 1 for each class.
    codes : ndarray of int, shape (n,), optional
        Of the classes, to calibrate by.
    penalties : sequence of float
        Times the mean size of a row; the first of equals is taken.
    sharpness : tuple of float
        Between which factor of the outputs the one is looked for that makes probabilities as sure as they should be.
    """
    x = standardised(matrix, means, scales)
    middle = goal.mean(axis=0)
    residual = goal - middle
    dual = x.shape[0] <= x.shape[1]
    gram = (x @ x.T if dual else x.T @ x).astype(np.float64)
    values, vectors = np.linalg.eigh(gram)
    kept = values > TINY * max(float(values[-1]), TINY)
    values, vectors = values[kept], vectors[:, kept]
    sides = vectors if dual else (x @ vectors) / np.sqrt(values)
    projected = sides.T @ residual
    size = max(float((x.astype(np.float64) ** 2).sum()) / len(x), TINY)
    beyond = residual - sides @ projected, np.maximum(1 - (sides**2).sum(axis=1) - 1 / len(x), 0.0)  # what no weights reach
    best: tuple[float, float, np.ndarray] | None = None
    for penalty in penalties:
        kept_back = penalty * size / (values + penalty * size)
        wrong = sides @ (kept_back[:, None] * projected) + beyond[0]
        left_out = goal - wrong / np.maximum((sides**2) @ kept_back + beyond[1], TINY)[:, None]
        error = float(((goal - left_out) ** 2).mean())
        if best is None or error < best[0]:
            best = error, penalty, left_out
    assert best is not None
    shrunk = 1 / (values + best[1] * size)
    weights = vectors @ (shrunk[:, None] * (np.sqrt(values)[:, None] * projected if not dual else projected))
    if dual:
        weights = x.T @ weights
    factor = 1.0 if codes is None else _sharpness(codes, best[2], sharpness)
    return RidgeHead(means, scales, weights.astype(np.float32), middle, factor, best[1])


def _sharpness(codes: np.ndarray, outputs: np.ndarray, between: tuple[float, float]) -> float:
    """Return the factor with the least log loss of what was left out: its derivative rises, so halve the interval."""
    low, high = np.log(between[0]), np.log(between[1])
    doubt = 1 / (len(codes) + 1)  # one more row of any class: without it few rows that are all right would be told for certain
    truth = (1 - doubt) * outputs[np.arange(len(codes)), codes] + doubt * outputs.mean(axis=1)
    for _ in range(STEPS):
        middle = (low + high) / 2
        slope = np.mean((softmax(outputs * np.exp(middle)) * outputs).sum(axis=1) - truth)
        low, high = (low, middle) if slope > 0 else (middle, high)
    return float(np.exp((low + high) / 2))
