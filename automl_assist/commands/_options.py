"""Every option that means the same everywhere (contract, section 1), defined once; commands name the ones they take."""

from __future__ import annotations

import math
import shlex
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from automl_assist.commands import _config, _duration
from automl_assist.errors import AssistError, did_you_mean
from automl_assist.schema import KINDS, MODALITIES, TASKS, Options, ReadOptions, delimiter_meant

DEFAULT_BUDGET = "5m"
COLUMN_NAMES = ("time", "series", "group")  # options, beside the target, that name a column
DATA_HELP = "DATA is a CSV or TSV (also .gz), Parquet, JSON Lines, JSON or Excel file (or FILE.xlsx#SHEET), or - for standard input."

KEPT_LINES = r"\b"  # in a docstring: click keeps the lines of the paragraph below the character that this stands for

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


@dataclass(frozen=True)
class Common:
    """What every command takes."""

    json: bool
    quiet: bool
    verbose: bool
    debug: bool


def _option(*names: str, **more: Any) -> tuple[tuple[str, ...], dict[str, Any]]:
    return names, more


def composed(name: str) -> str:
    """Return the name of a column as the sources give it: without blanks around it, letters with their marks in one character."""
    return unicodedata.normalize("NFC", name).strip()


def _budget(ctx: click.Context, param: click.Parameter, value: str | None) -> float | None:
    return None if value is None else _duration.parse(value)


def _limit(ctx: click.Context, param: click.Parameter, value: float | None) -> float | None:
    if value is not None and not math.isfinite(value):
        raise click.BadParameter(f"{value} is no figure that a score could reach or miss.", ctx, param)
    return value


def _kinds(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> dict[str, str]:
    kinds = {}
    for pair in value:
        column, equals, kind = composed(pair).rpartition("=")
        if not equals or not column:
            raise AssistError("E0404", f"--kind {pair!r} is not of the form COLUMN=KIND", help="such as --kind zip=category")
        if kind not in KINDS:
            help = did_you_mean(kind, KINDS) or f"the kinds are {', '.join(KINDS)}"
            raise AssistError("E0404", f"--kind {pair!r} names no kind that there is", help=help)
        kinds[column] = kind
    return kinds


def _targets(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    if any(not name.strip() for name in value):
        raise AssistError("E0404", "--target '' names no column", help="give the name of the column to predict, or leave it out")
    twice = next((name for i, name in enumerate(value) if name in value[:i]), None)
    if twice is not None:
        raise AssistError("E0404", f"--target {twice!r} is given twice", help="name each target once")
    if len(value) > 1 and ctx.info_name != "train":
        raise AssistError(
            "E0405",
            f"assist {ctx.info_name} looks at one target at a time, and {len(value)} are named",
            help=f"--target {shlex.quote(value[0])}; assist train takes several",
        )
    return value


def _delimiter(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    meant = None if value is None else delimiter_meant(value)
    if value is not None and meant is None:
        raise AssistError("E0404", f"--delimiter {value!r} is not one character, or a few marks", help="such as ';', '||' or tab")
    return meant


OPTIONS: dict[str, tuple[tuple[str, ...], dict[str, Any]]] = {
    "target": _option("--target", metavar="COL", multiple=True, callback=_targets, help="Column to predict; train takes several."),
    "task": _option("--task", type=click.Choice(TASKS), help="Kind of answer; else inferred."),
    "modality": _option("--modality", type=click.Choice(MODALITIES), help="Kind of data; else inferred."),
    "time": _option("--time", metavar="COL", help="Column that orders rows in time."),
    "series": _option("--series", metavar="COL", help="Column that names the series of a row."),
    "group": _option("--group", metavar="COL", help="Rows of one group never stand on both sides of a split."),
    "horizon": _option("--horizon", type=click.IntRange(1, 100_000), metavar="N", help="Steps ahead to forecast."),
    "metric": _option("--metric", metavar="NAME", help="Figure to optimise; else chosen, with the reason."),
    "time-budget": _option(
        "--time-budget",
        metavar="D",
        default=DEFAULT_BUDGET,
        show_default=True,
        callback=_budget,
        help="Limit of the whole command: 45s, 10m, 1h30m.",
    ),
    "trials": _option("--trials", type=click.IntRange(min=1), metavar="N", help="Limit by count instead of by clock: repeatable."),
    "kind": _option("--kind", metavar="COL=KIND", multiple=True, callback=_kinds, help="Override the kind of a column (repeat)."),
    "encoding": _option("--encoding", metavar="NAME", help="Text encoding; else found."),
    "delimiter": _option("--delimiter", metavar="CHAR", callback=_delimiter, help="What separates cells; else found."),
    "decimal": _option("--decimal", type=click.Choice([".", ","]), help="Decimal mark; else found."),
    "no-header": _option("--no-header", is_flag=True, help="The first line is a row like the others."),
    "dayfirst": _option("--dayfirst/--monthfirst", default=None, help="Read 01/02/2026 as 1 February; else found."),
    "family": _option("--family", metavar="NAME", multiple=True, help="Only these model families (repeat)."),
    "max-predict-ms": _option(
        "--max-predict-ms", type=click.FloatRange(min=0, min_open=True), metavar="MS", help="Most time that predicting 1,000 rows may take."
    ),
    "pretrained": _option(
        "--pretrained", metavar="NAME|FILE", help="For pictures: a network of keras.applications, downloaded where need be, or its weights."
    ),
    "seed": _option(
        "--seed", type=click.IntRange(0, 2**31 - 1), metavar="N", default=0, show_default=True, help="Start of all that is random."
    ),
    "overwrite": _option("--overwrite", is_flag=True, help="Replace what an earlier run of ours left; never anything else."),
    "resume": _option("--resume", is_flag=True, help="Go on with an interrupted run in --out."),
    "sensitive": _option("--sensitive", is_flag=True, help="No cell value, path, host or user name in anything written."),
    "dry-run": _option("--dry-run", is_flag=True, help="Print what would be done and cost; write nothing."),
    "strict": _option("--strict", is_flag=True, help="Exit with 7 at a finding of severity error, or a missing column."),
    "fail-under": _option("--fail-under", type=float, callback=_limit, metavar="X", help="Exit with 7 when the score is worse than this."),
    "coverage": _option(
        "--coverage", type=click.FloatRange(0.5, 0.99), metavar="P", help="Share of answers an interval holds. [default: 0.9]"
    ),
    "raw-csv": _option("--raw-csv", is_flag=True, help="Leave cells that a spreadsheet would run as a formula as they are."),
}
COMMON = {
    "config": _option(
        "--config",
        type=click.Path(),
        metavar="FILE",
        is_eager=True,
        expose_value=False,
        callback=_config.apply,
        help="Defaults for options.",
    ),
    "json": _option("--json", is_flag=True, help="One JSON document on standard output, on failure too."),
    "quiet": _option("-q", "--quiet", is_flag=True, help="Errors and results only."),
    "verbose": _option("-v", "--verbose", is_flag=True, help="More of what happens."),
    "debug": _option("--debug", is_flag=True, help="Tracebacks of errors."),
}
_config.KEYS.update(name for name in (*OPTIONS, "quiet", "verbose") if name != "overwrite")

READING = ("encoding", "delimiter", "decimal", "no-header", "dayfirst")
UNDERSTANDING = ("target", "task", "modality", "time", "series", "group", "horizon", "kind", *READING)
SEARCHING = ("metric", "time-budget", "trials", "family", "max-predict-ms", "pretrained", "seed")
_OF_OPTIONS = {
    "target": "target", "task": "task", "modality": "modality", "time": "time", "series": "series",
    "horizon": "horizon", "group": "group", "metric": "metric", "kind": "kinds",
    "family": "families", "time_budget": "budget_s", "trials": "trials", "max_predict_ms": "max_predict_ms",
    "pretrained": "pretrained", "seed": "seed",
}  # fmt: skip
_OF_READING = ("encoding", "delimiter", "decimal", "no_header", "dayfirst")


def options(*names: str) -> Decorator:
    """Give a command the options `names`, in this order, and after them those that every command has.

    The callback gets ``common``, a :class:`Common`, and where it takes them ``asked``, the :class:`schema.Options`.
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        wrapped = _gathering(function)
        for declared, more in reversed([*(OPTIONS[name] for name in names), *COMMON.values()]):
            wrapped = click.option(*declared, **more)(wrapped)
        return wrapped

    return decorate


def _gathering(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a callback in which the many values of the command line have become the few records that travel."""

    def gather(**values: Any) -> Any:
        common = Common(*(values.pop(name) for name in ("json", "quiet", "verbose", "debug")))
        reading = {name: values.pop(name) for name in _OF_READING if name in values}
        asked = {field: values.pop(name) for name, field in _OF_OPTIONS.items() if name in values}
        if "target" in asked:
            asked |= {name: composed(value) for name in COLUMN_NAMES if isinstance(value := asked.get(name), str)}
            named = tuple(map(composed, asked.pop("target")))
            asked |= {"target": named[0] if len(named) == 1 else None, "targets": named if len(named) > 1 else ()}
        if reading:
            values["asked"] = Options(**asked, read=ReadOptions(**reading))
        return function(common=common, **values)

    gather.__doc__ = (function.__doc__ or "").replace(KEPT_LINES, "\b")
    gather.__name__ = function.__name__
    if hasattr(function, "__click_params__"):
        gather.__click_params__ = function.__click_params__  # type: ignore[attr-defined]
    return gather


def out_option(default: str | None, help: str) -> Decorator:
    """Give a command ``--out``."""
    return click.option("--out", metavar="PATH", default=default, show_default=default is not None, callback=_place, help=help)


def _place(ctx: click.Context, param: click.Parameter, value: str | None) -> Path | None:
    if value is not None and (not value.strip() or "\0" in value):
        raise AssistError("E0404", f"--out {value!r} names no place", help="give the name of a folder or file to write")
    return Path(value) if value is not None else None
