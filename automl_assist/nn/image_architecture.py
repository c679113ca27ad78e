"""What a convolutional network looks like, in numbers: enough to build it, to check its weights, and to run it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from automl_assist.nn.sized import Sized

if TYPE_CHECKING:
    import keras

PATCH, STEP = 4, 2  # side of a whitened patch, and pixels from one to the next


@dataclass(frozen=True)
class ImageArchitecture(Sized):
    """A network that sees pictures, with columns of a table beside them.

    Attributes
    ----------
    height, width, channels
        Of a picture.
    filters
        Of the first layer, which whitens patches and is not trained.
    stages
        Features of each stage; every stage after the first halves height and width.
    plain
        Number of columns beside the picture.
    outputs
        Logits (one a class) or values.
    """

    title: ClassVar[str] = "a network for pictures"
    most_weights: ClassVar[int] = 20_000_000

    height: int
    width: int
    channels: int
    filters: int
    stages: tuple[int, ...]
    plain: int
    outputs: int

    def __post_init__(self) -> None:
        """Refuse what cannot be built, or is too large to be meant, with a ValueError."""
        if min(self.height, self.width) < PATCH or min(self.channels, self.filters, self.outputs, *self.stages) < 1 or self.plain < 0:
            raise ValueError("not the sizes of a network for pictures")
        if not 1 <= len(self.stages) <= 8 or self.filters > 2 * PATCH**2 * self.channels:
            raise ValueError("a network for pictures has 1 to 8 stages, and no more filters than its patches have values")
        self.require_size()

    def convolutions(self) -> list[tuple[str, int, int, int]]:
        """Return name, features in, features out and step of each trained convolution: one in the first stage, two in each other."""
        found, inside = [], self.filters
        for k, features in enumerate(self.stages):
            found.append((f"stage_{k}", inside, features, 1 if k == 0 else 2))
            if k:
                found.append((f"more_{k}", features, features, 1))
            inside = features
        return found

    def trained_shapes(self) -> dict[str, tuple[int, ...]]:
        """Return the shape of every trained array, by ``layer/weight``, in the order of the model's."""
        shapes: dict[str, tuple[int, ...]] = {}
        for name, inside, features, _ in self.convolutions():
            shapes |= {f"{name}/kernel": (3, 3, inside, features), f"{name}_norm/gamma": (features,), f"{name}_norm/beta": (features,)}
        joined = 2 * self.stages[-1] + self.plain
        return shapes | {"head/kernel": (joined, self.outputs), "head/bias": (self.outputs,)}

    def weight_shapes(self) -> dict[str, tuple[int, ...]]:
        """Return the shape of every stored array: the trained ones, the whitening, and what normalises features."""
        shapes: dict[str, tuple[int, ...]] = {
            "white/kernel": (PATCH, PATCH, self.channels, self.filters),
            "white/bias": (self.filters,),
        }
        for name, _, features, _ in self.convolutions():
            shapes |= {f"{name}_norm/mean": (features,), f"{name}_norm/variance": (features,)}
        return shapes | self.trained_shapes()

    def build(self) -> keras.Model:
        """Return the Keras model; see :func:`automl_assist.nn.image.build`."""
        from automl_assist.nn.image import build

        return build(self)
