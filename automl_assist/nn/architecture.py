"""What a tabular network looks like, in numbers: enough to build it, to check its weights, and to run it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from automl_assist.nn.sized import Sized

MOST_LAYERS = 64
ACTIVATIONS = ("selu", "mish")


@dataclass(frozen=True)
class Architecture(Sized):
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

    most_weights: ClassVar[int] = 100_000_000

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
        self.require_size()

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
