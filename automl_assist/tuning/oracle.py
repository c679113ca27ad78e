"""A KerasTuner oracle that proposes a proven list first, then small steps around the best.

Below some twenty trials a good list beats any search (Salinas and Erickson 2024). The steps are taken in KerasTuner's unit cube,
which respects logarithmic sampling and conditions.
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
        done = keras_tuner.HyperParameters()
        for hp in self.hyperparameters.space:
            done.merge([hp])
            if done.is_active(hp):
                done.values[hp.name] = partial.get(hp.name, hp.default)
        return dict(done.values)

    def _step(self) -> dict[str, Any] | None:
        self._seed_state += 1
        rng = np.random.default_rng([self.seed, self._seed_state])
        finished = [t for t in self.trials.values() if t.status == "COMPLETED" and t.hyperparameters.values[FAMILY] in self.searched]
        if not finished:
            return None
        finished.sort(key=lambda t: (t.score, t.trial_id))
        best_families = list(dict.fromkeys(t.hyperparameters.values[FAMILY] for t in finished))[:BEST_FAMILIES]
        family = best_families[int(rng.integers(len(best_families)))]
        own = [t for t in finished if t.hyperparameters.values[FAMILY] == family]
        start = own[min(int(rng.geometric(0.6)) - 1, len(own) - 1)].hyperparameters.values
        changed = {name: value for name, value in start.items() if name == FAMILY or rng.random() >= CHANGED_SHARE}
        return self._perturbed(start, changed, rng)

    def _perturbed(self, start: Mapping[str, Any], kept: Mapping[str, Any], rng: np.random.Generator) -> dict[str, Any]:
        done = keras_tuner.HyperParameters()
        for hp in self.hyperparameters.space:
            done.merge([hp])
            if not done.is_active(hp):
                continue
            if hp.name in kept or hp.name not in start:
                done.values[hp.name] = kept.get(hp.name, hp.default)
            elif isinstance(hp, keras_tuner.engine.hyperparameters.Choice | keras_tuner.engine.hyperparameters.Boolean):
                done.values[hp.name] = hp.random_sample(int(rng.integers(2**31)))
            else:
                at = hp.value_to_prob(start[hp.name]) + rng.normal(0, STEP_SD)
                done.values[hp.name] = hp.prob_to_value(float(np.clip(at, 0, 1 - 1e-9)))
        return dict(done.values)

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
