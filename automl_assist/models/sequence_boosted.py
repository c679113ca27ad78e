"""Boosted trees on figures that describe series."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from automl_assist.models import lightgbm as boosting
from automl_assist.models._declare import within
from automl_assist.models._family import Family, FitRequest, SearchSpace
from automl_assist.models._sequence_table import OnFigures, request_with_figures
from automl_assist.preprocessing.series_features import summaries
from automl_assist.schema import Problem


def declare_space(hp: SearchSpace, problem: Problem) -> None:
    """Declare LightGBM's space."""
    boosting.declare_as("sequence_boosted", hp, problem)


def portfolio(problem: Problem) -> tuple[dict[str, Any], ...]:
    """Return the defaults, shallow trees of few figures each, and wilder ones."""
    shallow = {"num_leaves": 5, "learning_rate": 0.03, "feature_fraction": 0.4, "min_data_in_leaf": 3}
    wild = {"extra_trees": True, "learning_rate": 0.03, "feature_fraction": 0.5}
    return within("sequence_boosted", problem, ({}, shallow, wild))


def fit(request: FitRequest) -> OnFigures:
    """Describe the series, and boost."""
    return OnFigures(boosting.fit(request_with_figures(request, summaries)), summaries)


def load(folder: Path) -> OnFigures:
    """Return the model that `save` wrote."""
    return OnFigures(boosting.load(folder), summaries)


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
