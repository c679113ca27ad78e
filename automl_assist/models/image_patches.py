"""Ridge regression on a dictionary of whitened patches, after Coates, Lee and Ng (2011)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from automl_assist.models._declare import declare
from automl_assist.models._family import Family, FitRequest, SearchSpace
from automl_assist.models._image_features import beside_columns, described, encoder_beside, mirrors
from automl_assist.models._ridge_head import RidgeHead, fit_ridge
from automl_assist.models._selection import Clock
from automl_assist.preprocessing import Features, storage
from automl_assist.preprocessing.encoders import LinearEncoder
from automl_assist.preprocessing.patches import PatchEncoder
from automl_assist.preprocessing.pictures import BLOCK, pictures_of
from automl_assist.rules._spaces import space_around
from automl_assist.rules.image import usual_patches
from automl_assist.schema import Problem

BUDGET_S = 300.0  # where no plan says how long a fold may take


@dataclass(frozen=True)
class PatchModel:
    """A dictionary, what stands beside the pictures, and weights."""

    patches: PatchEncoder | None
    beside: LinearEncoder
    head: RidgeHead
    mirror: bool

    def __post_init__(self) -> None:
        """Hold the weights to the features; ValueError where they do not fit."""
        if len(self.head.centre) != self.beside.width + (self.patches.width if self.patches else 0):
            raise ValueError("the weights of a model of patches do not fit its dictionary")

    def predict(self, features: Features) -> np.ndarray:
        """Return probabilities of shape (n, k), or values of shape (n,)."""
        return self.head.predict(_encoded(self.patches, self.beside, features, self.mirror))

    def save(self, folder: Path) -> None:
        """Write the model into the existing empty `folder`."""
        storage.save(folder, "model", self)

    def facts(self) -> dict[str, Any]:
        """Return the penalty, the entries and the side of a patch."""
        made = {"entries": len(self.patches.offset), "patch": self.patches.size} if self.patches else {}
        return {**self.head.facts(), **made}


def _chosen(problem: Problem) -> dict[str, Any]:
    """Return what the plan says of patches, or what its rule would say."""
    height, width, channels = problem.blocks.get(BLOCK, (8, 8, 1))
    usual = usual_patches(problem.rows, height * width, channels, mirrors(problem), BUDGET_S)
    return {**usual, **problem.settings.get("image.patches", {})}


def declare_space(hp: SearchSpace, problem: Problem) -> None:
    """Declare the patches; the penalty is found in the fit."""
    first = {name: int(_chosen(problem)[name]) for name in ("side", "entries")}
    declare("image_patches", hp, problem, first=first, usual=space_around(**first))


def fit(request: FitRequest) -> PatchModel:
    """Learn the dictionary, encode, and solve."""
    clock = Clock.start(request.seconds)
    values, chosen = request.values, _chosen(request.problem)
    pictures = pictures_of(request.features.whole)  # all folds share a dictionary, which looks at no target
    patches = None
    if pictures.shape[2]:
        patches = PatchEncoder.fit(
            pictures,
            size=int(values["side"]),
            step=int(chosen["step"]),
            parts=int(values["parts"]),
            entries=int(values["entries"]),
            threshold=float(values["threshold"]),
            whitening=float(chosen["whitening"]),
            seed=request.seed,
        )
    beside = encoder_beside(request)
    mirror = mirrors(request.problem)
    encoded = _encoded(patches, beside, request.features, mirror)
    head = fit_ridge(encoded, _encoded(patches, beside, request.valid_features, mirror), request, clock, beside.width)
    return PatchModel(patches, beside, head, mirror)


def _encoded(patches: PatchEncoder | None, beside: LinearEncoder, features: Features, mirror: bool) -> np.ndarray:
    seen = [] if patches is None else [described(features, patches.fingerprint, patches.transform, mirror)]
    return np.concatenate([*seen, beside_columns(beside, features)], axis=1)


def load(folder: Path) -> PatchModel:
    """Return the model that `save` wrote."""
    return storage.load(folder, "model", PatchModel)


FAMILY = Family(
    name="image_patches",
    title="Dictionary of whitened patches",
    group="classic",
    tasks=frozenset({"binary", "multiclass", "regression"}),
    declare_space=declare_space,
    fit=fit,
    load=load,
    why="Small patches of the pictures themselves become features of a linear model: hard to beat with few pictures.",
)
