"""Who proposes the next candidate: KerasTuner's oracle, or the plain list where Keras is absent or the budget is tiny."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from automl_assist.models import Family
from automl_assist.schema import Problem
from automl_assist.tuning.candidates import Candidate

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

    The plan's topic ``portfolio`` says how many of each family's list.
    """
    most: Mapping[str, int] = problem.settings.get("portfolio", {})
    lists = [(family.name, family.portfolio(problem)[: most.get(family.name)]) for family in families]
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
    """The portfolio alone."""

    def __init__(self, families: Sequence[Family], problem: Problem):
        self.families = len(families)
        self._by_name = {family.name: family for family in families}
        self._problem = problem
        self._left = portfolio(families, problem)
        self._number = 0

    def ask(self) -> Candidate | None:
        """Return the next of the list."""
        if not self._left:
            return None
        name, partial = self._left.pop(0)
        family = self._by_name[name]
        space = Defaults(partial)
        family.declare_space(space, self._problem)
        self._number += 1
        return Candidate(self._number, name, family.title, space.values, "baseline" if family.group == "baseline" else "portfolio")

    def tell(self, candidate: Candidate, loss: float) -> None:
        """Take note of nothing: the list does not depend on how its entries do."""


class OracleProposer:
    """KerasTuner's ask and tell around :class:`PortfolioOracle`."""

    def __init__(self, families: Sequence[Family], problem: Problem, seed: int, folder: Path):
        # Importing KerasTuner imports Keras, which takes two seconds: only where it is used. Keras reads its backend once, now.
        os.environ["KERAS_BACKEND"] = "jax"
        from automl_assist.tuning.oracle import PortfolioOracle
        from automl_assist.tuning.space import FamilyHyperModel

        self.families = len(families)
        self._hypermodel = FamilyHyperModel(families, problem)
        listed = [self._hypermodel.pack(name, partial) for name, partial in portfolio(families, problem)]
        searched = [family.name for family in families if family.group in SEARCHED_GROUPS]
        self._oracle = PortfolioOracle(self._hypermodel, listed, searched, seed)
        self._oracle.keep_state_in(folder)
        self._listed = len(listed)
        self._number = 0

    def ask(self) -> Candidate | None:
        """Return the oracle's next trial as a candidate."""
        trial = self._oracle.create_trial(f"ask-{self._number}")
        if trial.status != "RUNNING":
            return None
        self._number += 1
        family, values = self._hypermodel.build(trial.hyperparameters)
        origin = "baseline" if family.group == "baseline" else "portfolio" if self._number <= self._listed else "search"
        return Candidate(self._number, family.name, family.title, values, origin, ticket=trial)

    def tell(self, candidate: Candidate, loss: float) -> None:
        """End the trial with its loss."""
        trial = candidate.ticket
        if math.isfinite(loss):
            self._oracle.update_trial(trial.trial_id, {"loss": loss})
            trial.status = "COMPLETED"
        else:
            trial.status, trial.message = "FAILED", candidate.error
        self._oracle.end_trial(trial)
