"""The last fit: what was chosen and tested learns once more, now with the rows of the test part too.

The figures of a run are those of the models before that. Each fold keeps its own held-out rows, so that fits can stop early and a fold
that went wrong is noticed. Families of which the plan says so become one or more models of all rows: what held-out rows were needed for,
such as the number of rounds, is taken from the folds.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from automl_assist.metrics import Metric
from automl_assist.models import families
from automl_assist.rules.split import REFIT_WORSE
from automl_assist.tuning.candidates import Candidate
from automl_assist.tuning.pool import WorkerPool
from automl_assist.tuning.unit import TEST_TARGET, fit_unit

ROWS_COST = 1.2  # a fit with the test rows costs that much of the first one: rows grow by up to a third, most of the cost with them
WHOLE_COST = 1.6  # and one of all rows that much: five folds of four fifths leave 64 % of the rows for the first fit of a fold
WHOLE = "all"  # name of such a model; those after the first are numbered
PARENT_S = 1.5  # that the parent takes of a processor meanwhile, for the test and the report
GRACE_S = 0.3  # between the time that a fit is told and the time at which it is killed


NONE: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True)
class _Fit:
    """One fit of a candidate: that of a fold, or the k-th of all rows."""

    fold: int | None
    number: int = 0

    @property
    def name(self) -> str:
        if self.fold is not None:
            return f"fold-{self.fold}"
        return f"{WHOLE}-{self.number}" if self.number else WHOLE


def refit_s(members: Sequence[Candidate], weights: Sequence[float], workers: int, weight: float, whole: Mapping[str, int] = NONE) -> float:
    """Return about how many seconds the last fit of the members takes that make up `weight` of the whole, the cheapest for their weight.

    Families in `whole` become so many models of all rows.
    """
    total, needed = 0.0, 0.0
    costs = [len(_fits(candidate, whole)) * _a_fit_s(candidate, whole) for candidate in members]
    for share, cost in sorted(zip(weights, costs, strict=True), key=lambda member: -member[0] / max(member[1], 1e-3)):
        if total >= weight:
            break
        total += share
        needed += cost
    return needed / workers + PARENT_S


def _fits(candidate: Candidate, whole: Mapping[str, int]) -> list[_Fit]:
    """Return what is fitted again: the folds, or all rows at once, no more often than there are folds: predicting shall not cost more."""
    if candidate.family in whole:
        return [_Fit(None, k) for k in range(min(whole[candidate.family], len(candidate.fitted)))]
    return [_Fit(fold) for fold in candidate.fitted]


def _a_fit_s(candidate: Candidate, whole: Mapping[str, int]) -> float:
    """Return about how many seconds one fit takes, with predicting and saving; the first of a network compiles it, which is done by now."""
    cost = WHOLE_COST if candidate.family in whole else ROWS_COST
    return cost * float(np.median([fold.unit_s for fold in candidate.fitted.values()]))


def _settled(candidate: Candidate) -> Mapping[str, Any] | None:
    """Return what the folds found that a fit of all rows cannot find for itself."""
    settle = families()[candidate.family].settle
    return None if settle is None else dict(settle([fold.facts for _, fold in sorted(candidate.fitted.items())]))


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
    whole : mapping of str to int
        Families that become so many models of all rows in place of one a fold.
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
        whole: Mapping[str, int] = NONE,
        worse: float = REFIT_WORSE,
    ):
        self.pool = pool
        self.worse = worse
        self.until = until
        self._timed = timed
        self._seed = seed
        self._spec = {"data": str(data), "threads": pool.threads, "with_test": True}
        self._out = out
        self._cost = {c.number: _a_fit_s(c, whole) for c in members}
        units = []
        for candidate, weight in zip(members, weights, strict=True):
            fits = _fits(candidate, whole)
            worth = weight / len(fits) / max(self._cost[candidate.number], 1e-3)
            units += [(worth, candidate, fit) for fit in fits]
        self._waiting = sorted(units, key=lambda unit: (-unit[0], unit[1].number, unit[2].fold or 0, unit[2].number))
        self.wanted = len(units)
        self._wanted_of = {c.number: len(_fits(c, whole)) for c in members}
        self._running: dict[Future[Any], tuple[Candidate, _Fit]] = {}
        self._done: dict[tuple[int, str], tuple[Path, float | None]] = {}
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
            _, candidate, fit = self._waiting.pop(0)
            whole = fit.fold is None
            # A model of all rows cannot be held to rows that it has not seen: it is whole or it is not taken.
            spec = self._spec | {
                "out": str(self._folder(candidate, fit)), "family": candidate.family, "values": dict(candidate.values),
                "fold": fit.fold or 0, "whole": whole, "settled": _settled(candidate) if whole else None,
                "seed": self._seed + fit.number, "seconds": left if self._timed and not whole else None,
            }  # fmt: skip
            future = self.pool.submit(fit_unit, spec)
            self._running[future] = (candidate, fit)
        future.add_done_callback(self._take)

    def _folder(self, candidate: Candidate, fit: _Fit) -> Path:
        return self._out / f"{candidate.name}-{fit.name}"

    def _take(self, future: Future[Any]) -> None:
        with self._lock:
            candidate, fit = self._running.pop(future)
            if not future.cancelled() and future.exception() is None:
                self._done[candidate.number, fit.name] = self._folder(candidate, fit), future.result()["score"]
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
        whole = {name: path for (number, name), (path, score) in self._done.items() if number == candidate.number and score is None}
        if whole:
            return dict(sorted(whole.items())) if 2 * len(whole) > self._wanted_of[candidate.number] else {}
        found = {}
        for fold, first in candidate.fitted.items():
            path, score = self._done.get((candidate.number, f"fold-{fold}"), (None, None))
            if path is not None and score is not None:
                loss = metric.loss(first.score)
                room = max(baseline_loss - loss, 0.0) if np.isfinite(baseline_loss) else abs(loss)
                if not metric.loss(score) > loss + self.worse * room:
                    found[f"fold-{fold}"] = path
        return found
