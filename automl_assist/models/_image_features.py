"""What the linear families of pictures share: mirror images, and the columns beside the pictures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from automl_assist.models._family import FitRequest
from automl_assist.preprocessing import Features
from automl_assist.preprocessing.choices import Choices
from automl_assist.preprocessing.encoders import LinearEncoder
from automl_assist.preprocessing.pictures import pictures_of, without_pictures
from automl_assist.schema import Problem


def mirrors(problem: Problem) -> bool:
    """Whether the plan says that a mirror image shows the same."""
    return bool(problem.settings.get("image.augmentation", {}).get("mirror", False))


def shifts(problem: Problem) -> float:
    """Return how far, as a share of a side, a picture may be moved and still show the same."""
    return float(problem.settings.get("image.augmentation", {}).get("shift", 0.0))


def described(features: Features, key: str, describe: Callable[[np.ndarray], np.ndarray], mirror: bool) -> np.ndarray:
    """Return what `describe` says of each picture, with `mirror` in the mean with its mirror image; once for all folds, under `key`."""

    def encode(rows: Features) -> np.ndarray:
        pictures = pictures_of(rows)
        found = describe(pictures)
        if mirror:
            found += describe(pictures[:, :, ::-1])
            found /= 2
        return found

    return features.encoded(f"{key}-mirrored" if mirror else key, encode)


def encoder_beside(request: FitRequest) -> LinearEncoder:
    """Return the encoder of the columns beside the pictures, as the plan sees them."""
    problem, others = request.problem, without_pictures(request.features)
    return LinearEncoder.fit(others, request.target, problem.n_classes, request.seed, Choices("linear", problem.settings))[0]


def beside_columns(encoder: LinearEncoder, features: Features) -> np.ndarray:
    """Return the columns beside the pictures as a dense array."""
    found: Any = encoder.transform(without_pictures(features))
    return np.asarray(found.toarray() if hasattr(found, "toarray") else found, np.float32)
