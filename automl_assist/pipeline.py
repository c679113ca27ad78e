"""The flow, read from top to bottom; the only module that knows the order.

source -> profile -> checks -> plan -> preprocessing -> candidates -> tuning -> evaluation -> run folder -> report
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from automl_assist.errors import AssistError, Exit, did_you_mean
from automl_assist.report import render
from automl_assist.report.document import SCHEMA, about_data, about_run, command_line, hide, versions
from automl_assist.runs import RunFolder, StopFlag, claim, open_run, write_json, write_text
from automl_assist.schema import Facts, Finding, Message, Notify, Options, Plan, Profile, to_json
from automl_assist.serving.rows import document_head, evaluate_run, gate, predict_rows

if TYPE_CHECKING:
    import pandas as pd

    from automl_assist.plan import Edits
    from automl_assist.sources import Table

__all__ = [
    "describe_machine", "evaluate_run", "explain", "predict_rows", "profile_data", "recommend_plan", "train_model", "write_report",
]  # fmt: skip

LATER_TASKS = ("multilabel", "forecast")


@dataclass(frozen=True)
class Understood:
    """A data set, read and looked at."""

    table: Table
    typed: pd.DataFrame
    profile: Profile
    findings: tuple[Finding, ...]


def understand(path: str, options: Options, notify: Notify, *, whole: bool = False) -> Understood:
    """Read, profile and check a data set; with `whole` every row is held, as training needs them."""
    from automl_assist import sources
    from automl_assist.checks import CheckContext, find_all
    from automl_assist.profile import describe_rows

    table = sources.read(path, options.read, whole=whole)
    for message in table.messages:
        notify.message(message)
    profile, typed, cells = describe_rows(table, options)
    findings = find_all(CheckContext(profile, cells, typed))
    return Understood(replace(table, frame=cells), typed, profile, findings)


def facts_of(understood: Understood, options: Options) -> Facts:
    """Return all that a rule may look at."""
    from automl_assist.machine import this_machine

    return Facts(understood.profile, understood.findings, options, this_machine())


def decide(understood: Understood, options: Options, plan_file: Path | None = None) -> Plan:
    """Fold the rules, and the edits of a plan file, into a plan that can be run.

    Raises
    ------
    AssistError
        E03xx when nothing can be learned from this data, E04xx for a metric or family that does not fit, E0801 for one that is not
        installed.
    """
    from automl_assist.plan import Edits, make_plan, require_consistent
    from automl_assist.profile import require_learnable

    require_learnable(understood.profile, understood.typed, options)
    _require_task(options.task or (understood.profile.task.name if understood.profile.task else None))
    edits = _read_plan(plan_file) if plan_file else Edits("plan", {})
    for name in ("target", "split.time", "split.group"):  # these have become options
        edits.pop(name, None)
    _require_columns_as_read(edits, understood.profile)
    limit = {part: edits["search"].pop(part) for part in ("limit", "trials") if part in edits.get("search", {})}  # and these
    plan = make_plan(facts_of(understood, options), edits)
    edits.setdefault("search", {}).update(limit)
    _require_line(plan, options)
    _require_task(plan["task"])
    require_consistent(plan, edits)
    for topic, check in (("metric", lambda: _require_metric(plan)), ("families", lambda: _require_families(plan, understood))):
        try:
            check()
        except AssistError as error:
            if topic in edits:
                error.where = f"{edits.of_topic(topic)}; {error.where or ''}".rstrip("; ")
            raise
    return plan


def _require_task(task: str | None) -> None:
    if task in LATER_TASKS:
        raise AssistError("E0405", f"the task {task!r} is not part of this version", help="--task binary, multiclass, regression or count")


def _read_plan(plan_file: Path) -> Edits:
    from automl_assist.plan import from_yaml

    try:
        text = plan_file.read_text("utf-8")
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise AssistError(
            "E0420", f"the plan {str(plan_file)!r} cannot be read", where=why, help="write one with assist recommend DATA --out plan.yaml"
        ) from error
    return from_yaml(text, str(plan_file))


def options_of_plan(plan_file: Path, options: Options) -> Options:
    """Return the options with the target, the columns of the split and the trials that stand in a plan file, unless others were given."""
    plan = _read_plan(plan_file)
    return replace(
        options,
        target=options.target or plan.get("target"),
        time=options.time or plan.get("split.time"),
        group=options.group or plan.get("split.group"),
        trials=options.trials or plan.get("search", {}).get("trials"),
    )


def _require_columns_as_read(edits: Edits, profile: Profile) -> None:
    """Refuse what a plan says of columns that are not there, or are of another kind: nothing in a plan is passed over."""
    known = {column.name: column.kind for column in profile.features}
    for name, entry in edits.get("columns", {}).items():
        line = edits.at("columns", name)
        if name not in known:
            help = did_you_mean(name, known) or f"columns here: {', '.join(list(known)[:8])}"
            raise AssistError("E0424", f"the plan names a column {name!r} that is not in this data", where=line, help=help)
        if entry["kind"] != known[name]:
            raise AssistError(
                "E0424",
                f"the plan takes column {name!r} for {entry['kind']}, and here it reads as {known[name]}",
                where=line,
                help=f"the kind is decided when the data is read: --kind {name}={entry['kind']}",
            )


def _require_line(plan: Plan, options: Options) -> None:
    for kind, column in (("time", options.time), ("group", options.group)):
        if kind in plan["split.kind"].split("_") and column is None:
            raise AssistError("E0408", f"the plan parts rows by {kind}, and no column for it was named", help=f"name it with --{kind} COL")


def _require_metric(plan: Plan) -> None:
    from automl_assist.metrics import metrics

    fitting = [m.name for m in metrics().values() if plan["task"] in m.tasks]
    for name in (plan["metric"], *plan["metrics"]):
        if name not in fitting:
            raise AssistError(
                "E0404",
                f"{name!r} is not a metric for the task {plan['task']}",
                where=f"metrics for it: {', '.join(fitting)}",
                help=did_you_mean(name, fitting) or f"--metric {fitting[0]}",
            )


def _require_families(plan: Plan, understood: Understood) -> None:
    from automl_assist.modalities import modality
    from automl_assist.models import families

    known = {name: family for name, family in families().items() if name in modality(understood.profile.modality.name).families}
    for name in plan["families"]:
        if name not in known:
            words = (*known, "neural", "classic")
            raise AssistError(
                "E0406",
                f"there is no model family {name!r}",
                where=f"families: {', '.join(words)}",
                help=did_you_mean(name, words),
                exit_code=Exit.USAGE,
            )
        missing = known[name].missing_libraries()
        if missing:
            raise AssistError(
                "E0802",
                f"the model family {name!r} needs {' and '.join(missing)}, which cannot be imported",
                help=f"pip install {' '.join(missing)}\nor leave out --family {name}",
            )


# --- profile, recommend


def profile_data(
    path: str, options: Options, *, out: Path | None, overwrite: bool, sensitive: bool, started: float, notify: Notify
) -> dict[str, Any]:
    """Describe a data set; write profile.html and profile.json into `out` unless it is None."""
    if out is None:
        return _profile(path, options, sensitive, notify)[0]
    with claim(out, kind="profile", overwrite=overwrite) as folder:
        document, report = _profile(path, options, sensitive, notify)
        folder.begin()
        write_json(folder.report_json, report)
        write_text(folder.report_html, render(report))
        folder.finish()
    return document | {"report": str(folder.report_html)}


def _profile(path: str, options: Options, sensitive: bool, notify: Notify) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the document for programs, and the report behind it."""
    from automl_assist.report.recommendation import recommendation

    understood = understand(path, options, notify)
    plan = _plan_if_possible(understood, options)
    report = _profile_report(understood, plan, options)
    if sensitive:
        report = hide(report, path)
    seen = report["profile"]
    document = {
        **document_head("profile"),
        "data": report["data"],
        "modality": seen["modality"]["name"],
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
    return document, report


def _plan_if_possible(understood: Understood, options: Options) -> Plan | None:
    if understood.profile.target is None:
        return None
    try:
        return decide(understood, options)
    except AssistError as error:
        if error.exit_code == Exit.USAGE and error.code != "E0405":
            raise
        return None  # a profile describes data that nothing can be learned from, too


def _profile_report(understood: Understood, plan: Plan | None, options: Options) -> dict[str, Any]:
    from automl_assist.machine import this_machine

    return {
        "schema": SCHEMA,
        "kind": "profile",
        "run": about_run(command_line(), options.seed, this_machine(), True, "ok"),
        **about_data(understood.profile, understood.findings, understood.table.messages, plan),
    }


def recommend_plan(path: str, options: Options, *, out: Path | None, overwrite: bool, started: float, notify: Notify) -> dict[str, Any]:
    """Decide everything, train nothing; write plan.yaml to `out` unless it is None."""
    from automl_assist.plan import to_yaml
    from automl_assist.report.recommendation import cost, plan_header

    if out and out.exists() and not overwrite:
        raise AssistError("E0415", f"{str(out)!r} exists already", help="replace it with --overwrite, or choose another --out")
    understood = understand(path, options, notify)
    _require_target(understood.profile)
    plan = decide(understood, options)
    text = to_yaml(plan, plan_header(understood.profile))
    if out:
        write_text(out, text)
    return {
        **document_head("recommend"),
        "target": to_json(understood.profile.target),
        "task": plan["task"],
        "plan": to_json(plan.settings),
        "decisions": to_json(plan.decisions),
        "cost": cost(plan, understood.profile, options),
        "findings": to_json(understood.findings),
        "plan_file": str(out) if out else None,
        "plan_yaml": text,
    }


def _require_target(profile: Profile) -> None:
    if profile.target is None:
        raise AssistError("E0311", "no column looks like a target", help="name it with --target COL", exit_code=Exit.USAGE)


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
    from automl_assist.training import Training, workers
    from automl_assist.tuning.clock import Clock

    if plan_file:
        options = options_of_plan(plan_file, options)
    if dry_run:
        return _dry_run(path, options, plan_file, out, notify)
    clock = Clock(started, options.budget_s if limited else None)
    with claim(out, kind="train", resume=resume, overwrite=overwrite) as run:
        with workers(stop) as pool:
            understood = understand(path, options, notify, whole=True)
            _require_target(understood.profile)
            plan = decide(understood, options, plan_file)
            if auto and not options.target and understood.profile.target:
                notify.note(f"predicting {understood.profile.target.name!r}: {understood.profile.target.reason}")
            for finding in understood.findings:
                if finding.severity != "info":
                    notify.message(Message(finding.code, finding.message, finding.fix or None))
            run.begin(_identity(understood, plan, options))
            training = Training(run, pool, clock, options, notify, stop, sensitive=sensitive)
            report = training.run(understood, plan)
        if sensitive:
            report = hide(report, path)
        report["budget"]["used_s"] = clock.used_s
        write_json(run.report_json, report)
        write_text(run.report_html, render(report))
        run.finish("interrupted" if stop else "ok")
    return _train_document(report, run, clock, stop, fail_under)


def _identity(understood: Understood, plan: Plan, options: Options) -> dict[str, Any]:
    settings = {key: value for key, value in to_json(plan.settings).items() if key != "search"}
    return {"data": understood.profile.reading.sha256, "target": understood.profile.target, "settings": settings, "seed": options.seed}


def _dry_run(path: str, options: Options, plan_file: Path | None, out: Path, notify: Notify) -> dict[str, Any]:
    from automl_assist.report.recommendation import cost

    understood = understand(path, options, notify)
    _require_target(understood.profile)
    plan = decide(understood, options, plan_file)
    return {
        **document_head("train"),
        "dry_run": True,
        "run_dir": str(out),
        "target": to_json(understood.profile.target),
        "task": plan["task"],
        "plan": to_json(plan.settings),
        "cost": cost(plan, understood.profile, options),
        "files": ["report.html", "report.json", "plan.yaml", "trials.jsonl", "model/"],
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

    if os.path.isdir(run_or_data):
        plan = open_run(run_or_data).read_report()["plan"]
        decisions = plan["decisions"] if plan else []
    else:
        understood = understand(run_or_data, options, notify)
        _require_target(understood.profile)
        decisions = to_json(decide(understood, options).decisions)
    document = {**document_head("why"), "topic": topic, "decisions": on_topic(decisions, topic)}
    return document | {"idle": idle_rules(decisions)} if everything else document


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
