"""Training, from a plan to everything a run folder holds: search, selection, test, model, report."""

from __future__ import annotations

import contextlib
import json
import math
import os
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from automl_assist.evaluation import assessment
from automl_assist.evaluation.conformal import residual_quantiles
from automl_assist.evaluation.importance import permutation_importance
from automl_assist.evaluation.scoring import score
from automl_assist.machine import this_machine
from automl_assist.metrics import metric
from automl_assist.modalities import Tested, folder_of
from automl_assist.models import Family, families
from automl_assist.plan import to_yaml
from automl_assist.report.document import SCHEMA, about_data, about_run, command_line, leaderboard
from automl_assist.report.recommendation import plan_header
from automl_assist.report.verdict import named_checks, verdict
from automl_assist.runs import Journal, RunFolder, StopFlag, new_folder, write_manifest, write_text
from automl_assist.schema import CLASSIFICATION, Column, Message, Notify, Options, Plan, Trial, to_json
from automl_assist.serving.bundle import Bundle, Member
from automl_assist.serving.predictor import Predictor
from automl_assist.tuning.candidates import Candidate, FittedFold
from automl_assist.tuning.clock import Clock
from automl_assist.tuning.data import prepare
from automl_assist.tuning.pool import WorkerPool
from automl_assist.tuning.proposers import ListProposer, OracleProposer, Proposer
from automl_assist.tuning.refit import Refit, refit_s
from automl_assist.tuning.search import Search, SearchOutcome, SearchSetting
from automl_assist.tuning.selection import Selection, select, select_within, test_prediction, too_slow
from automl_assist.tuning.unit import fit_unit

if TYPE_CHECKING:
    from automl_assist.planning import Understood

ORACLE_LEAST_S = 6.0  # below this importing KerasTuner (2 s) would eat the search: the plain list is tried instead
SEARCH_LEAST_S = 0.5  # below this no worker would answer: the baseline is fitted here
CHECKPOINT_SHARE = 0.2  # of the budget between two writings of the best model so far
MORE_LEAST_S = 1.0  # a search that could go on for less ends
LEVELS = tuple(round(0.5 + 0.01 * i, 2) for i in range(50))  # coverages that can be asked for, 50 to 99 %
INSIGHT_SHARE, INSIGHT_MOST_S, INSIGHT_LEAST_S = 0.5, 30.0, 0.2  # of the time left, for what the kind of data adds to the report
STOPPED_S = 4.0  # for the finish of a run that the user has stopped
# Families that stand for a guess and for a simple model in the comparison, by the name of their place in it.
REFERENCES = {"baseline": ("baseline",), "linear": ("linear", "text_linear", "sequence_linear", "image_gradients")}
IMPORTANCE_MOST_S = 30.0  # further shuffles only make known intervals narrower


@contextlib.contextmanager
def workers(stop: StopFlag) -> Iterator[WorkerPool]:
    """Yield worker processes; they start now, so that their imports overlap with the reading of the data."""
    pool = WorkerPool(this_machine().cores, 1)
    stop.before_quit.append(pool.shutdown)
    try:
        yield pool
    finally:
        pool.shutdown(wait=False)


class Training:
    """One training of a model that answers for each example by itself.

    Parameters
    ----------
    run : RunFolder
        Claimed already.
    pool : WorkerPool
    clock : Clock
    options : Options
    notify : Notify
    stop : StopFlag
    sensitive : bool
        No path and no cell value that prediction can do without in anything written.
    """

    def __init__(
        self, run: RunFolder, pool: WorkerPool, clock: Clock, options: Options, notify: Notify, stop: StopFlag, *, sensitive: bool = False
    ):
        self.folder = run
        self.pool = pool
        self.sensitive = sensitive
        self.clock = clock
        self.options = options
        self.notify = notify
        self.stop = stop
        self.machine = this_machine()
        self._checkpointed = 0.0

    def run(self, understood: Understood, plan: Plan) -> dict[str, Any]:
        """Search, choose, test, write the model and the plan, and return the report."""
        prepared = prepare(
            understood.table.frame, understood.typed, understood.profile, plan, self.options, folder_of(understood.table.reading)
        )
        self.prepared, self.plan, self.profile = prepared, plan, understood.profile
        self.metric = metric(plan["metric"])
        self.folds = len(prepared.shared.folds)
        write_text(self.folder.plan, to_yaml(plan, plan_header(understood.profile, sensitive=self.sensitive)))
        self.notify.note(
            f"{plan['task']} on {prepared.target.name!r}: {len(prepared.dev_rows):,} rows to learn from in {self.folds} folds, "
            f"{len(prepared.test_rows):,} rows locked away for the test"
        )
        outcome = self._search()
        if self.stop:
            self.clock.end_within(STOPPED_S)
        selection = self._select(outcome.candidates)
        bundle = self._ship(selection)
        refit = self._refit(selection)
        report = self._report(understood, outcome, selection, bundle)
        if refit is not None:
            report["split"]["refit"] = self._ship_again(selection, outcome, refit)
        return report

    # --- search

    def _search(self) -> SearchOutcome:
        data, units = self.folder.work / "data", self.folder.work / "units"
        shutil.rmtree(data, ignore_errors=True)
        data.mkdir(parents=True)
        units.mkdir(exist_ok=True)
        self.prepared.shared.save(data)
        kept = sum(1 for entry in units.iterdir() if (entry / "unit.json").is_file())
        if self.folder.resumed:
            self.notify.note(f"resuming: {kept} fitted folds of the earlier run are used again")
        self.journal = Journal(self.folder.trials)
        self.journal.create()
        setting = SearchSetting(
            data=data,
            units=units,
            folds=self.folds,
            first_fold_rows=len(self.prepared.shared.folds[0][1]),
            metric=self.metric,
            seed=self.options.seed,
            trials=self.plan["search"].get("trials"),
            stopped=lambda: bool(self.stop),
            journal=self._journal,
            checkpoint=self._checkpoint,
            more_time=self._more_time,
            shares=self.plan["shares"],
        )
        self.clock.begin_search()
        outcome = SearchOutcome([], 0, "time")
        if self.clock.search_left_s > SEARCH_LEAST_S and not self.stop:
            outcome = Search(setting, self._proposer(), self.pool, self.clock, self.notify).run()
        if not any(0 in c.fitted for c in outcome.candidates):
            outcome.candidates.append(self._baseline_here(setting, len(outcome.candidates) + 1))
        return outcome

    def _proposer(self) -> Proposer:
        chosen = [families()[name] for name in self.plan["families"]]
        problem = self.prepared.shared.problem
        fitting = [family for family in chosen if problem.task in family.tasks]
        searched = self.plan["search"]["order"] != "portfolio alone"
        if searched and {"keras", "keras_tuner"} <= set(self.machine.installed) and self.clock.search_left_s > ORACLE_LEAST_S:
            return OracleProposer(fitting, problem, self.options.seed, self.folder.work)
        return ListProposer(fitting, problem)

    def _baseline_here(self, setting: SearchSetting, number: int) -> Candidate:
        """Fit the baseline in this process: a model for a budget in which no worker could answer."""
        family: Family = families()["baseline"]
        candidate = Candidate(number, "baseline", family.title, {}, "baseline")
        for fold in range(setting.folds):
            out = setting.units / f"{candidate.name}-fold-{fold}"
            spec = {"data": str(setting.data), "out": str(out), "family": "baseline", "values": {}, "fold": fold, "seed": setting.seed}
            result = fit_unit(spec | {"seconds": None, "threads": 1})
            candidate.fitted[fold] = FittedFold(
                fold, out, result["score"], result["fit_s"], result["predict_ms_per_1000"], result["size_mb"], result["facts"]
            )
        self._journal(candidate.to_trial(setting.folds))
        return candidate

    def _journal(self, trial: Trial) -> None:
        line = to_json(trial)
        same = ("number", "family", "values", "status")
        if not any(all(record.get(key) == line[key] for key in same) for record in self.journal.records):
            self.journal.append(line)

    def _checkpoint(self, candidates: list[Candidate]) -> None:
        """Write the best model so far, so that even a kill leaves one that predicts."""
        now = self.clock.used_s
        due = self._checkpointed + CHECKPOINT_SHARE * (self.clock.budget_s or math.inf)
        complete = any(c.is_complete(self.folds) and c.family != "baseline" for c in candidates)
        if not complete or (self._checkpointed and now < due):
            return
        selection = self._select(candidates)
        self._ship(selection)
        if self._refits:
            self._keep_for_refit(selection)
        self._checkpointed = self.clock.used_s

    def _more_time(self, candidates: list[Candidate]) -> bool:
        """Go on with the search where its last fit will take less time than was kept for it."""
        if not self._refits or not any(0 in c.fitted for c in candidates):
            return False
        self._keep_for_refit(self._select(candidates))
        return self.clock.search_left_s > MORE_LEAST_S

    def _keep_for_refit(self, selection: Selection) -> None:
        chosen = self.plan["refit"]
        self.clock.keep(refit_s(selection.members, selection.weights, self.pool.workers, chosen["weight"]), chosen["share"])

    # --- the model

    def _select(self, candidates: Sequence[Candidate]) -> Selection:
        def choose(pool: Sequence[Candidate]) -> Selection:
            return select(
                pool,
                self.prepared.shared.target,
                self.prepared.shared.folds,
                self.metric,
                steps=self.plan["ensemble"]["steps"] if self.plan["ensemble"]["kind"] != "best single" else 1,
                most_candidates=self.plan["ensemble"]["candidates"],
                least_weight=self.plan["ensemble"]["least_weight"],
                clearly=self.plan["ensemble"]["clearly"],
                first_fold_rows=self.plan["ensemble"]["first_fold_rows"],
                seed=self.options.seed,
                until=self.clock.share_until(0.3, 10.0),
            )

        return select_within(candidates, self.plan["limits"]["prediction_ms_per_1000"], choose)

    @property
    def _refits(self) -> bool:
        return self.plan.settings.get("refit", {}).get("rows") == "all" and not self.stop

    def _refit(self, selection: Selection) -> Refit | None:
        """Begin to fit what was chosen with the test rows too."""
        if not self._refits:
            return None
        return Refit(
            self.pool,
            self.folder.work / "data",
            self.folder.work / "refit",
            selection.members,
            selection.weights,
            self.prepared.test_target,
            seed=self.options.seed,
            until=self.clock.refit_until,
            timed=self.clock.budget_s is not None and self.plan["search"]["limit"] == "time",
        )

    def _ship_again(self, selection: Selection, outcome: SearchOutcome, refit: Refit) -> dict[str, int]:
        """Put the fits that learned from all rows in the place of the tested ones, and return how many of how many they are."""
        refit.wait(lambda: bool(self.stop))
        losses = [self.metric.loss(c.score) for c in outcome.candidates if c.family == "baseline" and c.fitted]
        baseline = max(losses, default=math.inf)
        newer = {(c.number, fold): path for c in selection.members for fold, path in refit.folders(c, self.metric, baseline).items()}
        if newer:
            self._ship(selection, newer)
        return {"fits": len(newer), "of": refit.wanted}

    def _ship(self, selection: Selection, newer: Mapping[tuple[int, int], Path] = MappingProxyType({})) -> Bundle:
        """Write model/ for a selection, whole, in place of an earlier one; `newer` are folders by number of the candidate and fold."""
        prepared, task = self.prepared, self.plan["task"]
        y = prepared.shared.target[selection.rows]
        numbers = task not in CLASSIFICATION
        held_out = np.maximum(selection.held_out, 0.0) if task == "count" else selection.held_out
        bundle = Bundle(
            task=task,
            metric=self.plan["metric"],
            target=_needed(prepared.target),
            columns=tuple(_needed(column) for column in prepared.columns),
            reading=replace(self.profile.reading, path="", name="" if self.sensitive else self.profile.reading.name),
            classes=prepared.classes,
            members=tuple(
                Member(c.name, c.family, weight, tuple(f"members/{c.name}/fold-{i}" for i in sorted(c.fitted)))
                for c, weight in zip(selection.members, selection.weights, strict=True)
            ),
            threshold=assessment.choose_threshold(
                self.plan.settings.get("threshold"), y, selection.held_out, self.plan.settings.get("costs")
            ),
            levels=LEVELS if numbers else (),
            half_widths=tuple(residual_quantiles(y, held_out, np.array(LEVELS)).tolist()) if numbers else (),
            coverage=self.plan["interval"]["coverage"] if numbers else 0.0,
            lowest=0.0 if task == "count" else None,
            modality=prepared.modality.name,
            arrangement=prepared.arrangement,
        )
        with new_folder(self.folder.model) as folder:
            for candidate in selection.members:
                for i, fitted in candidate.fitted.items():
                    source = newer.get((candidate.number, i), fitted.folder)
                    shutil.copytree(source / "model", folder / "members" / candidate.name / f"fold-{i}", copy_function=_link)
            bundle.write(folder, prepared.coding.to_json())
            write_manifest(folder, {"task": task, "target": prepared.target.name, "classes": list(prepared.classes)})
        return bundle

    # --- test and report

    def _report(self, understood: Understood, outcome: SearchOutcome, selection: Selection, bundle: Bundle) -> dict[str, Any]:
        plan, prepared, seed = self.plan, self.prepared, self.options.seed
        part = self._test_part(outcome.candidates, selection)
        figures = assessment.measured(plan["metrics"], part, bundle.threshold, seed=seed, until=self.clock.share_until(0.25, 8.0))
        gains = assessment.gains(plan["metric"], part, seed=seed, until=self.clock.share_until(0.2, 5.0))
        half_width = float(np.interp(bundle.coverage, bundle.levels, bundle.half_widths)) if bundle.levels else 0.0
        reason = next((d.because for d in plan.decisions if d.topic == "threshold"), "")
        charts = assessment.charts(plan["task"], part, prepared.classes, bundle.threshold, reason, half_width, bundle.coverage, seed)
        headline = {**figures[0], "gains": to_json(gains)}
        weights = {c.number: w for c, w in zip(selection.members, selection.weights, strict=True)}
        trials = [c.to_trial(self.folds, weights.get(c.number, 0.0)) for c in outcome.candidates]
        failures = [{"name": f"{t.family}-{t.number}", "error": t.error} for t in trials if t.status == "failed" and t.error]
        facts = {
            "metric": headline, "gains": gains, "test_rows": len(part.y), "repeated": prepared.repeated_in_test,
            "findings": to_json(understood.findings), "charts": charts, "classes": understood.profile.classes if prepared.classes else (),
            "failures": failures, "complete": selection.complete,
        }  # fmt: skip
        checks = named_checks(facts)
        importance = self._importance(bundle)
        repeatable = plan["search"]["limit"] == "trials" and outcome.ended_by == "trials"
        status = "interrupted" if self.stop else "ok"
        return {
            "schema": SCHEMA,
            "kind": "train",
            "run": about_run(command_line(), seed, self.machine, repeatable, status),
            **about_data(understood.profile, understood.findings, [*understood.table.messages, *self._messages(outcome, selection)], plan),
            "metric": headline,
            "verdict": verdict(headline, gains, checks, len(part.y), f"assist predict {self.folder.path} new.csv --out predictions.csv"),
            "checks": checks,
            "split": self._split(),
            "leaderboard": self._leaderboard(trials, outcome, selection, headline),
            "test": {"metrics": figures},
            "charts": charts,
            "importance": importance,
            "insight": self._insight(selection, bundle),
            "history": [[t, s] for t, s in outcome.history],
            "trials": {
                "finished": sum(t.status in ("complete", "partial") for t in trials),
                "failed": len(failures),
                "units": outcome.units,
            },
            "failures": failures,
            "budget": {"asked_s": self.clock.budget_s, "used_s": self.clock.used_s, "note": self._budget_note(outcome)},
            "skipped": self._skipped(importance),
        }

    def _test_part(self, candidates: Sequence[Candidate], selection: Selection) -> assessment.TestPart:
        references = {}
        for family in REFERENCES:
            first = next((c for c in candidates if c.family in REFERENCES[family] and c.fitted), None)
            if first is not None:
                references[family] = self._finished(test_prediction(first))
        return assessment.TestPart(self.prepared.test_target, self._finished(selection.test_prediction()), references)

    def _finished(self, prediction: np.ndarray) -> np.ndarray:
        """Return a prediction as `predict` would give it."""
        if self.plan["task"] in CLASSIFICATION:
            return prediction / prediction.sum(axis=1, keepdims=True)
        return np.maximum(prediction, 0.0) if self.plan["task"] == "count" else prediction

    def _leaderboard(
        self, trials: list[Trial], outcome: SearchOutcome, selection: Selection, headline: dict[str, Any]
    ) -> list[dict[str, Any]]:
        ensemble = {
            "fold_scores": selection.fold_scores(self.prepared.shared.target, self.metric),
            "fit_s": float(sum(t.fit_s for t in trials)),
            "predict_ms_per_1000": float(sum(t.predict_ms_per_1000 or 0 for t in trials if t.weight)),
            "size_mb": float(sum(t.size_mb or 0 for t in trials if t.weight)),
            "test": {"value": headline["value"], "ci95": headline["ci95"]},
            "tied_with_best": True,
            "values": {c.name: w for c, w in zip(selection.members, selection.weights, strict=True)},
        }
        tests = {
            c.number: {"value": score(self.metric, self.prepared.test_target, self._finished(test_prediction(c))), "ci95": None}
            for c in outcome.candidates
            if c.fitted
        }
        return to_json(leaderboard(trials, ensemble, tests, self.metric.higher_is_better, self.metric.optimum))

    def _importance(self, bundle: Bundle) -> dict[str, Any]:
        if not self.prepared.modality.by_column:
            return {"columns": [], "note": "", "skipped": f"columns are not what {self.prepared.modality.title} are made of"}
        begun = time.monotonic()
        until = min(self.clock.share_until(0.5), begun + IMPORTANCE_MOST_S)
        if self.stop or until - begun < 0.3:
            return {"columns": [], "note": "", "skipped": "no time was left for it"}
        predictor = self._quick_predictor(bundle)
        strength = {c.name: c.association or 0.0 for c in self.prepared.columns}
        ordered = sorted(strength, key=lambda name: -strength[name])
        columns = permutation_importance(
            predictor.predict_typed,
            self.prepared.test_frame,
            self.prepared.test_target,
            self.metric,
            ordered,
            seed=self.options.seed,
            until=until,
            repeats=self.plan["importance"]["repeats"],
            most_rows=self.plan["importance"]["rows"],
        )
        if not columns:
            return {"columns": [], "note": "", "skipped": "one shuffle of one column would have taken longer than the time left"}
        note = f"How much worse {self.metric.title} gets on the test part when a column is shuffled; "
        note += "columns that say the same share their importance."
        left_out = len(ordered) - len(columns)
        return {
            "columns": columns,
            "note": note + (f" {left_out:,} columns were not measured for want of time." if left_out else ""),
            "skipped": None,
        }

    def _quick_predictor(self, bundle: Bundle) -> Predictor:
        coding = json.loads((self.folder.model / "coding.json").read_text("utf-8"))
        return Predictor.of(bundle, coding, self.folder.model, first_fold_only=True)

    def _insight(self, selection: Selection, bundle: Bundle) -> dict[str, Any]:
        """Return what the kind of data has to say about the model, beyond what is said of every model."""
        until = min(self.clock.share_until(INSIGHT_SHARE), time.monotonic() + INSIGHT_MOST_S)
        if self.stop or until - time.monotonic() < INSIGHT_LEAST_S:
            return {"skipped": "no time was left for it"}
        prepared = self.prepared
        tested = Tested(
            predict=self._quick_predictor(bundle).predict_typed,
            typed=prepared.test_frame,
            target=prepared.test_target,
            prediction=self._finished(selection.test_prediction()),
            development=prepared.dev_frame,
            development_target=prepared.dev_target,
            columns=prepared.columns,
            classes=prepared.classes,
            task=self.plan["task"],
            settings=self.plan.settings,
            arrangement=prepared.arrangement,
            sensitive=self.sensitive,
            seed=self.options.seed,
            until=until,
        )
        return to_json(prepared.modality.explain(tested))

    def _split(self) -> dict[str, Any]:
        reasons = {d.topic: d.because for d in self.plan.decisions}
        return {
            "kind": self.plan["split.kind"],
            "reason": reasons.get("split.kind", ""),
            "test_reason": reasons.get("split.test_share", ""),
            "folds": self.folds,
            "train_rows": len(self.prepared.dev_rows),
            "test_rows": len(self.prepared.test_rows),
            "test_row_numbers": (self._rows_of(self.prepared.test_rows) + 1).tolist(),
            "test_kind": self.plan["split.kind"],
            "unlabelled_rows": self.profile.target_missing,
        }

    def _rows_of(self, examples: np.ndarray) -> np.ndarray:
        """Return the rows of the file behind some examples, counted from 0."""
        of = self.prepared.examples.example_of
        return examples if of is None else np.flatnonzero(np.isin(of, examples))

    def _messages(self, outcome: SearchOutcome, selection: Selection) -> list[Message]:
        messages = list(self.prepared.examples.notes)
        if self.profile.target_missing:
            messages.append(Message("W0301", f"{self.profile.target_missing:,} rows have no target and were left out"))
        if all(c.family == "baseline" for c in selection.members) and not any(
            c.family != "baseline" and c.fitted for c in outcome.candidates
        ):
            text = (
                f"the time allowed nothing but the baseline ({self.clock.budget_s:g} s were asked)"
                if self.clock.budget_s
                else "only the baseline could be fitted"
            )
            messages.append(Message("W0501", text, "give more time, such as --time-budget 60s"))
        messages += too_slow(selection, self.plan["limits"]["prediction_ms_per_1000"])
        for message in messages:
            self.notify.message(message)
        return messages

    def _budget_note(self, outcome: SearchOutcome) -> str | None:
        return {
            "stopped": "you stopped the run; the best model so far was kept",
            "trials": "all trials that were asked for are done",
            "exhausted": "there was nothing left to try",
        }.get(outcome.ended_by)

    def _skipped(self, importance: dict[str, Any]) -> list[dict[str, str]]:
        skipped = [{"what": "What drives the predictions", "why": importance["skipped"]}] if importance["skipped"] else []
        asked = {name for name in families() if name not in self.plan["families"]}
        reasons = [r for d in self.plan.decisions if d.topic == "families" for r in d.rejected if r.option in asked]
        return skipped + [{"what": f"Models of the family {r.option}", "why": r.why} for r in reasons]


def _needed(column: Column) -> Column:
    """Return what reading and judging new cells takes; the rest of a column's record quotes values."""
    return replace(column, evidence="", reason="", top=())


def _link(source: str, target: str) -> None:
    """Give a fitted model a second name in the shipped folder; copy where the file system has no links."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
