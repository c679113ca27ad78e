"""Boosted trees on figures that describe series."""

from __future__ import annotations

from pathlib import Path

from automl_assist.models import lightgbm as boosting
from automl_assist.models._family import Family, FitRequest, SearchSpace
from automl_assist.models._sequence_table import OnFigures, request_with_figures
from automl_assist.preprocessing.series_features import summaries
from automl_assist.schema import Problem


def declare_space(hp: SearchSpace, problem: Problem) -> None:
    """Declare LightGBM's space."""
    boosting.declare_as("sequence_boosted", hp, problem)


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
    fit=fit,
    load=load,
    why="Joins what describes a series (level, spread, trend, frequencies) with the columns beside it.",
    requires=("lightgbm",),
)
