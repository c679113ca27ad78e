"""Log loss, also called cross-entropy."""

from __future__ import annotations

import numpy as np

from automl_assist.metrics._metric import Metric

SMALLEST = 1e-15  # as scikit-learn clips float64 probabilities, so that one sure mistake is not infinitely bad


def _log_loss(y: np.ndarray, probability: np.ndarray) -> float:
    chosen = probability[np.arange(len(y)), y.astype(int)] / probability.sum(axis=1)
    return float(-np.mean(np.log(np.clip(chosen, SMALLEST, 1.0))))


METRIC = Metric(
    name="log_loss",
    title="Log loss",
    tasks=("binary", "multiclass"),
    needs="probability",
    higher_is_better=False,
    optimum=0.0,
    plain="How surprised the model is by the truth: 0 is perfect, and being sure and wrong costs most.",
    function=_log_loss,
)
