"""What a network of series looks like, in numbers: enough to build it, to check its weights, and to run it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from automl_assist.nn.sized import Sized

if TYPE_CHECKING:
    import keras

KINDS = ("convolution", "recurrent")
# Places around a step that a filter sees: near ones all, farther ones ever more thinly; twice as far apart in each further block.
TAPS = (-16, -12, -8, -6, -4, -3, -2, -1, 0, 1, 2, 3, 4, 6, 8, 12, 16)
WIDER = 3
PARTS = 4  # of a series, of which means are taken: where something happens may matter


@dataclass(frozen=True)
class SequenceArchitecture(Sized):
    """A network of series, with what else stands in the row beside them.

    Attributes
    ----------
    kind
        ``convolution`` or ``recurrent``.
    channels, steps
        Of the series as the network sees them.
    features
        Width of the narrow layer between blocks, a third of the filters of a convolution; or state of each direction.
    blocks
        Residual blocks after the first layer; not used by a recurrent network.
    plain
        Number of columns beside the series that are taken as they are.
    levels
        Number of levels of each embedded category beside the series.
    outputs
        Logits (one a class) or values.
    hidden
        Width of the layer before the head.
    level_width
        Values that an embedded category becomes.
    """

    title: ClassVar[str] = "a network of series"

    kind: str
    channels: int
    steps: int
    features: int
    blocks: int
    plain: int
    levels: tuple[int, ...]
    outputs: int
    hidden: int
    level_width: int = 8

    def __post_init__(self) -> None:
        """Refuse what cannot be built, or is too large to be meant, with a ValueError."""
        sizes = (self.channels, self.steps, self.features, self.outputs, self.hidden, self.level_width, *self.levels)
        if self.kind not in KINDS or min(sizes) < 1 or self.plain < 0 or not 0 <= self.blocks <= 12:
            raise ValueError("not the sizes of a network of series")
        self.require_size()

    @property
    def stream(self) -> int:
        """Values of each step between the blocks of a convolution."""
        return WIDER * self.features

    @property
    def read_width(self) -> int:
        """Values that a whole series becomes."""
        return (1 + PARTS) * self.stream if self.kind == "convolution" else 2 * self.features

    @property
    def joined_width(self) -> int:
        """Values in front of the hidden layer."""
        return self.read_width + self.plain + len(self.levels) * self.level_width

    def weight_shapes(self) -> dict[str, tuple[int, ...]]:
        """Return the shape of every trained array, by ``layer/weight``, in the order of the model's."""
        shapes: dict[str, tuple[int, ...]] = {}
        if self.kind == "convolution":
            shapes = {"first/kernel": (len(TAPS) * self.channels, self.stream), "first/bias": (self.stream,)}
            for k in range(self.blocks):
                shapes |= {f"narrow_{k}/kernel": (self.stream, self.features), f"narrow_{k}/bias": (self.features,)}
                shapes |= {f"block_{k}/kernel": (len(TAPS) * self.features, self.stream), f"block_{k}/bias": (self.stream,)}
        else:
            shapes |= {"steps/kernel": (self.channels, self.features), "steps/bias": (self.features,)}
            for way in ("onward", "backward"):
                shapes[f"{way}/kernel"] = (self.features, 3 * self.features)
                shapes[f"{way}/recurrent"] = (self.features, 3 * self.features)
                shapes[f"{way}/bias"] = (3 * self.features,)
        shapes |= {f"levels_{k}/table": (size, self.level_width) for k, size in enumerate(self.levels)}
        shapes |= {"hidden/kernel": (self.joined_width, self.hidden), "hidden/bias": (self.hidden,)}
        return shapes | {"head/kernel": (self.hidden, self.outputs), "head/bias": (self.outputs,)}

    def build(self) -> keras.Model:
        """Return the Keras model."""
        from automl_assist.nn.sequence import build

        return build(self)
