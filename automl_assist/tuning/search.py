"""The search: which fold of which candidate is fitted next, until the clock, the count or the user says stop.

Every candidate starts with fold 0, so that after the first seconds each family has been seen. Folds of promising candidates are then
completed before new candidates are tried; what falls behind on fold 0 gets no more folds, but keeps the one it has.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from automl_assist.metrics import Metric
from automl_assist.rules.search import SHARES
from automl_assist.schema import Notify, Trial
from automl_assist.tuning.candidates import Candidate, FittedFold
from automl_assist.tuning.clock import Clock
from automl_assist.tuning.pool import HURRIED_S, WorkerPool
from automl_assist.tuning.proposers import Proposer
from automl_assist.tuning.unit import fit_unit

NEARLY_OVER_S = 1.0
MOST_SKIPPED = 5  # proposals in a row for which no time is left: then none is asked for any more
GRACE_S = 0.5  # between the time that a fit is told and the time at which it is killed
TICK_S = 0.2
# Seconds on a quiet machine for the imports of what is fitted in this process, how much of the finish it may take if it must, and which
# share of a short search its further folds may take.
HERE_S, HERE_BEYOND_S, HERE_SHARE = 1.4, 1.5, 0.5
MOST_FAILURES = 3  # in a row, of one family: then no more of it is tried


@dataclass
class SearchOutcome:
    """What the search leaves behind."""

    candidates: list[Candidate]
    units: int
    ended_by: str  # time, trials, exhausted, stopped
    history: list[tuple[float, float]] = field(default_factory=list)  # seconds, best score so far, each better than the one before


@dataclass(frozen=True)
class SearchSetting:
    """What the search needs to know.

    Attributes
    ----------
    data, units
        Folders of the shared data and of fitted folds.
    folds, first_fold_rows
        Number of folds, and of held-out rows in the first.
    trials
        Limit by count, None for a limit by time.
    stopped
        Tells whether the user asked to stop.
    journal
        Takes a trial when it has ended.
    checkpoint
        Called with all candidates whenever one has been completed.
    more_time
        Called with all candidates when the time is over; whether it has found some more.
    shares
        The plan's shares of the time: ``first_fold`` of the whole search for the first fold of a family, so that no family eats the budget
        before the others ran; ``family`` of the time left for completing the first candidate of a family that is behind, once ``tries`` of
        the leading family have a fold; ``cheap`` of it: what costs less is completed although it does not lead; ``behind``, of the way from
        the best to the baseline on fold 0: further back, a candidate gets no more folds; ``near``, of that way: so near the best, all folds
        are worth their cost; ``chance``, over the square root of the rows of fold 0, how much of that way may be chance; ``start_with``, of
        the time that the last fold of a family took, since every family can stop early and return its best so far; ``margin``, how much
        longer than the last one of its family a fold may take; ``completed``, families whose proven settings get all folds in any case.
    here
        The first families that are proposed, as far as a fold of them takes tenths of a second: in a search so short that workers may
        not answer before its end, they are fitted in this process.
    """

    data: Path
    units: Path
    folds: int
    first_fold_rows: int
    metric: Metric
    seed: int
    trials: int | None
    stopped: Callable[[], bool]
    journal: Callable[[Trial], None]
    checkpoint: Callable[[list[Candidate]], None]
    more_time: Callable[[list[Candidate]], bool] = lambda _: False
    shares: Mapping[str, Any] = field(default_factory=lambda: dict(SHARES))
    here: tuple[str, ...] = ()


class Search:
    """One run of the scheduler; see the module's text for its order."""

    def __init__(self, setting: SearchSetting, proposer: Proposer, pool: WorkerPool, clock: Clock, notify: Notify):
        self.setting = setting
        self.proposer = proposer
        self.pool = pool
        self.clock = clock
        self.notify = notify
        self.candidates: list[Candidate] = []
        self._history: list[tuple[int, float, float]] = []  # how much stands behind the best score so far, seconds, the score
        self.units = 0
        self._running: dict[Future[Any], tuple[Candidate, int, float]] = {}
        self._cost: dict[str, float] = {}  # seconds of the last fold of a family, waiting included
        self._failures: dict[str, int] = {}
        self._exhausted = False
        self._told: set[int] = set()

    def run(self) -> SearchOutcome:
        """Fit until there is a reason to stop."""
        self._begin_here()
        while True:
            ended_by = self._reason_to_stop()
            if ended_by == "time" and self.setting.more_time(self.candidates):
                continue
            if ended_by:
                self._kill_running()
                break
            self._fill()
            if not self._running:
                ended_by = "trials" if self._enough_trials() else "time" if self.clock.search_left_s < 1 else "exhausted"
                break
            tick_s = max(0.0, min(TICK_S, self.clock.search_left_s))
            done, _ = wait(self._running, timeout=tick_s, return_when=FIRST_COMPLETED)
            before = len(self._told)
            for future in done:
                self._finish(future)
            if len(self._told) > before:
                self.setting.checkpoint(self.candidates)
            self._show()
        for future in [f for f in self._running if f.done()]:
            self._finish(future)  # it was done at the last moment, and no fitted fold is thrown away
        self._end_here()
        for candidate in self.candidates:
            candidate.pending.clear()
            self._end(candidate)
        return SearchOutcome(self.candidates, self.units, ended_by, self._best_so_far())

    # --- what to do next

    def _reason_to_stop(self) -> str | None:
        if self.setting.stopped():
            return "stopped"
        return "time" if self.clock.search_left_s <= 0 else None

    def _fill(self) -> None:
        while len(self._running) < self.pool.workers:
            chosen = self._next_unit()
            if chosen is None:
                return
            candidate, fold = chosen
            kept = self._kept(candidate, fold)
            if kept is not None:
                self._take(candidate, kept)
                continue
            candidate.pending.add(fold)
            self._running[self.pool.submit(fit_unit, self._spec(candidate, fold))] = (candidate, fold, time.monotonic())

    def _spec(self, candidate: Candidate, fold: int) -> dict[str, Any]:
        return {
            "data": str(self.setting.data),
            "out": str(self._unit_folder(candidate, fold)),
            "family": candidate.family,
            "values": dict(candidate.values),
            "fold": fold,
            "seed": self.setting.seed,
            "seconds": self._seconds(candidate),
            "threads": self.pool.threads,
        }

    def _begin_here(self) -> None:
        """Fit what comes first and is quick in this process, where others hold the processors and workers may not answer in time."""
        left_s = self.clock.search_left_s
        if left_s > HURRIED_S or self.clock.waits <= 1.0 or not self._quick_fits_in:
            return
        until = time.monotonic() + HERE_SHARE * left_s
        for _ in self.setting.here:
            candidate = self._ask()
            if candidate is None:
                return
            for fold in range(self.setting.folds):
                if fold and (candidate.error or time.monotonic() > until):
                    break
                self._fit_here(candidate, fold)

    def _end_here(self) -> None:
        """Fit one fold of what is quick in this process, where no worker has answered; a part of the finish goes into it."""
        learned = any(0 in c.fitted and c.family != "baseline" for c in self.candidates)
        if learned or self.setting.stopped() or not self._quick_fits_in:
            return
        for candidate in self.candidates:
            if candidate.family in self.setting.here and not candidate.error and 0 not in candidate.fitted:
                self._fit_here(candidate, 0)

    @property
    def _quick_fits_in(self) -> bool:
        return HERE_S * self.clock.waits <= self.clock.search_left_s + HERE_BEYOND_S

    def _fit_here(self, candidate: Candidate, fold: int) -> None:
        kept = self._kept(candidate, fold)
        try:
            result = None if kept else fit_unit(self._spec(candidate, fold))
        except Exception as error:  # whatever a fit in a worker may end with
            self._failed(candidate, error)
        else:
            self._take(candidate, kept or _fitted(fold, self._unit_folder(candidate, fold), result or {}))

    def _next_unit(self) -> tuple[Candidate, int] | None:
        if self.setting.trials is not None:
            return self._next_by_count()
        if len({c.family for c in self.candidates}) < self.proposer.families:
            candidate = self._ask()
            if candidate is not None:
                return candidate, 0
        waiting = [
            (c, fold) for c in sorted(self.candidates, key=self._urgency) if (fold := self._open_fold(c)) is not None and self._fits_in(c)
        ]
        worthwhile = next((unit for unit in waiting if self._is_worth_completing(unit[0])), None)
        return worthwhile or self._new_unit() or next(iter(waiting), None)

    def _new_unit(self) -> tuple[Candidate, int] | None:
        """Return the first fold of a new candidate, if there is one for which time is left."""
        for _ in range(MOST_SKIPPED):
            candidate = self._ask()
            if candidate is None:
                return None
            if self._fits_in(candidate) and not self._is_slow_and_behind(candidate.family):
                return candidate, 0
            candidate.dropped = "its family is slow and behind" if self._fits_in(candidate) else "no time was left for it"
            self._end(candidate)
        self._exhausted = self.clock.search_left_s < NEARLY_OVER_S
        return None

    def _next_by_count(self) -> tuple[Candidate, int] | None:
        """In the order of asking, all folds of each; searched candidates only when all before them have ended, to be repeatable."""
        for candidate in self.candidates:
            for fold in range(self.setting.folds):
                if fold not in candidate.fitted and fold not in candidate.pending and candidate.error is None:
                    return candidate, fold
        if self._enough_trials():
            return None
        if self._running and len(self.candidates) >= self.proposer.families:
            return None
        asked = self._ask()
        return None if asked is None else (asked, 0)

    def _enough_trials(self) -> bool:
        asked = sum(c.origin != "baseline" for c in self.candidates)  # the baseline is there for comparison, not a trial
        return self.setting.trials is not None and asked >= self.setting.trials

    def _ask(self) -> Candidate | None:
        while not self._exhausted:
            candidate = self.proposer.ask()
            if candidate is None:
                self._exhausted = True
            elif self._failures.get(candidate.family, 0) < MOST_FAILURES:
                self.candidates.append(candidate)
                return candidate
            else:
                candidate.error = "left out: others of its family failed"
                self.proposer.tell(candidate, math.inf)
        return None

    def _urgency(self, candidate: Candidate) -> tuple[float, float, int]:
        """Comparisons first, then the nearest to the best on fold 0, then the oldest."""
        if self._is_comparison(candidate):
            return (0, 0, candidate.number)
        return (1, candidate.loss_on(0, self.setting.metric), candidate.number)

    def _open_fold(self, candidate: Candidate) -> int | None:
        if candidate.error or candidate.dropped or 0 not in candidate.fitted:
            return None
        if not self._is_comparison(candidate) and self._is_behind(candidate):
            if not candidate.pending:
                candidate.dropped = "too far behind on the first fold to get the others"
                self._end(candidate)
            return None
        return next((f for f in range(self.setting.folds) if f not in candidate.fitted and f not in candidate.pending), None)

    def _drop_if_seen(self, candidate: Candidate) -> None:
        """Give no more folds to a candidate that answers as an earlier one: what tells their values apart has no effect here."""
        fold = candidate.fitted[0]
        for other in self.candidates:
            if other.family != candidate.family or other.number >= candidate.number or 0 not in other.fitted or other.dropped:
                continue
            if other.fitted[0].score == fold.score and np.array_equal(other.fitted[0].valid(), fold.valid()):
                candidate.dropped = f"it gives the same answers as {other.name}"
                return

    def _is_comparison(self, candidate: Candidate) -> bool:
        return candidate.family in self.setting.shares["completed"] and candidate.origin != "search"

    def _is_behind(self, candidate: Candidate) -> bool:
        seen = sum(0 in c.fitted for c in self.candidates)
        return seen >= 3 and self._lag(candidate) > self.setting.shares["behind"] + self._noise

    # --- time

    def _fits_in(self, candidate: Candidate) -> bool:
        return self._cost.get(candidate.family, 0.0) * self.setting.shares["start_with"] < self.clock.search_left_s

    def _is_worth_completing(self, candidate: Candidate) -> bool:
        """Whether its other folds come before anything new: they fit into the time left, and it leads or costs little.

        Only complete candidates are weighted on all rows, so what cannot be completed is no use before the end.
        """
        missing = self.setting.folds - len(candidate.fitted) - len(candidate.pending)
        needs_s = math.ceil(missing / self.pool.workers) * self._cost.get(candidate.family, 0.0)
        if needs_s * self.setting.shares["margin"] >= self.clock.search_left_s:
            return False
        if self._is_comparison(candidate) or needs_s < self.setting.shares["cheap"] * self.clock.search_left_s:
            return True
        # of what may be chance less is granted to those that want all folds at any cost
        if self._lag(candidate) <= self.setting.shares["near"] + self.setting.shares["near_chance"] * self._noise:
            return True
        return needs_s < self.setting.shares["family"] * self.clock.search_left_s and self._is_first_hope(candidate)

    def _is_first_hope(self, candidate: Candidate) -> bool:
        """Whether it is the best of a family of which no candidate is complete: unlike members make the better ensemble."""
        started = [c for c in self.candidates if 0 in c.fitted]
        first, *_ = sorted(started, key=lambda c: (c.loss_on(0, self.setting.metric), c.number))
        if not self._exhausted and sum(c.family == first.family for c in started) < self.setting.shares["tries"]:
            return False
        own = [c for c in started if c.family == candidate.family]
        best = min(own, key=lambda c: (c.loss_on(0, self.setting.metric), c.number))
        return best is candidate and not any(c.is_complete(self.setting.folds) for c in own)

    @property
    def _noise(self) -> float:
        """How much of the way from the best to the baseline may be chance on fold 0."""
        return self.setting.shares["chance"] / math.sqrt(self.setting.first_fold_rows)

    def _is_slow_and_behind(self, family: str) -> bool:
        if self._cost.get(family, 0.0) < self.setting.shares["cheap"] * max(self.clock.search_left_s, 0.0):
            return False
        own = [c for c in self.candidates if c.family == family and 0 in c.fitted]
        return bool(own) and all(self._lag(c) > self.setting.shares["near"] for c in own)

    def _lag(self, candidate: Candidate) -> float:
        """Return how far behind the best a candidate is on fold 0, as a share of the way from there to the baseline."""
        losses = {c.number: c.loss_on(0, self.setting.metric) for c in self.candidates}
        best = min(losses.values(), default=math.inf)
        baseline = max((losses[c.number] for c in self.candidates if c.family == "baseline"), default=math.inf)
        lag = losses[candidate.number] - best
        if not math.isfinite(best):
            return 0.0  # the metric is not defined on fold 0, so nobody is behind
        if not math.isfinite(lag):
            return math.inf
        return lag / (baseline - best) if math.isfinite(baseline) and baseline > best else 0.0

    def _seconds(self, candidate: Candidate) -> float | None:
        """Time that a fit is told; None where only the count limits, so that it cannot change what is fitted."""
        if self.setting.trials is not None or self.clock.budget_s is None:
            return None
        left = self.clock.search_left_s - GRACE_S
        if candidate.family not in self._cost:
            left = min(left, max(self.clock.budget_s * self.setting.shares["first_fold"], 1.0))
        return max(left, 0.2)

    def _kill_running(self) -> None:
        for future in self._running:
            self.pool.kill(future)

    # --- what came of it

    def _unit_folder(self, candidate: Candidate, fold: int) -> Path:
        return self.setting.units / f"{candidate.name}-fold-{fold}"

    def _kept(self, candidate: Candidate, fold: int) -> FittedFold | None:
        """Return the fold if an interrupted run has left it fitted with the same values."""
        folder = self._unit_folder(candidate, fold)
        if not (folder / "unit.json").is_file():
            return None
        result = json.loads((folder / "unit.json").read_text("utf-8"))
        return _fitted(fold, folder, result) if result["values"] == dict(candidate.values) else None

    def _finish(self, future: Future[Any]) -> None:
        candidate, fold, begun = self._running.pop(future)
        candidate.pending.discard(fold)
        error = future.exception()
        if error is None:
            folder = self._unit_folder(candidate, fold)
            self._cost[candidate.family] = time.monotonic() - begun
            self._take(candidate, _fitted(fold, folder, future.result()))
            return
        if self.clock.search_left_s <= 0 or self.setting.stopped():
            return  # killed by the clock: nothing is wrong with it
        self._failed(candidate, error)

    def _failed(self, candidate: Candidate, error: BaseException) -> None:
        candidate.error = str(error)
        self._failures[candidate.family] = self._failures.get(candidate.family, 0) + 1
        self._end(candidate)

    def _take(self, candidate: Candidate, fitted: FittedFold) -> None:
        candidate.fitted[fitted.fold] = fitted
        self._failures[candidate.family] = 0
        self.units += 1
        if fitted.fold == 0 and self.setting.trials is None and len(candidate.fitted) < self.setting.folds:
            self._drop_if_seen(candidate)
        if candidate.dropped or candidate.is_complete(self.setting.folds):
            self._end(candidate)
        best = self.best()
        if best is not None and (not self._history or best.score != self._history[-1][2]):
            self._history.append((self._standing(best), self.clock.used_s, best.score))

    def _end(self, candidate: Candidate) -> None:
        """Tell the proposer and the journal, once."""
        if candidate.number in self._told or candidate.pending:
            return
        self._told.add(candidate.number)
        candidate.ended_s = self.clock.used_s
        self.proposer.tell(candidate, self.setting.metric.loss(candidate.score))
        if candidate.fitted or candidate.error:
            self.setting.journal(candidate.to_trial(self.setting.folds))
            if candidate.error:
                self.notify.note(f"{candidate.title} failed: {candidate.error}")
            elif candidate is self.best() or (candidate.is_complete(self.setting.folds) and self._is_first_complete(candidate)):
                self.notify.note(f"{candidate.name} ({candidate.title}): {self.setting.metric.title} {candidate.score:.4g}")

    def _is_first_complete(self, candidate: Candidate) -> bool:
        return sum(c.family == candidate.family and c.is_complete(self.setting.folds) for c in self.candidates) == 1

    def best(self) -> Candidate | None:
        """Return the best candidate of those with the most behind them: all folds, then some, then the baseline."""
        scored = [c for c in self.candidates if c.fitted and math.isfinite(c.score)]
        return min(scored, key=lambda c: (-self._standing(c), self.setting.metric.loss(c.score), c.number), default=None)

    def _standing(self, candidate: Candidate) -> int:
        """Return 2 for a candidate with all folds, 1 with some, 0 for the baseline, which counts only where there is nothing else."""
        return 0 if candidate.family == "baseline" else 1 + candidate.is_complete(self.setting.folds)

    def _best_so_far(self) -> list[tuple[float, float]]:
        """Return when the best score got better; scores of some folds are left out where others have all, for they have other rows."""
        most = max((standing for standing, _, _ in self._history), default=0)
        found: list[tuple[float, float]] = []
        for standing, seconds, score in self._history:
            if standing in (0, most) and (not found or self.setting.metric.loss(score) < self.setting.metric.loss(found[-1][1])):
                found.append((seconds, score))
        return found

    def _show(self) -> None:
        best = self.best()
        now = ", ".join(sorted({f"{c.name} fold {fold + 1}/{self.setting.folds}" for c, fold, _ in self._running.values()}))
        text = None if best is None else f"{self.setting.metric.title} {best.score:.4g} ({best.title})"
        self.notify.progress(self.clock.used_s, self.clock.budget_s or 0.0, now, text)


def _fitted(fold: int, folder: Path, result: dict[str, Any]) -> FittedFold:
    score = math.nan if result["score"] is None else result["score"]
    times = (result["fit_s"], result["predict_ms_per_1000"])
    return FittedFold(fold, folder, score, *times, result["size_mb"], result["facts"], result.get("unit_s", result["fit_s"]))
