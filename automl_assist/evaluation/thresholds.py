"""Where to cut a probability."""

from __future__ import annotations

import numpy as np


def precision_recall_f1(positive: np.ndarray, chosen: np.ndarray) -> tuple[float, float, float]:
    """Return precision, recall and F1 of the rows `chosen`, both boolean of shape (n,)."""
    right = float((positive & chosen).sum())
    predicted, present = float(chosen.sum()), float(positive.sum())
    precision = right / predicted if predicted else 0.0
    recall = right / present if present else 0.0
    return precision, recall, 2 * right / (predicted + present) if predicted + present else 0.0


def best_f1_threshold(positive: np.ndarray, probability: np.ndarray) -> float:
    """Return the threshold with the highest F1; midway between neighbouring scores, so that it holds on new rows too.

    Parameters
    ----------
    positive : ndarray of bool, shape (n,)
    probability : ndarray of float, shape (n,)
    """
    order = np.argsort(-probability, kind="stable")
    sorted_p = probability[order]
    hits = np.cumsum(positive[order])
    taken = np.arange(1, len(order) + 1)
    f1 = 2 * hits / (taken + positive.sum())
    f1[np.append(np.diff(sorted_p) == 0, False)] = -1  # equal scores cannot be parted
    cut = int(np.argmax(f1))
    below = sorted_p[cut + 1] if cut + 1 < len(order) else 0.0
    return float((sorted_p[cut] + below) / 2)
