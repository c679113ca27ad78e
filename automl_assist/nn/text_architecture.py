"""What a text network looks like, in numbers: enough to build it, to check its weights, and to run it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from automl_assist.nn.sized import Sized

if TYPE_CHECKING:
    import keras

KINDS = ("bag", "convolution", "recurrent")
SPANS = (2, 3, 4)  # words that a filter sees: Kim 2014 takes 3, 4 and 5 of longer texts


@dataclass(frozen=True)
class TextArchitecture(Sized):
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

    title: ClassVar[str] = "a text network"

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
        self.require_size()

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
