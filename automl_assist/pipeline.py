"""The flow, read from top to bottom; the only module that knows the order.

source -> profile -> checks -> plan -> preprocessing -> candidates -> tuning -> evaluation -> run folder -> report
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from automl_assist.errors import AssistError, Exit
from automl_assist.planning import (
    Asked,
    Understood,
    asked_of,
    decide,
    decide_learnable,
    known_for,
    options_of_plan,
    read_asked,
    require_target,
    understand,
)
from automl_assist.records import to_json
from automl_assist.report import render
from automl_assist.report.document import SCHEMA, about_data, about_run, command_line, hide, versions
from automl_assist.runs import RunFolder, StopFlag, claim, known_facts, open_run, require_place, write_json, write_text
from automl_assist.runs.known_facts import KnownFacts
from automl_assist.schema import Message, Notify, Options, Plan
from automl_assist.serving.rows import document_head, evaluate_run, gate, predict_rows

if TYPE_CHECKING:
    from automl_assist.tuning.clock import Clock

__all__ = [
    "describe_machine", "evaluate_run", "explain", "predict_rows", "profile_data", "recommend_plan", "train_model", "write_report",
]  # fmt: skip

# --- profile, recommend


def profile_data(
    path: str, options: Options, *, out: Path | None, overwrite: bool, sensitive: bool, started: float, notify: Notify
) -> dict[str, Any]:
    """Describe a data set; write profile.html and profile.json into `out` unless it is None."""
    if out is None:
        return _profile(path, options, sensitive, notify)[0]
    with claim(out, kind="profile", overwrite=overwrite) as folder:
        document, report, facts = _profile(path, options, sensitive, notify)
        folder.begin()
        write_json(folder.report_json, report)
        write_text(folder.report_html, render(report))
        folder.finish()
    known_facts.keep(facts)
    return document | {"report": str(folder.report_html)}


def _profile(path: str, options: Options, sensitive: bool, notify: Notify) -> tuple[dict[str, Any], dict[str, Any], KnownFacts | None]:
    """Return the document for programs, the report behind it, and what a plan can be made from without reading the file again."""
    from automl_assist.report.recommendation import recommendation

    understood = understand(path, options, notify)
    plan = _plan_if_possible(understood, options, notify)
    report = _profile_report(understood, plan, options)
    if sensitive:
        report = hide(report, path)
    seen = report["profile"]
    document = {
        **document_head("profile"),
        "data": report["data"],
        "modality": seen["modality"]["name"],
        "modality_guess": seen["modality"],
        "target": seen["target"],
        "task": seen["task"],
        "time": seen["time"],
        "series": seen["series"],
        "group": seen["group"],
        "columns": seen["columns"],
        "findings": report["findings"],
        "messages": report["messages"],
        "recommendation": recommendation(plan),
        "report": None,
    }
    alone = plan is not None and report["task"] == plan["task"] and not options.targets and not sensitive
    facts = KnownFacts(understood.profile, understood.findings, understood.table.messages, options) if alone else None
    return document, report, facts


def _plan_if_possible(understood: Understood, options: Options, notify: Notify) -> Plan | None:
    if understood.profile.target is None:
        return None
    try:
        return decide(*_first_of(asked_of(understood, understood.table, options, notify), notify))
    except AssistError as error:
        if error.exit_code == Exit.USAGE and error.code != "E0405":
            raise
        return None  # a profile describes data that nothing can be learned from, too


def _profile_report(understood: Understood, plan: Plan | None, options: Options) -> dict[str, Any]:
    from automl_assist.machine import this_machine

    report = {
        "schema": SCHEMA,
        "kind": "profile",
        "said": list(options.said()),
        "run": about_run(command_line(), options.seed, this_machine(), True, "ok"),
        **about_data(understood.profile, understood.findings, understood.table.messages, plan),
    }
    task = understood.profile.task
    return report | ({"task": task.name} if task and task.name == "multilabel" else {})  # the plan is one of its labels'


def recommend_plan(path: str, options: Options, *, out: Path | None, overwrite: bool, started: float, notify: Notify) -> dict[str, Any]:
    """Decide everything, train nothing; write plan.yaml to `out` unless it is None."""
    from automl_assist.plan import to_yaml
    from automl_assist.report.recommendation import cost, plan_header

    if out and out.exists() and not overwrite:
        raise AssistError("E0415", f"{str(out)!r} exists already", help="replace it with --overwrite, or choose another --out")
    plan, seen = _plan_of(path, options, notify)
    text = to_yaml(plan, plan_header(seen.profile))
    if out:
        write_text(out, text)
    return {
        **document_head("recommend"),
        "target": to_json(seen.profile.target),
        "task": plan["task"],
        "plan": to_json(plan.settings),
        "decisions": to_json(plan.decisions),
        "cost": cost(plan, seen.profile, options),
        "findings": to_json(seen.findings),
        "plan_file": str(out) if out else None,
        "plan_yaml": text,
    }


def _plan_of(path: str, options: Options, notify: Notify) -> tuple[Plan, Understood | KnownFacts]:
    """Return the plan for a data set, from the facts of its last profile where that is of the same file to the byte; and these facts."""
    known = known_for(path, options)
    if known is not None:
        notify.note("planned from the profile made in this folder: the file is the same to the last byte")
        for message in known.messages:
            notify.message(message)
        return decide_learnable(known, options), known
    understood, options = _first_of(read_asked(path, options, notify), notify)
    require_target(understood.profile)
    return decide(understood, options), understood


def _first_of(asked: Asked, notify: Notify) -> tuple[Understood, Options]:
    """Return what is asked for; of the labels of a target the most frequent one stands for all."""
    targets = asked.options.targets
    if targets:
        notify.note(f"a plan for each of {len(targets)} labels is made by training; this is the one of {targets[0]!r}")
    return asked.of_target(targets[0] if targets else None)


# --- train


def train_model(
    path: str,
    options: Options,
    *,
    plan_file: Path | None,
    auto: bool,
    out: Path,
    resume: bool,
    overwrite: bool,
    dry_run: bool,
    sensitive: bool,
    started: float,
    notify: Notify,
    stop: StopFlag,
    limited: bool = True,
    fail_under: float | None = None,
) -> dict[str, Any]:
    """Train, tune and test under the budget; write the run folder.

    Parameters
    ----------
    auto : bool
        The target may be guessed.
    limited : bool
        Whether the clock limits the run; False for ``--trials`` without ``--time-budget``.
    """
    from automl_assist.forecast_training import ForecastTraining
    from automl_assist.training import Training, workers
    from automl_assist.tuning.clock import Clock

    if plan_file:
        options = options_of_plan(plan_file, options)
    if dry_run:
        return _dry_run(path, options, plan_file, out, notify)
    clock = Clock(started, options.budget_s if limited else None)
    with claim(out, kind="train", resume=resume, overwrite=overwrite) as run:
        with workers(stop) as pool:

            def train(understood: Understood, asked: Options, folder: RunFolder, clock: Clock) -> dict[str, Any]:
                require_target(understood.profile)
                plan = decide(understood, asked, plan_file)
                _announce(understood, notify, guessed=auto and not asked.target)
                folder.begin(_identity(understood, plan, asked))
                kind = ForecastTraining if understood.profile.modality.name == "forecast" else Training
                return kind(folder, pool, clock, asked, notify, stop, sensitive=sensitive).run(understood, plan)

            asked = read_asked(path, options, notify, whole=True)
            if asked.seen is None:
                report = _train_several(asked, run, clock, stop, notify, train)
            else:
                report = train(asked.seen, asked.options, run, clock)
        if sensitive:
            report = hide(report, path)
        report["budget"]["used_s"] = clock.used_s
        write_json(run.report_json, report)
        write_text(run.report_html, render(report))
        run.finish("interrupted" if stop else "ok")
    return _train_document(report, run, clock, stop, fail_under)


def _announce(understood: Understood, notify: Notify, *, guessed: bool) -> None:
    if guessed and understood.profile.target:
        notify.note(f"predicting {understood.profile.target.name!r}: {understood.profile.target.reason}")
    for finding in understood.findings:
        if finding.severity != "info":
            notify.message(Message(finding.code, finding.message, finding.fix or None))


def _train_several(
    asked: Asked,
    run: RunFolder,
    clock: Clock,
    stop: StopFlag,
    notify: Notify,
    train: Callable[[Understood, Options, RunFolder, Clock], dict[str, Any]],
) -> dict[str, Any]:
    """Train a model for each of several targets, from the columns that are none."""
    from automl_assist.several import train_each

    def train_one(folder: RunFolder, clock: Clock, target: str) -> dict[str, Any]:
        seen, options = asked.of_target(target)
        report = train(seen, options, folder, clock)
        write_json(folder.report_json, report)
        folder.finish("interrupted" if stop else "ok")
        return report

    asked.require_learnable()
    targets, facts = asked.options.targets, {"labels": to_json(asked.labels)} if asked.labels else {}
    run.begin({"data": asked.table.reading.sha256, "targets": targets, "seed": asked.options.seed})
    return train_each(run, targets, clock, asked.options, stop, notify, train_one, facts)


def _identity(understood: Understood, plan: Plan, options: Options) -> dict[str, Any]:
    settings = {key: value for key, value in to_json(plan.settings).items() if key != "search"}
    return {"data": understood.profile.reading.sha256, "target": understood.profile.target, "settings": settings, "seed": options.seed}


def _dry_run(path: str, options: Options, plan_file: Path | None, out: Path, notify: Notify) -> dict[str, Any]:
    require_place(out)
    asked = read_asked(path, options, notify)
    parts = [_would_do(*asked.of_target(target), plan_file) for target in asked.options.targets or [None]]
    return {
        **document_head("train"),
        "dry_run": True,
        "run_dir": str(out),
        **parts[0],
        **({"targets": parts} if asked.options.targets else {}),
        "files": ["report.html", "report.json", "plan.yaml", "trials.jsonl", "model/"],
    }


def _would_do(understood: Understood, options: Options, plan_file: Path | None) -> dict[str, Any]:
    from automl_assist.report.recommendation import cost

    require_target(understood.profile)
    plan = decide(understood, options, plan_file)
    return {
        "target": to_json(understood.profile.target),
        "task": plan["task"],
        "plan": to_json(plan.settings),
        "cost": cost(plan, understood.profile, options),
    }


def _train_document(report: Mapping[str, Any], run: RunFolder, clock: Any, stop: StopFlag, fail_under: float | None) -> dict[str, Any]:
    document = {**document_head("train"), "run_dir": str(run.path), "report": str(run.report_html)}
    keys = (
        "task",
        "modality",
        "target",
        "metric",
        "verdict",
        "leaderboard",
        "checks",
        "split",
        "findings",
        "messages",
        "importance",
        "trials",
    )
    document |= {key: report[key] for key in keys}
    if "targets" in report:
        document["targets"] = [{key: part[key] for key in keys} for part in report["targets"]]
    document["budget"] = report["budget"] | {"used_s": clock.used_s}
    if stop.code is not None:
        document |= {"status": "interrupted", "exit_code": stop.code}
    else:
        document |= gate(report["metric"], fail_under)
    return document


# --- report, why, doctor; predict and evaluate stand in serving.rows


def write_report(run: Path) -> dict[str, Any]:
    """Write report.html again from report.json."""
    folder = open_run(run)
    page = render(folder.read_report())
    write_text(folder.report_html, page)
    return {**document_head("report"), "run_dir": str(run), "report": str(folder.report_html), "size_bytes": len(page.encode("utf-8"))}


def explain(run_or_data: str, topic: str | None, options: Options, notify: Notify, *, everything: bool = False) -> dict[str, Any]:
    """Return the decisions on `topic`, or all of them, from a run's record or for a data set; with `everything` also the idle rules."""
    from automl_assist.report.trace import idle_rules, on_topic

    no_data = not os.path.lexists(run_or_data) and run_or_data != "-" and not os.path.splitext(run_or_data)[1]
    if os.path.isdir(run_or_data) or no_data:
        decisions = _decisions_of(open_run(run_or_data).read_report())
    else:
        decisions = to_json(_plan_of(run_or_data, options, notify)[0].decisions)
    document = {**document_head("why"), "topic": topic, "decisions": on_topic(decisions, topic)}
    return document | {"idle": idle_rules(decisions)} if everything else document


def _decisions_of(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the decisions of a run; where it has several targets, each with its target."""
    if "targets" in report:
        return [{**d, "target": part["target"]} for part in report["targets"] for d in part["plan"]["decisions"]]
    return list(report["plan"]["decisions"]) if report["plan"] else []


def describe_machine() -> dict[str, Any]:
    """Return versions, backend, cores, memory and what is installed."""
    from automl_assist.machine import this_machine

    machine = this_machine()
    return {
        **document_head("doctor"),
        "versions": versions(),
        "machine": to_json(machine),
        "backend": "jax" if "jax" in machine.installed else None,
    }
