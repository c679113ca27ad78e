"""Averages over classes that several metrics share."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np


def one_against_rest(y: np.ndarray, probability: np.ndarray, function: Callable[[np.ndarray, np.ndarray], float]) -> float:
    """Return ``function(positive, score)`` for the second of two classes, else its mean over the classes for which it is defined."""
    if probability.shape[1] == 2:
        return function(y == 1, probability[:, 1])
    per_class = [function(y == k, probability[:, k]) for k in range(probability.shape[1])]
    defined = [value for value in per_class if not np.isnan(value)]
    return float(np.mean(defined)) if defined else np.nan
