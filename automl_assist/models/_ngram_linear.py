"""Linear models of many n-grams: one smooth loss, minimised by L-BFGS along a path of penalties, and what the families share of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from automl_assist.models._family import FitRequest
from automl_assist.models._selection import Clock, penalties_along, selection_loss, softmax, with_absent_classes
from automl_assist.preprocessing import Features, storage
from automl_assist.preprocessing.choices import Choices
from automl_assist.preprocessing.encoders import LinearEncoder
from automl_assist.preprocessing.ngram_vectors import NgramEncoder, without_texts
from automl_assist.rules.reading import NGRAMS, usual_penalties, usual_text_loss
from automl_assist.schema import Problem

if TYPE_CHECKING:
    from scipy import sparse

ITERATIONS = 120  # of L-BFGS for each penalty; warm-started ones take 20 to 60
CORRECTIONS = 10
TOLERANCE = 1e-4  # of the gradient's largest entry, as a share of the rows' mean
BEND = 0.2  # standard deviations of the target within which an absolute error is smoothed


@dataclass(frozen=True)
class NgramLinear:
    """Weights of n-grams and of what stands beside the texts.

    Attributes
    ----------
    ngrams, beside
        The encoders of the texts and of the other columns.
    beside_scale
        How much of their scale the other columns keep.
    weights
        float16 of shape (w, outputs): rounded before anything is measured, so that what is stored is what was scored.
    intercepts
        float64 of shape (outputs,).
    present, n_classes, rows
        Codes of the classes in the fold, number of all classes (0 for values), training rows.
    centre, spread, least, most
        Of the target, for values.
    penalty, tried
        The penalty taken, and how many were tried.
    """

    ngrams: NgramEncoder
    beside: LinearEncoder
    beside_scale: float
    weights: np.ndarray
    intercepts: np.ndarray
    present: np.ndarray
    n_classes: int
    rows: int
    centre: float
    spread: float
    least: float
    most: float
    penalty: float
    tried: int

    def __post_init__(self) -> None:
        """Hold the weights to the encoders and the classes; ValueError where they do not fit."""
        if self.weights.ndim != 2 or self.weights.shape != (self.ngrams.width + self.beside.width, len(self.intercepts)):
            raise ValueError("the weights of a text model do not fit its encoders")
        known = self.present.dtype.kind == "i" and (self.present >= 0).all() and (self.present < max(1, self.n_classes)).all()
        if not known or len(self.intercepts) != _outputs(self.n_classes, len(self.present)):
            raise ValueError("the outputs of a text model do not fit its classes")

    def predict(self, features: Features) -> np.ndarray:
        """Return probabilities of shape (n, k), or values of shape (n,)."""
        return self.answer(self.encode(features))

    def encode(self, features: Features) -> sparse.csr_matrix:
        """Return the rows that the weights are for."""
        return beside_each_other(self.ngrams.transform(features), self.beside.transform(without_texts(features)), self.beside_scale)

    def answer(self, matrix: sparse.csr_matrix) -> np.ndarray:
        """Return predictions for encoded rows."""
        outputs = np.asarray(matrix @ self.weights.astype(np.float32), np.float64) + self.intercepts
        if self.n_classes == 0:
            return np.clip(outputs[:, 0] * self.spread + self.centre, self.least, self.most)
        if len(self.present) == 1:
            return with_absent_classes(np.ones((len(outputs), 1)), self.present, self.n_classes, self.rows)
        if len(self.present) == 2:
            outputs = np.column_stack([np.zeros(len(outputs)), outputs[:, 0]])
        return with_absent_classes(softmax(outputs), self.present, self.n_classes, self.rows)

    def save(self, folder: Path) -> None:
        """Write the model into the existing empty `folder`."""
        storage.save(folder, "model", self)

    def facts(self) -> dict[str, Any]:
        """Return the penalty taken, the number tried, and how many n-grams are known."""
        return {"penalty": self.penalty, "penalties_tried": self.tried, "n_grams": self.ngrams.width, "columns": int(self.weights.shape[0])}


def beside_each_other(texts: sparse.csr_matrix, others: Any, scale: float) -> sparse.csr_matrix:
    """Return n-grams and scaled columns side by side, of whose scale these keep `scale`."""
    from scipy import sparse

    return sparse.hstack([texts, sparse.csr_matrix(np.asarray(others, np.float32) * np.float32(scale))], format="csr", dtype=np.float32)


def most_ngrams(n_classes: int, weights: int, fewest: int) -> int:
    """Return how many n-grams a model of so many weights may know, so that many classes do not make a huge file."""
    return max(min(fewest, weights), weights // max(1, n_classes if n_classes > 2 else 1))


def ngrams_of(problem: Problem) -> dict[str, Any]:
    """Return which n-grams count, by the plan and else as usual."""
    return {**NGRAMS, **problem.settings.get("text.ngrams", {})}


def _along(problem: Problem) -> dict[str, float]:
    return {**usual_penalties(problem.metric, problem.rows), **problem.settings.get("text.penalties", {})}


def penalties_of(problem: Problem) -> tuple[float, ...]:
    """Return the penalties to try, strong first."""
    return penalties_along(_along(problem))


Scales: TypeAlias = "Callable[[sparse.csr_matrix, np.ndarray, int], np.ndarray]"


def fit_ngrams(request: FitRequest, *, binary: bool, scales: Scales | None = None, penalties: tuple[float, ...] = ()) -> NgramLinear:
    """Encode, fit along the path of penalties, and keep what does best on the held-out rows.

    Parameters
    ----------
    request : FitRequest
    binary : bool
        Whether n-grams count once a text and weigh alike, as naive Bayes wants them; otherwise TF-IDF.
    scales : callable, optional
        ``scales(matrix, target, outputs)`` returns factors of the columns for each output, of shape (w, outputs): a column of a larger
        factor is penalised less.
    penalties : tuple of float
        To try, strong first; those of the plan where none is given.
    """
    clock = Clock.start(request.seconds)
    problem, target = request.problem, np.asarray(request.target)
    others = without_texts(request.features)
    details, patience = ngrams_of(problem), _along(problem)["worse_in_a_row"]
    scale = float(details["beside"])
    most = most_ngrams(problem.n_classes, details["weights"], details["fewest"])
    ngrams, texts = NgramEncoder.fit(request.features, binary=binary, most=most, details=details)
    beside, columns = LinearEncoder.fit(others, target, problem.n_classes, request.seed, Choices("linear", problem.settings))
    matrix = beside_each_other(texts, columns, scale)
    held_out = beside_each_other(ngrams.transform(request.valid_features), beside.transform(without_texts(request.valid_features)), scale)
    present = np.unique(target).astype(np.int64) if problem.is_classification else np.zeros(0, np.int64)
    penalties = penalties or penalties_of(problem)
    settled = (request.settled or {}).get("penalty")
    if settled:  # the weights for a weak penalty are found soonest from those for stronger ones
        penalties = (*(penalty for penalty in penalties if penalty > settled), settled)
    centre, spread, least, largest = (0.0, 1.0, 0.0, 0.0) if problem.is_classification else _spread_of(target)
    outputs = _outputs(problem.n_classes, len(present))
    coded = np.searchsorted(present, target) if problem.is_classification else (target - centre) / spread
    known = (present, problem.n_classes, len(target), centre, spread, least, largest)
    if problem.is_classification and len(present) == 1:
        return NgramLinear(
            ngrams, beside, scale, np.zeros((matrix.shape[1], outputs), np.float16), np.zeros(outputs), *known, penalty=0.0, tried=0
        )
    loss = str(problem.settings.get("text.loss") or usual_text_loss(problem.is_classification, problem.metric))
    factors = None if scales is None else np.asarray(scales(matrix, coded, outputs), np.float32)
    best: tuple[tuple[float, float], NgramLinear] | None = None
    worse, tried = 0, 0
    for penalty, weights, intercepts in path(matrix, coded, outputs, loss, factors, penalties, clock):
        tried += 1
        model = NgramLinear(ngrams, beside, scale, weights.astype(np.float16), intercepts, *known, penalty=penalty, tried=tried)
        if settled:  # its held-out rows are known to it: the last penalty is the one
            best = (0.0, 0.0), model
            continue
        judged = selection_loss(problem, request.valid_target, model.answer(held_out))
        better = best is None or judged < best[0]
        best = (judged, model) if better or best is None else best
        worse = 0 if better else worse + 1
        if worse >= patience or clock.left <= 0:
            break
    assert best is not None  # the path yields once in any case
    return replace(best[1], tried=tried)


def settle(facts: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """Return the penalty of a fit of all rows: the geometric mean of those that did best on held-out rows."""
    found = [float(fact["penalty"]) for fact in facts if fact.get("penalty")]
    return {"penalty": float(np.exp(np.mean(np.log(found))))} if found else {}


def path(
    matrix: sparse.csr_matrix,
    target: np.ndarray,
    outputs: int,
    loss: str,
    factors: np.ndarray | None,
    penalties: tuple[float, ...],
    clock: Clock,
) -> Iterator[tuple[float, np.ndarray, np.ndarray]]:
    """Yield penalty, weights and intercepts from strong to weak: the first in any case, others while there is time."""
    from scipy import optimize  # a fifth of a second, which recommending and profiling need not wait for

    width = matrix.shape[1]
    transposed = matrix.T.tocsr()
    flat = np.concatenate([np.zeros(width * outputs), _first_intercepts(target, outputs, loss)])
    slowest = 0.0
    for penalty in penalties:
        begun = clock.elapsed

        def value(flat: np.ndarray, penalty: float = penalty) -> tuple[float, np.ndarray]:
            free = flat[: width * outputs].reshape(width, outputs)
            single = free.astype(np.float32)
            effective = single if factors is None else single * factors
            answers = np.asarray(matrix @ effective, np.float64) + flat[width * outputs :]
            total, residual = _loss(loss, answers, target)
            slope = np.asarray(transposed @ residual.astype(np.float32), np.float64)
            if factors is not None:
                slope *= factors
            gradient = np.concatenate([(slope + penalty * free).ravel(), residual.sum(axis=0)])
            return (total + 0.5 * penalty * float((free**2).sum())) / len(target), gradient / len(target)

        def late(_: np.ndarray) -> None:
            if clock.left <= 0:
                raise StopIteration

        found = optimize.minimize(
            value, flat, jac=True, method="L-BFGS-B", callback=late,
            options={"maxiter": ITERATIONS, "maxcor": CORRECTIONS, "gtol": TOLERANCE * 0.1, "ftol": 1e-7},
        )  # fmt: skip
        flat = found.x
        weights = flat[: width * outputs].reshape(width, outputs)
        yield penalty, weights if factors is None else weights * factors, flat[width * outputs :].copy()
        slowest = max(slowest, clock.elapsed - begun)
        if clock.left < slowest:
            return


def _loss(loss: str, answers: np.ndarray, target: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the summed loss, and its derivative by each answer."""
    if loss == "squared":
        residual = answers - target[:, None]
        return 0.5 * float((residual**2).sum()), residual
    if loss == "absolute":
        residual = answers - target[:, None]
        root = np.sqrt(residual**2 + BEND**2)
        return float((root - BEND).sum()), residual / root
    rows = np.arange(len(answers))
    if answers.shape[1] == 1:
        signed = np.where(target == 1, -answers[:, 0], answers[:, 0])
        total = float(np.logaddexp(0, signed).sum())
        return total, (1 / (1 + np.exp(-np.clip(answers, -500, 500))) - (target == 1)[:, None])
    probabilities = softmax(answers)
    total = -float(np.log(np.maximum(probabilities[rows, target], 1e-300)).sum())
    probabilities[rows, target] -= 1
    return total, probabilities


def _first_intercepts(target: np.ndarray, outputs: int, loss: str) -> np.ndarray:
    if loss != "cross_entropy":
        return np.array([np.median(target) if loss == "absolute" else 0.0])
    shares = np.bincount(target, minlength=2) / len(target)
    return np.log(shares[1:] / shares[:1]) if outputs == 1 else np.log(shares)


def _spread_of(target: np.ndarray) -> tuple[float, float, float, float]:
    spread = float(target.std())
    return float(target.mean()), spread if spread > 0 else 1.0, float(target.min()), float(target.max())


def _outputs(n_classes: int, present: int) -> int:
    return 1 if n_classes == 0 or present <= 2 else present
