"""Linear models whose n-grams count by how much more often they stand in one class: naive Bayes and regression together."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from automl_assist.models._declare import declare
from automl_assist.models._family import Family, FitRequest, SearchSpace
from automl_assist.models._ngram_linear import NgramLinear, fit_ngrams, ngrams_of, settle
from automl_assist.preprocessing import storage
from automl_assist.schema import Problem

if TYPE_CHECKING:
    from scipy import sparse


def declare_space(hp: SearchSpace, problem: Problem) -> None:
    """Declare whether n-grams are counted, what is added to every count, and how far the ratios are followed."""
    declare("nb_linear", hp, problem)


def fit(request: FitRequest) -> NgramLinear:
    """Weigh n-grams by their log-count ratios (Wang and Manning 2012), then fit as any linear model."""
    return fit_weighed(request, bool(request.values["binary"]), float(request.values["smoothing"]), float(request.values["power"]))


def fit_weighed(request: FitRequest, binary: bool, smoothing: float, power: float, penalties: tuple[float, ...] = ()) -> NgramLinear:
    """Fit as `fit` does, with the hyper-parameters by name, and only the given penalties."""
    least = float(ngrams_of(request.problem)["least_factor"])

    def scales(matrix: sparse.csr_matrix, target: np.ndarray, outputs: int) -> np.ndarray:
        return ratios(matrix, _sides(target, outputs), smoothing, power, least)

    return fit_ngrams(request, binary=binary, scales=scales, penalties=penalties)


def ratios(matrix: sparse.csr_matrix, sides: np.ndarray, smoothing: float, power: float, least: float) -> np.ndarray:
    """Return sizes of log-count ratios, float64 of shape (w, outputs), with a mean of one for each output.

    Parameters
    ----------
    matrix : csr_matrix of shape (n, w)
    sides : ndarray of bool, shape (n, outputs)
        Whether a row is on the side of each output.
    smoothing, power : float
        Added to every count; to which the sizes are raised.
    least : float
        Of a size, since what says nothing by itself may say something beside others.
    """
    if not matrix.shape[1]:
        return np.ones((0, sides.shape[1]))
    there = matrix.copy()
    there.data = (there.data != 0).astype(np.float32)
    inside = np.asarray(there.T @ sides.astype(np.float32), np.float64) + smoothing
    outside = np.asarray(there.sum(axis=0), np.float64).ravel()[:, None] + 2 * smoothing - inside
    size = np.abs(np.log(inside / inside.sum(axis=0)) - np.log(outside / outside.sum(axis=0))) ** power
    return np.maximum(size / np.maximum(size.mean(axis=0), 1e-12), least)


def _sides(target: np.ndarray, outputs: int) -> np.ndarray:
    """Return for each output which rows it is for: those of its class, or those above the median."""
    if target.dtype.kind == "f":
        return (target > np.median(target))[:, None]
    return (target == 1)[:, None] if outputs == 1 else target[:, None] == np.arange(outputs)


def load(folder: Path) -> NgramLinear:
    """Return the model that `save` wrote."""
    return storage.load(folder, "model", NgramLinear)


FAMILY = Family(
    name="nb_linear",
    title="Linear model of words weighed by class",
    group="classic",
    tasks=frozenset({"binary", "multiclass", "regression"}),
    declare_space=declare_space,
    fit=fit,
    load=load,
    settle=settle,
    why="Trusts words by how unevenly the classes use them before it fits anything: strong on few and on short texts.",
)
