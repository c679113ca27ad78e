"""A linear model of figures that describe series: means, spreads, trends, frequencies of the whole and of parts."""

from __future__ import annotations

from pathlib import Path

from automl_assist.models import linear
from automl_assist.models._family import Family, FitRequest, SearchSpace
from automl_assist.models._sequence_table import OnFigures, request_with_figures
from automl_assist.preprocessing.series_features import summaries
from automl_assist.schema import Problem


def declare_space(hp: SearchSpace, problem: Problem) -> None:
    """Declare the strength of the penalty, and whether the fit chooses it by itself."""
    linear.declare_as("sequence_linear", hp, problem)


def fit(request: FitRequest) -> OnFigures:
    """Describe the series, and fit along a path of penalties."""
    return OnFigures(linear.fit(request_with_figures(request, summaries)), summaries)


def load(folder: Path) -> OnFigures:
    """Return the model that `save` wrote."""
    return OnFigures(linear.load(folder), summaries)


FAMILY = Family(
    name="sequence_linear",
    title="Linear model of figures of series",
    group="classic",
    tasks=frozenset({"binary", "multiclass", "regression"}),
    declare_space=declare_space,
    fit=fit,
    load=load,
    why="One weight a figure: quick, hard to beat on few series, and the yardstick for everything else.",
)
