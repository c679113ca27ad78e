"""What a convolutional network looks like, in numbers: enough to build it, to check its weights, and to run it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import keras

MOST_WEIGHTS = 20_000_000
PATCH, STEP = 4, 2  # side of a whitened patch, and pixels from one to the next
FIELDS = {"height": int, "width": int, "channels": int, "filters": int, "stages": list, "plain": int, "outputs": int}


@dataclass(frozen=True)
class ImageArchitecture:
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
        if sum(math.prod(shape) for shape in self.weight_shapes().values()) > MOST_WEIGHTS:
            raise ValueError(f"a network of more than {MOST_WEIGHTS:,} weights")

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

    def to_json(self) -> dict[str, Any]:
        """Return the architecture as plain JSON data."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    @classmethod
    def from_json(cls, data: Any) -> ImageArchitecture:
        """Return the architecture that :meth:`to_json` wrote; ValueError for anything else."""
        if not isinstance(data, Mapping) or set(data) != set(FIELDS):
            raise ValueError("not the architecture of a network for pictures")
        for name, value in data.items():
            whole = value if isinstance(value, list) else [value]
            right = type(value) is FIELDS[name] and all(type(v) is int and 0 <= v <= MOST_WEIGHTS for v in whole)
            if not right or len(whole) > 8:
                raise ValueError(f"{name} of a network for pictures cannot be {value!r}")
        fields: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in data.items()}
        return cls(**fields)
