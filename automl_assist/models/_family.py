"""The shape of a model family, and of a fitted model."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from automl_assist.machine import can_import
from automl_assist.schema import Problem

if TYPE_CHECKING:
    import numpy as np

    from automl_assist.preprocessing import Features


class SearchSpace(Protocol):
    """The part of KerasTuner's HyperParameters that a family may use to declare its space."""

    def Choice(self, name: str, values: list[Any], *, default: Any = None) -> Any: ...  # noqa: N802
    def Int(  # noqa: N802
        self, name: str, min_value: int, max_value: int, *, step: int | None = None, sampling: str | None = None, default: int | None = None
    ) -> Any: ...
    def Float(self, name: str, min_value: float, max_value: float, *, sampling: str | None = None, default: float | None = None) -> Any: ...  # noqa: N802
    def Boolean(self, name: str, *, default: bool = False) -> Any: ...  # noqa: N802


@dataclass(frozen=True)
class FitRequest:
    """One fold of one candidate.

    Attributes
    ----------
    features, target
        Rows to fit on; `target` holds class codes (int, 0 to k-1) or values (float64).
    valid_features, valid_target
        Held-out rows of the fold, for early stopping only.
    problem
        The task and the plan's choices.
    values
        Complete hyper-parameters, by the names of `declare_space`.
    seed
        Makes the fit repeatable.
    seconds
        Time left for this fit; a family that can stop early returns the best so far. None means no limit.
    threads
        Number of threads the fit may use.
    padded_rows
        Number of rows of the largest fold; networks pad to it so that one compilation serves every fold.
    epoch_rows
        Rows that an epoch of a network counts, the same for every fold and the last fit; 0 for `padded_rows`.
    settled
        For a fit of all rows, what `Family.settle` made of the folds' facts: the held-out rows are among those learned from and can
        decide nothing. None for a fit of a fold.
    """

    features: Features
    target: np.ndarray
    valid_features: Features
    valid_target: np.ndarray
    problem: Problem
    values: Mapping[str, Any]
    seed: int
    seconds: float | None
    threads: int
    padded_rows: int
    epoch_rows: int = 0
    settled: Mapping[str, Any] | None = None


class Model(Protocol):
    """A fitted candidate of one fold, with its preprocessing inside."""

    def predict(self, features: Features) -> np.ndarray:
        """Return probabilities of shape (n, k) for classes, or values of shape (n,)."""

    def save(self, folder: Path) -> None:
        """Write the model into the existing empty `folder`; no pickle."""

    def facts(self) -> dict[str, Any]:
        """Return what happened in the fit, for the journal: rounds, epochs, best epoch, early stop."""


@dataclass(frozen=True)
class Family:
    """A kind of model.

    Attributes
    ----------
    name, title
        Its name in plans and on the command line, and in words.
    group
        ``baseline``, ``classic`` or ``neural``; ``--family neural`` keeps the last.
    tasks
        Tasks it can learn.
    declare_space
        ``declare_space(hp, problem)`` declares every hyper-parameter with its default.
    fit
        ``fit(request)`` returns a Model.
    load
        ``load(folder)`` returns the Model that `save` wrote; refuses anything else with a ValueError.
    why
        One sentence for the report: when this family is good.
    requires
        Importable names of libraries beyond NumPy and scikit-learn.
    stops_on_held_out
        Whether held-out rows say when a fit is over; a family that needs none may learn from all rows at once in the last fit.
    settle
        ``settle(facts)`` makes of the facts of a candidate's folds what a fit of all rows takes in place of held-out rows: with it, a
        family that stops on them may learn from all rows at once too.
    """

    name: str
    title: str
    group: str
    tasks: frozenset[str]
    declare_space: Callable[[SearchSpace, Problem], None]
    fit: Callable[[FitRequest], Model]
    load: Callable[[Path], Model]
    why: str
    requires: tuple[str, ...] = ()
    stops_on_held_out: bool = True
    settle: Callable[[Sequence[Mapping[str, Any]]], Mapping[str, Any]] | None = None

    @property
    def can_learn_all(self) -> bool:
        """Whether one fit may learn from all rows, none held out."""
        return self.settle is not None or not self.stops_on_held_out

    def missing_libraries(self) -> tuple[str, ...]:
        """Names from `requires` that cannot be imported."""
        return tuple(name for name in self.requires if not can_import(name))
