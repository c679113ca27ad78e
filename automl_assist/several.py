"""Several targets: a model for each, trained one after the other in one run folder, each from all columns but the other targets."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from automl_assist.machine import this_machine
from automl_assist.records import to_json
from automl_assist.report.document import SCHEMA, about_run, command_line, next_line
from automl_assist.runs import Journal, RunFolder, StopFlag, new_folder, write_manifest, write_text
from automl_assist.schema import Notify, Options
from automl_assist.serving.several import mean_metric, task_of
from automl_assist.tuning.clock import Clock

FINISH_S = 0.3  # a target: what putting the run together takes after the last model

TrainOne = Callable[[RunFolder, Clock, str], dict[str, Any]]


def train_each(
    run: RunFolder,
    targets: Sequence[str],
    clock: Clock,
    options: Options,
    stop: StopFlag,
    notify: Notify,
    train_one: TrainOne,
    facts: Mapping[str, Any],
) -> dict[str, Any]:
    """Train a model for each target in an equal share of the time that is left, and return the report on all.

    What is finished is in the run folder before the next target begins, so that a stop costs only the targets that were not reached; going
    on with the run takes up there.

    Parameters
    ----------
    run : RunFolder
        Begun already.
    targets : sequence of str
        Names of the columns, each one once.
    train_one : callable
        ``train_one(folder, clock, target)`` trains one into a folder of its own and returns its report.
    facts : mapping
        What the manifest of the model says beside the targets.
    """
    reports: list[dict[str, Any]] = []
    folders: list[RunFolder] = []
    for number, target in enumerate(targets, 1):
        if stop:
            break
        folder = run.part(f"{number:02d}")
        if folder.earlier == "ok":
            report = folder.read_report()
            notify.note(f"{target!r} is finished already")
        else:
            notify.note(f"target {number} of {len(targets)}: {target!r}")
            left = len(targets) - len(reports)
            report = train_one(folder, _share(clock, left), target)
        reports.append(report)
        folders.append(folder)
        _ship(run, facts, reports, folders)
    return _report(run, targets, reports, clock, options, bool(stop))


def _share(clock: Clock, left: int) -> Clock:
    """Return the clock of the next of `left` targets."""
    now = time.monotonic()
    if clock.budget_s is None:
        return Clock(now, None)
    return Clock(now, max(clock.ends - now - FINISH_S * left, 0.0) / left)


def _ship(run: RunFolder, facts: Mapping[str, Any], reports: Sequence[Mapping[str, Any]], folders: Sequence[RunFolder]) -> None:
    """Write model/, plan.yaml and trials.jsonl of all that is finished."""
    with new_folder(run.model) as model:
        for folder in folders:
            shutil.copytree(folder.model, model / folder.path.name)
        named = [{"name": report["target"], "folder": folder.path.name} for report, folder in zip(reports, folders, strict=True)]
        write_manifest(model, {"task": task_of(reports), "targets": named, **facts})
    write_text(run.plan, "---\n".join(folder.plan.read_text("utf-8") for folder in folders))
    run.trials.unlink(missing_ok=True)
    journal = Journal(run.trials)
    for report, folder in zip(reports, folders, strict=True):
        journal.extend({"target": report["target"], **record} for record in Journal(folder.trials).records)


def _report(
    run: RunFolder, targets: Sequence[str], reports: list[dict[str, Any]], clock: Clock, options: Options, stopped: bool
) -> dict[str, Any]:
    metric = mean_metric([report["metric"] for report in reports])
    for report in reports:
        report["verdict"]["next"] = next_line(run.path, report["data"]["format"])  # each was trained in a work folder
    left = list(targets[len(reports) :])
    repeatable = all(report["run"]["repeatable"] for report in reports)
    return {
        "schema": SCHEMA,
        "kind": "train",
        "run": about_run(command_line(), options.seed, this_machine(), repeatable, "interrupted" if stopped else "ok"),
        "data": reports[0]["data"],
        "findings": _each_once(reports, "findings"),
        "messages": _each_once(reports, "messages"),
        "task": task_of(reports),
        "modality": reports[0]["modality"],
        "target": list(targets),
        "targets": reports,
        "not_trained": left,
        "metric": metric,
        "verdict": _verdict(reports, left, run.path),
        "checks": [{**check, "target": report["target"]} for report in reports for check in report["checks"]],
        "split": reports[0]["split"],
        "leaderboard": [],
        "importance": {"columns": [], "note": "", "skipped": "it stands with each target"},
        "trials": {key: sum(report["trials"][key] for report in reports) for key in reports[0]["trials"]},
        "failures": [failure for report in reports for failure in report["failures"]],
        "budget": {"asked_s": clock.budget_s, "used_s": clock.used_s, "note": None},
    }


def _each_once(reports: Sequence[Mapping[str, Any]], key: str) -> list[Any]:
    """Return what several reports say, each thing once, in the order in which it was first said."""
    seen: dict[str, Any] = {}
    for report in reports:
        for entry in to_json(report[key]):
            seen.setdefault(repr(entry), entry)
    return list(seen.values())


def _verdict(reports: Sequence[Mapping[str, Any]], left: Sequence[str], path: Path) -> dict[str, Any]:
    states = [report["verdict"]["state"] for report in reports]
    good = sum(state == "good" for state in states)
    sentence = f"{good} of {len(reports)} targets are predicted clearly better than by guessing."
    worries = [f"{report['target']}: {worry}" for report in reports for worry in list(report["verdict"].get("worries") or ())[:1]]
    if left:
        worries.insert(0, f"{len(left)} of the targets were not reached: {', '.join(left[:4])}; --resume goes on with them")
    state = "good" if good == len(reports) and not left else "none" if set(states) == {"none"} else "weak"
    return {"state": state, "sentence": sentence, "worries": worries, "next": next_line(path, reports[0]["data"]["format"])}
