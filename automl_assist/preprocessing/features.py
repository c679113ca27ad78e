"""The rows of a table as arrays: numbers, category codes, texts, and dense blocks such as pictures and series."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np

from automl_assist.preprocessing.encodings import Encodings

MISSING = -1  # code of a category that is not there
UNSEEN = -2  # code of a category that training never saw


@dataclass(frozen=True)
class Features:
    """Coded rows.

    Attributes
    ----------
    numbers
        float32 of shape (n, p), C order; NaN is missing.
    categories
        int32 codes of shape (n, q); ``MISSING`` and ``UNSEEN`` are negative.
    texts
        Object array of str, of shape (n, t); a missing text is empty.
    cardinalities
        Number of codes of each categorical column.
    number_names, category_names, text_names
        Names of the columns of each array.
    blocks
        Arrays of shape (n, ...) by name, of any type without objects: series (n, channels, steps), pictures (n, height, width, 3).
    """

    numbers: np.ndarray
    categories: np.ndarray
    texts: np.ndarray
    cardinalities: tuple[int, ...]
    number_names: tuple[str, ...]
    category_names: tuple[str, ...]
    text_names: tuple[str, ...]
    blocks: Mapping[str, np.ndarray] = field(default_factory=dict)
    _taken: tuple[tuple[Features, np.ndarray], ...] = field(init=False, default=(), repr=False, compare=False)  # from where, which rows
    _encodings: Encodings = field(init=False, default_factory=Encodings, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Hold the arrays to one another; ValueError where they do not fit."""
        rows = len(self.numbers)
        widths = (len(self.number_names), len(self.category_names), len(self.text_names))
        shapes = (self.numbers.shape, self.categories.shape, self.texts.shape)
        if shapes != tuple((rows, width) for width in widths) or len(self.cardinalities) != widths[1]:
            raise ValueError(f"arrays of shapes {shapes} do not fit {widths} columns")
        for name, block in self.blocks.items():
            if len(block) != rows or block.dtype.hasobject or not name.isidentifier():
                raise ValueError(f"block {name!r} of shape {block.shape} does not fit {rows} rows")

    @classmethod
    def of_blocks(cls, blocks: Mapping[str, np.ndarray], rows: int) -> Features:
        """Return rows that have nothing but dense blocks."""
        return cls(np.empty((rows, 0), np.float32), np.empty((rows, 0), np.int32), np.empty((rows, 0), object), (), (), (), (), blocks)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.numbers)

    @property
    def whole(self) -> Features:
        """The rows that these were taken from; of joined ones those of the first part."""
        return self._taken[0][0].whole if self._taken else self

    def encoded(self, key: str, encode: Callable[[Features], np.ndarray]) -> np.ndarray:
        """Return what `encode` makes of these rows, as an array of one row each; it may be read only.

        It is made once for the rows that these were taken from, and kept for as long as no other is asked for.

        Parameters
        ----------
        key : str
            Names what is made: the same key is the same encoding.
        encode : callable
            ``encode(features)`` treats each row by itself.
        """
        if not self._taken:
            return self._encodings.get(key, lambda: encode(self))
        parts = [source.encoded(key, encode)[rows] for source, rows in self._taken]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def _from(self, *taken: tuple[Features, np.ndarray]) -> Features:
        object.__setattr__(self, "_taken", taken)  # not copied by dataclasses.replace: other blocks are other rows
        return self

    def take(self, rows: np.ndarray) -> Features:
        """Return a copy of the rows at the given positions (or where a mask is true), in that order."""
        return Features(
            np.ascontiguousarray(self.numbers[rows]),
            np.ascontiguousarray(self.categories[rows]),
            self.texts[rows],
            self.cardinalities,
            self.number_names,
            self.category_names,
            self.text_names,
            {name: np.ascontiguousarray(block[rows]) for name, block in self.blocks.items()},
        )._from((self, rows))

    def joined(self, more: Features) -> Features:
        """Return a copy of these rows with those of `more`, which has the same columns, after them."""
        return Features(
            np.concatenate([self.numbers, more.numbers]),
            np.concatenate([self.categories, more.categories]),
            np.concatenate([self.texts, more.texts]),
            self.cardinalities,
            self.number_names,
            self.category_names,
            self.text_names,
            {name: np.concatenate([block, more.blocks[name]]) for name, block in self.blocks.items()},
        )._from((self, np.arange(len(self))), (more, np.arange(len(more))))

    def save(self, folder: Path) -> None:
        """Write the arrays into the existing `folder`, in a form that several processes can map at once."""
        encoded = [text.encode("utf-8", "surrogatepass") for text in self.texts.ravel()]
        offsets = np.zeros(len(encoded) + 1, np.int64)
        np.cumsum([len(text) for text in encoded], out=offsets[1:])
        np.save(folder / "numbers.npy", np.ascontiguousarray(self.numbers), allow_pickle=False)
        np.save(folder / "categories.npy", np.ascontiguousarray(self.categories), allow_pickle=False)
        np.save(folder / "text_offsets.npy", offsets, allow_pickle=False)
        (folder / "texts.utf8").write_bytes(b"".join(encoded))
        for name, block in self.blocks.items():
            np.save(folder / f"block-{name}.npy", np.ascontiguousarray(block), allow_pickle=False)
        names = {
            "cardinalities": list(self.cardinalities),
            "number_names": list(self.number_names),
            "category_names": list(self.category_names),
            "text_names": list(self.text_names),
            "blocks": list(self.blocks),
        }
        (folder / "features.json").write_text(json.dumps(names), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path, mmap: bool = True) -> Features:
        """Return what :meth:`save` wrote; with `mmap` numbers, codes and encodings stay on disk and are shared between processes.

        Raises
        ------
        ValueError
            If the files do not fit one another.
        """
        names: Any = json.loads((folder / "features.json").read_text(encoding="utf-8"))
        if type(names) is not dict or set(names) != {"cardinalities", "number_names", "category_names", "text_names", "blocks"}:
            raise ValueError(f"{folder / 'features.json'} does not describe features")
        mode: Literal["r"] | None = "r" if mmap else None
        numbers = np.load(folder / "numbers.npy", mmap_mode=mode, allow_pickle=False)
        text_names = tuple(names["text_names"])
        found = cls(
            numbers,
            np.load(folder / "categories.npy", mmap_mode=mode, allow_pickle=False),
            _load_texts(folder, len(numbers), len(text_names)),
            tuple(names["cardinalities"]),
            tuple(names["number_names"]),
            tuple(names["category_names"]),
            text_names,
            {name: np.load(folder / f"block-{name}.npy", mmap_mode=mode, allow_pickle=False) for name in map(_identifier, names["blocks"])},
        )
        object.__setattr__(found, "_encodings", Encodings(folder if mmap else None))
        return found


def _identifier(name: Any) -> str:
    """Return the name of a block, which becomes that of a file; ValueError for anything else."""
    if not isinstance(name, str) or not name.isidentifier():
        raise ValueError(f"{name!r} is no name of a block")
    return name


def _load_texts(folder: Path, rows: int, columns: int) -> np.ndarray:
    offsets = np.load(folder / "text_offsets.npy", allow_pickle=False)
    blob = (folder / "texts.utf8").read_bytes()
    if len(offsets) != rows * columns + 1 or offsets[0] != 0 or offsets[-1] != len(blob) or (np.diff(offsets) < 0).any():
        raise ValueError(f"the texts in {folder} do not fit their offsets")
    texts = np.empty(rows * columns, object)
    for k in range(rows * columns):
        texts[k] = blob[offsets[k] : offsets[k + 1]].decode("utf-8", "surrogatepass")
    return texts.reshape(rows, columns)
