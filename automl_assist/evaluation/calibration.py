"""One factor that makes an ensemble as sure as it should be (temperature scaling, Guo et al. 2017)."""

from __future__ import annotations

import numpy as np

MOST_ROWS = 20_000  # a single number is known well enough from them
LEAST, MOST = 0.2, 5.0  # beyond them held-out rows are too few or too easy to tell
STEPS = 20  # halvings of the interval between them: to a hundred-thousandth
TINY = 1e-7  # probabilities of nothing could not be made more likely


def sharpened(probabilities: np.ndarray, factor: float) -> np.ndarray:
    """Return probabilities (n, k) raised to a power and made to sum to 1: above 1 surer, below 1 less sure; their order stays."""
    if factor == 1.0:
        return probabilities
    raised = np.maximum(probabilities, TINY) ** factor
    return raised / raised.sum(axis=1, keepdims=True)


def sharpness(y: np.ndarray, probabilities: np.ndarray, sure: float, *, seed: int = 0) -> float:
    """Return the factor with the least log loss, or 1 where it is not better by `sure` standard errors of the difference.

    Parameters
    ----------
    y : ndarray of int, shape (n,)
        Class codes.
    probabilities : ndarray of shape (n, k)
        Of rows that were not learned from.
    sure : float
        Standard errors; a factor that only chance makes better would be wrong as often as right.
    """
    if len(y) > MOST_ROWS:
        rows = np.random.default_rng([seed, 6]).choice(len(y), MOST_ROWS, replace=False)
        y, probabilities = y[rows], probabilities[rows]
    if len(y) < 2:
        return 1.0
    codes, each = y.astype(np.int64), np.arange(len(y))
    logs = np.log(np.maximum(probabilities, TINY))
    logs -= logs.max(axis=1, keepdims=True)
    low, high = np.log(LEAST), np.log(MOST)
    for _ in range(STEPS):  # the loss is convex in the factor: its slope says on which side the least one is
        middle = (low + high) / 2
        expected = (sharpened(np.exp(logs), float(np.exp(middle))) * logs).sum(axis=1)
        low, high = (middle, high) if expected.mean() < logs[each, codes].mean() else (low, middle)
    factor = float(np.exp((low + high) / 2))
    gained = np.log(sharpened(probabilities, factor)[each, codes]) - np.log(np.maximum(probabilities, TINY)[each, codes])
    return factor if gained.mean() > sure * gained.std() / np.sqrt(len(y)) else 1.0
