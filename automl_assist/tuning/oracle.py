"""A KerasTuner oracle that proposes a proven list first, then small steps around the best, of which a model chooses.

Below some twenty trials a good list beats any search (Salinas and Erickson 2024). The steps are taken in KerasTuner's unit cube,
which respects logarithmic sampling and conditions. Of several steps the one is tried of which a Gaussian process over the trials' ranks
hopes most: the mean that it expects, less what it is unsure of (Srinivas et al. 2010, confidence bounds).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import NormalDist
from typing import Any

import keras_tuner
import numpy as np

from automl_assist.rules.search import LOCAL
from automl_assist.tuning.space import FAMILY, FamilyHyperModel

TRIES = 30  # before nothing new is found
LEAST_NOISE = 1e-6  # for the inverse
CHOICES = (keras_tuner.engine.hyperparameters.Choice, keras_tuner.engine.hyperparameters.Boolean)


def _active(hp: Any, values: Mapping[str, Any]) -> bool:
    """Whether a hyper-parameter has a part in these values; asking KerasTuner itself copies the space each time."""
    return all(condition.is_active(values) for condition in hp.conditions)


class PortfolioOracle(keras_tuner.Oracle):
    """Portfolio first, then local search around the best candidates of the two best families.

    Parameters
    ----------
    hypermodel : FamilyHyperModel
        Declares the space.
    portfolio : sequence of mapping
        Partial values in the shared space, best first; what is missing takes its default.
    searched : sequence of str
        Families whose neighbourhoods are worth searching.
    seed : int

    Notes
    -----
    How steps are taken is the plan's topic ``local_search``: from the best of so many ``families``, with the share ``changed`` of the
    hyper-parameters by a normal ``step`` in the unit cube; from ``modelled_from`` finished trials of a family on, of so many ``drawn``
    the one is taken with the best rank that the model holds possible: the expected one and ``boldness`` standard deviations beyond it.
    The trial that a step starts from is the best with the chance ``first``, else the second with the same chance, and so on.
    Trials tell of each other within ``reach``, and ``noise`` of their variance is chance.
    """

    def __init__(self, hypermodel: FamilyHyperModel, portfolio: Sequence[Mapping[str, Any]], searched: Sequence[str], seed: int):
        super().__init__(
            objective=keras_tuner.Objective("loss", direction="min"),
            seed=seed + 1,  # KerasTuner takes 0 for no seed
            max_consecutive_failed_trials=10**6,  # failures are counted by family elsewhere
        )
        self.verbose = 0  # it prints to standard output, which is ours
        self.portfolio = list(portfolio)
        self.searched = tuple(searched)
        self._next = 0
        self._chosen: Mapping[str, Any] = {**LOCAL, **hypermodel.problem.settings.get("local_search", {})}
        space = keras_tuner.HyperParameters()
        hypermodel.declare_hyperparameters(space)
        self.update_space(space)

    def populate_space(self, trial_id: str) -> dict[str, Any]:
        """Return the next values, or ``STOPPED`` when nothing new is found."""
        while self._next < len(self.portfolio):
            values = self.complete(self.portfolio[self._next])
            self._next += 1
            if not self._duplicate(values):
                return {"status": "RUNNING", "values": values}
        for _ in range(TRIES):
            step = self._step()
            if step is not None and not self._duplicate(step):
                return {"status": "RUNNING", "values": step}
        return {"status": "STOPPED", "values": None}

    def complete(self, partial: Mapping[str, Any]) -> dict[str, Any]:
        """Return every active value: from `partial`, else the default; KerasTuner itself would draw them at random."""
        done: dict[str, Any] = {}
        for hp in self.hyperparameters.space:
            if _active(hp, done):
                done[hp.name] = partial.get(hp.name, hp.default)
        return done

    def _step(self) -> dict[str, Any] | None:
        self._seed_state += 1
        rng = np.random.default_rng([self.seed, self._seed_state])
        finished = [t for t in self.trials.values() if t.status == "COMPLETED" and t.hyperparameters.values[FAMILY] in self.searched]
        if not finished:
            return None
        finished.sort(key=lambda t: (t.score, t.trial_id))
        best_families = list(dict.fromkeys(t.hyperparameters.values[FAMILY] for t in finished))[: self._chosen["families"]]
        family = best_families[int(rng.integers(len(best_families)))]
        own = [t.hyperparameters.values for t in finished if t.hyperparameters.values[FAMILY] == family]
        steps = []
        for _ in range(self._chosen["drawn"] if len(own) >= self._chosen["modelled_from"] else 1):
            start = own[min(int(rng.geometric(self._chosen["first"])) - 1, len(own) - 1)]
            kept = {name: value for name, value in start.items() if name == FAMILY or rng.random() >= self._chosen["changed"]}
            steps.append(self._perturbed(start, kept, rng))
        new = [step for step in steps if not self._duplicate(step)] or steps
        return self._most_promising(new, own) if len(new) > 1 else new[0]

    def _most_promising(self, steps: Sequence[dict[str, Any]], own: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """Return the step of which a Gaussian process over a family's trials, best first, hopes most."""
        nearness = self._nearness([*own, *steps], len(own))
        among, near = nearness[: len(own)], nearness[len(own) :]
        ranks = np.array([NormalDist().inv_cdf((place + 0.5) / len(own)) for place in range(len(own))])
        # ranks, since a loss may be huge; what stands on the diagonal also keeps the matrix of trials that lie close from being singular
        known = np.linalg.inv(among + max(float(self._chosen["noise"]), LEAST_NOISE) * np.eye(len(own)))
        unsure = np.sqrt(np.maximum(1 - ((near @ known) * near).sum(axis=1), 0.0))
        return steps[int(np.argmin(near @ known @ ranks - self._chosen["boldness"] * unsure))]

    def _nearness(self, trials: Sequence[Mapping[str, Any]], first: int) -> np.ndarray:
        """Return 1 for the same values and less for distant ones, of each trial to each of the `first`, (n, first).

        Distance is the root mean square over the hyper-parameters that both have, in the unit cube; unequal choices lie half of it apart.
        """
        squares, shared = np.zeros((len(trials), first)), np.zeros((len(trials), first))
        for hp in self.hyperparameters.space:
            if hp.name == FAMILY:
                continue
            options = [values.get(hp.name) for values in trials]
            known = list(dict.fromkeys(options))
            choice = isinstance(hp, CHOICES)
            at = np.array([np.nan if o is None else float(known.index(o)) if choice else hp.value_to_prob(o) for o in options])
            apart = at[:, None] - at[None, :first]
            squares += np.nan_to_num(0.25 * (apart != 0) if choice else apart**2) * np.isfinite(apart)
            shared += np.isfinite(apart)
        return np.exp(-0.5 * squares / np.maximum(shared, 1) / self._chosen["reach"] ** 2)

    def _perturbed(self, start: Mapping[str, Any], kept: Mapping[str, Any], rng: np.random.Generator) -> dict[str, Any]:
        done: dict[str, Any] = {}
        for hp in self.hyperparameters.space:
            if not _active(hp, done):
                continue
            if hp.name in kept or hp.name not in start:
                done[hp.name] = kept.get(hp.name, hp.default)
            elif isinstance(hp, CHOICES):
                done[hp.name] = hp.random_sample(int(rng.integers(2**31)))
            else:
                at = hp.value_to_prob(start[hp.name]) + rng.normal(0, self._chosen["step"])
                done[hp.name] = hp.prob_to_value(float(np.clip(at, 0, 1 - 1e-9)))
        return done

    def get_state(self) -> dict[str, Any]:
        """Return the state, with our place in the portfolio."""
        return super().get_state() | {"next": self._next}

    def set_state(self, state: dict[str, Any]) -> None:
        """Take the state back."""
        super().set_state(state)
        self._next = state["next"]

    def keep_state_in(self, folder: Path) -> None:
        """Say where KerasTuner may write its state; ours is the journal, so nothing reads it."""
        self._set_project_dir(str(folder), "kerastuner")
