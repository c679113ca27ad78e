"""Training, from a plan to all that a run folder holds: search, selection, model, last fit; `training_report` says how it went."""

from __future__ import annotations

import contextlib
import itertools
import math
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from automl_assist.evaluation import assessment
from automl_assist.evaluation.conformal import residual_quantiles
from automl_assist.machine import this_machine
from automl_assist.metrics import metric
from automl_assist.modalities import folder_of
from automl_assist.models import Family, families
from automl_assist.plan import to_yaml
from automl_assist.records import to_json
from automl_assist.report import make_ready
from automl_assist.report.recommendation import plan_header
from automl_assist.runs import Journal, RunFolder, StopFlag, new_folder, write_manifest, write_text
from automl_assist.schema import CLASSIFICATION, Averaging, Column, Notify, Options, Plan, Trial
from automl_assist.serving.bundle import Bundle, Member
from automl_assist.training_report import Trained, notes_on, report_on
from automl_assist.tuning.candidates import Candidate, FittedFold
from automl_assist.tuning.clock import Clock
from automl_assist.tuning.data import prepare
from automl_assist.tuning.pool import WorkerPool
from automl_assist.tuning.proposers import ListProposer, OracleProposer, Proposer
from automl_assist.tuning.refit import WHOLE, Refit, refit_s
from automl_assist.tuning.search import Search, SearchOutcome, SearchSetting
from automl_assist.tuning.selection import Combining, Selection, calibrated, select, select_within
from automl_assist.tuning.unit import fit_unit

if TYPE_CHECKING:
    from automl_assist.planning import Understood

ORACLE_LEAST_S = 6.0  # below this importing KerasTuner (2 s) would eat the search: the plain list is tried instead
SEARCH_LEAST_S = 0.5  # below this no worker would answer: the baseline is fitted here
CHECKPOINT_SHARE = 0.2  # of the budget between two writings of the best model so far
MORE_LEAST_S = 1.0  # a search that could go on for less ends
LEVELS = tuple(round(0.5 + 0.01 * i, 2) for i in range(50))  # coverages that can be asked for, 50 to 99 %
# A search so short that workers may not answer begins in this process with the first kinds of the plan that are among these, on tables of
# up to so many cells: there a fold of them takes tenths of a second.
QUICK, MOST_QUICK_CELLS = ("baseline", "linear"), 200_000
STOPPED_S = 4.0  # for the finish of a run that the user has stopped


@contextlib.contextmanager
def workers(stop: StopFlag) -> Iterator[WorkerPool]:
    """Yield worker processes; they start now, so that their imports overlap with the reading of the data.

    The page is made ready while the first of them computes.
    """
    pool = WorkerPool(this_machine().cores, 1, meanwhile=make_ready)
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
        if "image.backbone" in plan.settings:
            from automl_assist.nn.backbone import pretrained_weights

            pretrained_weights(**plan["image.backbone"])  # fetched here, once: a worker could only say that its fold failed
        prepared = prepare(
            understood.table.frame, understood.typed, understood.profile, plan, self.options, folder_of(understood.table.reading)
        )
        understood.let_rows_go()
        self.prepared, self.plan, self.profile = prepared, plan, understood.profile
        self.metric = metric(plan["metric"])
        self.folds = len(prepared.shared.folds)
        text = to_yaml(plan, plan_header(understood.profile, sensitive=self.sensitive))
        if self.sensitive and self.options.pretrained:
            text = text.replace(self.options.pretrained, Path(self.options.pretrained).name)
        write_text(self.folder.plan, text)
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
        trained = Trained(
            understood=understood,
            plan=plan,
            options=self.options,
            machine=self.machine,
            clock=self.clock,
            stop=self.stop,
            folder=self.folder,
            prepared=prepared,
            outcome=outcome,
            selection=selection,
            bundle=bundle,
            sensitive=self.sensitive,
        )
        notes = notes_on(trained)
        report = report_on(trained, notes)
        for message in notes:
            self.notify.message(message)
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
            here=self._quick,
        )
        self.clock.begin_search()
        outcome = SearchOutcome([], 0, "time")
        if self.clock.search_left_s > (SEARCH_LEAST_S if not self._quick else 0.0) and not self.stop:
            outcome = Search(setting, self._proposer(), self.pool, self.clock, self.notify).run()
        if not any(0 in c.fitted for c in outcome.candidates if c.family == "baseline"):
            outcome.candidates.append(self._baseline_here(setting, len(outcome.candidates) + 1))
        return outcome

    @property
    def _quick(self) -> tuple[str, ...]:
        """Which kinds may be fitted in this process where time is short."""
        if len(self.prepared.dev_rows) * len(self.plan["columns"]) > MOST_QUICK_CELLS:
            return ()
        return tuple(itertools.takewhile(QUICK.__contains__, self.plan["families"]))

    def _proposer(self) -> Proposer:
        chosen = [families()[name] for name in self.plan["families"]]
        problem = self.prepared.shared.problem
        fitting = [family for family in chosen if problem.task in family.tasks]
        searched = self.plan["search"]["order"] != "portfolio alone"
        if searched and {"keras", "keras_tuner"} <= set(self.machine.installed) and self.clock.search_left_s > ORACLE_LEAST_S:
            return OracleProposer(fitting, problem, self.options.seed, self.folder.work)
        return ListProposer(fitting, problem)

    def _baseline_here(self, setting: SearchSetting, number: int) -> Candidate:
        """Fit the baseline in this process: what all is compared with, where no worker could answer or the one that was asked died."""
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
        selection = self._select(candidates, joining=False)  # what a kill leaves need not be the best: time goes to the workers
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
        needed_s = refit_s(selection.members, selection.weights, self.pool.workers, chosen["weight"], self._whole)
        self.clock.keep(needed_s, chosen["share"])

    # --- model

    def _select(self, candidates: Sequence[Candidate], *, joining: bool = True) -> Selection:
        chosen, data = self.plan["ensemble"], self.prepared.shared
        asked = Combining(
            steps=chosen["steps"] if chosen["kind"] != "best single" else 1,
            seed=self.options.seed,
            candidates=chosen["candidates"],
            least_weight=chosen["least_weight"],
            clearly=chosen["clearly"],
            first_fold_rows=chosen["first_fold_rows"],
            whole_first=chosen["whole_first"] if joining else 0,
            joining_rows=chosen["joining_rows"],
            judged_parts=chosen["judged_parts"],
            averaging=Averaging(chosen["averaging"], chosen["doubt"]),
        )

        def choose(pool: Sequence[Candidate]) -> Selection:
            return select(pool, data.target, data.folds, self.metric, replace(asked, until=self.clock.share_until(0.3, 10.0)))

        selection = select_within(candidates, self.plan["limits"]["prediction_ms_per_1000"], choose)
        if "calibration" not in self.plan.settings:  # values
            return selection
        return calibrated(selection, self.prepared.shared.target, **self.plan["calibration"], seed=self.options.seed)

    @property
    def _refits(self) -> bool:
        return self.plan.settings.get("refit", {}).get("rows") == "all" and not self.stop

    @property
    def _whole(self) -> dict[str, int]:
        """Families of which the last fit makes models of all rows, and how many."""
        asked = self.plan.settings.get("refit", {}).get("whole", {})
        return {name: count for name, count in asked.items() if name in self.plan["families"] and families()[name].can_learn_all}

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
            whole=self._whole,
            worse=self.plan["refit"]["worse"],
        )

    def _ship_again(self, selection: Selection, outcome: SearchOutcome, refit: Refit) -> dict[str, int]:
        """Put the fits that learned from all rows in the place of the tested ones, and return how many of how many they are."""
        refit.wait(lambda: bool(self.stop))
        losses = [self.metric.loss(c.score) for c in outcome.candidates if c.family == "baseline" and c.fitted]
        baseline = max(losses, default=math.inf)
        newer = {c.number: refit.folders(c, self.metric, baseline) for c in selection.members}
        if any(newer.values()):
            self._ship(selection, newer)
        return {"fits": sum(map(len, newer.values())), "of": refit.wanted}

    def _ship(self, selection: Selection, newer: Mapping[int, Mapping[str, Path]] = MappingProxyType({})) -> Bundle:
        """Write model/ for a selection, whole, in place of an earlier one; `newer` are folders of last fits by number of the candidate."""
        folders = {}
        for c in selection.members:
            again = newer.get(c.number, {})
            folders[c.name] = again if any(name.startswith(WHOLE) for name in again) else {**c.folders, **again}
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
            spellings=() if prepared.spellings == prepared.classes else prepared.spellings,
            members=tuple(
                Member(c.name, c.family, weight, tuple(f"members/{c.name}/{name}" for name in folders[c.name]))
                for c, weight in zip(selection.members, selection.weights, strict=True)
            ),
            threshold=assessment.choose_threshold(
                self.plan.settings.get("threshold"), y, selection.held_out, self.plan.settings.get("costs")
            ),
            levels=LEVELS if numbers else (),
            half_widths=tuple(residual_quantiles(y, held_out, np.array(LEVELS)).tolist()) if numbers else (),
            coverage=self.plan["interval"]["coverage"] if numbers else 0.0,
            lowest=0.0 if task == "count" else None,
            calibration=selection.calibration,
            averaging=selection.averaging,
            modality=prepared.modality.name,
            arrangement=prepared.arrangement,
        )
        with new_folder(self.folder.model) as folder:
            for candidate, parts in folders.items():
                for name, source in parts.items():
                    shutil.copytree(source / "model", folder / "members" / candidate / name, copy_function=_link)
            bundle.write(folder, prepared.coding.to_json())
            write_manifest(folder, {"task": task, "target": prepared.target.name, "classes": list(prepared.classes)})
        return bundle


def _needed(column: Column) -> Column:
    """Return what reading and judging new cells takes; the rest of a column's record quotes values."""
    return replace(column, evidence="", reason="", top=())


def _link(source: str, target: str) -> None:
    """Give a fitted model a second name in the shipped folder; copy where the file system has no links."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
