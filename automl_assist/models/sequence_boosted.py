"""Boosted trees on figures that describe series."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from automl_assist.models import lightgbm as boosting
from automl_assist.models._family import Family, FitRequest, SearchSpace
from automl_assist.models._sequence_table import request_with_figures, with_figures
from automl_assist.preprocessing import Features
from automl_assist.preprocessing.series_features import summaries
from automl_assist.schema import Problem


@dataclass(frozen=True)
class SequenceBoosted:
    """Trees, with what comes before them."""

    trees: boosting.BoostedTrees

    def predict(self, features: Features) -> np.ndarray:
        """Return probabilities of shape (n, k), or values of shape (n,)."""
        return self.trees.predict(with_figures(features, summaries))

    def save(self, folder: Path) -> None:
        """Write the model into the existing empty `folder`."""
        self.trees.save(folder)

    def facts(self) -> dict[str, Any]:
        """Return what the trees say."""
        return self.trees.facts()


def declare_space(hp: SearchSpace, problem: Problem) -> None:
    """Declare LightGBM's space."""
    boosting.declare_space(hp, problem)


def portfolio(problem: Problem) -> tuple[dict[str, Any], ...]:
    """Return the defaults, shallow trees of few figures each, and wilder ones."""
    shallow = {"num_leaves": 5, "learning_rate": 0.03, "feature_fraction": 0.4, "min_data_in_leaf": 3}
    return ({}, shallow, {"extra_trees": True, "learning_rate": 0.03, "feature_fraction": 0.5})


def fit(request: FitRequest) -> SequenceBoosted:
    """Describe the series, and boost."""
    return SequenceBoosted(boosting.fit(request_with_figures(request, summaries)))


def load(folder: Path) -> SequenceBoosted:
    """Return the model that `save` wrote."""
    return SequenceBoosted(boosting.load(folder))


FAMILY = Family(
    name="sequence_boosted",
    title="Boosted trees on figures of series",
    group="classic",
    tasks=frozenset({"binary", "multiclass", "regression"}),
    declare_space=declare_space,
    portfolio=portfolio,
    fit=fit,
    load=load,
    why="Joins what describes a series (level, spread, trend, frequencies) with the columns beside it.",
    requires=("lightgbm",),
)
