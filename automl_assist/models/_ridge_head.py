"""Ridge regression on many features of few rows, for values and for classes, with calibrated probabilities.

Classes are learned as columns of zeros and ones; what comes out is sharpened into probabilities by one number. Where one
eigendecomposition is affordable it gives, for every penalty, the predictions for each training row by a model without that row.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from automl_assist.models._family import FitRequest
from automl_assist.models._selection import Clock, log_loss, penalties_along, selection_loss, softmax, whole_decades, with_absent_classes
from automl_assist.rules.image import PENALTIES
from automl_assist.schema import Problem

LARGEST_DECOMPOSED = 2_500  # rows or features: an eigendecomposition of this size takes some four seconds on one core
SOLVED_STRONGEST, SOLVED_WEAKEST = 1.0, 1e-3  # of larger ones every penalty takes a fit of its own: one a decade, where the best ones lay
SHARPNESS_STEP = 2.0  # so many are tried for every doubling
STEADY = 1e-2  # of the mean spread, added to each feature's, so that hardly varying ones are not blown up

Solved: TypeAlias = tuple[float, np.ndarray, np.ndarray]  # penalty, weights, and answers for rows that were not learned from


@dataclass(frozen=True)
class RidgeHead:
    """Weights of standardised features.

    Attributes
    ----------
    centre, scale
        Of each feature, float32 of shape (w,).
    weights, intercepts
        float32 of shape (w, outputs) and (outputs,).
    sharpness
        Outputs times this are logits.
    present, n_classes, rows
        Codes of the classes in the fold, number of all classes (0 for values), training rows.
    least, most
        Of the target, for values.
    penalty, tried
        The penalty taken, and how many were tried.
    """

    centre: np.ndarray
    scale: np.ndarray
    weights: np.ndarray
    intercepts: np.ndarray
    sharpness: float
    present: np.ndarray
    n_classes: int
    rows: int
    least: float
    most: float
    penalty: float
    tried: int

    def __post_init__(self) -> None:
        """Hold the arrays to one another; ValueError where they do not fit."""
        width, outputs = len(self.centre), len(self.intercepts)
        if self.scale.shape != (width,) or self.weights.shape != (width, outputs):
            raise ValueError("the weights of a ridge model do not fit its features")
        known = self.present.dtype.kind == "i" and (self.present >= 0).all() and (self.present < max(1, self.n_classes)).all()
        if not known or outputs != (len(self.present) if self.n_classes else 1):
            raise ValueError("the outputs of a ridge model do not fit its classes")

    def predict(self, features: np.ndarray) -> np.ndarray:
        """Return probabilities of shape (n, k), or values of shape (n,)."""
        weights = self.weights / self.scale[:, None]  # a copy of thousands of features for each of many rows would cost more
        return self.answer(features @ weights + (self.intercepts - self.centre.astype(np.float64) @ weights))

    def answer(self, outputs: np.ndarray) -> np.ndarray:
        """Return predictions for the outputs of the weights."""
        if not self.n_classes:
            return np.clip(outputs[:, 0].astype(np.float64), self.least, self.most)
        probabilities = softmax(outputs.astype(np.float64) * self.sharpness)
        return with_absent_classes(probabilities, self.present, self.n_classes, self.rows)

    def facts(self) -> dict[str, Any]:
        """Return the penalty taken, the number tried, and the sizes."""
        return {"penalty": self.penalty, "penalties_tried": self.tried, "columns": len(self.centre)}


def fit_ridge(features: np.ndarray, valid: np.ndarray, request: FitRequest, clock: Clock, beside: int = 0) -> RidgeHead:
    """Fit along a path of penalties, and keep what does best on rows that were not learned from.

    Parameters
    ----------
    features : ndarray of float32, shape (n, w)
        Of the training rows.
    valid : ndarray of float32, shape (m, w)
        Of the held-out rows; they choose the penalty where rows cannot be left out one by one.
    beside : int
        Number of the last columns that stand beside the pictures: together they weigh as much as all others, which are thousands.
    """
    problem, target = request.problem, np.asarray(request.target)
    centre = features.mean(axis=0) if features.shape[1] else np.zeros(0, np.float32)
    scale = _scale(features, beside)
    features = (features - centre) / scale
    present = np.unique(target).astype(np.int64) if problem.is_classification else np.zeros(0, np.int64)
    wanted = (target[:, None] == present).astype(np.float32) if problem.is_classification else target[:, None].astype(np.float64)
    middle = wanted.mean(axis=0)
    bounds = (0.0, 0.0) if problem.is_classification else (float(target.min()), float(target.max()))
    known: dict[str, Any] = {"centre": centre, "scale": scale, "present": present, "n_classes": problem.n_classes, "rows": len(target)}
    known |= {"least": bounds[0], "most": bounds[1]}
    nothing = not features.shape[1] or float(np.abs(wanted - middle).max()) == 0.0
    if nothing:
        flat = np.zeros((features.shape[1], len(middle)), np.float32)
        if problem.is_classification:  # logarithms of the shares, as logits
            return RidgeHead(weights=flat, intercepts=np.log(middle).astype(np.float32), sharpness=1.0, penalty=0.0, tried=0, **known)
        return RidgeHead(weights=flat, intercepts=middle, sharpness=1.0, penalty=0.0, tried=0, **known)
    small = min(features.shape) <= LARGEST_DECOMPOSED
    along = {**PENALTIES, **problem.settings.get("image.penalties", {})}
    penalties = penalties_along(along)
    if small:
        path = _decomposed(features, wanted - middle, penalties)
    else:
        few = whole_decades(penalties, SOLVED_STRONGEST, SOLVED_WEAKEST)
        path = _solved(features, wanted - middle, (valid - centre) / scale, few)
    best: tuple[tuple[float, float], RidgeHead] | None = None
    worse = 0
    for number, (penalty, weights, outputs) in enumerate(path, 1):
        truth = target if small else np.asarray(request.valid_target)
        seen = np.asarray(outputs + middle, np.float64)
        head = RidgeHead(
            weights=weights.astype(np.float32), intercepts=middle, sharpness=_sharpness(problem, truth, seen, present, along),
            penalty=penalty, tried=number, **known,
        )  # fmt: skip
        loss = selection_loss(problem, truth, head.answer(seen))
        worse = 0 if best is None or loss < best[0] else worse + 1
        if not worse:
            best = loss, head
        if worse >= along["worse_in_a_row"] or clock.left <= 0:
            break
    if best is None:
        raise ValueError("no penalty could be tried")
    return best[1]


def _scale(features: np.ndarray, beside: int) -> np.ndarray:
    """Return what each feature is divided by: its spread, less for the few columns beside many of pictures."""
    seen = features.shape[1] - beside
    scale = np.empty(features.shape[1], np.float32)
    for part in (slice(0, seen), slice(seen, None)):
        spread = features[:, part].std(axis=0)
        scale[part] = spread + STEADY * (spread.mean() if len(spread) else 0) + 1e-9
    if seen and beside:
        scale[seen:] *= np.float32(np.sqrt(min(1.0, beside / seen)))
    return scale


def _sharpness(problem: Problem, target: np.ndarray, outputs: np.ndarray, present: np.ndarray, along: Mapping[str, float]) -> float:
    """Return the factor with the least log loss, for outputs of rows that were not learned from."""
    if not problem.is_classification:
        return 1.0
    inside = np.isin(target, present)
    if not inside.any():
        return 1.0
    codes, outputs = np.searchsorted(present, target[inside]), outputs[inside]
    first, last = (round(SHARPNESS_STEP * math.log2(along[end])) for end in ("softest", "sharpest"))
    tried = [2.0 ** (k / SHARPNESS_STEP) for k in range(first, last + 1)] or [1.0]
    return float(min(tried, key=lambda s: log_loss(codes, softmax(outputs * s))))


def _decomposed(x: np.ndarray, wanted: np.ndarray, penalties: Sequence[float]) -> Iterator[Solved]:
    """Yield penalty, weights, and outputs for each training row without that row."""
    wide = x.shape[1] > x.shape[0]
    gram = (x @ x.T if wide else x.T @ x).astype(np.float64)
    values, vectors = np.linalg.eigh(gram)
    values = np.maximum(values, 0.0)
    unit = values.sum() / x.shape[0] or 1.0
    seen = None if wide else x @ vectors
    projected = vectors.T @ wanted if wide else seen.T @ wanted  # type: ignore[union-attr]
    for share in penalties:
        inverse = 1 / (values + share * unit)
        if wide:
            dual = vectors @ (inverse[:, None] * projected)
            # columns are centred, so that rows of ones are a direction that no weights reach: the mean explains it, not the penalty
            own = (vectors**2) @ inverse - 1 / (share * unit * x.shape[0])
            left_out = dual / np.maximum(own, 1e-3 * inverse.min())[:, None]
            yield share, x.T @ dual, wanted - left_out
        else:
            solution = inverse[:, None] * projected
            fitted = seen @ solution  # type: ignore[operator]
            weight_of_own = (seen**2) @ inverse + 1 / x.shape[0]  # type: ignore[operator]
            yield share, vectors @ solution, wanted - (wanted - fitted) / np.maximum(1 - weight_of_own, 1e-3)[:, None]


def _solved(x: np.ndarray, wanted: np.ndarray, valid: np.ndarray, penalties: Sequence[float]) -> Iterator[Solved]:
    """Yield penalty, weights, and outputs for the held-out rows: a linear system for each penalty."""
    from scipy.linalg import cho_factor, cho_solve

    wide = x.shape[1] > x.shape[0]
    gram = x @ x.T if wide else x.T @ x
    unit = float(np.trace(gram)) / x.shape[0]
    side = wanted.astype(np.float32) if wide else x.T @ wanted.astype(np.float32)
    diagonal = np.einsum("ii->i", gram)
    plain = diagonal.copy()
    for share in penalties:
        diagonal[:] = plain + share * unit
        solution = cho_solve(cho_factor(gram, lower=True, check_finite=False), side, check_finite=False)
        weights = x.T @ solution if wide else solution
        yield share, weights, valid @ weights
