"""The search of a forecast: every candidate of the plan is backtested once, as long as there is time."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from automl_assist.forecasting import forecasters
from automl_assist.forecasting._backtests import Backtests
from automl_assist.records import to_json
from automl_assist.runs import Journal, RunFolder, StopFlag
from automl_assist.schema import Notify, Plan, Trial
from automl_assist.tuning.clock import Clock
from automl_assist.tuning.forecast_unit import forecast_unit
from automl_assist.tuning.pool import HURRIED_S, WorkerPool

SEARCH_LEAST_S = 0.5  # below this no worker would answer
POLL_S = 0.2
MOST_HERE = 200_000  # values, of which a forecaster of single series takes some tenths of a second
UNIT_SHARE = 1.6  # of its even part of the time left, that a candidate may use: most need less
REFERENCE = "seasonal_naive"


@dataclass
class ForecastCandidate:
    """A forecaster with settings, and what became of it."""

    number: int
    family: str
    title: str
    values: Mapping[str, Any]
    folder: Path
    forecasts: np.ndarray | None = None  # (w, n, h), the test first
    fit_s: float = 0.0
    size_mb: float = 0.0
    error: str | None = None
    stopped: bool = False  # in its fit, when the time was used up
    ended_s: float = 0.0
    scores: tuple[float, ...] = ()  # on each backtest that chooses
    figure: float = math.nan  # on all of them

    @property
    def name(self) -> str:
        """A short unique name, such as ``ets-2``."""
        return f"{self.family}-{self.number}"

    def to_trial(self, weight: float = 0.0) -> Trial:
        """Return the line of the journal."""
        defined = [s for s in self.scores if math.isfinite(s)]
        return Trial(
            number=self.number,
            family=self.family,
            title=self.title,
            values=dict(self.values),
            origin="baseline" if self.family == REFERENCE else "portfolio",
            status="complete" if self.scores else "skipped" if self.stopped else "failed",
            score=sum(defined) / len(defined) if defined else None,
            fold_scores=self.scores,
            fit_s=self.fit_s,
            size_mb=self.size_mb,
            weight=weight,
            error=self.error,
            ended_s=self.ended_s,
        )


@dataclass(frozen=True)
class ForecastOutcome:
    """What the search of a forecast leaves behind."""

    candidates: list[ForecastCandidate]
    left_out: list[ForecastCandidate]  # for want of time
    ended_by: str  # time, exhausted, stopped

    @property
    def reference(self) -> ForecastCandidate:
        """The candidate that everything has to beat."""
        return next(c for c in self.candidates if c.family == REFERENCE)


def candidates_of(plan: Plan, units: Path) -> list[ForecastCandidate]:
    """Return the candidates of a plan, the first settings of every kind before the second of any; each has a folder below `units`."""
    known = forecasters()
    listed = {name: _settings(plan, name) for name in plan["families"] if name in known and name != REFERENCE}
    found = [
        ForecastCandidate(k + 1, name, known[name].title, settings[k], units / f"{name}-{k + 1}")
        for k in range(max((len(s) for s in listed.values()), default=0))
        for name, settings in listed.items()
        if k < len(settings)
    ]
    trials = plan["search"].get("trials")
    return found if trials is None else found[:trials]


def _settings(plan: Plan, name: str) -> list[Mapping[str, Any]]:
    """Return the plan's settings of a forecaster on scales that it offers; where none is left, what the forecaster does by itself."""
    offered = plan["forecast.transforms"]
    listed = plan.settings.get("portfolio", {}).get(name, [])
    return [values for values in listed if "transform" not in values or values["transform"] in offered] or [{}]


class ForecastSearch:
    """One run through the candidates of a plan.

    Parameters
    ----------
    backtests : Backtests
    plan : Plan
    run : RunFolder
        Its work folder takes the series and the fitted candidates, its journal their trials.
    pool : WorkerPool
    clock : Clock
    notify : Notify
    stop : StopFlag
    seed : int
    checkpoint : callable
        Called with what there is as soon as there is something to ship: the reference.
    """

    def __init__(
        self,
        backtests: Backtests,
        plan: Plan,
        run: RunFolder,
        pool: WorkerPool,
        clock: Clock,
        notify: Notify,
        stop: StopFlag,
        *,
        seed: int,
        checkpoint: Callable[[list[ForecastCandidate]], None],
    ):
        self.backtests, self.plan, self.folder, self.pool, self.clock, self.notify, self.stop = (
            backtests, plan, run, pool, clock, notify, stop,
        )  # fmt: skip
        self.seed, self.checkpoint = seed, checkpoint
        self.data, self.units = run.work / "data", run.work / "units"
        self.done: list[ForecastCandidate] = []
        self._waiting: list[ForecastCandidate] = []  # the next one last
        self._running: dict[Future[Any], ForecastCandidate] = {}

    def run(self) -> ForecastOutcome:
        """Backtest the reference, then the others until there is a reason to stop."""
        self._write_data()
        self.journal = Journal(self.folder.trials)
        self.journal.create()
        self.clock.begin_search()
        self._try_reference()
        self.checkpoint(self.done)
        self._waiting = self._tried_here(candidates_of(self.plan, self.units))[::-1]
        ended_by = self._try_in_workers()
        return ForecastOutcome(self.done, list(self._waiting), ended_by)

    def _write_data(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir(parents=True)
        self.units.mkdir(exist_ok=True)
        self.backtests.past.save(self.data)
        settings = {k: to_json(v) for k, v in self.plan.settings.items() if k != "columns"}
        (self.data / "settings.json").write_text(json.dumps(settings), "utf-8")

    # --- in this process

    def _try_reference(self) -> None:
        reference = ForecastCandidate(1, REFERENCE, forecasters()[REFERENCE].title, {}, self.units / REFERENCE)
        self._take(reference, forecast_unit(self._spec(reference, None)))
        self.done.append(reference)

    def _tried_here(self, listed: list[ForecastCandidate]) -> list[ForecastCandidate]:
        """Backtest in this process what takes a tenth of a second, where there is no time to wait for a worker; return the others."""
        if self.clock.search_left_s > HURRIED_S or self.backtests.past.observed.size > MOST_HERE or self.stop:
            return listed
        known = forecasters()
        for candidate in [c for c in listed if known[c.family].local]:
            if self.clock.search_left_s < SEARCH_LEAST_S or self.stop:
                break
            self._end(candidate, partial(forecast_unit, self._spec(candidate, None)))
        return [c for c in listed if c not in self.done]

    # --- in workers

    def _try_in_workers(self) -> str:
        """Backtest what waits, and return why that ended."""
        ended_by = "exhausted"
        while (self._waiting or self._running) and not self.stop:
            self._fill()
            if not self._running:
                break
            finished, _ = wait(self._running, timeout=POLL_S, return_when=FIRST_COMPLETED)
            for future in finished:
                self._finish(future)
            if self.clock.search_left_s <= 0:
                ended_by = "time"
                break
        for future, candidate in self._running.items():
            self.pool.kill(future)
            candidate.stopped = True
            self.done.append(candidate)
        return "stopped" if self.stop else "time" if self._waiting else ended_by

    def _fill(self) -> None:
        """Give every free worker a candidate; one that an interrupted run has left fitted needs none."""
        while self._waiting and len(self._running) < self.pool.workers and self.clock.search_left_s > SEARCH_LEAST_S:
            candidate = self._waiting.pop()
            kept = candidate.folder / "unit.json"
            if self.folder.resumed and kept.is_file():
                self._take(candidate, json.loads(kept.read_text("utf-8")))
                self.done.append(candidate)
                continue
            self._running[self.pool.submit(forecast_unit, self._spec(candidate, self._seconds()))] = candidate

    def _seconds(self) -> float | None:
        """Time that the next candidate is told; None without a limit."""
        left = self.clock.search_left_s
        if math.isinf(left):
            return None
        even = left * self.pool.workers / (len(self._waiting) + len(self._running) + 1)
        return max(1.0, min(left * 0.8, UNIT_SHARE * even))

    def _spec(self, candidate: ForecastCandidate, seconds: float | None) -> dict[str, Any]:
        return {
            "data": str(self.data),
            "out": str(candidate.folder),
            "family": candidate.family,
            "values": dict(candidate.values),
            "seed": self.seed,
            "seconds": seconds,
            "threads": 1,
        }

    # --- what came of it

    def _finish(self, future: Future[Any]) -> None:
        candidate = self._running.pop(future)
        self._end(candidate, future.result)
        best = min((c.figure for c in self.done if math.isfinite(c.figure)), default=math.nan)
        self.notify.progress(self.clock.used_s, self.clock.budget_s or math.inf, candidate.title, f"{self.backtests.metric} {best:.3g}")

    def _end(self, candidate: ForecastCandidate, result: Callable[[], Mapping[str, Any]]) -> None:
        """Take what came of a candidate; one that fails costs itself alone."""
        try:
            self._take(candidate, result())
        except Exception as error:
            candidate.error = str(error) or type(error).__name__
            candidate.ended_s = self.clock.used_s
            self._write_trial(candidate)
        self.done.append(candidate)

    def _take(self, candidate: ForecastCandidate, result: Mapping[str, Any]) -> None:
        candidate.forecasts = np.load(candidate.folder / "forecasts.npy", allow_pickle=False)
        if self.backtests.lowest is not None:
            candidate.forecasts = np.maximum(candidate.forecasts, 0.0)
        candidate.scores = self.backtests.scores(candidate.forecasts)
        candidate.figure = self.backtests.total(candidate.forecasts)
        candidate.fit_s, candidate.size_mb, candidate.ended_s = float(result["fit_s"]), float(result["size_mb"]), self.clock.used_s
        self._write_trial(candidate)

    def _write_trial(self, candidate: ForecastCandidate) -> None:
        line = to_json(candidate.to_trial())
        if not any(all(r.get(key) == line[key] for key in ("number", "family", "status")) for r in self.journal.records):
            self.journal.append(line)
