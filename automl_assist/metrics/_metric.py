"""The shape of a metric."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Metric:
    """A figure that compares predictions with the truth, with its natural sign.

    Attributes
    ----------
    name, title
        As written in plans, and in words.
    tasks
        Tasks it makes sense for.
    needs
        ``probability`` (n, k), ``label`` (n,) class codes, or ``value`` (n,).
    higher_is_better, optimum
        The direction and the best value that can be reached.
    plain
        One sentence for someone who has never heard of it.
    function
        ``function(y, prediction)``; called through :meth:`compute`.
    """

    name: str
    title: str
    tasks: tuple[str, ...]
    needs: str
    higher_is_better: bool
    optimum: float
    plain: str
    function: Callable[[np.ndarray, np.ndarray], float]

    def compute(self, y: np.ndarray, prediction: np.ndarray) -> float:
        """Return the figure, or NaN where it is not defined, such as ROC AUC with one class.

        Parameters
        ----------
        y : ndarray of shape (n,)
            Class codes 0 to k-1, or values.
        prediction : ndarray
            Of shape (n, k) or (n,), as `needs` says.
        """
        if len(y) == 0:
            return math.nan
        return float(self.function(np.asarray(y), np.asarray(prediction, dtype=float) if self.needs != "label" else np.asarray(prediction)))

    def better(self, a: float, b: float) -> bool:
        """Whether `a` is strictly better than `b`; NaN is worse than everything."""
        if math.isnan(a):
            return False
        return math.isnan(b) or (a > b if self.higher_is_better else a < b)

    def loss(self, value: float) -> float:
        """Return a figure to be minimised; NaN becomes infinity."""
        if math.isnan(value):
            return math.inf
        return -value if self.higher_is_better else value
