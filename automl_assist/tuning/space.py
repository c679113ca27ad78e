"""Families as KerasTuner hyper-models: one declared space, of which the family is the first choice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import keras_tuner

from automl_assist.models import Family
from automl_assist.schema import Problem

FAMILY = "family"  # the hyper-parameter that chooses among families


class FamilyHyperModel(keras_tuner.HyperModel):
    """All families in one space: the parameters of a family are active where it is chosen.

    Parameters
    ----------
    families : sequence of Family
        At least one.
    problem : Problem
    """

    def __init__(self, families: Sequence[Family], problem: Problem):
        super().__init__(name="families")
        self.families = {family.name: family for family in families}
        self.problem = problem

    def declare_hyperparameters(self, hp: keras_tuner.HyperParameters) -> None:
        """Declare the choice of the family, and each family's own space below it."""
        hp.Choice(FAMILY, list(self.families))
        for name, family in self.families.items():
            with hp.conditional_scope(FAMILY, [name]), hp.name_scope(name):
                family.declare_space(hp, self.problem)

    def build(self, hp: keras_tuner.HyperParameters) -> tuple[Family, dict[str, Any]]:
        """Return the chosen family and its complete hyper-parameters; a worker fits them, one fold at a time."""
        return self.unpack(hp.values)

    def unpack(self, values: Mapping[str, Any]) -> tuple[Family, dict[str, Any]]:
        """Return the family and its own values, without the prefix of the shared space."""
        family = self.families[values[FAMILY]]
        prefix = f"{family.name}/"
        return family, {name.removeprefix(prefix): value for name, value in values.items() if name.startswith(prefix)}

    def pack(self, family: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return a family's own values in the shared space."""
        return {FAMILY: family, **{f"{family}/{name}": value for name, value in values.items()}}
