"""Training a forecast, from a plan to everything a run folder holds: backtests, selection, test, model, report."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Mapping
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from automl_assist.errors import AssistError
from automl_assist.forecasting import forecasters
from automl_assist.forecasting._backtests import Windows, figure, scores_by_series
from automl_assist.forecasting._ensemble import choose, combined
from automl_assist.forecasting._intervals import widths
from automl_assist.forecasting._panel import form_of, last_steps, lay_out, needed_form, place_rows, some_series
from automl_assist.forecasting._shown import gain_interval, record, shown
from automl_assist.machine import this_machine
from automl_assist.metrics import metric
from automl_assist.plan import to_yaml
from automl_assist.report.document import SCHEMA, about_data, about_run, command_line, leaderboard
from automl_assist.report.forecast_verdict import forecast_checks, forecast_verdict
from automl_assist.report.recommendation import plan_header
from automl_assist.runs import Journal, RunFolder, StopFlag, new_folder, write_manifest, write_text
from automl_assist.schema import Message, Notify, Options, Plan, Trial, to_json
from automl_assist.serving.bundle import Member
from automl_assist.serving.forecaster import NEVER, ForecastBundle, SeriesForecaster
from automl_assist.tuning.clock import Clock
from automl_assist.tuning.forecast_unit import forecast_unit
from automl_assist.tuning.pool import WorkerPool

if TYPE_CHECKING:
    from automl_assist.planning import Understood

FEWEST_STEPS = 10  # of the longest series (contract, section 4: ten rows with a target)
SEARCH_LEAST_S = 0.5  # below this no worker would answer
POLL_S = 0.2
HURRIED_S = 8.0  # a worker that still imports its libraries may not answer within less on a busy machine
MOST_HERE = 200_000  # values, of which a forecaster of single series takes some tenths of a second
STOPPED_S = 4.0  # for the finish of a run that the user has stopped
UNIT_SHARE = 1.6  # of its even part of the time left, that a candidate may use: most need less
REFERENCE = "seasonal_naive"


@dataclass
class Candidate:
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
    ended_s: float = 0.0
    scores: tuple[float, ...] = ()  # on each backtest that chooses
    figure: float = math.nan  # on all of them

    @property
    def name(self) -> str:
        """A short unique name, such as ``ets-2``."""
        return f"{self.family}-{self.number}"


class ForecastTraining:
    """One training of a forecast.

    Parameters
    ----------
    run : RunFolder
        Claimed already.
    sensitive : bool
        No path and no cell value that forecasting can do without in anything written.
    """

    def __init__(
        self, run: RunFolder, pool: WorkerPool, clock: Clock, options: Options, notify: Notify, stop: StopFlag, *, sensitive: bool = False
    ):
        self.folder, self.pool, self.clock, self.options, self.notify, self.stop = run, pool, clock, options, notify, stop
        self.sensitive = sensitive
        self.machine = this_machine()
        self.ended_by = "exhausted"

    def run(self, understood: Understood, plan: Plan) -> dict[str, Any]:
        """Backtest, choose, test, write the model and the plan, and return the report."""
        self.plan, self.profile = plan, understood.profile
        self.metric = metric(plan["metric"])
        write_text(self.folder.plan, to_yaml(plan, plan_header(understood.profile, sensitive=self.sensitive)))
        self._lay_out(understood)
        self.windows = Windows.of(plan.settings)
        self.truth = self.windows.truth(self.past)
        self.scale = self.past.until(self.windows.cuts[-1] if self._all_long() else self.windows.cuts[0]).scale
        self.notify.note(
            f"forecast of {self.form.target.name!r}: {self.past.n:,} series, {self.form.frequency.name}, {self.form.horizon} steps ahead, "
            f"{len(self.windows.cuts) - 1} backtests and the last {self.form.horizon} steps locked away for the test"
        )
        candidates = self._search()
        if self.stop:
            self.clock.end_within(STOPPED_S)
        weights, figures = self._choose(candidates)
        self._ship(candidates, weights)
        return self._report(understood, candidates, weights, figures)

    # --- series

    def _lay_out(self, understood: Understood) -> None:
        self.form = form_of(understood.profile, understood.table.frame, understood.typed, self.plan.settings)
        rows = place_rows(understood.table.frame, understood.typed, self.form)
        last = last_steps(rows)
        keep = last != NEVER
        self.messages = list(rows.messages)
        if not keep.all():
            self.messages.append(Message("W0311", f"{int((~keep).sum()):,} series have no value and were left out"))
        rows = some_series(rows, keep)
        self.names = rows.names
        self.past = lay_out(rows, self.form, last[keep])
        longest = int((self.past.length - self.past.first).max(initial=0))
        windows = Windows.of(self.plan.settings)
        short = int((self.past.length - self.past.first <= windows.cuts[0] + 2).sum())
        if longest < max(FEWEST_STEPS, self.form.horizon + 5) or short == self.past.n:
            raise AssistError(
                "E0313",
                f"the longest series has {longest:,} steps: too few to forecast {self.form.horizon} more and to test that",
                where=f"{self.past.n:,} series, {self.form.frequency.name}",
                help=f"give longer series, or a smaller --horizon, such as {max(1, (longest - 5) // 3)}",
            )
        if short:
            self.messages.append(
                Message("W0312", f"{short:,} of {self.past.n:,} series are too short to be tested on; they are forecast all the same")
            )

    def _all_long(self) -> bool:
        return bool(((self.past.length - self.past.first) > self.windows.cuts[-1] + self.past.season + 2).mean() > 0.5)

    # --- candidates

    def _listed(self) -> list[Candidate]:
        """Return the candidates, the first settings of every kind before the second of any."""
        known, portfolio = forecasters(), self.plan.settings.get("portfolio", {})
        listed = {
            name: list(known[name].portfolio(self.plan.settings))[: portfolio.get(name, 1)]
            for name in self.plan["families"]
            if name in known and name != REFERENCE
        }
        found = [
            Candidate(k + 1, name, known[name].title, settings[k], self._unit(f"{name}-{k + 1}"))
            for k in range(max((len(s) for s in listed.values()), default=0))
            for name, settings in listed.items()
            if k < len(settings)
        ]
        trials = self.plan["search"].get("trials")
        return found if trials is None else found[:trials]

    def _unit(self, name: str) -> Path:
        return self.folder.work / "units" / name

    def _search(self) -> list[Candidate]:
        data = self.folder.work / "data"
        shutil.rmtree(data, ignore_errors=True)
        data.mkdir(parents=True)
        (self.folder.work / "units").mkdir(exist_ok=True)
        self.past.save(data)
        settings = {k: to_json(v) for k, v in self.plan.settings.items() if k != "columns"}
        (data / "settings.json").write_text(json.dumps(settings), "utf-8")
        self.journal = Journal(self.folder.trials)
        self.journal.create()
        self.clock.begin_search()
        reference = Candidate(1, REFERENCE, forecasters()[REFERENCE].title, {}, self._unit(REFERENCE))
        self._take(reference, forecast_unit(self._spec(reference, None)))
        done, listed = [reference], self._listed()
        self._ship(done, {reference.name: 1.0})
        listed = self._tried_here(listed, done)
        running: dict[Future[Any], Candidate] = {}
        waiting = listed[::-1]
        while (waiting or running) and not self.stop:
            while waiting and len(running) < self.pool.workers and self.clock.search_left_s > SEARCH_LEAST_S:
                candidate = waiting.pop()
                kept = candidate.folder / "unit.json"
                if self.folder.resumed and kept.is_file():
                    self._take(candidate, json.loads(kept.read_text("utf-8")))
                    done.append(candidate)
                    continue
                left = self.clock.search_left_s
                seconds = (
                    None
                    if math.isinf(left)
                    else max(1.0, min(left * 0.8, UNIT_SHARE * left * self.pool.workers / (len(waiting) + len(running) + 1)))
                )
                running[self.pool.submit(forecast_unit, self._spec(candidate, seconds))] = candidate
            if not running:
                break
            finished, _ = wait(running, timeout=POLL_S, return_when=FIRST_COMPLETED)
            for future in finished:
                candidate = running.pop(future)
                self._finish(candidate, future)
                done.append(candidate)
                best = min((c.figure for c in done if math.isfinite(c.figure)), default=math.nan)
                self.notify.progress(self.clock.used_s, self.clock.budget_s or math.inf, candidate.title, f"{self.metric.name} {best:.3g}")
            if self.clock.search_left_s <= 0:
                self.ended_by = "time"
                break
        for future, candidate in running.items():
            self.pool.kill(future)
            candidate.error = "the time was used up"
            done.append(candidate)
        if self.stop:
            self.ended_by = "stopped"
        elif waiting:
            self.ended_by = "time"
        self.left_out = list(waiting)
        return done

    def _tried_here(self, listed: list[Candidate], done: list[Candidate]) -> list[Candidate]:
        """Backtest in this process what takes a tenth of a second, where there is no time to wait for a worker; return the others."""
        if self.clock.search_left_s > HURRIED_S or self.past.observed.size > MOST_HERE or self.stop:
            return listed
        known = forecasters()
        for candidate in [c for c in listed if known[c.family].local]:
            if self.clock.search_left_s < SEARCH_LEAST_S or self.stop:
                break
            try:
                self._take(candidate, forecast_unit(self._spec(candidate, None)))
            except Exception as error:  # a candidate that fails costs itself alone
                candidate.error = str(error) or type(error).__name__
            done.append(candidate)
        return [c for c in listed if c not in done]

    def _spec(self, candidate: Candidate, seconds: float | None) -> dict[str, Any]:
        return {
            "data": str(self.folder.work / "data"),
            "out": str(candidate.folder),
            "family": candidate.family,
            "values": dict(candidate.values),
            "seed": self.options.seed,
            "seconds": seconds,
            "threads": 1,
        }

    def _finish(self, candidate: Candidate, future: Future[Any]) -> None:
        try:
            self._take(candidate, future.result())
        except Exception as error:  # a candidate that fails costs itself alone
            candidate.error = str(error) or type(error).__name__
            candidate.ended_s = self.clock.used_s
            self._journal(candidate)

    def _take(self, candidate: Candidate, result: Mapping[str, Any]) -> None:
        candidate.forecasts = np.load(candidate.folder / "forecasts.npy", allow_pickle=False)
        if self._lowest() is not None:
            candidate.forecasts = np.maximum(candidate.forecasts, 0.0)
        candidate.scores = self._scores(candidate.forecasts)
        candidate.figure = figure(self.truth[1:], candidate.forecasts[1:], self.scale, self.metric.name)
        candidate.fit_s, candidate.size_mb, candidate.ended_s = float(result["fit_s"]), float(result["size_mb"]), self.clock.used_s
        self._journal(candidate)

    def _journal(self, candidate: Candidate) -> None:
        line = to_json(self._trial(candidate, 0.0))
        if not any(all(r.get(key) == line[key] for key in ("number", "family", "status")) for r in self.journal.records):
            self.journal.append(line)

    def _scores(self, forecasts: np.ndarray) -> tuple[float, ...]:
        return tuple(figure(self.truth[w], forecasts[w], self.scale, self.metric.name) for w in range(1, len(self.truth)))

    def _trial(self, candidate: Candidate, weight: float) -> Trial:
        scores = candidate.scores
        defined = [s for s in scores if math.isfinite(s)]
        return Trial(
            number=candidate.number,
            family=candidate.family,
            title=candidate.title,
            values=dict(candidate.values),
            origin="baseline" if candidate.family == REFERENCE else "portfolio",
            status="complete" if scores else "failed",
            score=sum(defined) / len(defined) if defined else None,
            fold_scores=scores,
            fit_s=candidate.fit_s,
            size_mb=candidate.size_mb,
            weight=weight,
            error=candidate.error,
            ended_s=candidate.ended_s,
        )

    # --- the model

    def _lowest(self) -> float | None:
        return None if bool((self.past.observed < 0).any()) else 0.0

    def _choose(self, candidates: list[Candidate]) -> tuple[dict[str, float], dict[str, float]]:
        usable = {c.name: c for c in candidates if c.forecasts is not None}
        chosen = self.plan["forecast.ensemble"]
        return choose(
            {name: c.forecasts[1:] for name, c in usable.items() if c.forecasts is not None},
            {name: c.family for name, c in usable.items()},
            self.truth[1:],
            self.scale,
            self.metric.name,
            kind=chosen["kind"],
            members=chosen["members"],
            reference=f"{REFERENCE}-1",
        )

    def _mixed(self, candidates: list[Candidate], weights: Mapping[str, float]) -> np.ndarray:
        by_name = {c.name: c.forecasts for c in candidates if c.forecasts is not None}
        return combined([by_name[name] for name in weights], list(weights.values()), self.plan["forecast.ensemble"]["kind"])

    def _ship(self, candidates: list[Candidate], weights: Mapping[str, float]) -> None:
        """Write model/ whole, in place of an earlier one; its intervals look at the test too."""
        by_name = {c.name: c for c in candidates}
        mixed = self._mixed(candidates, weights)
        bundle = ForecastBundle(
            metric=self.plan["metric"],
            metrics=tuple(self.plan["metrics"]),
            form=needed_form(self.form),
            names=self.names,
            reading=replace(self.profile.reading, path="", name="" if self.sensitive else self.profile.reading.name),
            members=tuple(Member(name, by_name[name].family, weight, (f"members/{name}",)) for name, weight in weights.items()),
            combination=self.plan["forecast.ensemble"]["kind"],
            coverage=self.plan["interval"]["coverage"],
            lowest=self._lowest(),
        )
        kept = self.past.recent(max(int(self.plan["forecast.history"]["local"]), 4 * max(self.past.seasons), 2 * self.past.horizon))
        with new_folder(self.folder.model) as folder:
            for name in weights:
                shutil.copytree(by_name[name].folder / "model", folder / "members" / name)
            bundle.write(folder, kept, widths(self.truth, mixed, self.scale))
            write_manifest(folder, {"task": "forecast", "target": self.form.target.name, "classes": []})

    # --- report

    def _report(
        self, understood: Understood, candidates: list[Candidate], weights: Mapping[str, float], figures: Mapping[str, float]
    ) -> dict[str, Any]:
        plan, reference = self.plan, next(c for c in candidates if c.family == REFERENCE)
        mixed = self._mixed(candidates, weights)
        naive = reference.forecasts
        assert naive is not None  # it is made in this process, and an error would have ended the run
        measured = [self._measured(name, mixed[0], naive[0]) for name in plan["metrics"]]
        gain = gain_interval(self._by_unit(mixed), self._by_unit(naive), self.options.seed)
        shipped_naive = list(weights) == [reference.name]
        wide = widths(self.truth[1:], mixed[1:], self.scale)
        coverage = self._coverage(mixed[0], wide)
        trials = [self._trial(c, weights.get(c.name, 0.0)) for c in candidates]
        failures = [{"name": c.name, "error": c.error} for c in candidates if c.error]
        facts = {
            "metric": measured[0],
            "gain": gain,
            "naive": shipped_naive,
            "alone": len([c for c in candidates if c.forecasts is not None]) == 1,
            "windows": len(self.windows.cuts) - 1,
            "series": self.past.n,
            "coverage": coverage,
            "failures": failures,
            "horizon": self.form.horizon,
            "tested": int(np.isfinite(self.truth[0]).any(axis=1).sum()),
        }
        checks = forecast_checks(facts)
        notes = [*self.messages, *self._notes(candidates, shipped_naive)]
        for message in notes:
            self.notify.message(message)
        repeatable = plan["search"]["limit"] == "trials" and self.ended_by == "exhausted"
        return {
            "schema": SCHEMA,
            "kind": "train",
            "run": about_run(command_line(), self.options.seed, self.machine, repeatable, "interrupted" if self.stop else "ok"),
            **about_data(understood.profile, understood.findings, [*understood.table.messages, *notes], plan),
            "metric": measured[0],
            "verdict": forecast_verdict(facts, checks, f"assist predict {self.folder.path} --out forecast.csv"),
            "checks": checks,
            "split": self._split(),
            "leaderboard": self._leaderboard(candidates, trials, weights, mixed, measured[0]),
            "test": {"metrics": measured},
            "charts": {"interval_coverage": coverage},
            "importance": {"columns": [], "note": "", "skipped": "a forecast rests on the past of its series"},
            "insight": {},
            "forecast": self._forecast(candidates, weights, mixed, naive, wide, figures),
            "history": [],
            "trials": {"finished": sum(t.status == "complete" for t in trials), "failed": len(failures), "units": len(trials)},
            "failures": failures,
            "budget": {"asked_s": self.clock.budget_s, "used_s": self.clock.used_s, "note": self._budget_note()},
            "skipped": self._skipped(),
        }

    def _measured(self, name: str, ahead: np.ndarray, naive: np.ndarray) -> dict[str, Any]:
        truth = self.truth[0]
        each = scores_by_series(truth, ahead, self.scale, name) if name != "wql" else None
        return record(
            metric(name),
            figure(truth, ahead, self.scale, name),
            each,
            figure(truth, naive, self.scale, name),
            self.options.seed,
        )

    def _by_unit(self, forecasts: np.ndarray) -> np.ndarray:
        """Return the figure of each series at each origin, of shape (w, n)."""
        name = "mase" if self.metric.name == "wql" else self.metric.name
        return np.stack([scores_by_series(self.truth[w], forecasts[w], self.scale, name) for w in range(len(self.truth))])

    def _coverage(self, ahead: np.ndarray, wide: Any) -> dict[str, Any] | None:
        promised = float(self.plan["interval"]["coverage"])
        known = np.isfinite(self.truth[0])
        if not known.any():
            return None
        half = wide.half(promised)
        inside = (np.abs(self.truth[0] - ahead) <= half)[known]
        return {"promised": promised, "observed": float(inside.mean()), "rows": int(known.sum()), "width": float(2 * half[known].mean())}

    def _split(self) -> dict[str, Any]:
        reasons = {d.topic: d.because for d in self.plan.decisions}
        tested = int(np.isfinite(self.truth[0]).sum())
        rows = int(np.isfinite(self.past.observed).sum())
        return {
            "kind": "rolling_origin",
            "reason": reasons.get("forecast.backtests", ""),
            "test_reason": "",
            "folds": len(self.windows.cuts) - 1,
            "train_rows": rows - tested,
            "test_rows": tested,
            "test_kind": "rolling_origin",
            "unlabelled_rows": self.profile.target_missing,
        }

    def _leaderboard(
        self, candidates: list[Candidate], trials: list[Trial], weights: Mapping[str, float], mixed: np.ndarray, headline: Mapping[str, Any]
    ) -> list[dict[str, Any]]:
        ensemble = {
            "fold_scores": self._scores(mixed),
            "fit_s": float(sum(t.fit_s for t in trials)),
            "predict_ms_per_1000": None,
            "size_mb": float(sum(t.size_mb or 0 for t in trials if t.weight)),
            "test": {"value": headline["value"], "ci95": headline["ci95"]},
            "tied_with_best": True,
            "values": dict(weights),
        }
        numbered = [replace(t, number=k) for k, t in enumerate(trials)]
        tests = {
            k: {"value": figure(self.truth[0], c.forecasts[0], self.scale, self.metric.name), "ci95": None}
            for k, c in enumerate(candidates)
            if c.forecasts is not None
        }
        rows = leaderboard(numbered, ensemble, tests, self.metric.higher_is_better, self.metric.optimum)
        named = {f"{c.family}-{k}": c.name for k, c in enumerate(candidates)}
        return list(to_json([{**row, "name": named.get(row["name"], row["name"])} for row in rows]))

    def _forecast(
        self,
        candidates: list[Candidate],
        weights: Mapping[str, float],
        mixed: np.ndarray,
        naive: np.ndarray,
        wide: Any,
        figures: Mapping[str, float],
    ) -> dict[str, Any]:
        """Return what the report shows of a forecast alone."""
        loaded = SeriesForecaster.load(self.folder.model)
        ahead = loaded.ahead(loaded.past)
        return to_json(
            shown(
                self.past,
                self.truth,
                mixed,
                naive,
                self.scale,
                wide,
                loaded.widths,
                ahead,
                self.names,
                self.windows.cuts,
                float(self.plan["interval"]["coverage"]),
                named=not self.sensitive,
            )
        )

    def _notes(self, candidates: list[Candidate], shipped_naive: bool) -> list[Message]:
        if not shipped_naive:
            return []
        if len([c for c in candidates if c.forecasts is not None]) == 1:
            return [
                Message("W0501", "the time allowed nothing but the seasonal naive forecast", "give more time, such as --time-budget 60s")
            ]
        return [Message("W0502", "no forecaster beats repeating the last season on the backtests, so that is what the model does")]

    def _budget_note(self) -> str | None:
        return {"stopped": "you stopped the run; the best model so far was kept", "exhausted": "there was nothing left to try"}.get(
            self.ended_by
        )

    def _skipped(self) -> list[dict[str, str]]:
        late = [{"what": c.title, "why": "the time was used up before its turn came"} for c in self.left_out]
        asked = {name for name in forecasters() if name not in self.plan["families"]}
        reasons = [r for d in self.plan.decisions if d.topic == "families" for r in d.rejected if r.option in asked]
        return late + [{"what": f"Forecasters of the kind {r.option}", "why": r.why} for r in reasons]
