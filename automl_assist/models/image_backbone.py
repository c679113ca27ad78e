"""Ridge regression on what a network says of pictures that has learned from others: frozen, its answers kept for all folds."""

from __future__ import annotations

import hashlib
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
from automl_assist.preprocessing.pictures import pictures_of
from automl_assist.rules._backbones import BACKBONES
from automl_assist.schema import Problem


@dataclass(frozen=True)
class BackboneModel:
    """What stands beside the pictures, the head, and the backbone: its name and its arrays."""

    name: str
    weights: tuple[np.ndarray, ...]
    beside: LinearEncoder
    head: RidgeHead
    mirror: bool

    def __post_init__(self) -> None:
        """Refuse a backbone that is not known, with a ValueError."""
        if self.name not in BACKBONES:
            raise ValueError(f"{self.name!r} is no backbone")

    def predict(self, features: Features) -> np.ndarray:
        """Return probabilities of shape (n, k), or values of shape (n,)."""
        return self.head.predict(_encoded(self.name, self.weights, self.beside, features, self.mirror))

    def save(self, folder: Path) -> None:
        """Write the model into the existing empty `folder`."""
        storage.save(folder, "model", self)

    def facts(self) -> dict[str, Any]:
        """Return the backbone, the penalty and the number of features."""
        return {"backbone": self.name, **self.head.facts()}


def declare_space(hp: SearchSpace, problem: Problem) -> None:
    """Declare nothing: the penalty is found in the fit."""


def fit(request: FitRequest) -> BackboneModel:
    """Describe the pictures, and solve; ValueError where the plan names no backbone."""
    from automl_assist.nn.backbone import pretrained_weights

    clock, problem = Clock.start(request.seconds), request.problem
    chosen = problem.settings.get("image.backbone")
    if not chosen:
        raise ValueError("no backbone was asked for")
    weights = pretrained_weights(chosen["name"], chosen["weights"])
    beside = encoder_beside(request)
    encoded, valid = (
        _encoded(chosen["name"], weights, beside, rows, mirrors(problem)) for rows in (request.features, request.valid_features)
    )
    return BackboneModel(chosen["name"], weights, beside, fit_ridge(encoded, valid, request, clock, beside.width), mirrors(problem))


def _encoded(name: str, weights: tuple[np.ndarray, ...], beside: LinearEncoder, features: Features, mirror: bool) -> np.ndarray:
    """Return what the network says of the pictures, kept for all folds, and what stands beside them."""
    from automl_assist.nn.backbone import describe

    seen = []
    if pictures_of(features).shape[2]:
        digest = hashlib.blake2b(name.encode(), digest_size=12)
        for array in weights:
            digest.update(np.ascontiguousarray(array).tobytes())
        seen.append(described(features, digest.hexdigest(), lambda pictures: describe(name, weights, pictures), mirror))
    return np.concatenate([*seen, beside_columns(beside, features)], axis=1)


def load(folder: Path) -> BackboneModel:
    """Return the model that `save` wrote."""
    return storage.load(folder, "model", BackboneModel)


FAMILY = Family(
    name="image_backbone",
    title="Pretrained network with a linear head",
    group="neural",
    tasks=frozenset({"binary", "multiclass", "regression"}),
    declare_space=declare_space,
    fit=fit,
    load=load,
    why="Has learned from other pictures what to look for; only asked for by name, with --pretrained.",
    requires=("keras", "jax"),
)
