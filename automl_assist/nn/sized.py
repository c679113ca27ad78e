"""What the architectures of all networks share: a form in JSON that is checked when it is read, and the number of their weights."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, ClassVar, Self

from automl_assist.records import from_json, to_json

LONGEST_LIST = 100_000


class Sized:
    """An architecture: a dataclass of words, whole numbers and tuples of whole numbers.

    Attributes
    ----------
    title
        In words, for errors.
    most_weights
        Beyond which a network is not meant.
    """

    title: ClassVar[str] = "a network"
    most_weights: ClassVar[int] = 50_000_000

    @abstractmethod
    def weight_shapes(self) -> dict[str, tuple[int, ...]]:
        """Return the shape of every stored array, by ``layer/weight``."""

    @property
    def weights(self) -> int:
        """Number of weights."""
        return sum(math.prod(shape) for shape in self.weight_shapes().values())

    def require_size(self) -> None:
        """Refuse a network that is too large to be meant, with a ValueError."""
        if self.weights > self.most_weights:
            raise ValueError(f"{self.title} of more than {self.most_weights:,} weights")

    def to_json(self) -> dict[str, Any]:
        """Return the architecture as plain JSON data."""
        return dict(to_json(self))

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """Return the architecture that :meth:`to_json` wrote; ValueError for anything else."""
        if not isinstance(data, Mapping) or set(data) != {field.name for field in fields(cls)}:  # type: ignore[arg-type]
            raise ValueError(f"not the architecture of {cls.title}")
        for name, value in data.items():
            numbers = value if isinstance(value, list) else [] if isinstance(value, str) else [value]
            if len(numbers) > LONGEST_LIST or not all(type(n) is int and 0 <= n <= cls.most_weights for n in numbers):
                raise ValueError(f"{name} of {cls.title} cannot be {str(value)[:80]!r}")
        return from_json(cls, data)
