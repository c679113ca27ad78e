"""What a network that carries series on looks like, in numbers: enough to build it, to check its weights, and to run it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from automl_assist.nn.sized import Sized

if TYPE_CHECKING:
    import keras

KINDS = ("window", "recurrent")


@dataclass(frozen=True)
class SeriesArchitecture(Sized):
    """A network from the recent window of a series to every step of the horizon.

    Attributes
    ----------
    kind
        ``window``: two layers that see the whole window at once; ``recurrent``: a gated unit that reads it step by step. Both stand
        beside a linear map of the window.
    window, plain
        Values of the window, and of what is known beside it.
    hidden, features
        Width of the layers, and of the state of a recurrent unit; not used by a window.
    outputs
        Steps of the horizon.
    """

    title: ClassVar[str] = "a network for series"
    most_weights: ClassVar[int] = 20_000_000

    kind: str
    window: int
    plain: int
    hidden: int
    features: int
    outputs: int

    def __post_init__(self) -> None:
        """Refuse what cannot be built, or is too large to be meant, with a ValueError."""
        sizes = (self.window, self.hidden, self.features, self.outputs)
        if self.kind not in KINDS or min(sizes) < 1 or self.plain < 0:
            raise ValueError("not the sizes of a network for series")
        self.require_size()

    def weight_shapes(self) -> dict[str, tuple[int, ...]]:
        """Return the shape of every trained array, by ``layer/weight``, in the order of the model's."""
        shapes: dict[str, tuple[int, ...]] = {}
        if self.kind == "recurrent":
            shapes["onward/kernel"] = (1, 3 * self.features)
            shapes["onward/recurrent"] = (self.features, 3 * self.features)
            shapes["onward/bias"] = (3 * self.features,)
        read = (self.window if self.kind == "window" else self.features) + self.plain
        shapes |= {"hidden/kernel": (read, self.hidden), "hidden/bias": (self.hidden,)}
        if self.kind == "window":
            shapes |= {"second/kernel": (self.hidden, self.hidden), "second/bias": (self.hidden,)}
        shapes |= {"straight/kernel": (self.window, self.outputs), "straight/bias": (self.outputs,)}
        return shapes | {"head/kernel": (self.hidden, self.outputs), "head/bias": (self.outputs,)}

    def build(self) -> keras.Model:
        """Return the Keras model."""
        from automl_assist.nn.series import build

        return build(self)
