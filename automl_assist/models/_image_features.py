"""What the linear families of pictures share: mirror images, and the columns beside the pictures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from automl_assist.preprocessing import Features
from automl_assist.preprocessing.encoders import LinearEncoder
from automl_assist.preprocessing.pictures import without_pictures
from automl_assist.schema import Problem


def mirrors(problem: Problem) -> bool:
    """Whether the plan says that a mirror image shows the same."""
    return bool(problem.settings.get("image.augmentation", {}).get("mirror", False))


def shifts(problem: Problem) -> float:
    """Return how far, as a share of a side, a picture may be moved and still show the same."""
    return float(problem.settings.get("image.augmentation", {}).get("shift", 0.0))


def mirrored_too(encode: Callable[[np.ndarray], np.ndarray], pictures: np.ndarray, mirror: bool) -> np.ndarray:
    """Return the features of pictures, with `mirror` their mean with those of the mirror images."""
    features = encode(pictures)
    return (features + encode(pictures[:, :, ::-1])) / 2 if mirror else features


def beside_columns(encoder: LinearEncoder, features: Features) -> np.ndarray:
    """Return the columns beside the pictures as a dense array."""
    found: Any = encoder.transform(without_pictures(features))
    return np.asarray(found.toarray() if hasattr(found, "toarray") else found, np.float32)
