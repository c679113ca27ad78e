"""Gradient-boosted trees by CatBoost, an extra: every category is seen by ordered target statistics (Prokhorenkova et al. 2018).

A model is kept in CatBoost's own binary form, trees and tables without code; its parser only sees the very bytes that were written.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from automl_assist.models._boosting import patience, rate_in_time, value_loss
from automl_assist.models._declare import declare
from automl_assist.models._family import Family, FitRequest, SearchSpace
from automl_assist.models._selection import Clock
from automl_assist.preprocessing import Features, storage
from automl_assist.preprocessing.choices import Choices
from automl_assist.preprocessing.encoders import TreeEncoder
from automl_assist.rules._spaces import OF_CATBOOST_CATEGORIES
from automl_assist.rules.classic import STOPPING as ENDING
from automl_assist.rules.network import LOSS_DETAILS
from automl_assist.schema import Problem

FILE = "trees.cbm"
LARGEST_MODEL = 1_000_000_000
TIMED_ROUNDS = 5  # fitted first to know the time of one
STOPPING = {("binary", "roc_auc"): "AUC", ("binary", "average_precision"): "PRAUC"}
RISING = ("AUC", "PRAUC")
OBJECTIVES = {"squared": "RMSE", "absolute": "MAE", "poisson": "Poisson"}


@dataclass(frozen=True)
class CategoryTrees:
    """A CatBoost model, cut at its best round, and the encoder before it; without a model the same answer for every row."""

    encoder: TreeEncoder
    booster: Any
    happened: _Facts

    def predict(self, features: Features) -> np.ndarray:
        """Return probabilities of shape (n, k), or values of shape (n,)."""
        facts = self.happened
        if self.booster is None or not len(features):
            rows = np.tile(np.asarray(facts.constant), (len(features), 1))
            return rows if facts.classes else rows[:, 0]
        pool = _pool(self.encoder, self.encoder.transform(features))
        threads = facts.threads
        if facts.classes:
            return np.asarray(self.booster.predict(pool, prediction_type="Probability", thread_count=threads), np.float64)
        shown = "Exponent" if facts.objective == "Poisson" else "RawFormulaVal"
        return np.asarray(self.booster.predict(pool, prediction_type=shown, thread_count=threads), np.float64)

    def save(self, folder: Path) -> None:
        """Write the model into the existing empty `folder`: CatBoost's own binary form, which holds trees and tables but no code."""
        storage.save(folder, "encoder", self.encoder)
        digest = ""
        if self.booster is not None:
            self.booster.save_model(str(folder / FILE), format="cbm")
            digest = hashlib.sha256((folder / FILE).read_bytes()).hexdigest()
        storage.save(folder, "model", _Stored(self.happened, digest))

    def facts(self) -> dict[str, Any]:
        """Return the rounds done, the best one, why the fit stopped, and the learning rate."""
        return {name: value for name, value in asdict(self.happened).items() if name != "constant"}


@dataclass(frozen=True)
class _Facts:
    """What `facts` says, and what `predict` needs beside the booster."""

    classes: int
    threads: int
    rounds: int
    best_round: int
    stopped: str
    learning_rate: float
    objective: str
    constant: tuple[float, ...]  # the answer without a model


@dataclass(frozen=True)
class _Stored:
    """The facts, and the SHA-256 digest of the model file; empty without a model."""

    facts: _Facts
    sha256: str


class _Native(Choices):
    """Every category by its codes, whatever the plan says for trees without ordered target statistics, but for ``none``."""

    def encoding(self, column: str, levels: int) -> tuple[str, ...]:
        """Return ``("native",)``, or nothing where trees are not to see the category."""
        return ("native",) if super().encoding(column, levels) else ()


def declare_space(hp: SearchSpace, problem: Problem) -> None:
    """Declare what published studies of CatBoost vary."""
    declare("catboost", hp, problem, without=() if problem.categories else OF_CATBOOST_CATEGORIES)


def fit(request: FitRequest) -> CategoryTrees:
    """Boost until the held-out rows say stop, or time does."""
    import catboost

    clock = Clock.start(request.seconds)
    problem = request.problem
    choices = _Native("boosting", problem.settings)
    encoder, matrix = TreeEncoder.fit(request.features, request.target, problem.n_classes, request.seed, choices)
    if _says_nothing(matrix) or len(np.unique(request.target)) < 2:
        return _constant(request, encoder)
    ending = {**ENDING, **problem.settings.get("boosting.stopping", {})}
    parameters = _parameters(request, str(ending["judged_by"]))
    train = _pool(encoder, matrix, request.target)
    held_out = _pool(encoder, encoder.transform(request.valid_features), request.valid_target)
    if clock.seconds is not None:
        parameters["learning_rate"] = max(parameters["learning_rate"], _fast_enough(catboost, parameters, train, clock, ending))
    leaves_a_round = 2 ** int(parameters["depth"]) * max(1, problem.n_classes if problem.task == "multiclass" else 1)
    rounds = int(max(1, min(ending["rounds"], ending["most_leaves"] / leaves_a_round)))
    metric = str(parameters["eval_metric"])
    stopper = _Stopper(clock, metric, parameters["learning_rate"], ending)
    booster = catboost.CatBoost({**parameters, "iterations": rounds})
    booster.fit(train, eval_set=held_out, use_best_model=False, callbacks=[stopper])
    best = min(max(1, stopper.best_round), booster.tree_count_)
    booster.shrink(best)
    happened = _Facts(
        classes=problem.n_classes,
        threads=request.threads,
        rounds=stopper.rounds,
        best_round=best,
        stopped=stopper.reason,
        learning_rate=float(parameters["learning_rate"]),
        objective=str(parameters["loss_function"]),
        constant=_usual(request),
    )
    return CategoryTrees(encoder, booster, happened)


def _constant(request: FitRequest, encoder: TreeEncoder) -> CategoryTrees:
    """Return the model of columns or a target that do not vary, which CatBoost refuses."""
    return CategoryTrees(
        encoder, None, _Facts(request.problem.n_classes, request.threads, 0, 0, "nothing varies", 0.0, "", _usual(request))
    )


def _usual(request: FitRequest) -> tuple[float, ...]:
    """Return the mean, or the shares of the classes with half a row for each."""
    classes = request.problem.n_classes
    if not classes:
        return (float(np.mean(request.target)),)
    counts = np.bincount(np.asarray(request.target, np.int64), minlength=classes) + 0.5
    return tuple((counts / counts.sum()).tolist())


def _says_nothing(matrix: np.ndarray) -> bool:
    """Whether no column has two different values."""
    return not len(matrix) or not bool(((matrix != matrix[0]) & ~(np.isnan(matrix) & np.isnan(matrix[0]))).any())


def _pool(encoder: TreeEncoder, matrix: np.ndarray, target: np.ndarray | None = None) -> Any:
    """Return encoded rows as CatBoost takes them: whole numbers for categories, of which -1 is a missing or unseen one."""
    import catboost
    import pandas as pd

    codes = encoder.categorical_columns
    if not codes:
        return catboost.Pool(matrix if matrix.shape[1] else np.zeros((len(matrix), 1), np.float32), target)
    plain = [k for k in range(matrix.shape[1]) if k not in codes]
    levels = np.nan_to_num(matrix[:, codes], nan=-1.0).astype(np.int32)
    frame = pd.concat([pd.DataFrame(matrix[:, plain], columns=plain), pd.DataFrame(levels, columns=codes)], axis=1)
    frame.columns = [str(name) for name in frame.columns]
    return catboost.Pool(frame, target, cat_features=[str(k) for k in codes])


def _parameters(request: FitRequest, judged_by: str) -> dict[str, Any]:
    problem = request.problem
    of_classes = "Logloss" if problem.task == "binary" else "MultiClass"
    loss = of_classes if problem.is_classification else _value_loss(problem, request.target)
    return {
        **request.values,
        "loss_function": loss,
        "eval_metric": STOPPING.get((problem.task, problem.metric), loss) if judged_by == "metric" else loss,
        **({"classes_count": problem.n_classes} if problem.task == "multiclass" else {}),
        "max_ctr_complexity": request.values.get("max_ctr_complexity", 1),
        "random_seed": request.seed,
        "thread_count": request.threads,
        "allow_writing_files": False,
        "logging_level": "Silent",
    }


def _value_loss(problem: Problem, target: np.ndarray) -> str:
    """Return CatBoost's name for the loss of values."""
    loss, details = value_loss(problem, target), {**LOSS_DETAILS, **problem.settings.get("network.loss_details", {})}
    if loss == "huber":
        return f"Huber:delta={details['huber_delta']}"
    return f"Quantile:alpha={details['quantile']}" if loss == "quantile" else OBJECTIVES.get(loss, "RMSE")


def _fast_enough(catboost: Any, parameters: Mapping[str, Any], train: Any, clock: Clock, ending: Mapping[str, float]) -> float:
    """Return the learning rate whose rounds fit into the time left, by the time of the first few."""
    before = clock.elapsed
    catboost.CatBoost({**parameters, "iterations": TIMED_ROUNDS}).fit(train)
    a_round_s = (clock.elapsed - before) / TIMED_ROUNDS
    return rate_in_time(clock, a_round_s, ending["rounds_times_rate_of_catboost"], ending["fastest_rate"])


@dataclass
class _Stopper:
    """CatBoost's callback: keeps the best round, and stops at the end of patience or of time."""

    clock: Clock
    metric: str
    rate: float
    ending: Mapping[str, float]
    best: float = field(default=math.inf)
    best_round: int = 0
    rounds: int = 0
    reason: str = "all rounds"

    def after_iteration(self, info: Any) -> bool:
        """Look at the round that ended; whether to go on."""
        self.rounds = int(info.iteration)
        value = float(info.metrics["validation"][self.metric][-1])
        loss = -value if self.metric in RISING else value
        if not self.best_round or loss < self.best:
            self.best, self.best_round = loss, self.rounds
        if self.rounds - self.best_round > patience(self.ending, self.rate, self.best_round):
            self.reason = "no better on held-out rows"
        elif self.clock.left <= 0:
            self.reason = "time"
        else:
            return True
        return False


def load(folder: Path) -> CategoryTrees:
    """Return the model that `save` wrote; CatBoost's parser only sees the very file that was written."""
    import catboost

    encoder, stored = storage.load(folder, "encoder", TreeEncoder), storage.load(folder, "model", _Stored)
    if len(stored.facts.constant) != max(1, stored.facts.classes):
        raise ValueError(f"{folder} does not have an answer for each class")
    if not stored.sha256:
        return CategoryTrees(encoder, None, stored.facts)
    path = folder / FILE
    try:
        if path.stat().st_size > LARGEST_MODEL or hashlib.sha256(path.read_bytes()).hexdigest() != stored.sha256:
            raise ValueError(f"{path} is not the file that was written")
        booster = catboost.CatBoost()
        booster.load_model(str(path), format="cbm")
    except (OSError, catboost.CatBoostError) as error:
        raise ValueError(f"{path} is not a model of CatBoost: {error}") from error
    if len(booster.feature_names_) != max(1, encoder.width):
        raise ValueError(f"{path} is a model of other columns")
    return CategoryTrees(encoder, booster, stored.facts)


FAMILY = Family(
    name="catboost",
    title="Gradient-boosted trees (CatBoost)",
    group="classic",
    tasks=frozenset({"binary", "multiclass", "regression"}),
    declare_space=declare_space,
    fit=fit,
    load=load,
    why="Strong where categories matter: it learns what they say about the target row by row, so that no row sees its own.",
    requires=("catboost",),
)
