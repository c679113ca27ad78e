"""Average precision: the area under the precision-recall curve, as a step function."""

from __future__ import annotations

import numpy as np

from automl_assist.metrics._metric import Metric


def _binary_average_precision(positive: np.ndarray, score: np.ndarray) -> float:
    if not positive.any():
        return np.nan
    order = np.argsort(-score, kind="stable")
    hits = np.cumsum(positive[order])
    last_of_tie = np.append(np.diff(score[order]) != 0, True)
    found = hits[last_of_tie]
    precision = found / (np.flatnonzero(last_of_tie) + 1)
    return float(np.sum(np.diff(found, prepend=0) * precision) / hits[-1])


def _average_precision(y: np.ndarray, probability: np.ndarray) -> float:
    if probability.shape[1] == 2:
        return _binary_average_precision(y == 1, probability[:, 1])
    per_class = [_binary_average_precision(y == k, probability[:, k]) for k in range(probability.shape[1])]
    defined = [value for value in per_class if not np.isnan(value)]
    return float(np.mean(defined)) if defined else np.nan


METRIC = Metric(
    name="average_precision",
    title="Average precision",
    tasks=("binary", "multiclass"),
    needs="probability",
    higher_is_better=True,
    optimum=1.0,
    plain="Precision averaged over all levels of recall: it looks at the rare class alone. Guessing gives the share of that class.",
    function=_average_precision,
)
