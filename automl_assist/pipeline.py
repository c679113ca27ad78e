"""The flow, read from top to bottom; the only module that knows the order.

source -> profile -> checks -> plan -> preprocessing -> candidates -> tuning -> evaluation -> run folder -> report
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from automl_assist import __version__
from automl_assist.errors import AssistError, Exit, did_you_mean
from automl_assist.report import render
from automl_assist.report.document import SCHEMA, about_data, about_run, command_line, hide, versions
from automl_assist.runs import RunFolder, StopFlag, claim, open_run, verify_model, write_bytes, write_json, write_text
from automl_assist.schema import CLASSIFICATION, Facts, Finding, Message, Notify, Options, Plan, Profile, to_json

if TYPE_CHECKING:
    import pandas as pd

    from automl_assist.sources import Table

LATER_TASKS = ("multilabel", "forecast")


@dataclass(frozen=True)
class Understood:
    """A data set, read and looked at."""

    table: Table
    typed: pd.DataFrame
    profile: Profile
    findings: tuple[Finding, ...]


def understand(path: str, options: Options, notify: Notify) -> Understood:
    """Read, profile and check a data set."""
    from automl_assist import sources
    from automl_assist.checks import CheckContext, find_all
    from automl_assist.profile import describe

    table = sources.read(path, options.read)
    for message in table.messages:
        notify.message(message)
    profile, typed = describe(table, options)
    findings = find_all(CheckContext(profile, table.frame, typed))
    return Understood(table, typed, profile, findings)


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
    from automl_assist.plan import make_plan
    from automl_assist.profile import require_learnable

    require_learnable(understood.profile, understood.typed, options)
    edits = _read_plan(plan_file) if plan_file else {}
    edits.pop("target", None)
    plan = make_plan(facts_of(understood, options), edits)
    if plan["task"] in LATER_TASKS:
        raise AssistError(
            "E0405", f"the task {plan['task']!r} is not part of this version", help="--task binary, multiclass, regression or count"
        )
    _require_metric(plan)
    _require_families(plan)
    return plan


def _read_plan(plan_file: Path) -> dict[str, Any]:
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
    """Return the options with the target that stands in a plan file, unless another was given."""
    return options if options.target else replace(options, target=_read_plan(plan_file).get("target"))


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


def _require_families(plan: Plan) -> None:
    from automl_assist.models import families

    known = families()
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
    """Describe a data set; write report.html and report.json into `out` unless it is None."""
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
        **_head("profile"),
        "data": report["data"],
        "modality": seen["modality"]["name"],
        "target": seen["target"],
        "task": seen["task"],
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
        if error.exit_code == Exit.USAGE:
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
    from automl_assist.report.recommendation import cost

    if out and out.exists() and not overwrite:
        raise AssistError("E0415", f"{str(out)!r} exists already", help="replace it with --overwrite, or choose another --out")
    understood = understand(path, options, notify)
    _require_target(understood.profile)
    plan = decide(understood, options)
    text = to_yaml(plan, plan_header(understood.profile))
    if out:
        write_text(out, text)
    return {
        **_head("recommend"),
        "target": to_json(understood.profile.target),
        "task": plan["task"],
        "plan": to_json(plan.settings),
        "decisions": to_json(plan.decisions),
        "cost": cost(plan, understood.profile, options),
        "findings": to_json(understood.findings),
        "plan_file": str(out) if out else None,
        "plan_yaml": text,
    }


def plan_header(profile: Profile) -> dict[str, str]:
    """Return the first lines of plan.yaml."""
    return {"target": profile.target.name if profile.target else "", "data": profile.reading.name, "written_by": f"assist {__version__}"}


def _require_target(profile: Profile) -> None:
    if profile.target is None:
        raise AssistError("E0311", "no column looks like a target", help="name it with --target COL", exit_code=Exit.USAGE)


def _head(command: str) -> dict[str, Any]:
    return {"schema": f"assist.{command}/1", "command": command, "status": "ok", "exit_code": 0, "error": None}


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
    from automl_assist.training import Training
    from automl_assist.tuning.clock import Clock

    if plan_file:
        options = options_of_plan(plan_file, options)
    if dry_run:
        return _dry_run(path, options, plan_file, out, notify)
    clock = Clock(started, options.budget_s if limited else None)
    with claim(out, kind="train", resume=resume, overwrite=overwrite) as run:
        with Training(run, clock, options, notify, stop) as training:
            understood = understand(path, options, notify)
            _require_target(understood.profile)
            plan = decide(understood, options, plan_file)
            if auto and not options.target and understood.profile.target:
                notify.note(f"predicting {understood.profile.target.name!r}: {understood.profile.target.reason}")
            for finding in understood.findings:
                if finding.severity != "info":
                    notify.message(Message(finding.code, finding.message, finding.fix or None))
            run.begin(_identity(understood, plan, options))
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
        **_head("train"),
        "dry_run": True,
        "run_dir": str(out),
        "target": to_json(understood.profile.target),
        "task": plan["task"],
        "plan": to_json(plan.settings),
        "cost": cost(plan, understood.profile, options),
        "files": ["report.html", "report.json", "plan.yaml", "trials.jsonl", "model/"],
    }


def _train_document(report: Mapping[str, Any], run: RunFolder, clock: Any, stop: StopFlag, fail_under: float | None) -> dict[str, Any]:
    document = {**_head("train"), "run_dir": str(run.path), "report": str(run.report_html)}
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


def gate(metric: Mapping[str, Any], fail_under: float | None) -> dict[str, Any]:
    """Return what changes in a document when the figure misses ``--fail-under``; exit code 7."""
    if fail_under is None:
        return {}
    value = metric["value"]
    held = value is not None and (value >= fail_under if metric["higher_is_better"] else value <= fail_under)
    if held:
        return {}
    error = AssistError("E0501", f"{metric['name']} is {value}, and --fail-under asks for {fail_under:g}", exit_code=Exit.GATE)
    return {"status": "failed", "exit_code": int(Exit.GATE), "error": error.to_json()}


# --- predict, evaluate, report, why, doctor


def load_run(run: Path) -> Any:
    """Return the predictor of a run whose files have been verified."""
    from automl_assist.serving.predictor import Predictor

    folder = open_run(run)
    verify_model(folder.model)
    return Predictor.load(folder.model)


def predict_rows(
    run: Path,
    path: str | None,
    *,
    out: Path | None,
    strict: bool,
    overwrite: bool,
    coverage: float | None,
    raw_csv: bool,
    notify: Notify,
    read: Any = None,
) -> dict[str, Any]:
    """Predict new rows in the order they came."""
    from automl_assist.serving.output import encode, prediction_table, to_csv

    if out and out.exists() and not overwrite:
        raise AssistError(
            "E0706", f"{str(out)!r} exists already", help="replace it with --overwrite, or choose another --out", exit_code=Exit.USAGE
        )
    if path is None:
        raise AssistError("E0701", "no rows to predict were given", help=f"assist predict {run} DATA", exit_code=Exit.USAGE)
    predictor = load_run(run)
    typed, rows, messages = _new_rows(predictor, path, strict, notify, read)
    table = prediction_table(predictor, predictor.predict(typed), 0.9 if coverage is None else coverage)
    document = {
        **_head("predict"),
        "run_dir": str(run),
        "rows": rows,
        "columns": list(table.columns),
        "messages": to_json(messages),
        "out": None,
    }
    if out:
        data, defused = encode(table, out, raw_csv=raw_csv)
        write_bytes(out, data)
        document["out"] = str(out)
    else:
        document["text"], defused = to_csv(table, raw=raw_csv)
    document["defused_cells"] = defused
    if defused:
        notify.note(f"{defused:,} cells that a spreadsheet would run as a formula begin with an apostrophe now")
    return document


def _new_rows(predictor: Any, path: str, strict: bool, notify: Notify, read: Any) -> tuple[Any, int, list[Message]]:
    from automl_assist import sources
    from automl_assist.schema import ReadOptions

    table = sources.read(path, read or ReadOptions(), like=predictor.bundle.reading)
    typed, messages = predictor.prepare(table.frame)
    missing = next((m for m in messages if m.code == "W0701"), None)
    if strict and missing:
        raise AssistError(
            "E0703", missing.message, help=missing.help or "leave out --strict to have them filled as missing", exit_code=Exit.GATE
        )
    for message in (*table.messages, *messages):
        notify.message(message)
    return typed, len(table.frame), [*table.messages, *messages]


def evaluate_run(run: Path, path: str, *, strict: bool, fail_under: float | None, notify: Notify, read: Any = None) -> dict[str, Any]:
    """Score a finished run on labelled rows that it has never seen."""
    import numpy as np

    from automl_assist import sources
    from automl_assist.evaluation.assessment import TestPart, measured
    from automl_assist.preprocessing.target import target_codes
    from automl_assist.schema import ReadOptions

    folder = open_run(run)
    predictor = load_run(run)
    bundle = predictor.bundle
    table = sources.read(path, read or ReadOptions(), like=bundle.reading)
    if bundle.target.name not in table.frame.columns:
        raise AssistError(
            "E0704",
            f"the target {bundle.target.name!r} is not in this data",
            where=f"columns: {', '.join(map(str, table.frame.columns[:8]))}",
            help=f"score rows that have it, or predict: assist predict {run} {path}",
            exit_code=Exit.USAGE,
        )
    typed, rows, messages = _new_rows(predictor, path, strict, notify, read)
    y = target_codes(table.frame[bundle.target.name], bundle.target, bundle.task, bundle.classes)
    known = y >= 0 if bundle.task in CLASSIFICATION else np.isfinite(y)
    if not known.any():
        raise AssistError(
            "E0705", "no row has a target that the model knows", where=f"{rows:,} rows were read", help="give rows with known targets"
        )
    part = TestPart(y[known], predictor.predict_typed(typed[known]), {})
    report = folder.read_report()
    figures = measured(report["plan"]["settings"]["metrics"], part, bundle.threshold, seed=0, until=float("inf"))
    document = {
        **_head("evaluate"),
        "run_dir": str(run),
        "rows": int(known.sum()),
        "rows_without_target": int((~known).sum()),
        "metric": figures[0] | {"when_trained": report["metric"]["value"]},
        "metrics": figures,
        "messages": to_json(messages),
    }
    return document | gate(figures[0], fail_under)


def write_report(run: Path) -> dict[str, Any]:
    """Write report.html again from report.json."""
    folder = open_run(run)
    page = render(folder.read_report())
    write_text(folder.report_html, page)
    return {**_head("report"), "run_dir": str(run), "report": str(folder.report_html), "size_bytes": len(page.encode("utf-8"))}


def explain(run_or_data: str, topic: str | None, options: Options, notify: Notify) -> dict[str, Any]:
    """Return the decisions on `topic`, or all of them, from a run's record or for a data set."""
    if os.path.isdir(run_or_data):
        plan = open_run(run_or_data).read_report()["plan"]
        decisions = plan["decisions"] if plan else []
    else:
        understood = understand(run_or_data, options, notify)
        _require_target(understood.profile)
        decisions = to_json(decide(understood, options).decisions)
    return {**_head("why"), "topic": topic, "decisions": _on_topic(decisions, topic)}


def _on_topic(decisions: list[dict[str, Any]], topic: str | None) -> list[dict[str, Any]]:
    """Topics match by their name, a part of it, the rule's code, or the column's name."""
    if topic is None:
        return decisions
    wanted = topic.lower()
    words = {"model": "families", "models": "families", "preprocessing": "columns", "budget": "search", "architecture": "network"}
    wanted = words.get(wanted, wanted)
    found = [
        d
        for d in decisions
        if wanted in (d["topic"], d["topic"].split(".")[0], d["topic"].split(".")[-1], d["rule"].lower(), d["key"].lower())
    ]
    if not found:
        topics = list(dict.fromkeys(d["topic"] for d in decisions))
        raise AssistError(
            "E0407",
            f"nothing was decided about {topic!r}",
            where=f"topics: {', '.join(topics)}",
            help=did_you_mean(topic, topics),
            exit_code=Exit.USAGE,
        )
    return found


def describe_machine() -> dict[str, Any]:
    """Return versions, backend, cores, memory and what is installed."""
    from automl_assist.machine import this_machine

    machine = this_machine()
    return {
        **_head("doctor"),
        "versions": versions(),
        "machine": to_json(machine),
        "backend": "jax" if "jax" in machine.installed else None,
    }
