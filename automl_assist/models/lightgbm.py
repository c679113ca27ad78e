"""Gradient-boosted trees by LightGBM."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from automl_assist.models._booster_answers import MANY_ROWS, answers_of
from automl_assist.models._booster_text import load_booster
from automl_assist.models._boosting import patience, rate_in_time, value_loss
from automl_assist.models._declare import declare
from automl_assist.models._family import Family, FitRequest, SearchSpace
from automl_assist.models._lightgbm_alone import lightgbm_alone
from automl_assist.models._linear_leaves import NAME as LINEAR_LEAVES, Lines, without_lines
from automl_assist.models._logged import fitting, loading, settled_logs, without_logs
from automl_assist.models._made_columns import with_made_columns
from automl_assist.models._selection import Clock
from automl_assist.preprocessing import Features, storage
from automl_assist.preprocessing.choices import Choices
from automl_assist.preprocessing.encoders import TreeEncoder
from automl_assist.rules._spaces import OF_CATEGORIES
from automl_assist.rules.classic import LINE_PENALTY, STOPPING as ENDING
from automl_assist.rules.made import makes_columns
from automl_assist.rules.network import LOSS_DETAILS
from automl_assist.rules.split import MORE_ROUNDS
from automl_assist.schema import Problem

TIMED_ROUNDS = 10  # rounds after which their time is known
# LightGBM's names of the metrics it can stop on where the plan says so; a metric of labels jumps, so the log loss stands in for it.
STOPPING = {
    ("binary", "roc_auc"): "auc",
    ("binary", "average_precision"): "average_precision",
}
STOPPING_OTHERWISE = {"binary": "binary_logloss", "multiclass": "multi_logloss"}
# By the loss of values: LightGBM's objective, and the metric that it stops on.
OBJECTIVES = {
    "squared": ("regression", "l2"),
    "absolute": ("regression_l1", "l1"),
    "huber": ("huber", "huber"),
    "quantile": ("quantile", "quantile"),
    "poisson": ("poisson", "poisson"),
}
RISING = ("auc", "average_precision")
ERRORS = ("l2", "l1", "huber", "quantile")  # zero for perfect answers; the Poisson loss ends anywhere
OURS = ("made_columns", LINEAR_LEAVES, "log_target")  # hyper-parameters that LightGBM does not know by this name


@dataclass(frozen=True)
class BoostedTrees:
    """A LightGBM booster, cut at its best round, and the encoder before it."""

    encoder: TreeEncoder
    booster: Any
    happened: Mapping[str, Any]
    lines: Lines | None = None  # where leaves are linear

    def predict(self, features: Features) -> np.ndarray:
        """Return probabilities of shape (n, k), or values of shape (n,)."""
        matrix = _never_narrow(self.encoder.transform(features))
        if not len(matrix):
            outputs = self.booster.num_model_per_iteration()
            return np.empty((0, max(2, outputs))) if self.happened["classes"] else np.empty(0)
        if self.lines:
            matrix = self.lines.inputs(matrix)
        threads = self.happened["threads"] if len(matrix) < MANY_ROWS else 0  # 0: as many as the process may use
        answer = answers_of(self.booster, matrix, threads)
        if self.lines:
            answer = self.lines.bounded(answer)
        return np.column_stack([1 - answer, answer]) if self.happened["classes"] == 2 else answer

    def save(self, folder: Path) -> None:
        """Write the model into the existing empty `folder`."""
        storage.save(folder, "encoder", self.encoder)
        storage.save(folder, "model", _Facts(**self.happened))
        if self.lines:
            storage.save(folder, "lines", self.lines)
        (folder / "trees.txt").write_text(self.booster.model_to_string(), encoding="ascii")

    def facts(self) -> dict[str, Any]:
        """Return the rounds done, the best one, why the fit stopped, the last learning rate, and which columns were made."""
        return dict(self.happened)


@dataclass(frozen=True)
class _Facts:
    """What `facts` says, and what `predict` needs beside the booster."""

    classes: int
    threads: int
    rounds: int
    best_round: int
    stopped: str
    learning_rate: float
    made_columns: tuple[str, ...]
    linear_leaves: bool


def declare_space(hp: SearchSpace, problem: Problem) -> None:
    """Declare TabArena's space for LightGBM."""
    declare_as("lightgbm", hp, problem)


def declare_as(family: str, hp: SearchSpace, problem: Problem) -> None:
    """Declare the same under the name of a family that fits this one to something else."""
    declare(family, hp, problem, without=_without(problem))


def _without(problem: Problem) -> tuple[str, ...]:
    """Return the hyper-parameters that make no sense for this problem."""
    made = makes_columns(problem.settings.get("made_columns"))
    unmade = () if made else ("made_columns",)
    return (() if problem.categories else OF_CATEGORIES) + unmade + without_lines(problem) + without_logs(problem)


def fit(request: FitRequest) -> BoostedTrees:
    """Boost until the held-out rows say stop, or time does."""
    import lightgbm

    clock = Clock.start(request.seconds)
    _silence(lightgbm)
    problem = request.problem
    choices = Choices("boosting", problem.settings)
    encoder, matrix = TreeEncoder.fit(request.features, request.target, problem.n_classes, request.seed, choices)
    if request.values.get("made_columns"):
        encoder, matrix = with_made_columns(request, encoder, matrix, choices, clock)
    ending = {**ENDING, **problem.settings.get("boosting.stopping", {})}
    parameters = _parameters(request, str(ending["judged_by"]))
    matrix = _never_narrow(matrix)
    lines = Lines.of(matrix, request.target, encoder.categorical_columns) if parameters["linear_tree"] else None
    matrix = lines.inputs(matrix) if lines else matrix
    train = lightgbm.Dataset(matrix, request.target, categorical_feature=encoder.categorical_columns, params=parameters)
    leaves_a_round = parameters["num_leaves"] * (problem.n_classes if problem.task == "multiclass" else 1)
    stopper = _Stopper(clock, parameters["learning_rate"], leaves_a_round, ending, down_to_zero=parameters["metric"][0] in ERRORS)
    if request.settled:
        booster = lightgbm.train(parameters | {"learning_rate": stopper.settled(request)}, train, stopper.rounds)
    else:
        held = _never_narrow(encoder.transform(request.valid_features))
        held_out = train.create_valid(lines.inputs(held) if lines else held, request.valid_target, params=parameters)
        rounds = int(ending["rounds"])
        booster = lightgbm.train(parameters, train, rounds, valid_sets=[held_out], valid_names=["held out"], callbacks=[stopper])
    best = max(1, stopper.best_round)
    text = booster.model_to_string(num_iteration=best)
    happened = _Facts(
        classes=problem.n_classes,
        threads=request.threads,
        rounds=stopper.rounds,
        best_round=best,
        stopped=stopper.reason,
        learning_rate=stopper.rate,
        made_columns=tuple(encoder.made.described(request.features)) if encoder.made else (),
        linear_leaves=lines is not None,
    )
    return BoostedTrees(encoder, lightgbm.Booster(model_str=text), asdict(happened), lines)


def settle(facts: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """Return the rounds of a fit of all rows and its learning rate: those of the folds, where a fold that was in a hurry took fewer."""
    rate = float(np.median([fact["learning_rate"] for fact in facts]))
    way = float(np.mean([fact["best_round"] * fact["learning_rate"] for fact in facts]))
    return {"learning_rate": rate, "rounds": way / rate, **settled_logs(facts)}


def _parameters(request: FitRequest, judged_by: str) -> dict[str, Any]:
    problem = request.problem
    if problem.is_classification:
        objective, fallback = problem.task, STOPPING_OTHERWISE[problem.task]
        stopping = STOPPING.get((problem.task, problem.metric), fallback) if judged_by == "metric" else fallback
    else:
        objective, stopping = OBJECTIVES.get(value_loss(problem, request.target), OBJECTIVES["squared"])
        fallback = "l2"
    details = {**LOSS_DETAILS, **problem.settings.get("network.loss_details", {})}
    alpha = {"huber": details["huber_delta"], "quantile": details["quantile"]}.get(objective)
    return {
        **{name: value for name, value in request.values.items() if name not in OURS},
        "linear_tree": bool(request.values.get(LINEAR_LEAVES)) and not without_lines(problem),
        "linear_lambda": float(problem.settings.get("boosting.lines", {}).get("penalty", LINE_PENALTY)),
        "objective": objective,
        "metric": [stopping] if stopping == fallback else [stopping, fallback],
        "bagging_freq": 1,
        "num_threads": request.threads,
        "seed": request.seed,
        "deterministic": True,
        "force_col_wise": True,  # otherwise LightGBM times both ways, and the faster one varies
        "feature_pre_filter": False,
        "min_sum_hessian_in_leaf": 1e-3,
        "verbosity": -1,
        **({} if alpha is None else {"alpha": alpha}),
        **({"num_class": problem.n_classes} if problem.task == "multiclass" else {}),
    }


@dataclass(eq=False)  # LightGBM keeps callbacks in a set
class _Stopper:
    """LightGBM's callback: keeps the best round, and stops at the end of patience or of time.

    The first metric decides; where it ties, as ROC AUC does once it is perfect, the second does.
    """

    clock: Clock
    rate: float
    leaves_a_round: int
    ending: Mapping[str, float]
    down_to_zero: bool = False  # the loss is one of values, of which what is left counts as well as what is gone
    best: tuple[float, ...] = ()
    first: tuple[float, ...] = ()
    noticed: tuple[float, ...] = ()  # the last that was better by more than a hair
    noticed_round: int = 0
    best_round: int = 0
    rounds: int = 0
    reason: str = "all rounds"
    started: float = field(default=math.nan)
    order: int = 30
    before_iteration: bool = False

    def settled(self, request: FitRequest) -> float:
        """Take the rounds from the folds in place of looking, somewhat more of them for more rows; return the learning rate."""
        folds, more = request.settled or {}, request.problem.settings.get("refit", {}).get("rounds", MORE_ROUNDS)
        self.rate = float(folds["learning_rate"])
        most = max(1, int(self.ending["most_leaves"]) // self.leaves_a_round)
        self.rounds = self.best_round = min(most, max(1, round(float(folds["rounds"]) * more)))
        self.reason = "rounds of the folds"
        return self.rate

    def __call__(self, env: Any) -> None:
        """Look at the round that ended."""
        import lightgbm

        self.rounds = env.iteration + 1
        loss = tuple(-value if name in RISING else value for _, name, value, *_ in env.evaluation_result_list)
        if not self.best or loss < self.best:
            self.best, self.best_round = loss, self.rounds
        self._notice(loss)
        if self.rounds - self.noticed_round > patience(self.ending, self.rate, self.noticed_round):
            self.reason = "no better on held-out rows"
        elif self.rounds * self.leaves_a_round >= self.ending["most_leaves"]:
            self.reason = "size"
        elif self.clock.left <= 0:
            self.reason = "time"
        else:
            self._hurry(env)
            return
        raise lightgbm.callback.EarlyStopException(self.best_round - 1, env.evaluation_result_list)

    def _notice(self, loss: tuple[float, ...]) -> None:
        """Take note of a round that is better by more than a hair; ties of the first metric are broken by the second.

        A hair is a share of what was gained since the first round, and of the loss of values a share of what is left where that is less:
        with 1 % of the variance left, a hundredth of it is a gain that can be seen. That is waited for as long as the time of a fold
        allows. Log loss is not taken so: where classes can be told apart it halves and halves again to the end.
        """
        if not self.noticed:
            self.first = self.noticed = loss
            self.noticed_round = self.rounds
        of_rest = self.ending["noticeable_of_rest"] if self.down_to_zero and self._in_time else math.inf
        gains = [
            (before - now, min(self.ending["noticeable"] * (first - now), of_rest * now))
            for first, before, now in zip(self.first, self.noticed, loss, strict=True)
        ]
        if gains[0][0] > max(gains[0][1], 0.0) or (gains[0][0] == 0 and len(gains) > 1 and gains[1][0] > max(gains[1][1], 0.0)):
            self.noticed, self.noticed_round = loss, self.rounds

    @property
    def _in_time(self) -> bool:
        return not self.ending["rest_seconds"] or self.clock.elapsed < self.ending["rest_seconds"]

    def _hurry(self, env: Any) -> None:
        """Once the time of a round is known, learn faster if the rounds that the rate needs do not fit."""
        if self.rounds == 1:
            self.started = self.clock.elapsed
        if self.rounds != TIMED_ROUNDS or self.clock.seconds is None:
            return
        a_round_s = (self.clock.elapsed - self.started) / (TIMED_ROUNDS - 1)
        wanted = rate_in_time(self.clock, a_round_s, self.ending["rounds_times_rate"], self.ending["fastest_rate"])
        if wanted > self.rate:
            self.rate = wanted
            env.model.reset_parameter({"learning_rate": wanted})
            env.params["learning_rate"] = wanted


class _Silent:
    """A logger that says nothing: messages for people are the caller's to give."""

    def info(self, text: str) -> None:
        """Say nothing."""

    def warning(self, text: str) -> None:
        """Say nothing."""


def _silence(lightgbm: Any) -> None:
    lightgbm.register_logger(_Silent())


def _never_narrow(matrix: np.ndarray) -> np.ndarray:
    """Return the matrix, or one constant column if it has none: LightGBM needs at least one."""
    return matrix if matrix.shape[1] else np.zeros((len(matrix), 1), np.float32)


def load(folder: Path) -> BoostedTrees:
    """Return the model that `save` wrote; its text is checked before LightGBM reads it."""
    encoder, happened = storage.load(folder, "encoder", TreeEncoder), storage.load(folder, "model", _Facts)
    path = folder / "trees.txt"
    _silence(lightgbm_alone())
    booster = load_booster(path, max(1, encoder.width))
    if (booster.num_model_per_iteration() if happened.classes > 2 else happened.classes) != happened.classes:
        raise ValueError(f"{path} does not have the classes of its model")
    lines = storage.load(folder, "lines", Lines) if happened.linear_leaves else None
    return BoostedTrees(encoder, booster, asdict(happened), lines)


FAMILY = Family(
    name="lightgbm",
    title="Gradient-boosted trees (LightGBM)",
    group="classic",
    tasks=frozenset({"binary", "multiclass", "regression"}),
    declare_space=declare_space,
    fit=fitting(fit),
    load=loading(load),
    settle=settle,
    why="The best answer for its cost on most tables: takes missing values and categories as they are.",
    requires=("lightgbm",),
)
