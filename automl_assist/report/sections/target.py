"""The target: how its classes or values are spread, and why this column."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from automl_assist.report import _charts as charts
from automl_assist.report._context import class_names, quoted
from automl_assist.report._filters import count, counted, number, percent
from automl_assist.report._section import Report, Section

MOST_CLASSES = 20


def _column(report: Report) -> Mapping[str, Any] | None:
    return next((c for c in report["profile"]["columns"] if c["name"] == report["target"]), None)


def _applies(report: Report) -> bool:
    return report.get("target") is not None and _column(report) is not None


def _classes(report: Report) -> dict[str, Any]:
    classes = [(str(name), rows) for name, rows in report["profile"]["classes"]]
    total, rare = sum(rows for _, rows in classes) or 1, class_names(report)
    shown = [(rare.get(name, name), rows) for name, rows in classes]
    rows = [charts.bar(name, n, f"{n:,} · {percent(n / total)}") for name, n in shown[:MOST_CLASSES]]
    if len(shown) > MOST_CLASSES:
        others = sum(n for _, n in shown[MOST_CLASSES:])
        rows.append(charts.bar(f"{len(shown) - MOST_CLASSES} others", others, f"{others:,} · {percent(others / total)}", kind="base"))
    first, last = shown[0], shown[-1]
    answer = f"Guessing {quoted(first[0])} every time would be right in {percent(first[1] / total)} of the rows; "
    answer += f"the rarest class, {quoted(last[0])}, has {counted(last[1], 'row')}."
    table = charts.numbers(("class", "rows", "share"), [(name, count(n), percent(n / total)) for name, n in shown])
    return charts.bars("target-classes", f"{len(classes):,} classes", answer, rows, table)


def _values(column: Mapping[str, Any]) -> dict[str, Any] | None:
    facts = column.get("numbers")
    if not facts or not facts.get("histogram") or facts.get("minimum") is None or facts.get("maximum") is None:
        return None
    counts, low, high = facts["histogram"], facts["minimum"], facts["maximum"]
    edges = [low + (high - low) * i / len(counts) for i in range(len(counts) + 1)]
    quantiles = facts.get("quantiles") or []
    middle = (
        f"Half of the values lie between {number(quantiles[1])} and {number(quantiles[3])}, the middle one is {number(quantiles[2])}"
        if len(quantiles) == 5
        else ""
    )
    answer = f"{middle}; the mean is {number(facts['mean'])}." if middle else f"The mean is {number(facts['mean'])}."
    table = charts.numbers(
        ("from", "to", "rows"), [(number(a), number(b), count(n)) for a, b, n in zip(edges, edges[1:], counts, strict=False)]
    )
    return charts.histogram("target-values", "Values of the target", answer, edges, counts, table, axis="value of the target")


def _context(report: Report) -> dict[str, Any]:
    profile, column = report["profile"], _column(report) or {}
    guess, task = profile.get("target") or {}, profile.get("task") or {}
    chart = _classes(report) if profile.get("classes") else None
    return {
        "name": report["target"],
        "given": bool(guess.get("given")),
        "confidence": guess.get("confidence"),
        "reason": guess.get("reason") or "",
        "alternatives": list(guess.get("alternatives") or [])[:5],
        "task": task,
        "task_alternatives": list(task.get("alternatives") or [])[:5],
        "unlabelled": profile.get("target_missing") or 0,
        "bars_chart": chart,
        "histogram_chart": None if chart else _values(column),
    }


SECTION = Section("target", "The target", 40, _applies, _context)
