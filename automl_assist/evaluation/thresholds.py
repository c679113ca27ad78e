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


def best_threshold(kind: str, positive: np.ndarray, probability: np.ndarray) -> float:
    """Return the threshold that makes a figure best; midway between neighbouring scores, so that it holds on new rows too.

    Parameters
    ----------
    kind : str
        ``best_f1``, ``best_balanced_accuracy`` or ``best_mcc``.
    positive : ndarray of bool, shape (n,)
    probability : ndarray of float, shape (n,)
    """
    order = np.argsort(-probability, kind="stable")
    sorted_p = probability[order]
    hits = np.cumsum(positive[order]).astype(float)
    figure = FIGURES[kind](hits, np.arange(1, len(order) + 1), float(positive.sum()), len(order))
    figure[np.append(np.diff(sorted_p) == 0, False)] = -np.inf  # equal scores cannot be parted
    cut = int(np.argmax(figure))
    below = sorted_p[cut + 1] if cut + 1 < len(order) else 0.0
    return float((sorted_p[cut] + below) / 2)


def threshold_of_costs(false_alarm: float, miss: float) -> float:
    """Return the probability from which an alarm costs less than none, on average (Elkan 2001)."""
    return false_alarm / (false_alarm + miss)


# Figures of calling the `taken` rows with the highest scores positive: `hits` of them are, of `present` among `rows`.


def _f1(hits: np.ndarray, taken: np.ndarray, present: float, rows: int) -> np.ndarray:
    return 2 * hits / (taken + present)


def _balanced_accuracy(hits: np.ndarray, taken: np.ndarray, present: float, rows: int) -> np.ndarray:
    return (hits / max(present, 1) + 1 - (taken - hits) / max(rows - present, 1)) / 2


def _mcc(hits: np.ndarray, taken: np.ndarray, present: float, rows: int) -> np.ndarray:
    spread = np.sqrt(taken * present * (rows - taken) * (rows - present))
    return np.divide(hits * rows - taken * present, spread, out=np.zeros_like(hits), where=spread > 0)


FIGURES = {"best_f1": _f1, "best_balanced_accuracy": _balanced_accuracy, "best_mcc": _mcc}
