"""What a text network looks like, in numbers: enough to build it, to check its weights, and to run it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import keras

MOST_WEIGHTS = 50_000_000
KINDS = ("bag", "convolution", "recurrent")
SPANS = (2, 3, 4)  # words that a filter sees: Kim 2014 takes 3, 4 and 5 of longer texts
FIELDS = {
    "kind": str,
    "words": int,
    "length": int,
    "width": int,
    "features": int,
    "plain": int,
    "levels": list,
    "outputs": int,
    "hidden": int,
}


@dataclass(frozen=True)
class TextArchitecture:
    """A network that reads words, with what else stands in the row beside them.

    Attributes
    ----------
    kind
        ``bag`` (the mean of the words), ``convolution`` or ``recurrent``.
    words, length
        Number of word numbers (0 for nothing, 1 for unknown), and words of a row.
    width
        Values that a word becomes.
    features
        Filters of each span, or state of each direction; not used by a bag.
    plain
        Number of columns beside the text that are taken as they are.
    levels
        Number of levels of each embedded category beside the text.
    outputs
        Logits (one a class) or values.
    hidden
        Width of the layer before the head.
    level_width
        Values that an embedded category becomes.
    """

    kind: str
    words: int
    length: int
    width: int
    features: int
    plain: int
    levels: tuple[int, ...]
    outputs: int
    hidden: int
    level_width: int = 8

    def __post_init__(self) -> None:
        """Refuse what cannot be built, or is too large to be meant, with a ValueError."""
        sizes = (self.words, self.length, self.width, self.features, self.outputs, self.hidden, self.level_width, *self.levels)
        if self.kind not in KINDS or min(sizes) < 1 or self.plain < 0:
            raise ValueError("not the sizes of a text network")
        if sum(math.prod(shape) for shape in self.weight_shapes().values()) > MOST_WEIGHTS:
            raise ValueError(f"a network of more than {MOST_WEIGHTS:,} weights")

    @property
    def read_width(self) -> int:
        """Values that a whole text becomes."""
        return {"bag": self.width, "convolution": len(SPANS) * self.features, "recurrent": 2 * self.features}[self.kind]

    @property
    def joined_width(self) -> int:
        """Values in front of the hidden layer."""
        return self.read_width + self.plain + len(self.levels) * self.level_width

    def weight_shapes(self) -> dict[str, tuple[int, ...]]:
        """Return the shape of every trained array, by ``layer/weight``, in the order of the model's."""
        shapes: dict[str, tuple[int, ...]] = {"vectors/table": (self.words, self.width)}
        if self.kind == "convolution":
            for span in SPANS:
                shapes |= {f"span_{span}/kernel": (span * self.width, self.features), f"span_{span}/bias": (self.features,)}
        if self.kind == "recurrent":
            for way in ("onward", "backward"):
                shapes[f"{way}/kernel"] = (self.width, 3 * self.features)
                shapes[f"{way}/recurrent"] = (self.features, 3 * self.features)
                shapes[f"{way}/bias"] = (3 * self.features,)
        shapes |= {f"levels_{k}/table": (size, self.level_width) for k, size in enumerate(self.levels)}
        shapes |= {"hidden/kernel": (self.joined_width, self.hidden), "hidden/bias": (self.hidden,)}
        return shapes | {"head/kernel": (self.hidden, self.outputs), "head/bias": (self.outputs,)}

    def build(self) -> keras.Model:
        """Return the Keras model."""
        from automl_assist.nn.text import build

        return build(self)

    def to_json(self) -> dict[str, Any]:
        """Return the architecture as plain JSON data."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    @classmethod
    def from_json(cls, data: Any) -> TextArchitecture:
        """Return the architecture that :meth:`to_json` wrote; ValueError for anything else."""
        if not isinstance(data, Mapping) or set(data) != set(cls.__dataclass_fields__):
            raise ValueError("not the architecture of a text network")
        for name, value in data.items():
            if type(value) is not FIELDS.get(name, int) or (type(value) is int and value > MOST_WEIGHTS):
                raise ValueError(f"{name} of a text network cannot be {value!r}")
        levels = data["levels"]
        if len(levels) > 100_000 or not all(type(v) is int and v <= MOST_WEIGHTS for v in levels):
            raise ValueError("the levels of a text network are whole numbers")
        return cls(**{**data, "levels": tuple(levels)})
