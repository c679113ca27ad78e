"""``assist profile``: facts, problems and what to do, without training anything."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from automl_assist.commands._console import Console, emit
from automl_assist.commands._options import DATA_HELP, UNDERSTANDING, Common, options, out_option
from automl_assist.commands._results import LABEL_CELLS, Document, brief, command as line_of, figure, findings_lines, labelled, size
from automl_assist.commands._text import plain, table, terminal_width
from automl_assist.errors import AssistError, Exit
from automl_assist.runs import last_profile
from automl_assist.schema import Options

MOST_COLUMNS = 20  # that fit a screen beside the rest; --verbose lists them all
LINKED = 0.3  # association with the target that is worth a word
MOSTLY_ZERO = 0.5  # of the rows
DEFAULT_OUT = "assist-profile"
# What data may be beside what it is taken for, and how to say so.
OTHERWISE = {
    "forecast": "a forecast of later rows: --horizon N says how many steps",
    "tabular": "a table of rows by themselves: --modality tabular",
}


@click.command(epilog=DATA_HELP)
@click.argument("data")
@out_option(DEFAULT_OUT, "Folder for the report.")
@options(*UNDERSTANDING, "overwrite", "sensitive", "dry-run", "strict")
@click.pass_context
def command(
    ctx: click.Context,
    data: str,
    asked: Options,
    out: Path,
    overwrite: bool,
    sensitive: bool,
    dry_run: bool,
    strict: bool,
    common: Common,
) -> int:
    r"""What is in this data, what is wrong with it, what to do about it.

    \b
    assist profile houses.csv
    assist profile houses.csv --target price
    assist profile export.csv --encoding cp1252 --delimiter ';' --json
    """
    started: float = ctx.find_root().obj
    with Console(common, started) as console:
        from automl_assist import pipeline

        document = pipeline.profile_data(
            data, asked, out=None if dry_run else out, overwrite=overwrite, sensitive=sensitive, started=started, notify=console
        )
    if not dry_run and not sensitive and data != "-":
        last_profile.remember(data, document["data"]["sha256"], asked)
    if strict:
        document |= _gate(document["findings"])
    return emit(document, "profile", common, lambda d: _describe(d, data, asked, common.verbose))


def _gate(findings: Sequence[Document]) -> dict[str, Any]:
    """Return what changes in a document when findings of severity error stand under ``--strict``; exit code 7."""
    errors = [f for f in findings if f["severity"] == "error"]
    if not errors:
        return {}
    one = len(errors) == 1
    error = AssistError(
        "E0202",
        f"--strict, and {len(errors)} finding{'' if one else 's'} of severity error stand{'s' if one else ''}",
        where="; ".join(f"{f['code']} {f['message']}" for f in errors[:3]),
        help=errors[0]["fix"] or "correct the data",
        exit_code=Exit.GATE,
    )
    return {"status": "failed", "exit_code": int(Exit.GATE), "error": error.to_json()}


def _describe(document: Document, data: str, asked: Options, verbose: bool) -> Iterator[str]:
    width = terminal_width(sys.stdout)
    yield _reading_line(document["data"])
    said = [plain(a) for a in document["data"].get("assumptions") or () if verbose or not _usual(a, document["data"])]
    yield from (labelled("", text, width).replace(" " * LABEL_CELLS, "  ") for text in said)
    yield ""
    yield from _understanding(document, width)
    yield ""
    yield from _columns(document, width, verbose)
    yield from findings_lines(document["findings"], width)
    yield ""
    yield from _what_next(document, data, asked, width)


def _usual(assumption: str, read: Document) -> bool:
    """Whether a sentence about the reading says what nearly every file is like: commas throughout, names in the first row."""
    return assumption == "The first row holds the names of the columns." or (
        read.get("delimiter") == "," and assumption.startswith("The delimiter is the comma: 100%")
    )


def _reading_line(read: Document) -> str:
    size_in_words = " x ".join(f"{read[n]:,} {n if read[n] != 1 else n.removesuffix('s')}" for n in ("rows", "columns"))
    parts = [plain(read.get("name") or read["path"]), size_in_words]
    if read.get("size_bytes") is not None:
        parts.append(size(read["size_bytes"]))
    names = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe", " ": "space"}
    how = [
        read.get("encoding"),
        names.get(read.get("delimiter") or "", read.get("delimiter")),
        ("header" if read.get("header", True) else "no header") if read.get("format") in ("csv", "excel") else None,
    ]
    return "   ".join([*parts, ", ".join(plain(h) for h in how if h)]).rstrip()


def _understanding(document: Document, width: int | None) -> Iterator[str]:
    target, task = document.get("target"), document.get("task")
    if not target:
        yield labelled("Target", "none that stands out; name one with --target")
        return
    given = target.get("given")
    yield labelled(
        "Target" if given else "Likely target",
        f" {plain(target['name'])}  ({plain(target['reason'])})" + ("" if given else "   change with --target"),
        width,
    )
    if task:
        doubt = "  ambiguous: say --task" if task.get("ambiguous") else ""
        yield labelled("Task", f" {plain(task['name'])}  ({plain(task['reason'])}){doubt}", width)
    otherwise = [OTHERWISE[a["name"]] for a in (document.get("modality_guess") or {}).get("alternatives", ()) if a["name"] in OTHERWISE]
    if (document.get("modality") or "tabular") != "tabular" or otherwise:
        yield labelled("Data", f" {plain(document['modality'])}" + (f"  (or {otherwise[0]})" if otherwise else ""), width)
    for key in ("time", "series", "group"):
        if document.get(key):
            yield labelled(key.capitalize(), f" {plain(document[key]['name'])}  ({plain(document[key]['reason'])})", width)


def _columns(document: Document, width: int | None, verbose: bool) -> Iterator[str]:
    columns, rows = document["columns"], max(1, document["data"]["rows"])
    target = (document.get("target") or {}).get("name")
    shown = columns if verbose else _worth_showing(document)
    cells = [("column", "kind", "missing", "distinct", "note")]
    for column in shown:
        note = "target" if column["name"] == target else _note(column, rows)
        share = column["missing"] / rows
        missing = f"{share:.0%}" if share == 0 or share >= 0.005 else "<1%"
        cells.append((plain(column["name"]), plain(column["kind"]), missing, f"{column['distinct']:,}", plain(note)))
    yield from table(cells, width, right=(2, 3))
    if len(columns) > len(shown):
        yield f"  ... {len(columns) - len(shown)} more, with nothing to warn of (-v lists them)"


def _worth_showing(document: Document) -> Sequence[Document]:
    """Return the columns to list, in the order of the file: the target, those with findings, those that go with the target, the first."""
    columns: Sequence[Document] = document["columns"]
    if len(columns) <= MOST_COLUMNS:
        return columns
    warned = {name for f in document["findings"] if f["severity"] != "info" for name in f["columns"]}
    target = (document.get("target") or {}).get("name")
    order = sorted(
        range(len(columns)),
        key=lambda i: (columns[i]["name"] != target, columns[i]["name"] not in warned, -(columns[i].get("association") or 0.0), i),
    )
    return [columns[i] for i in sorted(order[:MOST_COLUMNS])]


def _note(column: Document, rows: int) -> str:
    """Return what to know of a column in a few words; figures that hold for many rows, never a single cell."""
    if column.get("action", "keep") != "keep":
        done = "left out" if column["action"] == "drop" else column["action"]
        return f"{done}: {column['reason']}" if column.get("reason") else done
    parts = []
    numbers = column.get("numbers")
    if numbers and column["kind"] in ("number", "integer", "datetime"):
        low, _, middle, _, high = numbers["quantiles"]
        if column["kind"] == "datetime":
            parts.append(f"mostly {_day(low)} to {_day(high)}")
        elif numbers["zeros"] >= MOSTLY_ZERO * rows:
            parts.append(f"{numbers['zeros'] / rows:.0%} are 0")
        else:
            parts.append(f"median {_short(middle)}, mostly {_short(low)} to {_short(high)}")
    elif column.get("top"):
        value, count = column["top"][0]
        parts.append(f"{value!r} {count / rows:.0%}")
    elif column.get("mean_length"):
        parts.append(f"{column['mean_length']:.0f} characters on average")
    if (column.get("association") or 0.0) >= LINKED:
        parts.append(f"goes with the target ({column['association']:.2f})")
    return "; ".join(parts)


def _day(seconds: float) -> str:
    import datetime

    return (datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=seconds)).date().isoformat()


def _short(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() and abs(value) < 1e12 else figure(value)


def _what_next(document: Document, data: str, asked: Options, width: int | None) -> Iterator[str]:
    recommendation: dict[str, Any] = document.get("recommendation") or {}
    if recommendation.get("reason"):
        yield labelled("No plan", plain(recommendation["reason"]), width)
    for key, label in (("metric", "Metric"), ("split_kind", "Split"), ("families", "Models")):
        if recommendation.get(key):
            yield labelled(label, brief(recommendation[key]), width)
    if document.get("report"):
        yield labelled("Report", plain(document["report"]))
    target = document.get("target")
    if target:
        yield labelled("Next", plain(line_of("train", data, "--target", target["name"], *asked.said())))
    else:
        yield labelled("Next", plain(line_of("profile", data, *asked.said())) + " --target COLUMN")
