"""Boosted trees whose leaves answer with a line instead of a number: fewer leaves do where the target rises evenly with its inputs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from automl_assist.rules.classic import LOSSES_WITH_LINES, offers_lines, usual_boosting_loss
from automl_assist.schema import Problem

NAME = "linear_leaves"  # the hyper-parameter


@dataclass(frozen=True)
class Lines:
    """Keeps the lines of leaves within what training saw.

    Numbers are brought to size one, since the penalty on slopes is the same for all, and held between the least and the largest of the
    training rows, as are the answers: a line goes on where a constant would not.

    Attributes
    ----------
    least, most, size : ndarray of shape (f,)
        Of each column of the matrix; without bounds, and of size one, for codes of categories.
    lowest, highest : float
        Of the target.
    """

    least: np.ndarray
    most: np.ndarray
    size: np.ndarray
    lowest: float
    highest: float

    @classmethod
    def of(cls, matrix: np.ndarray, target: np.ndarray, categorical: Sequence[int]) -> Lines:
        """Return the bounds of training rows, of shape (n, f), with NaN where a value is missing."""
        known = np.isfinite(matrix)
        some = known.any(axis=0)
        least = np.where(some, np.min(matrix, axis=0, initial=np.inf, where=known), 0.0).astype(np.float64)
        most = np.where(some, np.max(matrix, axis=0, initial=-np.inf, where=known), 0.0).astype(np.float64)
        count = np.maximum(known.sum(axis=0), 1)
        mean = np.sum(matrix, axis=0, where=known, dtype=np.float64) / count
        size = np.sqrt(np.sum((matrix - mean) ** 2, axis=0, where=known, dtype=np.float64) / count)
        size = np.where(size > 0, size, 1.0)
        codes = list(categorical)
        least[codes], most[codes], size[codes] = -np.inf, np.inf, 1.0
        return cls(least, most, size, float(np.min(target)), float(np.max(target)))

    def inputs(self, matrix: np.ndarray) -> np.ndarray:
        """Return the matrix as the lines see it; missing values stay so."""
        return (np.clip(matrix, self.least, self.most) / self.size).astype(np.float32)

    def bounded(self, answers: np.ndarray) -> np.ndarray:
        """Return answers within the targets of training."""
        return np.clip(answers, self.lowest, self.highest)


def without_lines(problem: Problem) -> tuple[str, ...]:
    """Return the hyper-parameter where it makes no sense: for classes, without numbers, or where the plan does not offer it."""
    loss = str(problem.settings.get("boosting.loss") or usual_boosting_loss(problem.is_classification, problem.metric))
    offered = problem.numbers and loss in LOSSES_WITH_LINES and offers_lines(problem.settings)
    return () if offered else (NAME,)
