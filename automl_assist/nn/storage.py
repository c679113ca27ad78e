"""Networks on disk: the architecture as JSON and the weights as npz, rebuilt by our own code.

Keras' own loaders run what a file names (see the list of advisories in the security notes), so they are never called.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Protocol, Self, TypeVar

import numpy as np

from automl_assist.nn.forward import Weights
from automl_assist.preprocessing.storage import array_shapes, load_arrays, save_arrays

LARGEST_JSON_BYTES = 4_000_000


class Shaped(Protocol):
    """What an architecture says of itself."""

    def to_json(self) -> dict[str, Any]:
        """Return it as plain JSON data."""

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """Return what :meth:`to_json` wrote; ValueError for anything else."""

    def weight_shapes(self) -> dict[str, tuple[int, ...]]:
        """Return the shape of each weight."""


A = TypeVar("A", bound=Shaped)


def save_network(folder: Path, architecture: Shaped, weights: Weights) -> None:
    """Write ``network.json`` and ``weights.npz`` into the existing `folder`."""
    (folder / "network.json").write_text(json.dumps(architecture.to_json()), encoding="utf-8")
    save_arrays(folder / "weights.npz", {name.replace("/", "."): np.asarray(array, np.float32) for name, array in weights.items()})


def load_network(folder: Path, kind: type[A]) -> tuple[A, dict[str, np.ndarray]]:
    """Return the architecture, of the class `kind`, and the weights; shapes are checked before any weight is read.

    Raises
    ------
    ValueError
        If the files are anything else.
    """
    path = folder / "network.json"
    try:
        if path.stat().st_size > LARGEST_JSON_BYTES:
            raise ValueError(f"{path} is larger than {LARGEST_JSON_BYTES:,} bytes")
        architecture = kind.from_json(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, RecursionError) as error:
        raise ValueError(f"{path} cannot be read: {error}") from error
    wanted = {name.replace("/", "."): shape for name, shape in architecture.weight_shapes().items()}
    if array_shapes(folder / "weights.npz") != wanted:
        raise ValueError(f"{folder / 'weights.npz'} does not hold the weights of the network in {path.name}")
    weights = load_arrays(folder / "weights.npz")
    for name, array in weights.items():
        if array.dtype != np.float32 or not np.isfinite(array).all():
            raise ValueError(f"the weights {name!r} of a network are not finite 32-bit numbers")
    return architecture, {name.replace(".", "/"): array for name, array in weights.items()}
