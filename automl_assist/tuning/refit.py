"""The last fit: what was chosen and tested learns once more, now with the rows of the test part too.

The figures of a run are those of the models before that. Each fold keeps its own held-out rows, so that fits can stop early and a fold
that went wrong is noticed; families that need none become one model of all rows, where the plan says so.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import numpy as np

from automl_assist.metrics import Metric
from automl_assist.rules.split import REFIT_WORSE
from automl_assist.tuning.candidates import Candidate
from automl_assist.tuning.pool import WorkerPool
from automl_assist.tuning.unit import TEST_TARGET, fit_unit

ROWS_COST = 1.2  # a fit with the test rows costs that much of the first one: rows grow by up to a third, most of the cost with them
WHOLE_COST = 1.6  # and one of all rows that much: five folds of four fifths leave 64 % of the rows for the first fit of a fold
WHOLE = "all"  # name of such a model
PARENT_S = 1.5  # that the parent takes of a processor meanwhile, for the test and the report
GRACE_S = 0.3  # between the time that a fit is told and the time at which it is killed


def refit_s(
    members: Sequence[Candidate], weights: Sequence[float], workers: int, weight: float, whole: Collection[str] = ()
) -> float:  # fmt: skip
    """Return about how many seconds the last fit of the members takes that make up `weight` of the whole, the cheapest for their weight.

    Families in `whole` become one model of all rows.
    """
    total, needed = 0.0, 0.0
    costs = [len(_fits(candidate, whole)) * _a_fit_s(candidate, whole) for candidate in members]
    for share, cost in sorted(zip(weights, costs, strict=True), key=lambda member: -member[0] / max(member[1], 1e-3)):
        if total >= weight:
            break
        total += share
        needed += cost
    return needed / workers + PARENT_S


def _fits(candidate: Candidate, whole: Collection[str]) -> list[int | None]:
    """Return the folds that are fitted again; None for all rows at once."""
    return [None] if candidate.family in whole else list(candidate.fitted)


def _a_fit_s(candidate: Candidate, whole: Collection[str]) -> float:
    """Return about how many seconds one fit takes, with predicting and saving; the first of a network compiles it, which is done by now."""
    cost = WHOLE_COST if candidate.family in whole else ROWS_COST
    return cost * float(np.median([fold.unit_s for fold in candidate.fitted.values()]))


class Refit:
    """Fits in the background what was chosen, the most weight for its cost first, while the parent tests and describes the model.

    Parameters
    ----------
    data, out
        Folder of the shared data, and the one where fits go.
    members, weights
        What was chosen.
    test_target : ndarray
        Truth of the test part; the workers see it now for the first time.
    until : float
        A time of ``time.monotonic()``; infinity where only a count limits, so that the time cannot change what is fitted.
    whole : collection of str
        Families that become one model of all rows in place of one a fold.
    worse : float
        A fit that is worse on its held-out rows than the first by so much of the way to the baseline is not taken.
    """

    def __init__(
        self,
        pool: WorkerPool,
        data: Path,
        out: Path,
        members: Sequence[Candidate],
        weights: Sequence[float],
        test_target: np.ndarray,
        *,
        seed: int,
        until: float,
        timed: bool,
        whole: Collection[str] = (),
        worse: float = REFIT_WORSE,
    ):
        self.pool = pool
        self.worse = worse
        self.until = until
        self._timed = timed
        self._spec = {"data": str(data), "seed": seed, "threads": pool.threads, "with_test": True}
        self._out = out
        self._cost = {c.number: _a_fit_s(c, whole) for c in members}
        units = []
        for candidate, weight in zip(members, weights, strict=True):
            fits = _fits(candidate, whole)
            worth = weight / len(fits) / max(self._cost[candidate.number], 1e-3)
            units += [(worth, candidate, fold) for fold in fits]
        self._waiting = sorted(units, key=lambda unit: (-unit[0], unit[1].number, unit[2] or 0))
        self.wanted = len(units)
        self._running: dict[Future[Any], tuple[Candidate, int | None]] = {}
        self._done: dict[tuple[int, int | None], tuple[Path, float | None]] = {}
        self._lock = threading.Lock()
        out.mkdir(parents=True, exist_ok=True)
        np.save(data / TEST_TARGET, test_target, allow_pickle=False)
        for _ in range(pool.workers):
            self._next()

    def _next(self) -> None:
        with self._lock:
            left = self.until - time.monotonic() - GRACE_S
            # A fit that would be cut short is worth less than the one that there is.
            while self._waiting and self._cost[self._waiting[0][1].number] > left:
                self._waiting.pop(0)
            if not self._waiting:
                return
            _, candidate, fold = self._waiting.pop(0)
            # A model of all rows cannot be held to rows that it has not seen: it is whole or it is not taken.
            spec = self._spec | {
                "out": str(self._folder(candidate, fold)), "family": candidate.family, "values": dict(candidate.values),
                "fold": fold or 0, "whole": fold is None, "seconds": left if self._timed and fold is not None else None,
            }  # fmt: skip
            future = self.pool.submit(fit_unit, spec)
            self._running[future] = (candidate, fold)
        future.add_done_callback(self._take)

    def _folder(self, candidate: Candidate, fold: int | None) -> Path:
        return self._out / f"{candidate.name}-{WHOLE if fold is None else f'fold-{fold}'}"

    def _take(self, future: Future[Any]) -> None:
        with self._lock:
            candidate, fold = self._running.pop(future)
            if not future.cancelled() and future.exception() is None:
                self._done[candidate.number, fold] = self._folder(candidate, fold), future.result()["score"]
        self._next()

    def wait(self, stopped: Any = None) -> None:
        """Return when everything is fitted or the time is over; what still runs then is killed."""
        while True:
            with self._lock:
                running = list(self._running)
            if not running:
                return
            if time.monotonic() > self.until or (stopped is not None and stopped()):
                with self._lock:
                    self._waiting.clear()
                for future in running:
                    self.pool.kill(future)
                return
            time.sleep(0.05)

    def folders(self, candidate: Candidate, metric: Metric, baseline_loss: float) -> dict[str, Path]:
        """Return the folders of a candidate that learned from the test rows too and are no worse for it, by their names in the model."""
        if (candidate.number, None) in self._done:
            return {WHOLE: self._done[candidate.number, None][0]}
        found = {}
        for fold, first in candidate.fitted.items():
            path, score = self._done.get((candidate.number, fold), (None, None))
            if path is not None and score is not None:
                loss = metric.loss(first.score)
                room = max(baseline_loss - loss, 0.0) if np.isfinite(baseline_loss) else abs(loss)
                if not metric.loss(score) > loss + self.worse * room:
                    found[f"fold-{fold}"] = path
        return found
