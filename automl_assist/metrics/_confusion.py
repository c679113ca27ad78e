"""Counts that several metrics share."""

from __future__ import annotations

import numpy as np


def true_and_predicted(y: np.ndarray, label: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return rows right, rows predicted and rows present, each of shape (k,), for every class that occurs in either."""
    k = int(max(y.max(), label.max())) + 1
    right = np.bincount(y[y == label].astype(int), minlength=k)
    return right, np.bincount(label.astype(int), minlength=k), np.bincount(y.astype(int), minlength=k)


def mean_or_positive(values: np.ndarray, present: np.ndarray) -> float:
    """Return the value of class 1 for two classes, else the mean over the classes present."""
    if len(values) <= 2:
        return float(values[1]) if len(values) == 2 else 0.0
    return float(values[present > 0].mean())


def ratio(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return a / b, 0 where b is 0."""
    return np.divide(a, b, out=np.zeros(len(a)), where=b > 0)
