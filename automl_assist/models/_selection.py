"""What families share: the figure that a fit minimises on its held-out rows, a clock, and classes that a fold lacks."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from automl_assist.metrics import metric
from automl_assist.schema import Problem

TINY = 1e-12


@dataclass(frozen=True)
class Clock:
    """The time that a fit has."""

    started: float
    seconds: float | None

    @classmethod
    def start(cls, seconds: float | None) -> Clock:
        """Start to count; None means no limit."""
        return cls(time.monotonic(), seconds)

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.started

    @property
    def left(self) -> float:
        """Seconds left, infinite without a limit, never negative."""
        return math.inf if self.seconds is None else max(0.0, self.seconds - self.elapsed)


def penalties_along(along: Mapping[str, float]) -> tuple[float, ...]:
    """Return penalties from ``strongest`` to ``weakest``, ``a_decade`` of them for each factor of ten."""
    steps = round(math.log10(along["strongest"] / along["weakest"]) * along["a_decade"])
    first = math.log10(along["strongest"])
    return tuple(10.0 ** (first - k / along["a_decade"]) for k in range(max(0, steps) + 1))


def whole_decades(penalties: Sequence[float], strongest: float, weakest: float) -> Sequence[float]:
    """Return those penalties that are powers of ten, within bounds; all of them if none is."""
    return [p for p in penalties if weakest <= p <= strongest and abs(math.log10(p) % 1) in (0.0, 1.0)] or penalties


def selection_loss(problem: Problem, target: np.ndarray, prediction: np.ndarray) -> tuple[float, float]:
    """Return the problem's metric as a figure to minimise, and a second figure that breaks its ties.

    The second is the log loss of classes or the squared error of values: it also speaks where the metric is not defined,
    such as ROC AUC on held-out rows of one class.
    """
    chosen = metric(problem.metric)
    if problem.is_classification:
        shown = prediction.argmax(axis=1) if chosen.needs == "label" else prediction
        return chosen.loss(chosen.compute(target, shown)), log_loss(target, prediction)
    error = float(np.mean((prediction - target) ** 2)) if len(target) else math.inf
    return chosen.loss(chosen.compute(target, prediction)), error


def log_loss(target: np.ndarray, probabilities: np.ndarray) -> float:
    """Return the mean negative logarithm of the probability of the true class; infinite without rows."""
    if not len(target):
        return math.inf
    return float(-np.mean(np.log(np.maximum(probabilities[np.arange(len(target)), target], TINY))))


def with_absent_classes(probabilities: np.ndarray, present: np.ndarray, n_classes: int, rows: int) -> np.ndarray:
    """Spread probabilities of the classes that a fold had over all classes.

    Parameters
    ----------
    probabilities : ndarray of shape (n, len(present))
    present : ndarray of int
        Codes of the classes among the training rows of the fold.
    n_classes, rows : int
        Number of all classes, and of training rows. An absent class gets half a row's worth of probability.
    """
    if len(present) == n_classes:
        return probabilities
    each = 0.5 / (rows + 0.5 * n_classes)
    spread = np.full((len(probabilities), n_classes), each)
    spread[:, present] = probabilities * (1 - each * (n_classes - len(present)))
    return spread


def softmax(logits: np.ndarray) -> np.ndarray:
    """Return probabilities of shape (n, k) from logits of that shape."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
