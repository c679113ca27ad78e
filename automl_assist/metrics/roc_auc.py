"""Area under the receiver operating characteristic, averaged one against the rest over classes."""

from __future__ import annotations

import numpy as np

from automl_assist.metrics._classes import one_against_rest
from automl_assist.metrics._metric import Metric


def _binary_auc(positive: np.ndarray, score: np.ndarray) -> float:
    n_positive = int(positive.sum())
    n_negative = len(positive) - n_positive
    if not n_positive or not n_negative:
        return np.nan
    if np.isnan(score).any():
        return np.nan
    _, place, ties = np.unique(score, return_inverse=True, return_counts=True)
    ranks = np.cumsum(ties) - (ties - 1) / 2  # ties share the mean of their ranks; scipy.stats does so too, and takes half a second to come
    rank_sum = ranks[place][positive].sum()  # Mann-Whitney's U
    return float((rank_sum - n_positive * (n_positive + 1) / 2) / (n_positive * n_negative))


METRIC = Metric(
    name="roc_auc",
    title="ROC AUC",
    tasks=("binary", "multiclass"),
    needs="probability",
    higher_is_better=True,
    optimum=1.0,
    plain="How often a row of the class gets a higher score than a row that is not of it: 1 is perfect, 0.5 is guessing.",
    function=lambda y, probability: one_against_rest(y, probability, _binary_auc),
)
