"""Area under the receiver operating characteristic, averaged one against the rest over classes."""

from __future__ import annotations

import numpy as np
from scipy.stats import rankdata

from automl_assist.metrics._metric import Metric


def _binary_auc(positive: np.ndarray, score: np.ndarray) -> float:
    n_positive = int(positive.sum())
    n_negative = len(positive) - n_positive
    if not n_positive or not n_negative:
        return np.nan
    rank_sum = rankdata(score)[positive].sum()  # Mann-Whitney's U, ties count half
    return float((rank_sum - n_positive * (n_positive + 1) / 2) / (n_positive * n_negative))


def _roc_auc(y: np.ndarray, probability: np.ndarray) -> float:
    if probability.shape[1] == 2:
        return _binary_auc(y == 1, probability[:, 1])
    per_class = [_binary_auc(y == k, probability[:, k]) for k in range(probability.shape[1])]
    defined = [value for value in per_class if not np.isnan(value)]
    return float(np.mean(defined)) if defined else np.nan


METRIC = Metric(
    name="roc_auc",
    title="ROC AUC",
    tasks=("binary", "multiclass"),
    needs="probability",
    higher_is_better=True,
    optimum=1.0,
    plain="How often a row of the class gets a higher score than a row that is not of it: 1 is perfect, 0.5 is guessing.",
    function=_roc_auc,
)
