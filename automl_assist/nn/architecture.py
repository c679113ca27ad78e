"""What a tabular network looks like, in numbers: enough to build it, to check its weights, and to run it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

MOST_LAYERS = 64
MOST_WEIGHTS = 100_000_000
ACTIVATIONS = ("selu", "mish")


@dataclass(frozen=True)
class Architecture:
    """A network for tables after RealMLP (Holzmüller et al. 2024).

    Attributes
    ----------
    numbers, plain
        Number of numeric columns, and of columns that are taken as they are.
    levels
        Number of levels of each embedded category, level 0 (missing, rare, unseen) included.
    outputs
        Logits (one a class) or values.
    hidden
        Width of each hidden layer.
    activation
        ``selu`` or ``mish``.
    frequencies
        Waves of the embedding of a number; 0 for numbers as they are.
    number_width
        Values that an embedded number becomes, itself included.
    level_width
        Values that an embedded category becomes.
    """

    numbers: int
    plain: int
    levels: tuple[int, ...]
    outputs: int
    hidden: tuple[int, ...] = (256, 256, 256)
    activation: str = "selu"
    frequencies: int = 16
    number_width: int = 4
    level_width: int = 8

    def __post_init__(self) -> None:
        """Refuse what cannot be built, or is too large to be meant, with a ValueError."""
        if self.activation not in ACTIVATIONS:
            raise ValueError(f"unknown activation {self.activation!r}")
        if min(self.numbers, self.plain, self.frequencies) < 0 or min((self.outputs, self.level_width, *self.levels, *self.hidden)) < 1:
            raise ValueError("a network's sizes must be positive")
        if not 0 < len(self.hidden) <= MOST_LAYERS or self.number_width < 2:
            raise ValueError(f"a network has 1 to {MOST_LAYERS} hidden layers, and numbers become two values or more")
        if self.input_width < 1:
            raise ValueError("a network needs something to look at")
        if sum(math.prod(shape) for shape in self.weight_shapes().values()) > MOST_WEIGHTS:
            raise ValueError(f"a network of more than {MOST_WEIGHTS:,} weights")

    @property
    def embeds_numbers(self) -> bool:
        """Whether numbers pass through waves."""
        return self.frequencies > 0 and self.numbers > 0

    @property
    def input_width(self) -> int:
        """Columns in front of the first hidden layer."""
        a_number = self.number_width if self.embeds_numbers else 1
        return self.numbers * a_number + self.plain + len(self.levels) * self.level_width

    def weight_shapes(self) -> dict[str, tuple[int, ...]]:
        """Return the shape of every trained array, by ``layer/weight``."""
        shapes: dict[str, tuple[int, ...]] = {}
        if self.embeds_numbers:
            waves, made = (self.numbers, self.frequencies), self.number_width - 1
            shapes |= {"waves/frequency": waves, "waves/phase": waves, "waves/kernel": (*waves, made), "waves/bias": (self.numbers, made)}
        shapes |= {f"levels_{k}/table": (size, self.level_width) for k, size in enumerate(self.levels)}
        shapes["scale/weight"] = (self.input_width,)
        width = self.input_width
        for k, size in enumerate(self.hidden):
            shapes |= {f"hidden_{k}/kernel": (width, size), f"hidden_{k}/bias": (size,), f"bend_{k}/slope": (size,)}
            width = size
        return shapes | {"head/kernel": (width, self.outputs), "head/bias": (self.outputs,)}

    def to_json(self) -> dict[str, Any]:
        """Return the architecture as plain JSON data."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    @classmethod
    def from_json(cls, data: Any) -> Architecture:
        """Return the architecture that :meth:`to_json` wrote; ValueError for anything else."""
        if not isinstance(data, Mapping) or set(data) != set(cls.__dataclass_fields__):
            raise ValueError("not the architecture of a network")
        for name, value in data.items():
            if not _right_type(name, value):
                raise ValueError(f"{name} of a network cannot be {value!r}")
        fields: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in data.items()}
        return cls(**fields)


def _right_type(name: str, value: Any) -> bool:
    if name == "activation":
        return isinstance(value, str)
    if name in ("levels", "hidden"):
        return isinstance(value, list) and len(value) <= 100_000 and all(type(v) is int and v <= MOST_WEIGHTS for v in value)
    return type(value) is int and value <= MOST_WEIGHTS
