"""From candidates to the model that is shipped: which of them, with which weights."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from automl_assist.evaluation.ensemble import greedy_weights, weighted_mean
from automl_assist.evaluation.scoring import score
from automl_assist.metrics import Metric
from automl_assist.tuning.candidates import Candidate

CLEARLY = 0.05  # a holdout model must beat the complete ones by this share of their lead over the baseline to replace them
SMALL_WEIGHT = 0.02  # below this a member costs more prediction time than it adds


@dataclass(frozen=True)
class Selection:
    """The ensemble.

    Attributes
    ----------
    members, weights
        Candidates and their weights, which sum to 1.
    rows
        Numbers of the development rows that every member has predicted while they were held out.
    held_out
        The ensemble's predictions for `rows`, shape (m, k) or (m,).
    complete
        Whether all folds stand behind it, or the first fold alone.
    """

    members: tuple[Candidate, ...]
    weights: tuple[float, ...]
    rows: np.ndarray
    held_out: np.ndarray
    complete: bool

    def test_prediction(self) -> np.ndarray:
        """Return the ensemble's predictions for the locked test part."""
        return weighted_mean([test_prediction(c) for c in self.members], self.weights)


def test_prediction(candidate: Candidate) -> np.ndarray:
    """Return the mean over the fitted folds."""
    tests = [fold.test() for fold in candidate.fitted.values()]
    return weighted_mean(tests, [1 / len(tests)] * len(tests))


def held_out(candidate: Candidate, folds: Sequence[tuple[np.ndarray, np.ndarray]], used: Sequence[int]) -> np.ndarray:
    """Return predictions for the held-out rows of the folds `used`, one fold after the other."""
    return np.concatenate([candidate.fitted[i].valid() for i in used])


def select(
    candidates: Sequence[Candidate],
    target: np.ndarray,
    folds: Sequence[tuple[np.ndarray, np.ndarray]],
    metric: Metric,
    *,
    steps: int,
    seed: int,
    until: float,
) -> Selection:
    """Return the best ensemble of complete candidates, or of those that have the first fold where that is clearly better.

    Large tables may leave time for one fold of the strong learners only; then a holdout model beats complete weak ones.

    Raises
    ------
    ValueError
        If no candidate has a fitted fold.
    """
    scored = [c for c in candidates if c.fitted and math.isfinite(c.score)]
    complete = [c for c in scored if c.is_complete(len(folds))]
    started = [c for c in scored if 0 in c.fitted]
    if not started:
        raise ValueError("no candidate has a fitted fold")

    def chosen(pool: Sequence[Candidate], used: Sequence[int], whole: bool) -> Selection:
        rows = np.concatenate([folds[i][1] for i in used])
        return _weighted(pool, rows, [held_out(c, folds, used) for c in pool], target, metric, whole, steps=steps, seed=seed, until=until)

    if not complete:
        return chosen(started, [0], False)
    whole = chosen(complete, range(len(folds)), True)
    if len(started) == len(complete):
        return whole
    holdout = chosen(started, [0], False)
    on_first = np.isin(whole.rows, folds[0][1])
    truth = target[whole.rows[on_first]]
    loss_whole = metric.loss(score(metric, truth, whole.held_out[on_first]))
    loss_holdout = metric.loss(score(metric, target[holdout.rows], holdout.held_out))
    worst = max(metric.loss(c.fitted[0].score) for c in started)
    return holdout if loss_holdout < loss_whole - CLEARLY * max(worst - loss_whole, 0.0) else whole


def _weighted(
    pool: Sequence[Candidate],
    rows: np.ndarray,
    predictions: list[np.ndarray],
    target: np.ndarray,
    metric: Metric,
    complete: bool,
    *,
    steps: int,
    seed: int,
    until: float,
) -> Selection:
    weights = greedy_weights(predictions, target[rows], metric, steps=steps, seed=seed, until=until)
    weights[weights < SMALL_WEIGHT] = 0.0
    weights /= weights.sum()
    kept = np.flatnonzero(weights)
    kept = kept[np.argsort(-weights[kept], kind="stable")]
    return Selection(
        tuple(pool[i] for i in kept),
        tuple(float(weights[i]) for i in kept),
        rows,
        weighted_mean([predictions[i] for i in kept], [float(weights[i]) for i in kept]),
        complete,
    )
