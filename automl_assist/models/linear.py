"""Logistic and ridge regression on scaled numbers, levels and words."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from automl_assist.models._declare import declare
from automl_assist.models._family import Family, FitRequest, SearchSpace
from automl_assist.models._logged import fitting, loading, without_logs
from automl_assist.models._selection import Clock, penalties_along, selection_loss, softmax, whole_decades, with_absent_classes
from automl_assist.preprocessing import Features, storage
from automl_assist.preprocessing.choices import Choices
from automl_assist.preprocessing.encoders import LinearEncoder
from automl_assist.rules.classic import bound_of, offers_curves, usual_penalties
from automl_assist.schema import Problem

ITERATIONS = 50  # of L-BFGS between looks at the clock
MOST_ITERATIONS = 300
DENSE_CELLS = 8_000_000  # of a matrix with texts that is small enough to be solved exactly: 64 MB
ANY_VALUE = float(np.finfo(np.float64).max)
LARGEST_GRAM = 4_000  # an eigendecomposition of this size takes about 10 s on one core
LSQR_ITERATIONS = 200
LSQR_STRONGEST, LSQR_WEAKEST = 1e4, 0.1

Matrix: TypeAlias = Any  # np.ndarray of shape (n, w), or a scipy.sparse.csr_matrix of that shape where there are texts


@dataclass(frozen=True)
class Linear:
    """Weights of shape (w, outputs), an intercept for each output, and the encoder before them.

    For classes, `present` lists those among the training rows; one output stands for two of them. Values stay from `least` to `most`.
    """

    encoder: LinearEncoder
    weights: np.ndarray
    intercepts: np.ndarray
    present: np.ndarray
    n_classes: int
    rows: int
    penalty: float
    tried: int
    least: float = -ANY_VALUE
    most: float = ANY_VALUE

    def __post_init__(self) -> None:
        """Hold the weights to the encoder; ValueError where they do not fit."""
        if self.weights.ndim != 2 or self.weights.shape != (self.encoder.width, len(self.intercepts)):
            raise ValueError("the weights of a linear model do not fit its encoder")
        known = self.present.dtype.kind == "i" and (self.present >= 0).all() and (self.present < max(1, self.n_classes)).all()
        outputs = 1 if self.n_classes == 0 or len(self.present) == 2 else len(self.present)
        if not known or outputs != len(self.intercepts):
            raise ValueError("the outputs of a linear model do not fit its classes")

    def predict(self, features: Features) -> np.ndarray:
        """Return probabilities of shape (n, k), or values of shape (n,)."""
        return self.answer(self.encoder.transform(features))

    def answer(self, matrix: Matrix) -> np.ndarray:
        """Return predictions for encoded rows."""
        outputs = np.asarray(matrix @ self.weights) + self.intercepts
        if self.n_classes == 0:
            return np.clip(outputs[:, 0], self.least, self.most)
        if len(self.present) == 2:
            outputs = np.column_stack([np.zeros(len(outputs)), outputs[:, 0]])
        return with_absent_classes(softmax(outputs), self.present, self.n_classes, self.rows)

    def save(self, folder: Path) -> None:
        """Write the model into the existing empty `folder`."""
        storage.save(folder, "model", self)

    def facts(self) -> dict[str, Any]:
        """Return the penalty taken and the number tried."""
        return {"penalty": self.penalty, "penalties_tried": self.tried, "columns": int(self.weights.shape[0])}


def declare_space(hp: SearchSpace, problem: Problem) -> None:
    """Declare the strength of the penalty, and whether the fit chooses it by itself."""
    declare_as("linear", hp, problem)


def declare_as(family: str, hp: SearchSpace, problem: Problem) -> None:
    """Declare the same under the name of a family that fits this one to something else."""
    offered = offers_curves(problem.settings)
    declare(family, hp, problem, without=(*without_logs(problem), *(name for name, wanted in offered.items() if not wanted)))


def fit(request: FitRequest) -> Linear:
    """Fit along a path of penalties, warm-started, and keep what does best on the held-out rows."""
    from scipy import sparse

    clock = Clock.start(request.seconds)
    problem = request.problem
    offered, values = offers_curves(problem.settings), request.values
    encoder, matrix = LinearEncoder.fit(
        request.features, request.target, problem.n_classes, request.seed, Choices("linear", problem.settings),
        log_numbers=bool(values.get("log_numbers")), products=offered["products"] if values.get("products") else 0,
    )  # fmt: skip
    if not sparse.issparse(matrix):
        matrix = matrix.astype(np.float64)
    held_out = encoder.transform(request.valid_features)
    along = {**usual_penalties(problem.is_classification), **problem.settings.get("linear.penalties", {})}
    # multiples of what a row weighs (scikit-learn's alpha, and 1 / C); each fit starts the next
    penalties = penalties_along(along) if values["choose_penalty"] else (float(values["penalty"]),)
    present = np.unique(request.target) if problem.is_classification else np.zeros(0, np.int64)
    known = (present.astype(np.int64), problem.n_classes, len(request.target))
    reach = (-ANY_VALUE, ANY_VALUE)
    if not problem.is_classification:
        reach = _reach(np.asarray(request.target, np.float64), bound_of(problem.settings), bent=encoder.products)
    if not problem.is_classification:
        path = _ridge_path(matrix, np.asarray(request.target, np.float64), penalties)
    elif len(present) == 1 or not encoder.width:
        path = iter([_shares_alone(request.target, present, encoder.width, penalties[0])])
    else:
        path = _logistic_path(matrix, request.target, penalties, clock, request.seed)
    tried: list[tuple[tuple[float, float], Linear]] = []
    best = 0
    for number, (penalty, weights, intercepts) in enumerate(path):
        model = Linear(encoder, weights, intercepts, *known, penalty, number + 1, *reach)
        tried.append((selection_loss(problem, request.valid_target, model.answer(held_out)), model))
        best = number if tried[number][0] < tried[best][0] else best
        if number - best >= along["worse_in_a_row"] or clock.left <= 0:
            break
    return replace(tried[best][1], tried=len(tried))


def _reach(target: np.ndarray, bound: float, *, bent: bool) -> tuple[float, float]:
    """Return the lowest and highest answer: ends at which a share of `bound` of the rows stands, and for curves, which run away, all."""
    least, most = float(target.min()), float(target.max())
    low, high = ((target == end).mean() >= bound or bent for end in (least, most))
    return least if low else -ANY_VALUE, most if high else ANY_VALUE


def _shares_alone(target: np.ndarray, present: np.ndarray, width: int, penalty: float) -> tuple[float, np.ndarray, np.ndarray]:
    """Return a penalty, and weights and intercepts that say how often each class occurs."""
    logits = np.log(np.bincount(target)[present] / len(target))
    intercepts = logits[1:] - logits[:1] if len(present) == 2 else logits
    return penalty, np.zeros((width, len(intercepts))), intercepts


def _logistic_path(
    matrix: Matrix, target: np.ndarray, penalties: Sequence[float], clock: Clock, seed: int
) -> Iterator[tuple[float, np.ndarray, np.ndarray]]:
    """Yield penalty, weights and intercepts, from strong to weak; the first in any case, the others while there is time."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(solver="lbfgs", warm_start=True, max_iter=ITERATIONS, tol=1e-4, random_state=seed)
    slowest = 0.0
    for penalty in penalties:
        model.C = 1.0 / penalty
        for _ in range(MOST_ITERATIONS // ITERATIONS):
            before = clock.elapsed
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ConvergenceWarning)
                model.fit(matrix, target)
            slowest = max(slowest, clock.elapsed - before)
            if model.n_iter_.max() < ITERATIONS or clock.left < slowest:
                break
        yield penalty, model.coef_.T.astype(np.float64), np.asarray(model.intercept_, np.float64)
        if clock.left < slowest:
            return


def _ridge_path(matrix: Matrix, target: np.ndarray, penalties: Sequence[float]) -> Iterator[tuple[float, np.ndarray, np.ndarray]]:
    """Yield penalty, weights and intercepts from strong to weak: one eigendecomposition serves all penalties."""
    from scipy import sparse

    if sparse.issparse(matrix) and np.prod(matrix.shape) <= DENSE_CELLS:
        matrix = matrix.toarray().astype(np.float64)
    if sparse.issparse(matrix) or min(matrix.shape) > LARGEST_GRAM:
        yield from _lsqr_path(matrix, target, penalties)
        return
    centre, middle = matrix.mean(axis=0), target.mean()
    rows, residual = matrix - centre, target - middle
    wide = rows.shape[1] > rows.shape[0]
    values, vectors = np.linalg.eigh(rows @ rows.T if wide else rows.T @ rows)
    values = np.maximum(values, 0.0)
    projected = vectors.T @ (residual if wide else rows.T @ residual)
    for penalty in penalties:
        solution = vectors @ (projected / (values + penalty))
        weights = rows.T @ solution if wide else solution
        yield penalty, weights[:, None], np.array([middle - centre @ weights])


def _lsqr_path(matrix: Matrix, target: np.ndarray, penalties: Sequence[float]) -> Iterator[tuple[float, np.ndarray, np.ndarray]]:
    from sklearn.linear_model import Ridge

    # every step of this path solves anew: one a decade, from where a matrix of this size is not all noise
    for penalty in whole_decades(penalties, LSQR_STRONGEST, LSQR_WEAKEST):
        model = Ridge(alpha=penalty, solver="lsqr", max_iter=LSQR_ITERATIONS).fit(matrix, target)
        yield penalty, np.asarray(model.coef_, np.float64)[:, None], np.array([float(model.intercept_)])


def load(folder: Path) -> Linear:
    """Return the model that `save` wrote."""
    return storage.load(folder, "model", Linear)


FAMILY = Family(
    name="linear",
    title="Linear model",
    group="classic",
    tasks=frozenset({"binary", "multiclass", "regression"}),
    declare_space=declare_space,
    fit=fitting(fit),
    load=loading(load),
    why="One weight a column: hard to beat on few rows and on texts, and the yardstick for everything else.",
)
