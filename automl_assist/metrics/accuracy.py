"""Accuracy."""

from __future__ import annotations

import numpy as np

from automl_assist.metrics._metric import Metric

METRIC = Metric(
    name="accuracy",
    title="Accuracy",
    tasks=("binary", "multiclass"),
    needs="label",
    higher_is_better=True,
    optimum=1.0,
    plain="The share of rows whose class is predicted right.",
    function=lambda y, label: float(np.mean(y == label)),
)
