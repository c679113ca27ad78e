"""The answer that looks at nothing: how often each class occurs, or the middle of the values."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from automl_assist.models._family import Family, FitRequest, SearchSpace
from automl_assist.models._selection import with_absent_classes
from automl_assist.preprocessing import Features, storage
from automl_assist.schema import Problem

MEAN_METRICS = ("rmse", "r2", "poisson_deviance")  # the mean is best for squared errors and rates, the median for absolute errors
LOG_METRICS = ("rmsle",)  # and the mean of logarithms for these


@dataclass(frozen=True)
class Baseline:
    """The same prediction for every row: `answer` holds a probability for each class, or one value."""

    answer: np.ndarray
    classes: bool

    def __post_init__(self) -> None:
        """Refuse an answer that is none with a ValueError."""
        if self.answer.ndim != 1 or not np.isfinite(self.answer).all() or len(self.answer) < 1:
            raise ValueError("a baseline needs finite numbers")

    def predict(self, features: Features) -> np.ndarray:
        """Return the answer for each row, of shape (n, k) or (n,)."""
        shape = (len(features), len(self.answer)) if self.classes else len(features)
        return np.broadcast_to(self.answer if self.classes else self.answer[0], shape).copy()

    def save(self, folder: Path) -> None:
        """Write the model into the existing empty `folder`."""
        storage.save(folder, "model", self)

    def facts(self) -> dict[str, Any]:
        """Return nothing: nothing happened."""
        return {}


def declare_space(hp: SearchSpace, problem: Problem) -> None:
    """Declare nothing: there is nothing to choose."""


def fit(request: FitRequest) -> Baseline:
    """Count the classes, or take the mean or the median."""
    target, k = request.target, request.problem.n_classes
    if not request.problem.is_classification:
        middle = np.mean(target) if request.problem.metric in MEAN_METRICS else np.median(target)
        if request.problem.metric in LOG_METRICS and target.min() > -1:
            middle = np.expm1(np.mean(np.log1p(target)))
        return Baseline(np.array([middle], np.float64), classes=False)
    counts = np.bincount(target, minlength=k)
    present = np.flatnonzero(counts)
    shares = (counts[present] / counts.sum())[None, :]
    return Baseline(with_absent_classes(shares, present, k, len(target))[0], classes=True)


def load(folder: Path) -> Baseline:
    """Return the model that `save` wrote."""
    return storage.load(folder, "model", Baseline)


FAMILY = Family(
    name="baseline",
    title="Baseline",
    group="baseline",
    tasks=frozenset({"binary", "multiclass", "regression"}),
    declare_space=declare_space,
    fit=fit,
    load=load,
    why="It looks at no column: whatever cannot beat it has learned nothing.",
)
