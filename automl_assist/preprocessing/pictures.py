"""Columns of pictures become one block of pixels beside the arrays of the other columns.

Pictures have been decoded by then: a cell holds an array of the shape that the plan decided, or nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from automl_assist.preprocessing.coding import Coding
from automl_assist.preprocessing.features import Features
from automl_assist.schema import Column

BLOCK = "pictures"  # uint8 of shape (n, height, width, channels); those of several columns stand side by side
MOST_COLUMNS, MOST_SIDE = 50, 4_096


@dataclass(frozen=True)
class PicturedCoding:
    """From typed columns, some of them pictures, to arrays.

    Attributes
    ----------
    beside
        The coding of the other columns.
    columns
        Names of those that hold pictures.
    shape
        Height, width and channels of each picture.
    """

    beside: Coding
    columns: tuple[str, ...]
    shape: tuple[int, int, int]

    @classmethod
    def fit(cls, typed: pd.DataFrame, columns: Sequence[Column], settings: Mapping[str, Any]) -> PicturedCoding:
        """Learn the vocabularies of the other columns; the shape is that of the plan."""
        given = settings["image.input"]
        pictures = tuple(c.name for c in columns if c.kind == "image")
        beside = Coding.fit(typed, [c for c in columns if c.kind != "image"], settings)
        return cls(beside, pictures, (given["height"], given["width"], given["channels"]))

    def transform(self, typed: pd.DataFrame) -> Features:
        """Return the rows of `typed` as arrays; a missing picture is grey, and a number says that it is missing."""
        features = self.beside.transform(typed)
        height, width, channels = self.shape
        n, several = len(typed), len(self.columns)
        block = np.full((n, height, width * several, channels), 127, np.uint8)
        absent = np.zeros((n, several), np.float32)
        for k, name in enumerate(self.columns):
            for row, cell in enumerate(typed[name]):
                if isinstance(cell, np.ndarray):
                    block[row, :, k * width : (k + 1) * width] = cell
                else:
                    absent[row, k] = 1
        if not self.beside.columns:
            return replace(features, blocks={BLOCK: block})
        return replace(
            features,
            numbers=np.concatenate([features.numbers, absent], axis=1),
            number_names=(*features.number_names, *(f"{name}: missing" for name in self.columns)),
            blocks={BLOCK: block},
        )

    def unseen(self, typed: pd.DataFrame) -> dict[str, int]:
        """Return, for each categorical column that has any, the number of cells whose value training never saw."""
        return self.beside.unseen(typed)

    def to_json(self) -> dict[str, Any]:
        """Return the coding as plain JSON data."""
        return {"pictures": list(self.columns), "shape": list(self.shape), "beside": self.beside.to_json()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> PicturedCoding:
        """Return the coding that :meth:`to_json` wrote; ValueError for anything else."""
        names, shape = data.get("pictures"), data.get("shape")
        if not isinstance(names, list) or not 1 <= len(names) <= MOST_COLUMNS or not all(isinstance(n, str) for n in names):
            raise ValueError("a coding of pictures names its columns")
        sized = isinstance(shape, list) and len(shape) == 3 and all(type(s) is int and 1 <= s <= MOST_SIDE for s in shape)
        if not sized or not isinstance(shape, list) or shape[2] not in (1, 3):
            raise ValueError("a coding of pictures has a height, a width and one or three channels")
        return cls(Coding.from_json(data.get("beside")), tuple(names), (shape[0], shape[1], shape[2]))


def pictures_of(features: Features) -> np.ndarray:
    """Return the block of pixels, uint8 of shape (n, height, width, channels); with no width where there is none."""
    found = features.blocks.get(BLOCK)
    return np.empty((len(features), 8, 0, 1), np.uint8) if found is None else found


def without_pictures(features: Features) -> Features:
    """Return the same rows without their pixels."""
    return replace(features, blocks={name: block for name, block in features.blocks.items() if name != BLOCK})
