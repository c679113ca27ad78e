"""Metrics, one a file: direction, optimum and plain words live here and nowhere else."""

from __future__ import annotations

import sys

from automl_assist._registry import collect
from automl_assist.metrics._metric import Metric

__all__ = ["Metric", "metric", "metrics"]


def metrics() -> dict[str, Metric]:
    """Return every metric by its name."""
    return collect(sys.modules[__name__], Metric, key="name")


def metric(name: str) -> Metric:
    """Return the metric called `name`; KeyError if there is none."""
    return metrics()[name]
