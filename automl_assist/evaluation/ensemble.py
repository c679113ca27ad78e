"""A greedy weighted average of predictions on held-out rows (Caruana et al. 2004), of class probabilities by their logarithms.

The logarithmic pool (Genest and Zidek 1986) of models that agree is as sure as they are; the mean of probabilities is less sure, most of
all where a class is nearly certain.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np

from automl_assist.evaluation.calibration import logarithms, shares
from automl_assist.evaluation.scoring import score
from automl_assist.metrics import Metric
from automl_assist.schema import AS_THEY_ARE, LINEAR, Averaging

MOST_ROWS, MOST_CELLS = 20_000, 400_000  # weights found on more rows are the same to two digits and cost more time
TIE = 1e-6  # scores that differ by less are equal


def greedy_weights(
    predictions: Sequence[np.ndarray],
    y: np.ndarray,
    metric: Metric,
    *,
    parts: Sequence[int] = (),
    steps: int = 30,
    begin: int = 0,
    seed: int = 0,
    until: float = float("inf"),
    averaging: Averaging = AS_THEY_ARE,
) -> np.ndarray:
    """Return weights that sum to 1, one for each prediction.

    Starts empty; each step adds, with replacement, the prediction that makes the mean best; the best prefix of the steps is kept.

    Parameters
    ----------
    predictions : sequence of ndarray, each (n, k) or (n,)
        Held-out predictions for the same rows.
    y : ndarray of shape (n,)
    parts : sequence of int
        Sizes of the folds that the rows consist of, one after the other: the figure is the mean over them, as it is for a single
        candidate. Scores of different fold models need not be on one scale, so rows are only compared within a fold.
    begin : int
        How many times the first prediction is taken before any other is looked at; 0 to begin with the best.
    until : float
        A time of ``time.monotonic()`` after which no step is begun.
    averaging : Averaging
        As for :func:`averaged`.
    """
    rows = np.arange(len(y))
    most = min(MOST_ROWS, MOST_CELLS // (predictions[0].shape[1] if predictions[0].ndim == 2 else 1))
    if len(y) > most:
        rows = np.sort(np.random.default_rng([seed, 4]).choice(len(y), most, replace=False))
    truth = y[rows]
    held_out = [np.asarray(p, dtype=np.float64)[rows] for p in predictions]
    terms = [_term(p, averaging) for p in held_out]
    ends = np.searchsorted(rows, np.cumsum(parts)[:-1]) if parts else np.empty(0, np.int64)

    def loss_of(mean: np.ndarray) -> float:
        return mean_loss(metric, np.split(truth, ends), np.split(_prediction(mean, averaging), ends))

    alone = [loss_of(p) for p in terms]
    # on few rows several are perfect, and a metric of order or of labels cannot tell them apart: the surer of these comes first
    candidates = sorted(range(len(alone)), key=lambda i: (alone[i], _doubt(truth, held_out[i]), i))
    if begin:
        candidates = [0, *(i for i in candidates if i)]
    return greedy_shares(terms, loss_of, candidates, steps=steps, begin=begin or 1, until=until)


def greedy_shares(
    pool: Sequence[np.ndarray],
    loss_of: Callable[[np.ndarray], float],
    candidates: Sequence[int],
    *,
    steps: int,
    begin: int = 1,
    until: float = float("inf"),
) -> np.ndarray:
    """Return the share of the steps that each prediction of `pool` was taken in, of shape (number of predictions,), summing to 1.

    Begins with the first of `candidates`, positions in `pool`, which is the best alone, taken `begin` times; each step adds, with
    replacement, the one that makes the mean best; the best prefix of the steps counts.
    """
    counts = np.zeros(len(pool))
    counts[candidates[0]] = begin
    total = begin * pool[candidates[0]]
    best, best_counts = loss_of(pool[candidates[0]]), counts.copy()
    for step in range(begin, begin - 1 + steps):
        if time.monotonic() > until or len(candidates) == 1:
            break
        losses = [(loss_of((total + pool[i]) / (step + 1)), counts[i] == 0, i) for i in candidates]
        lowest = min(loss for loss, _, _ in losses)
        # among equals one that is used already, so that fewer models have to be kept
        loss, _, chosen = min((entry for entry in losses if entry[0] <= lowest + TIE), key=lambda e: (e[1], e[2]))
        counts[chosen] += 1
        total += pool[chosen]
        if loss < best - TIE:
            best, best_counts = loss, counts.copy()
    return best_counts / best_counts.sum()


def _doubt(truth: np.ndarray, prediction: np.ndarray) -> float:
    """Return the log loss of probabilities (n, k), 0 for values."""
    if prediction.ndim == 1 or not len(truth):
        return 0.0
    return float(-logarithms(prediction[np.arange(len(truth)), truth.astype(np.int64)]).mean())


def mean_loss(metric: Metric, truths: Sequence[np.ndarray], predictions: Sequence[np.ndarray]) -> float:
    """Return the mean loss over folds, those left out in which the metric is not defined; infinity without any."""
    losses = [metric.loss(score(metric, y, p)) for y, p in zip(truths, predictions, strict=True)]
    defined = [loss for loss in losses if np.isfinite(loss)]
    return float(np.mean(defined)) if defined else float("inf")


def weighted_mean(predictions: Sequence[np.ndarray], weights: Sequence[float]) -> np.ndarray:
    """Return the weighted mean of predictions of one shape."""
    total = np.zeros_like(np.asarray(predictions[0], dtype=np.float64))
    for prediction, weight in zip(predictions, weights, strict=True):
        if weight:
            total += weight * prediction
    return total


def averaged(predictions: Sequence[np.ndarray], weights: Sequence[float], averaging: Averaging) -> np.ndarray:
    """Return one prediction for several of one shape.

    Parameters
    ----------
    predictions : sequence of ndarray, each (n, k) or (n,)
        Of class probabilities, or of values.
    weights : sequence of float
        That sum to 1.
    averaging : Averaging
        Of kind ``linear`` for the weighted mean; ``logarithmic``, of class probabilities alone, for the geometric one, whose rows sum to 1.
    """
    return _prediction(weighted_mean([_term(p, averaging) for p in predictions], weights), averaging)


def _term(prediction: np.ndarray, averaging: Averaging) -> np.ndarray:
    """Return what the mean is taken of, float64."""
    values = np.asarray(prediction, dtype=np.float64)
    return values if averaging.kind == LINEAR else logarithms(values + averaging.doubt)


def _prediction(mean: np.ndarray, averaging: Averaging) -> np.ndarray:
    """Return the prediction that a mean of terms is."""
    return mean if averaging.kind == LINEAR else shares(mean)
