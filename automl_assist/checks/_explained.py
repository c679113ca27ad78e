"""How much of the target one column tells, in rows that it was not looked up in."""

from __future__ import annotations

import numpy as np
import pandas as pd

ROWS_A_VALUE = 10  # rarer categories teach nothing
ROWS_A_NUMBER = 20  # numbers with more rows for each value are treated as categories
FEWEST_OTHERS = 20  # rows outside the commonest class
HALF = 0.5
RARE = -2  # the code of values too rare to learn; -1 is that of missing cells


def explained_by(feature: pd.Series, wanted: np.ndarray, classes: bool) -> float:
    """Return how much of the target a column explains in the half of the rows it was not looked up in, both halves in turn.

    Parameters
    ----------
    feature : pandas.Series
        The column, of n rows: numbers and dates are looked up by their nearest neighbour, all else by its equals.
    wanted : (n, k) array
        The target: a column of 0 and 1 for each class, or numbers, each column a scale of its own.
    classes : bool
        Which of the two it is.

    Returns
    -------
    float
        The share of the errors of guessing the commonest class, or the share of the variance on the best scale; below 0 where the column
        misleads. 0 where hardly a row is of another class.
    """
    if classes and len(wanted) - wanted.sum(axis=0).max() < FEWEST_OTHERS:
        return 0.0
    numeric = feature.dtype.kind in "fiuM"
    codes, values = pd.factorize(feature.to_numpy(), use_na_sentinel=True)
    as_number = numeric and len(values) * ROWS_A_NUMBER > len(feature)
    if not as_number and len(values):
        codes = np.where((codes >= 0) & (np.bincount(codes + 1)[codes + 1] < ROWS_A_VALUE), RARE, codes)
    # equal numbers go to one half: repeated rows must not be looked up in their twins
    half = np.random.default_rng(0).random(len(feature)) < HALF
    if as_number and len(values):
        half = np.where(codes >= 0, half[codes], half)
    if half.all() or not half.any():
        return 0.0
    guess = np.empty_like(wanted)
    numbers = feature.astype("int64" if feature.dtype.kind == "M" else float).to_numpy(float) if as_number else np.array([])
    for test in (half, ~half):
        guess[test] = _by_group(codes, ~test, wanted)[test]
        if as_number:
            present = codes >= 0
            guess[test & present] = _by_neighbours(numbers, present, test, wanted)
    if not classes:
        left, spread = ((wanted - guess) ** 2).sum(axis=0), ((wanted - wanted.mean(axis=0)) ** 2).sum(axis=0)
        return float((1 - left / np.maximum(spread, np.finfo(float).tiny)).max())
    wrong = (guess.argmax(axis=1) != wanted.argmax(axis=1)).sum()
    return float(1 - wrong / (len(wanted) - wanted.sum(axis=0).max()))


def _by_group(codes: np.ndarray, learn: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Return for each row the mean target of its group among the rows to learn from; of all of them, for a group too rare to learn."""
    groups = codes - codes.min()
    counts = np.bincount(groups[learn], minlength=groups.max() + 1)
    sums = np.column_stack([np.bincount(groups[learn], column[learn], len(counts)) for column in wanted.T])
    means = np.where((counts >= ROWS_A_VALUE // 2)[:, None], sums / np.maximum(counts, 1)[:, None], wanted[learn].mean(axis=0))
    if codes.min() == RARE:
        means[0] = wanted[learn].mean(axis=0)
    return means[groups]


def _by_neighbours(feature: np.ndarray, present: np.ndarray, test: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Return for each present test row the target of the nearest number among the rows to learn from."""
    known = np.flatnonzero(present & ~test)
    asked = feature[present & test]
    if not len(known):
        return np.broadcast_to(wanted[~test].mean(axis=0), (len(asked), wanted.shape[1]))
    known = known[np.argsort(feature[known], kind="stable")]
    right = np.searchsorted(feature[known], asked).clip(1, max(len(known) - 1, 1)) if len(known) > 1 else np.zeros(len(asked), int)
    left = np.maximum(right - 1, 0)
    nearer = np.where(np.abs(asked - feature[known[left]]) <= np.abs(feature[known[right]] - asked), left, right)
    return wanted[known[nearer]]
