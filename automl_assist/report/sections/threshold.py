"""Choosing a threshold: what becomes of precision and recall when probabilities become decisions."""

from __future__ import annotations

from typing import Any

from automl_assist.report import _charts as charts
from automl_assist.report._context import charts as figures, class_names, is_training
from automl_assist.report._filters import number, percent
from automl_assist.report._section import Report, Section


def _precision(row: dict[str, Any]) -> float | None:
    """Return the precision; None where no row is called positive, because then it is not 0 but undefined."""
    return row.get("precision") if row.get("precision") or row.get("recall") else None


def _picture(given: dict[str, Any]) -> dict[str, Any]:
    table, value = given["table"], given["value"]
    best = max(table, key=lambda row: row.get("f1") or 0.0)
    answer = f"At {number(value)} precision is {percent(given['precision'])} and recall {percent(given['recall'])}; "
    answer += f"F1 would be highest near {number(best['threshold'])}."
    lines = [
        charts.line("precision", "model", [[r["threshold"], _precision(r)] for r in table]),
        charts.line("recall", "linear", [[r["threshold"], r.get("recall")] for r in table]),
        charts.line("F1", "base", [[r["threshold"], r.get("f1")] for r in table], dotted=True),
    ]
    rows = [(number(r["threshold"]), percent(_precision(r)), percent(r.get("recall")), percent(r.get("f1"))) for r in table]
    return charts.curves(
        "threshold-lines",
        "Precision, recall and F1 by threshold",
        answer,
        lines,
        charts.numbers(("threshold", "precision", "recall", "F1"), rows),
        x_range=(0, 1),
        y_range=(0, 1),
        x_axis="threshold on the probability",
        y_axis="share",
        upright={"name": "chosen threshold", "x": value},
        square=False,
    )


def _context(report: Report) -> dict[str, Any]:
    given = figures(report)["threshold"]
    return {
        "positive": class_names(report).get(str(given["positive"]), given["positive"]),
        "value": given["value"],
        "reason": given.get("reason") or "",
        "precision": given.get("precision"),
        "recall": given.get("recall"),
        "f1": given.get("f1"),
        "picture": _picture(given) if given.get("table") else None,
    }


SECTION = Section(
    "threshold", "Choosing a threshold", 90, lambda report: is_training(report) and bool(figures(report).get("threshold")), _context
)
