"""What a network of several inputs looks like, in numbers: enough to build it, to check its weights, and to run it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from automl_assist.nn.architecture import Architecture
from automl_assist.nn.sized import Sized

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class JointArchitecture(Sized):
    """A network for tables whose texts and pictures have layers of their own in front.

    Attributes
    ----------
    numbers, plain, levels, outputs, hidden, activation, frequencies, number_width, level_width
        Of the network for the table, as in `Architecture`; `plain` counts what stands in the table alone.
    words, length
        Number of word numbers (0 for nothing, 1 for unknown), and words of a row; both 0 where no text is read.
    word_width
        Values that a word, and all words of a row together, become.
    seen
        Values that describe the pictures of a row; 0 where there are none.
    seen_width
        Values that these become.
    """

    title: ClassVar[str] = "a network of several inputs"
    most_weights: ClassVar[int] = Architecture.most_weights

    numbers: int
    plain: int
    levels: tuple[int, ...]
    outputs: int
    hidden: tuple[int, ...]
    activation: str
    frequencies: int
    number_width: int
    level_width: int
    words: int
    length: int
    word_width: int
    seen: int
    seen_width: int

    def __post_init__(self) -> None:
        """Refuse what cannot be built, or is too large to be meant, with a ValueError."""
        reads, sees = self.words > 0 and self.length > 0, self.seen > 0
        if min(self.plain, self.words, self.length, self.seen) < 0 or (self.words > 0) != (self.length > 0):
            raise ValueError(f"not the sizes of {self.title}")
        if (reads and self.word_width < 1) or (sees and self.seen_width < 1):
            raise ValueError(f"{self.title} needs room for what it reads and sees")
        self.require_size()
        _ = self.table

    @property
    def read_width(self) -> int:
        """Values that the texts of a row become."""
        return self.word_width if self.words else 0

    @property
    def shown_width(self) -> int:
        """Values that the pictures of a row become."""
        return self.seen_width if self.seen else 0

    @property
    def table(self) -> Architecture:
        """The network for the table, whose last plain columns are what texts and pictures become."""
        return Architecture(
            self.numbers, self.plain + self.read_width + self.shown_width, self.levels, self.outputs, self.hidden, self.activation,
            self.frequencies, self.number_width, self.level_width,
        )  # fmt: skip

    def weight_shapes(self) -> dict[str, tuple[int, ...]]:
        """Return the shape of every trained array, by ``layer/weight``, in the order of the model's."""
        shapes: dict[str, tuple[int, ...]] = {"vectors/table": (self.words, self.word_width)} if self.words else {}
        table = self.table.weight_shapes()
        shapes |= {name: shape for name, shape in table.items() if name.startswith("waves/")}
        if self.seen:
            shapes |= {"shown/kernel": (self.seen, self.seen_width), "shown/bias": (self.seen_width,)}
        return shapes | {name: shape for name, shape in table.items() if name not in shapes}

    def build(self) -> keras.Model:
        """Return the Keras model."""
        from automl_assist.nn.joint import build

        return build(self)
