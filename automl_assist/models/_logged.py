"""Learning the logarithm of a target above zero: errors then count in per cent, and the largest values no longer decide everything."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from automl_assist.models._family import FitRequest, Model
from automl_assist.preprocessing import Features, storage
from automl_assist.rules.network import ABSOLUTE_METRICS
from automl_assist.schema import Problem

NAME = "log_target"  # the hyper-parameter
FILE = "target"
FACTOR = "factor_of_logs"  # among the facts of a fit
STRONGEST = 1.3  # factor by which predictions are raised or lowered at most, to be right on average
LARGEST_LOG = 700.0


@dataclass(frozen=True)
class LogScale:
    """What turns an answer of the model back into a value: exp(answer) * factor - shift, within what training saw."""

    shift: float
    factor: float
    least: float
    most: float

    def values(self, answers: np.ndarray) -> np.ndarray:
        """Return values of shape (n,)."""
        grown = np.exp(np.clip(answers, -LARGEST_LOG, LARGEST_LOG)) * self.factor - self.shift
        return np.clip(grown, self.least, self.most)


@dataclass(frozen=True)
class Logged:
    """A model of the logarithm."""

    model: Model
    scale: LogScale

    def predict(self, features: Features) -> np.ndarray:
        """Return values of shape (n,)."""
        return self.scale.values(self.model.predict(features))

    def save(self, folder: Path) -> None:
        """Write the model into the existing empty `folder`."""
        self.model.save(folder)
        storage.save(folder, FILE, self.scale)

    def facts(self) -> dict[str, Any]:
        """Return what the model says, and the factor."""
        return {**self.model.facts(), FACTOR: self.scale.factor}


def offers_logs(problem: Problem) -> bool:
    """Whether the plan lets candidates learn the logarithm of the target."""
    return not problem.is_classification and problem.settings.get("target_scale", "as it is") != "as it is"


def without_logs(problem: Problem) -> tuple[str, ...]:
    """Return the hyper-parameter where it makes no sense."""
    return () if offers_logs(problem) else (NAME,)


def settled_logs(facts: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """Return the factor of a fit of all rows, the mean of those of the folds; nothing where none learned a logarithm."""
    factors = [float(fact[FACTOR]) for fact in facts if FACTOR in fact]
    return {FACTOR: float(np.mean(factors)) if len(factors) == len(facts) else 1.0} if factors else {}


def fitting(fit: Callable[[FitRequest], Model]) -> Callable[[FitRequest], Model]:
    """Return a fit that learns the logarithm where the candidate says so; the target itself where the fold has values below zero."""

    def fit_either(request: FitRequest) -> Model:
        target = np.asarray(request.target, np.float64) if not request.problem.is_classification else np.zeros(1)
        if not request.values.get(NAME) or target.min() < 0:
            return fit(request)
        shift = 0.0 if target.min() > 0 else 1.0
        problem = request.problem
        of_median = problem.metric in ABSOLUTE_METRICS
        settings = {**problem.settings, "boosting.loss": "absolute" if of_median else "squared"}
        valid = np.log(np.maximum(np.asarray(request.valid_target, np.float64) + shift, 1e-300 if shift else target.min() / 2))
        model = fit(
            replace(
                request,
                target=np.log(target + shift),
                valid_target=valid,
                problem=replace(problem, metric="mae" if of_median else "rmse", settings=settings),
            )
        )
        if of_median or problem.metric == "rmsle":
            factor = 1.0
        elif request.settled:  # its held-out rows are known to it
            factor = float(request.settled.get(FACTOR, 1.0))
        else:
            factor = _right_on_average(valid - model.predict(request.valid_features))
        return Logged(model, LogScale(shift, factor, float(target.min()), float(target.max())))

    return fit_either


def loading(load: Callable[[Path], Model]) -> Callable[[Path], Model]:
    """Return a load that puts a model of the logarithm together again."""

    def load_either(folder: Path) -> Model:
        logged = (folder / f"{FILE}.json").is_file()
        return Logged(load(folder), storage.load(folder, FILE, LogScale)) if logged else load(folder)

    return load_either


def _right_on_average(errors: np.ndarray) -> float:
    """Return the mean of exp(error): the exponential of a mean logarithm is a median, and squared errors want the mean (Duan 1983)."""
    if not len(errors):
        return 1.0
    return float(np.clip(np.exp(np.clip(errors, -5, 5)).mean(), 1 / STRONGEST, STRONGEST))
