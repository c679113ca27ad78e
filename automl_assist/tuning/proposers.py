"""Who proposes the next candidate: KerasTuner's oracle, or the plain list where Keras is absent or the budget is tiny."""

from __future__ import annotations

import importlib
import math
import os
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from automl_assist.models import Family, proven
from automl_assist.schema import Problem
from automl_assist.tuning.candidates import Candidate

IMPORTED_AHEAD = 3  # entries of the list that are left when KerasTuner is imported, in the background
SEARCHED_GROUPS = ("classic", "neural")


class Proposer(Protocol):
    """Asked for candidates, told how they did; `families` is how many families it proposes."""

    families: int

    def ask(self) -> Candidate | None:
        """Return the next candidate, or None when there is nothing left to try."""

    def tell(self, candidate: Candidate, loss: float) -> None:
        """Take the loss of a candidate that has ended; infinity when it failed."""


def portfolio(families: Sequence[Family], problem: Problem) -> list[tuple[str, Mapping[str, Any]]]:
    """Return ``(family, partial values)``: the first of every family, then the second of every family, and so on.

    The plan's topic ``portfolio`` has each family's list.
    """
    lists = [(family.name, proven(family.name, problem)) for family in families]
    longest = max(len(entries) for _, entries in lists)
    return [(name, entries[i]) for i in range(longest) for name, entries in lists if i < len(entries)]


class Defaults:
    """The part of KerasTuner's HyperParameters that declares a space, keeping the defaults alone."""

    def __init__(self, values: Mapping[str, Any]):
        self._given = values
        self.values: dict[str, Any] = {}

    def _take(self, name: str, default: Any) -> Any:
        self.values[name] = self._given.get(name, default)
        return self.values[name]

    def Choice(self, name: str, values: list[Any], *, default: Any = None, **_: Any) -> Any:  # noqa: N802
        """Return the given value, or the default."""
        return self._take(name, values[0] if default is None else default)

    def Int(self, name: str, min_value: int, max_value: int, *, default: int | None = None, **_: Any) -> Any:  # noqa: N802
        """Return the given value, or the default."""
        return self._take(name, min_value if default is None else default)

    def Float(self, name: str, min_value: float, max_value: float, *, default: float | None = None, **_: Any) -> Any:  # noqa: N802
        """Return the given value, or the default."""
        return self._take(name, min_value if default is None else default)

    def Boolean(self, name: str, *, default: bool = False, **_: Any) -> Any:  # noqa: N802
        """Return the given value, or the default."""
        return self._take(name, default)


class ListProposer:
    """The portfolio alone, each entry once."""

    def __init__(self, families: Sequence[Family], problem: Problem):
        self.families = len(families)
        self._by_name = {family.name: family for family in families}
        self._problem = problem
        self._waiting = portfolio(families, problem)
        self._number = 0
        self._seen: list[tuple[str, Mapping[str, Any]]] = []

    @property
    def left(self) -> int:
        """How many entries have not been asked for."""
        return len(self._waiting)

    def ask(self) -> Candidate | None:
        """Return the next of the list."""
        while self._waiting:
            name, partial = self._waiting.pop(0)
            family = self._by_name[name]
            space = Defaults(partial)
            family.declare_space(space, self._problem)
            if (name, space.values) in self._seen:
                continue
            self._seen.append((name, space.values))
            self._number += 1
            return Candidate(self._number, name, family.title, space.values, "baseline" if family.group == "baseline" else "portfolio")
        return None

    def tell(self, candidate: Candidate, loss: float) -> None:
        """Take note of nothing: the list does not depend on how its entries do."""


class OracleProposer:
    """The portfolio, then KerasTuner's ask and tell around :class:`PortfolioOracle`.

    Importing KerasTuner imports Keras, which takes two seconds of a processor: the list is asked for without it, and what it was told is
    told to the oracle once the list comes to its end.
    """

    def __init__(self, families: Sequence[Family], problem: Problem, seed: int, folder: Path):
        self.families = len(families)
        self._chosen, self._problem, self._seed, self._folder = families, problem, seed, folder
        self._list = ListProposer(families, problem)
        self._listed: list[Candidate] = []
        self._losses: dict[int, float] = {}
        self._number = 0
        self._oracle: Any = None
        self._hypermodel: Any = None

    def ask(self) -> Candidate | None:
        """Return the next of the list, then the oracle's next trial as a candidate."""
        if self._oracle is None:
            candidate = self._list.ask()
            if candidate is not None:
                self._listed.append(candidate)
                self._number = candidate.number
                if self._list.left == IMPORTED_AHEAD:
                    threading.Thread(target=_import_oracle, daemon=True).start()
                return candidate
            self._begin()
        trial = self._oracle.create_trial(f"ask-{self._number}")
        if trial.status != "RUNNING":
            return None
        self._number += 1
        family, values = self._hypermodel.build(trial.hyperparameters)
        return Candidate(self._number, family.name, family.title, values, "search", ticket=trial)

    def _begin(self) -> None:
        oracle, space = _import_oracle()
        self._hypermodel = space.FamilyHyperModel(self._chosen, self._problem)
        listed = [self._hypermodel.pack(candidate.family, candidate.values) for candidate in self._listed]
        searched = [family.name for family in self._chosen if family.group in SEARCHED_GROUPS]
        self._oracle = oracle.PortfolioOracle(self._hypermodel, listed, searched, self._seed)
        self._oracle.keep_state_in(self._folder)
        for candidate in self._listed:
            candidate.ticket = self._oracle.create_trial(f"ask-{candidate.number - 1}")
        for candidate in self._listed:
            if candidate.number in self._losses:
                self.tell(candidate, self._losses[candidate.number])

    def tell(self, candidate: Candidate, loss: float) -> None:
        """End the trial with its loss."""
        if self._oracle is None:
            self._losses[candidate.number] = loss
            return
        trial = candidate.ticket
        if math.isfinite(loss):
            self._oracle.update_trial(trial.trial_id, {"loss": loss})
            trial.status = "COMPLETED"
        else:
            trial.status, trial.message = "FAILED", candidate.error
        self._oracle.end_trial(trial)


def _import_oracle() -> tuple[Any, Any]:
    os.environ["KERAS_BACKEND"] = "jax"  # Keras reads it once, when it is imported
    return importlib.import_module("automl_assist.tuning.oracle"), importlib.import_module("automl_assist.tuning.space")
