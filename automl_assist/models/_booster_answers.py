"""What LightGBM's trees answer for many rows, some trees at a time.

LightGBM takes each row through all trees. A thousand trees are larger than a core's own memory, so that every row waits for every tree;
so many trees at a time as fit there take all rows in half the time (507 trees of 30 leaves, 20,000 rows: 0.79 to 0.37 s of one core).
"""

from __future__ import annotations

import threading
from typing import Any

import numpy as np

MANY_ROWS = 2_000  # below it neither threads nor passes save what they cost
TREES_AT_ONCE = 40  # some 100 kB
# A booster keeps which trees it answers with in itself, so that two threads that ask for different ones get each other's. It uses all cores
# by itself: nothing is lost where they wait.
ALONE = threading.Lock()
AS_IT_IS = ("regression", "regression_l1", "huber", "quantile")  # objectives whose answers are the sums of the leaves


def answers_of(booster: Any, matrix: np.ndarray, threads: int) -> np.ndarray:
    """Return what `booster.predict` does, up to rounding: probabilities (n,) or (n, k), or values (n,), float64.

    Parameters
    ----------
    booster : lightgbm.Booster
    matrix : ndarray of shape (n, w)
        Encoded rows.
    threads : int
        How many to use; 0 for as many as the process may use.
    """
    outputs, trees = booster.num_model_per_iteration(), booster.num_trees()
    # a pass reads the whole row, which of a wide table takes as long as the trees do
    rounds = max(1, max(TREES_AT_ONCE, matrix.shape[1]) // outputs)
    objective = str(booster.params.get("objective", ""))
    if len(matrix) < MANY_ROWS or trees <= rounds * outputs or objective not in (*AS_IT_IS, "binary", "multiclass", "poisson"):
        with ALONE:
            return np.asarray(booster.predict(matrix, num_threads=threads), np.float64)
    total = np.zeros((len(matrix), outputs) if outputs > 1 else len(matrix))
    with ALONE:
        for first in range(0, trees // outputs, rounds):
            total += booster.predict(matrix, num_threads=threads, raw_score=True, start_iteration=first, num_iteration=rounds)
    from scipy.special import expit, softmax  # a fifth of a second that few rows need not wait for

    if objective == "multiclass":
        return softmax(total, axis=1)
    return expit(total) if objective == "binary" else np.exp(total) if objective == "poisson" else total
