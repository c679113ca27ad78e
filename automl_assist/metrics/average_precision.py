"""Average precision: the area under the precision-recall curve, as a step function."""

from __future__ import annotations

import numpy as np

from automl_assist.metrics._classes import one_against_rest
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


METRIC = Metric(
    name="average_precision",
    title="Average precision",
    tasks=("binary", "multiclass"),
    needs="probability",
    higher_is_better=True,
    optimum=1.0,
    plain="Precision averaged over all levels of recall: it looks at the rare class alone. Guessing gives the share of that class.",
    function=lambda y, probability: one_against_rest(y, probability, _binary_average_precision),
)
