"""The shape of a check: declarative fields and one function."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from automl_assist.schema import Finding, Profile
from automl_assist.sources import arrays_of

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


@dataclass(frozen=True)
class CheckContext:
    """What a check may look at: the facts, the cells as read, and the same cells as typed columns."""

    profile: Profile
    cells: pd.DataFrame
    typed: pd.DataFrame
    known: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)  # what several checks ask for, once it is found

    @cached_property
    def values(self) -> Mapping[str, np.ndarray]:
        """The typed columns as arrays, by name: numbers as float64."""
        return {name: values.astype(float) if values.dtype.kind in "iu" else values for name, values in arrays_of(self.typed).items()}

    @cached_property
    def raw(self) -> Mapping[str, np.ndarray]:
        """The cells as arrays, by name of their column."""
        return arrays_of(self.cells)


@dataclass(frozen=True)
class Hit:
    """One occurrence of a problem, before the check's code and title are put on it."""

    message: str
    columns: tuple[str, ...] = ()
    rows: Sequence[int] = ()
    fix: str = ""
    severity: str | None = None  # where it is not the check's own


@dataclass(frozen=True)
class Check:
    """One kind of problem that data can have.

    Attributes
    ----------
    code, title, severity
        ``F`` and three digits, never reused; a title in plain words; ``error``, ``warning`` or ``info``.
    find
        ``find(context)`` yields a :class:`Hit` for each occurrence.
    """

    code: str
    title: str
    severity: str
    find: Callable[[CheckContext], Iterator[Hit]]

    def run(self, context: CheckContext) -> Iterator[Finding]:
        """Yield the findings of this check, at most ten example rows each."""
        for hit in self.find(context):
            rows = tuple(int(r) for r in hit.rows[:10])
            yield Finding(self.code, self.title, hit.severity or self.severity, hit.message, hit.columns, rows, hit.fix)
