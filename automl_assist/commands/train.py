"""``assist train``: the main job."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterator
from pathlib import Path

import click
from click.core import ParameterSource

from automl_assist.commands._console import Console, emit
from automl_assist.commands._options import DATA_HELP, SEARCHING, UNDERSTANDING, Common, options, out_option
from automl_assist.commands._results import Document, brief, command as line_of, cost_line, findings_lines, labelled, score_line
from automl_assist.commands._text import plain, terminal_width
from automl_assist.errors import AssistError, Exit
from automl_assist.runs import StopFlag, last_profile
from automl_assist.runs.stop import listening
from automl_assist.schema import Message, Options, ReadOptions

DEFAULT_OUT = "assist-run"
GOALS = ("--target COLUMN", "--auto", "--plan plan.yaml")


@click.command(epilog=DATA_HELP + " Without it, the file last profiled in this folder is taken.")
@click.argument("data", required=False)
@click.option("--auto", is_flag=True, help="Decide everything that is not said, the target included.")
@click.option(
    "--plan", "plan_file", metavar="FILE", type=click.Path(path_type=Path), help="Run this plan, from recommend or from a run folder."
)
@out_option(DEFAULT_OUT, "Run folder.")
@options(*UNDERSTANDING, *SEARCHING, "resume", "overwrite", "fail-under", "sensitive", "dry-run")
@click.pass_context
def command(
    ctx: click.Context,
    data: str | None,
    auto: bool,
    plan_file: Path | None,
    asked: Options,
    out: Path,
    resume: bool,
    overwrite: bool,
    fail_under: float | None,
    sensitive: bool,
    dry_run: bool,
    common: Common,
) -> int:
    r"""Train and tune under a budget, test honestly, write the run folder.

    \b
    assist train houses.csv --target price --time-budget 5m
    assist train houses.csv --auto
    assist train houses.csv --plan plan.yaml --out second-run
    """
    started: float = ctx.find_root().obj
    auto = auto or (data is not None and _names_its_classes(data))
    _need_a_goal(data, auto, plan_file, asked)
    if resume and overwrite:
        raise AssistError(
            "E0409", "--resume and --overwrite exclude each other", help="--resume goes on with the run, --overwrite starts anew"
        )
    stop = StopFlag()
    with Console(common, started) as console, listening(stop, console.say_now):
        if data is None:
            data, asked = _last_profiled(ctx, asked, console)
        from automl_assist import pipeline

        document = pipeline.train_model(
            data,
            asked,
            plan_file=plan_file,
            auto=auto,
            out=out,
            resume=resume,
            overwrite=overwrite,
            dry_run=dry_run,
            sensitive=sensitive,
            started=started,
            notify=console,
            stop=stop,
            fail_under=fail_under,
            limited=asked.trials is None or _said(ctx, "time_budget"),
        )
    return emit(document, "train", common, _describe_plan if dry_run else _describe)


def _names_its_classes(data: str) -> bool:
    """Whether DATA is a folder or an archive of class folders, which leaves no choice of what to predict."""
    return Path(data).is_dir() or data.lower().endswith(".zip")


def _need_a_goal(data: str | None, auto: bool, plan_file: Path | None, asked: Options) -> None:
    if not (auto or plan_file or asked.target or asked.targets):
        name = data or "DATA"
        raise AssistError(
            "E0311",
            "train needs to know what to predict",
            where="neither --target nor --plan nor --auto is given",
            help="\n".join(["say it in one of three ways:", *(f"assist train {name} {way}" for way in GOALS)]),
            exit_code=Exit.USAGE,
        )
    if data is None and not auto and not plan_file:
        raise AssistError("E0403", "assist train needs DATA", help=f"assist train DATA --target {asked.target}")


def _last_profiled(ctx: click.Context, asked: Options, console: Console) -> tuple[str, Options]:
    """Return the file last profiled here, and the options with what was said about it then; what is said now wins."""
    last = last_profile.recall()
    digest = last_profile.sha256_of(Path(last.path))
    if digest is not None and digest != last.sha256:
        console.message(Message("W0301", f"{last.path!r} has changed since it was profiled", "it is read anew"))
    console.note(f"training on {last.path}, last profiled in this folder")
    then = last.options
    merged = {
        name: getattr(asked, name) or getattr(then, name)
        for name in ("target", "task", "modality", "time", "series", "horizon", "group", "kinds")
    }  # fmt: skip
    reading = {
        field.name: getattr(asked.read if _said(ctx, field.name) else then.read, field.name) for field in dataclasses.fields(ReadOptions)
    }
    return last.path, dataclasses.replace(asked, **merged, read=ReadOptions(**reading))


def _said(ctx: click.Context, name: str) -> bool:
    return ctx.get_parameter_source(name) not in (None, ParameterSource.DEFAULT)


def _describe(document: Document) -> Iterator[str]:
    """Yield the last lines of a training: verdict, winner, score, where everything is, what to do next."""
    metric = document.get("metric") or {}
    verdict = document.get("verdict") or {}
    if verdict.get("sentence"):
        yield plain(verdict["sentence"])
        yield from (f"  ! {plain(worry)}" for worry in verdict.get("worries") or ())
        yield ""
    for part in document.get("targets") or ():
        yield labelled("Target", f"{plain(part['target'])}: {score_line(part['metric'])}")
    if document.get("leaderboard"):
        members = [row for row in document["leaderboard"][1:] if row.get("weight")]
        best = members[0] if len(members) == 1 else document["leaderboard"][0]  # an ensemble of one is that one
        yield labelled("Best model", plain(best.get("title") or best["name"]))
    if metric.get("value") is not None:
        yield labelled("Score", score_line(metric))
    yield from _checks(document.get("checks") or ())
    budget = document.get("budget") or {}
    if budget.get("used_s") is not None:
        asked = f" of {budget['asked_s']:g} s" if budget.get("asked_s") else ""
        yield labelled("Time", f"{budget['used_s']:.1f} s{asked}" + (f"; {plain(budget['note'])}" if budget.get("note") else ""))
    yield from findings_lines([f for f in document.get("findings") or () if f["severity"] != "info"], terminal_width(sys.stdout))
    run_dir = document.get("run_dir")
    if run_dir:
        yield ""
        if document["status"] == "interrupted":
            yield labelled("Stopped", "the best model so far was kept")
        yield labelled("Report", plain(Path(run_dir) / "report.html"))
        yield labelled("Next", plain(verdict.get("next") or line_of("predict", run_dir, "new.csv", "--out", "predictions.csv")))


def _checks(checks: object) -> Iterator[str]:
    states = [check["state"] for check in checks]  # type: ignore[attr-defined]
    if states:
        words = {"pass": "passed", "warn": "warn", "fail": "failed", "not_checked": "not checked"}
        yield labelled("Checks", ", ".join(f"{states.count(state)} {word}" for state, word in words.items() if state in states))


def _describe_plan(document: Document) -> Iterator[str]:
    """Yield what a training would do."""
    for part in document.get("targets") or [document]:
        yield labelled("Target", f"{plain(part['target']['name'])}  ({plain(part['target']['reason'])})")
        yield from (f"{plain(topic)}: {brief(value)}" for topic, value in part["plan"].items())
    yield labelled("Cost", cost_line(document["cost"]))
    yield labelled("Would write", f"{plain(document['run_dir'])}: {brief(document['files'])}")
    yield labelled("Dry run", "nothing was trained and nothing was written")
