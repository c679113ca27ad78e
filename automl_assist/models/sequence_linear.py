"""A linear model of figures that describe series: means, spreads, trends, frequencies of the whole and of parts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from automl_assist.models import linear
from automl_assist.models._family import Family, FitRequest, SearchSpace
from automl_assist.models._sequence_table import request_with_figures, with_figures
from automl_assist.preprocessing import Features
from automl_assist.preprocessing.series_features import summaries
from automl_assist.schema import Problem


@dataclass(frozen=True)
class SequenceLinear:
    """A linear model, with what comes before it."""

    model: linear.Linear

    def predict(self, features: Features) -> np.ndarray:
        """Return probabilities of shape (n, k), or values of shape (n,)."""
        return self.model.predict(with_figures(features, summaries))

    def save(self, folder: Path) -> None:
        """Write the model into the existing empty `folder`."""
        self.model.save(folder)

    def facts(self) -> dict[str, Any]:
        """Return the penalty taken and the number tried."""
        return self.model.facts()


def declare_space(hp: SearchSpace, problem: Problem) -> None:
    """Declare the strength of the penalty, and whether the fit chooses it by itself."""
    linear.declare_space(hp, problem)


def portfolio(problem: Problem) -> tuple[dict[str, Any], ...]:
    """Return the one candidate that finds its penalty."""
    return ({},)


def fit(request: FitRequest) -> SequenceLinear:
    """Describe the series, and fit along a path of penalties."""
    return SequenceLinear(linear.fit(request_with_figures(request, summaries)))


def load(folder: Path) -> SequenceLinear:
    """Return the model that `save` wrote."""
    return SequenceLinear(linear.load(folder))


FAMILY = Family(
    name="sequence_linear",
    title="Linear model of figures of series",
    group="classic",
    tasks=frozenset({"binary", "multiclass", "regression"}),
    declare_space=declare_space,
    portfolio=portfolio,
    fit=fit,
    load=load,
    why="One weight a figure: quick, hard to beat on few series, and the yardstick for everything else.",
)
