"""Ridge regression on directions of edges, colours and a thumbnail, after Dalal and Triggs (2005)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from automl_assist.models._family import Family, FitRequest, SearchSpace
from automl_assist.models._image_features import beside_columns, described, encoder_beside, mirrors
from automl_assist.models._ridge_head import RidgeHead, fit_ridge
from automl_assist.models._selection import Clock
from automl_assist.preprocessing import Features, storage
from automl_assist.preprocessing.encoders import LinearEncoder
from automl_assist.preprocessing.gradients import gradient_features
from automl_assist.preprocessing.pictures import pictures_of
from automl_assist.schema import Problem


@dataclass(frozen=True)
class GradientModel:
    """What stands beside the pictures, and weights."""

    beside: LinearEncoder
    head: RidgeHead
    mirror: bool

    def predict(self, features: Features) -> np.ndarray:
        """Return probabilities of shape (n, k), or values of shape (n,); ValueError for pictures of another shape."""
        encoded = _encoded(self.beside, features, self.mirror)
        if encoded.shape[1] != len(self.head.centre):
            raise ValueError("pictures of another shape than the model has learned")
        return self.head.predict(encoded)

    def save(self, folder: Path) -> None:
        """Write the model into the existing empty `folder`."""
        storage.save(folder, "model", self)

    def facts(self) -> dict[str, Any]:
        """Return the penalty and the number of features."""
        return self.head.facts()


def declare_space(hp: SearchSpace, problem: Problem) -> None:
    """Declare nothing: the penalty is found in the fit."""


def fit(request: FitRequest) -> GradientModel:
    """Describe the pictures, and solve."""
    clock = Clock.start(request.seconds)
    beside = encoder_beside(request)
    mirror = mirrors(request.problem)
    head = fit_ridge(
        _encoded(beside, request.features, mirror), _encoded(beside, request.valid_features, mirror), request, clock, beside.width
    )
    return GradientModel(beside, head, mirror)


def _encoded(beside: LinearEncoder, features: Features, mirror: bool) -> np.ndarray:
    seen = [described(features, "gradients", gradient_features, mirror)] if pictures_of(features).shape[2] else []
    return np.concatenate([*seen, beside_columns(beside, features)], axis=1)


def load(folder: Path) -> GradientModel:
    """Return the model that `save` wrote."""
    return storage.load(folder, "model", GradientModel)


FAMILY = Family(
    name="image_gradients",
    title="Edges and colours",
    group="classic",
    tasks=frozenset({"binary", "multiclass", "regression"}),
    declare_space=declare_space,
    fit=fit,
    load=load,
    why="Directions of edges, colours and a thumbnail in a linear model: quick, and the yardstick for pictures.",
)
