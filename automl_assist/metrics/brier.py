"""Brier score: the mean squared error of probabilities."""

from __future__ import annotations

import numpy as np

from automl_assist.metrics._metric import Metric


def _brier(y: np.ndarray, probability: np.ndarray) -> float:
    truth = np.zeros_like(probability)
    truth[np.arange(len(y)), y.astype(int)] = 1.0
    squared = np.square(probability - truth).sum(axis=1)
    return float(np.mean(squared) / (2 if probability.shape[1] == 2 else 1))  # two classes: the usual one-column form


METRIC = Metric(
    name="brier",
    title="Brier score",
    tasks=("binary", "multiclass"),
    needs="probability",
    higher_is_better=False,
    optimum=0.0,
    plain="The mean squared distance between the probabilities and what happened: 0 is perfect.",
    function=_brier,
)
