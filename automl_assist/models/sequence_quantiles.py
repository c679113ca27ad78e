"""Extremely randomised trees on quantiles over intervals of series, after QUANT (Dempster, Schmidt and Webb 2024)."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from automl_assist.models import extra_trees
from automl_assist.models._declare import declare
from automl_assist.models._family import Family, FitRequest, SearchSpace
from automl_assist.models._selection import Clock
from automl_assist.models._sequence_table import OnFigures, request_with_figures
from automl_assist.preprocessing import Features
from automl_assist.preprocessing.choices import Choices
from automl_assist.preprocessing.encoders import TreeEncoder
from automl_assist.preprocessing.series_features import interval_quantiles
from automl_assist.schema import Problem

SHARES: dict[str, float | str] = {"tenth": 0.1, "third": 1 / 3, "sqrt": "sqrt"}


def _figures(features: Features) -> tuple[np.ndarray, tuple[str, ...]]:
    matrix = interval_quantiles(features)
    return matrix, tuple(f"quantile {k}" for k in range(matrix.shape[1]))


def declare_space(hp: SearchSpace, problem: Problem) -> None:
    """Declare how many figures a cut may choose from, and how deep trees are."""
    declare("sequence_quantiles", hp, problem)


def fit(request: FitRequest) -> OnFigures:
    """Take the quantiles, and grow trees until there are enough or time runs out."""
    clock = Clock.start(request.seconds)
    request = request_with_figures(request, _figures)
    problem = request.problem
    encoder, matrix = TreeEncoder.fit(
        request.features, request.target, problem.n_classes, request.seed, Choices("forest", problem.settings)
    )
    more = {"criterion": "entropy"} if problem.is_classification else {}
    share = SHARES[str(request.values["max_features"])]
    narrow = isinstance(share, float) and share * matrix.shape[1] < 1
    depth = int(request.values["min_samples_leaf"])
    return OnFigures(extra_trees.grow(request, clock, encoder, matrix, 1.0 if narrow else share, False, depth, **more), _figures)


def load(folder: Path) -> OnFigures:
    """Return the model that `save` wrote."""
    return OnFigures(extra_trees.load(folder), _figures)


FAMILY = Family(
    name="sequence_quantiles",
    title="Extremely randomised trees on interval quantiles",
    group="classic",
    tasks=frozenset({"binary", "multiclass", "regression"}),
    declare_space=declare_space,
    fit=fit,
    load=load,
    why="Sees how values are spread in every stretch of a series, of its moves and of its frequencies: quick, and seldom too sure.",
    stops_on_held_out=False,
)
