"""From candidates to the model that is shipped: which of them, with which weights."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from automl_assist.evaluation.calibration import applied, calibration_of
from automl_assist.evaluation.ensemble import averaged, greedy_weights
from automl_assist.evaluation.scoring import difference_interval, score
from automl_assist.metrics import Metric
from automl_assist.rules.answers import CLEARLY, ENSEMBLE_CANDIDATES, FIRST_FOLD_ROWS, JOINING_ROWS, JUDGED_PARTS, LEAST_WEIGHT, WHOLE_FIRST
from automl_assist.schema import AS_THEY_ARE, UNCHANGED, Averaging, Calibration, Message
from automl_assist.tuning.candidates import Candidate


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
    parts
        Sizes of the folds that `rows` consists of, one after the other.
    complete
        Whether all folds stand behind it, or the first fold alone.
    calibration
        What class probabilities go through; `held_out` have been already.
    averaging
        How members and their folds are averaged.
    """

    members: tuple[Candidate, ...]
    weights: tuple[float, ...]
    rows: np.ndarray
    held_out: np.ndarray
    parts: tuple[int, ...]
    complete: bool
    calibration: Calibration = UNCHANGED
    averaging: Averaging = AS_THEY_ARE

    def fold_scores(self, target: np.ndarray, metric: Metric) -> tuple[float, ...]:
        """Return the ensemble's figure on each fold, computed as for every single candidate."""
        ends = np.cumsum(self.parts)[:-1]
        pairs = zip(np.split(target[self.rows], ends), np.split(self.held_out, ends), strict=True)
        return tuple(score(metric, y, prediction) for y, prediction in pairs)

    def test_prediction(self) -> np.ndarray:
        """Return the ensemble's predictions for the locked test part."""
        return applied(self.calibration, averaged([test_prediction(c, self.averaging) for c in self.members], self.weights, self.averaging))


@dataclass(frozen=True)
class Combining:
    """How an ensemble is put together; most of it is the plan's ``ensemble``.

    Attributes
    ----------
    steps
        Greedy steps; 1 takes the best candidate alone.
    seed, until
        Seed of what is drawn, and the time of the monotonic clock, in seconds, at which no further step is begun.
    candidates
        How many are looked at.
    least_weight
        Below it a member is left out.
    clearly, first_fold_rows
        The share by which a candidate of the first fold alone must be better to replace complete ones, and the least held-out rows for it.
        On fewer, candidates that join get half of the weight at most: a fold that looks perfect on so few need not be.
    whole_first, joining_rows, judged_parts
        How often the ensemble of complete candidates is taken before single folds join it (with 0 none joins), on how many held-out rows
        at least, and in how many parts these are judged.
    averaging
        How members and their folds are averaged.
    """

    steps: int
    seed: int
    until: float = math.inf
    candidates: int = ENSEMBLE_CANDIDATES
    least_weight: float = LEAST_WEIGHT
    clearly: float = CLEARLY
    first_fold_rows: int = FIRST_FOLD_ROWS
    whole_first: int = WHOLE_FIRST
    joining_rows: int = JOINING_ROWS
    judged_parts: int = JUDGED_PARTS
    averaging: Averaging = AS_THEY_ARE


def test_prediction(candidate: Candidate, averaging: Averaging) -> np.ndarray:
    """Return the mean over the fitted folds, averaged in the same way as members."""
    tests = [fold.test() for fold in candidate.fitted.values()]
    return averaged(tests, [1 / len(tests)] * len(tests), averaging)


def held_out(candidate: Candidate, used: Sequence[int]) -> np.ndarray:
    """Return predictions for the held-out rows of the folds `used`, one fold after the other."""
    return np.concatenate([candidate.fitted[i].valid() for i in used])


def prediction_ms(candidate: Candidate) -> float:
    """Return the time that the fold models together need for 1,000 rows, in milliseconds on one core."""
    return sum(fold.predict_ms_per_1000 for fold in candidate.fitted.values())


def quick_enough(candidates: Sequence[Candidate], most_ms_per_1000: float) -> list[Candidate]:
    """Return the candidates whose fold models together predict 1,000 rows in that time; all without a limit (0).

    Where none does, the quickest alone: the constant prediction counts only where there is nothing else.
    """
    fitted = [c for c in candidates if c.fitted]
    if not most_ms_per_1000 or not fitted:
        return list(candidates)
    quick = [c for c in fitted if prediction_ms(c) <= most_ms_per_1000]
    learned = [c for c in fitted if c.family != "baseline"] or fitted
    return quick if any(c.family != "baseline" for c in quick) else [min(learned, key=lambda c: (prediction_ms(c), c.number))]


def calibrated(selection: Selection, target: np.ndarray, kind: str, sure: float, unseen_errors: float = 0.0, *, seed: int) -> Selection:
    """Return the selection with probabilities as sure as its held-out rows show that they should be."""
    known = calibration_of(target[selection.rows], selection.held_out, kind, sure, unseen_errors, seed=seed)
    return replace(selection, held_out=applied(known, selection.held_out), calibration=known)


def select_within(
    candidates: Sequence[Candidate], most_ms_per_1000: float, choose: Callable[[Sequence[Candidate]], Selection]
) -> Selection:
    """Return what `choose` selects, with members that together predict 1,000 rows within a time (0 is no limit).

    Where its first selection takes too long, it selects again among those members that say most for their time, and what else fits
    beside them.
    """
    pool = quick_enough(candidates, most_ms_per_1000)
    selection = choose(pool)
    if not most_ms_per_1000 or sum(map(prediction_ms, selection.members)) <= most_ms_per_1000:
        return selection
    weights = {c.number: w for c, w in zip(selection.members, selection.weights, strict=True)}
    others = [c for c in pool if c.number not in weights and c.fitted]
    ordered = sorted(selection.members, key=lambda c: (-weights[c.number] / max(prediction_ms(c), 1e-9), c.number)) + sorted(
        others, key=lambda c: (-len(c.fitted), prediction_ms(c), c.number)
    )
    fitting: list[Candidate] = []
    for candidate in ordered:
        if sum(map(prediction_ms, [*fitting, candidate])) <= most_ms_per_1000:
            fitting.append(candidate)
    return choose(fitting or pool[:1])


def too_slow(selection: Selection, most_ms_per_1000: float) -> list[Message]:
    """Return a warning where the ensemble takes longer than was asked for, since nothing is quicker."""
    takes = sum(map(prediction_ms, selection.members))
    if not most_ms_per_1000 or takes <= most_ms_per_1000:
        return []
    text = f"no model predicts 1,000 rows in {most_ms_per_1000:g} ms: the quickest was taken, which needs {takes:.3g} ms"
    return [Message("W0502", text, "raise --max-predict-ms")]


def select(
    candidates: Sequence[Candidate], target: np.ndarray, folds: Sequence[tuple[np.ndarray, np.ndarray]], metric: Metric, asked: Combining
) -> Selection:
    """Return the best ensemble of complete candidates, with those that have the first fold alone where they help on it.

    Large tables may leave time for one fold of the strong learners only; then a holdout model beats complete weak ones, and an ensemble
    on the first fold replaces them. Only a family of which no candidate could be completed can bring that about, where one of its
    candidates is clearly better. Otherwise single folds join the complete ones, if that helps by more than chance.

    Raises
    ------
    ValueError
        If no candidate has a fitted fold.
    """
    fitted = [c for c in candidates if 0 in c.fitted]  # others were stopped while their first fold was fitted beside the second
    scored = [c for c in fitted if math.isfinite(c.score)] or fitted
    # A constant adds nothing to an ensemble, but metrics of order do not see it and would give it weight.
    scored = [c for c in scored if c.family != "baseline"] or scored
    complete = [c for c in scored if c.is_complete(len(folds))]
    if not scored:
        raise ValueError("no candidate has a fitted fold")
    combiner = _Combiner(target, folds, metric, asked)
    if not complete:
        return combiner.on_the_first_fold(scored)
    whole = combiner.on_all_folds(complete)
    whole_families = {c.family for c in complete}
    partial = [c for c in scored if c.family not in whole_families and len(folds[0][1]) >= asked.first_fold_rows]
    if partial and combiner.is_clearly_better(min(partial, key=lambda c: c.loss_on(0, metric)), whole):
        return combiner.on_the_first_fold(scored)
    return combiner.with_single_folds(whole, [c for c in scored if not c.is_complete(len(folds))])


def looked_at(pool: Sequence[Candidate], most: int, loss_of: Callable[[Candidate], float]) -> list[Candidate]:
    """Return the best candidate of every family, then the second of each, and so on up to `most`, in the order of `pool`.

    A long search ends with dozens of candidates of the one or two families that lead. The best by their losses alone would be all of
    these, a hair apart by chance, and the unlike ones that an ensemble lives on would not be among them.
    """
    losses = {c.number: loss if math.isfinite(loss := loss_of(c)) else math.inf for c in pool}
    found: Counter[str] = Counter()
    ranks = {}
    for candidate in sorted(pool, key=lambda c: (losses[c.number], c.number)):
        ranks[candidate.number] = (found[candidate.family], losses[candidate.number], candidate.number)
        found[candidate.family] += 1
    first = set(sorted(ranks, key=lambda number: ranks[number])[:most])
    return [c for c in pool if c.number in first]


class _Combiner:
    """Ensembles of candidates on the same rows.

    Parameters
    ----------
    target, folds, metric, asked
        As for :func:`select`.
    """

    def __init__(self, target: np.ndarray, folds: Sequence[tuple[np.ndarray, np.ndarray]], metric: Metric, asked: Combining) -> None:
        self._target, self._folds, self._metric, self._asked = target, folds, metric, asked
        self._first = folds[0][1]

    def on_the_first_fold(self, pool: Sequence[Candidate]) -> Selection:
        """Return the ensemble by the first fold alone."""
        return self._weighed(looked_at(pool, self._asked.candidates, lambda c: c.loss_on(0, self._metric)), [0], False)

    def on_all_folds(self, pool: Sequence[Candidate]) -> Selection:
        """Return the ensemble of candidates that have all folds."""
        best = looked_at(pool, self._asked.candidates, lambda c: self._metric.loss(c.score))
        return self._weighed(best, range(len(self._folds)), True)

    def _weighed(self, pool: Sequence[Candidate], used: Sequence[int], complete: bool) -> Selection:
        asked, parts = self._asked, [self._folds[i][1] for i in used]
        rows, sizes, predictions = np.concatenate(parts), tuple(len(part) for part in parts), [held_out(c, used) for c in pool]
        weights = greedy_weights(
            predictions, self._target[rows], self._metric,
            parts=sizes, steps=asked.steps, seed=asked.seed, until=asked.until, averaging=asked.averaging,
        )  # fmt: skip
        weights = np.where(weights < min(asked.least_weight, weights.max()), 0.0, weights)
        weights /= weights.sum()
        kept = np.flatnonzero(weights)
        kept = kept[np.argsort(-weights[kept], kind="stable")]
        shares = tuple(float(weights[i]) for i in kept)
        together = averaged([predictions[i] for i in kept], shares, asked.averaging)
        return Selection(tuple(pool[int(i)] for i in kept), shares, rows, together, sizes, complete, averaging=asked.averaging)

    def is_clearly_better(self, partial: Candidate, whole: Selection) -> bool:
        """Whether a candidate beats the ensemble of complete ones on the first fold by more than chance and more than a little.

        One candidate is compared, not an ensemble of partial ones: weights found on few rows always look good on those rows.
        """
        metric, y = self._metric, self._target[self._first]
        ensemble, alone = whole.held_out[: len(y)], partial.fitted[0].valid()  # not by the rows: folds drawn twice hold each twice
        gain = difference_interval(metric, y, alone, ensemble, seed=self._asked.seed, until=self._asked.until)
        ratio = metric.loss(score(metric, y, alone)) - metric.loss(score(metric, y, ensemble))
        room = max(metric.loss(c.fitted[0].score) for c in whole.members) if whole.members else 0.0
        return gain is not None and gain[0] > 0 and -ratio > self._asked.clearly * abs(room)

    def with_single_folds(self, whole: Selection, single: Sequence[Candidate]) -> Selection:
        """Return the ensemble with candidates of the first fold alone beside its members, or as it is where they do not help."""
        asked, y = self._asked, self._target[self._first]
        single = looked_at(single, asked.candidates, lambda c: c.loss_on(0, self._metric))
        if not single or not asked.whole_first or len(y) < asked.joining_rows:
            return whole
        predictions = [whole.held_out[: len(y)], *(held_out(c, [0]) for c in single)]
        weights = self._weights_beside(predictions, np.arange(len(y)))
        if not self._helps(predictions):
            return whole
        weights = np.where(weights < asked.least_weight, 0.0, weights)
        if len(y) < asked.first_fold_rows:
            weights = _half_for_the_first(weights)
        return _joined(whole, single, predictions, weights)

    def _weights_beside(self, predictions: Sequence[np.ndarray], rows: np.ndarray) -> np.ndarray:
        """Return weights found on rows of the first fold from its first prediction on, which has been taken `whole_first` times before."""
        asked = self._asked
        return greedy_weights(
            [p[rows] for p in predictions], self._target[self._first][rows], self._metric,
            steps=asked.steps, begin=asked.whole_first, seed=asked.seed, until=asked.until, averaging=asked.averaging,
        )  # fmt: skip

    def _helps(self, predictions: Sequence[np.ndarray]) -> bool:
        """Whether others beside the first better it by more than chance; weights found on all parts but one are judged on it."""
        asked, y = self._asked, self._target[self._first]
        part = np.random.default_rng([asked.seed, 5]).permutation(len(y)) % asked.judged_parts
        together = predictions[0].astype(np.float64)
        for k in range(asked.judged_parts):
            rows = part == k
            weights = self._weights_beside(predictions, np.flatnonzero(~rows))
            together[rows] = averaged([p[rows] for p in predictions], weights.tolist(), asked.averaging)
        gain = difference_interval(self._metric, y, together, predictions[0], seed=asked.seed, until=asked.until)
        return gain is not None and gain[0] > 0


def _half_for_the_first(weights: np.ndarray) -> np.ndarray:
    """Return the weights with that of the first raised to one half of all, if it is less."""
    shares = weights / weights.sum()
    if shares[0] >= 0.5:
        return shares
    halved = shares / (2 * (1 - shares[0]))
    halved[0] = 0.5
    return halved


def _joined(whole: Selection, single: Sequence[Candidate], predictions: Sequence[np.ndarray], weights: np.ndarray) -> Selection:
    """Return an ensemble of complete candidates with single folds beside it.

    Rows of other folds keep what the complete ones say, as long as these weigh more; otherwise the first fold alone stands behind it.
    `predictions` and `weights` are those of `whole` on the first fold, then those of each of `single`.
    """
    weights, size = weights / weights.sum(), len(predictions[0])
    together = whole.held_out.copy()
    together[:size] = averaged(predictions, weights.tolist(), whole.averaging)
    shares = [(c, w * float(weights[0])) for c, w in zip(whole.members, whole.weights, strict=True)]
    shares += [(c, float(w)) for c, w in zip(single, weights[1:], strict=True)]
    shares = sorted((share for share in shares if share[1]), key=lambda share: -share[1])
    members, each = zip(*shares, strict=True)
    if weights[0] < 0.5:
        return Selection(members, each, whole.rows[:size], together[:size], (size,), False, averaging=whole.averaging)
    return replace(whole, members=members, weights=each, held_out=together)
