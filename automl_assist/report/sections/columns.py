"""The data as understood: how the file was read, and one line for each column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from automl_assist.report._context import class_names
from automl_assist.report._filters import NBSP, brief, counted, moment, number, percent, size
from automl_assist.report._page import DETAILS
from automl_assist.report._section import Report, Section

MOST_CARDS, MOST_LINES = DETAILS[0].cards, DETAILS[0].lines
UNFOLDED_CARDS = 24
TOP_VALUES = 3
SEVERAL_DAYS_S = 3 * 86_400
NAMELESS_KINDS = ("identifier", "email", "url", "text", "image")  # their values say who or what a row is: never shown
FORMATS = {"image_folder": "folder of class folders", "image_archive": "zip archive of class folders"}
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe", " ": "space"}


def _reading(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    facts = [("File", data["name"]), ("Format", FORMATS.get(data["format"], data["format"])), ("Size", size(data["size_bytes"]))]
    if data.get("encoding"):
        facts.append(("Encoding", data["encoding"]))
    if data.get("delimiter"):
        facts.append(("Delimiter", DELIMITERS.get(data["delimiter"], data["delimiter"])))
    if data.get("decimal"):
        facts.append(("Decimal sign", {".": "point", ",": "comma"}.get(data["decimal"], data["decimal"])))
    if data.get("header") is not None and data["format"] in ("csv", "tsv", "excel", "xlsx"):
        facts.append(("First line", "names of columns" if data["header"] else "a row of data"))
    if data.get("skipped_lines"):
        facts.append(("Lines skipped", f"{data['skipped_lines']:,}"))
    return facts


def _use(report: Report, column: Mapping[str, Any], reasons: Mapping[str, str]) -> tuple[str, str, str]:
    """Return tone, word and reason of what is done with a column; the plan's word counts where there is one."""
    if column["name"] == report.get("target"):
        return "accent", "target", column.get("reason") or "this is what is predicted"
    planned = ((report.get("plan") or {}).get("settings") or {}).get("columns") or {}
    action = planned.get(column["name"])
    reason = reasons.get(column["name"]) or column.get("reason") or ""
    if action is None:
        word = column.get("action") or "keep"
        return ("quiet" if word == "drop" else "good"), {"keep": "used", "drop": "left out"}.get(word, word), reason
    return ("good", "used", reason) if action.get("use") else ("quiet", "left out", reason)


def _range(column: Mapping[str, Any]) -> dict[str, Any] | None:
    facts = column.get("numbers")
    if not facts or not facts.get("histogram") or facts.get("minimum") is None:
        return None
    say = moment if column["kind"] == "datetime" else brief
    low, high = say(facts["minimum"]), say(facts["maximum"])
    if column["kind"] == "datetime" and (facts["maximum"] or 0) - facts["minimum"] > SEVERAL_DAYS_S:
        low, high = low.split(" ")[0], high.split(" ")[0]
    middle = (facts.get("quantiles") or [None] * 5)[2]
    return {
        "counts": facts["histogram"],
        "highest": max([*facts["histogram"], 1]),
        "low": low,
        "high": high,
        "middle": say(middle) if middle is not None else None,
    }


def _top(report: Report, column: Mapping[str, Any], rows: int) -> list[dict[str, Any]]:
    if column["kind"] in NAMELESS_KINDS:
        return []
    rare = class_names(report) if column["name"] == report.get("target") else {}
    present = max(rows - column["missing"], 1)
    return [
        {"name": rare.get(str(v), v), "share": min(n / present, 1.0), "text": percent(n / present)}
        for v, n in (column.get("top") or [])[:TOP_VALUES]
    ]


def _length(report: Report, column: Mapping[str, Any]) -> str | None:
    """Return how long texts or how large pictures usually are; None for other columns."""
    if column.get("mean_length") is not None:
        return f"about {number(column['mean_length'])} characters"
    seen = ((report["profile"].get("layout") or {}).get("pictures") or {}).get(column["name"]) or {}
    if "height" not in seen:
        return None
    varied = f"; sides of {seen['smallest']:,} to {seen['largest']:,}" if seen["smallest"] < seen["largest"] else ""
    return f"about {counted(seen['height'], 'pixel')} high, {seen['width']:,} wide{varied}"


def _card(report: Report, column: Mapping[str, Any], rows: int, reasons: Mapping[str, str]) -> dict[str, Any]:
    tone, use, reason = _use(report, column, reasons)
    missing = column["missing"] / rows if rows else 0.0
    return {
        "position": column["position"],
        "name": column["name"],
        "kind": column["kind"],
        "missing": missing,
        "missing_text": "none missing" if not column["missing"] else f"{percent(missing)} missing",
        "distinct": counted(column["distinct"], "value"),
        "histogram": _range(column),
        "top": _top(report, column, rows),
        "length": _length(report, column),
        "evidence": column.get("evidence") or "",
        "tone": tone,
        "use": use,
        "reason": reason,
    }


def most_relevant(report: Report, limit: int) -> list[int]:
    """Return the places in the profile of the columns worth a card, in file order.

    The target comes first, then columns by importance for the model, then those with findings, then by association with the target.
    """
    columns = report["profile"]["columns"]
    if len(columns) <= limit:
        return list(range(len(columns)))
    drops = {c["name"]: c.get("drop") or 0.0 for c in (report.get("importance") or {}).get("columns") or []}
    named = {name for f in report["findings"] if f["severity"] != "info" for name in f["columns"]}

    def relevance(place: int) -> tuple[bool, float, bool, float, int]:
        c = columns[place]
        return (c["name"] == report.get("target"), drops.get(c["name"], 0.0), c["name"] in named, c.get("association") or 0.0, -place)

    return sorted(sorted(range(len(columns)), key=relevance, reverse=True)[:limit])


def _context(report: Report) -> dict[str, Any]:
    profile, rows = report["profile"], report["profile"]["rows"]
    decisions = (report.get("plan") or {}).get("decisions") or []
    reasons = {d["key"]: d["because"] for d in decisions if d.get("topic") == "columns" and d.get("key")}
    columns = profile["columns"]
    chosen = most_relevant(report, MOST_CARDS)
    cards = [_card(report, columns[i], rows, reasons) for i in chosen]
    lines: list[dict[str, Any]] = []
    carded = set(chosen)
    for i in (i for i in range(len(columns)) if i not in carded):
        if len(lines) == MOST_LINES:
            break
        _, use, _ = _use(report, columns[i], reasons)
        lines.append(
            {"name": columns[i]["name"], "kind": columns[i]["kind"], "missing": columns[i]["missing"] / rows if rows else 0.0, "use": use}
        )
    kinds = Counter(c["kind"] for c in columns)
    return {
        "reading": _reading(report["data"]),
        "assumptions": list(report["data"].get("assumptions") or [])[:MOST_CARDS],
        "summary": ", ".join(f"{n:,}{NBSP}{kind}" for kind, n in kinds.most_common()),
        "total": len(columns),
        "unfolded": UNFOLDED_CARDS,
        "cards": cards,
        "lines": lines,
        "duplicates": profile.get("duplicate_rows") or 0,
    }


SECTION = Section("columns", "The data as understood", 30, lambda report: True, _context)
