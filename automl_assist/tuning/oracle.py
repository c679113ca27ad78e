"""A KerasTuner oracle that proposes a proven list first, then small steps around the best, of which a model chooses.

Below some twenty trials a good list beats any search (Salinas and Erickson 2024). The steps are taken in KerasTuner's unit cube,
which respects logarithmic sampling and conditions. Of several steps the one is tried that lies where good trials lie close together and
bad ones do not (Bergstra et al. 2011, tree-structured Parzen estimators).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import keras_tuner
import numpy as np

from automl_assist.tuning.space import FAMILY, FamilyHyperModel

CHANGED_SHARE = 0.5  # of the hyper-parameters in one step
STEP_SD = 0.15  # in the unit cube
BEST_FAMILIES = 2
TRIES = 30
MODELLED_FROM = 8  # finished trials of a family; with fewer the first step is taken as it comes
STEPS_DRAWN = 16  # of which the model chooses one
GOOD_SHARE = 0.3  # of the finished trials
REACH = 0.25  # of a trial in the unit cube
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
        best_families = list(dict.fromkeys(t.hyperparameters.values[FAMILY] for t in finished))[:BEST_FAMILIES]
        family = best_families[int(rng.integers(len(best_families)))]
        own = [t.hyperparameters.values for t in finished if t.hyperparameters.values[FAMILY] == family]
        steps = []
        for _ in range(STEPS_DRAWN if len(own) >= MODELLED_FROM else 1):
            start = own[min(int(rng.geometric(0.6)) - 1, len(own) - 1)]
            kept = {name: value for name, value in start.items() if name == FAMILY or rng.random() >= CHANGED_SHARE}
            steps.append(self._perturbed(start, kept, rng))
        new = [step for step in steps if not self._duplicate(step)] or steps
        return max(new, key=lambda step: self._promise(step, own)) if len(new) > 1 else new[0]

    def _promise(self, step: Mapping[str, Any], own: Sequence[Mapping[str, Any]]) -> float:
        """Return by how much more densely the good of a family's trials, best first, lie around a step than the others do."""
        near = np.array([self._nearness(step, values) for values in own])
        good = max(2, round(GOOD_SHARE * len(own)))
        return float(np.log(near[:good].mean() + 1e-9) - np.log(near[good:].mean() + 1e-9))

    def _nearness(self, step: Mapping[str, Any], values: Mapping[str, Any]) -> float:
        """Return 1 for the same values, less for distant ones; of choices, those that differ lie as far apart as half the cube."""
        apart = []
        for hp in self.hyperparameters.space:
            if hp.name in step and hp.name in values and hp.name != FAMILY:
                one, other = step[hp.name], values[hp.name]
                same = isinstance(hp, CHOICES) or one == other
                apart.append(0.5 * (one != other) if same else hp.value_to_prob(one) - hp.value_to_prob(other))
        return float(np.exp(-0.5 * np.mean(np.square(apart)) / REACH**2)) if apart else 1.0

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
                at = hp.value_to_prob(start[hp.name]) + rng.normal(0, STEP_SD)
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
