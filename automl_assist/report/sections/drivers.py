"""What drives the predictions: how much worse they get when a column is shuffled."""

from __future__ import annotations

from typing import Any

from automl_assist.report import _charts as charts
from automl_assist.report._context import is_training, joined, quoted
from automl_assist.report._filters import counted, interval, number
from automl_assist.report._section import Report, Section

MOST_BARS = 20
MOST_ROWS = 200


def _picture(report: Report) -> dict[str, Any] | None:
    columns = [c for c in report["importance"].get("columns") or [] if c.get("drop") is not None]
    if not columns:
        return None
    title = report["metric"]["title"]
    ordered = sorted(columns, key=lambda c: -c["drop"])
    drawn = [charts.bar(c["name"], c["drop"], number(c["drop"]), c.get("ci95")) for c in ordered[:MOST_BARS]]
    told = [c for c in ordered if (c["ci95"][0] if c.get("ci95") and c["ci95"][0] is not None else c["drop"]) > 0]
    names = joined([quoted(c["name"]) for c in told[:3]])
    answer = f"The predictions rest most on {names}." if names else "No single column matters by itself."
    if useless := len(ordered) - len(told):
        answer += f" For {counted(useless, 'column')} the effect cannot be told from none."
    rows = [(c["name"], number(c["drop"]), interval(c.get("ci95"))) for c in ordered[:MOST_ROWS]]
    table = charts.numbers(("column", f"{title} gets worse by", "95 % interval"), rows)
    axis = f"how much worse {title} gets when the column is shuffled"
    return charts.bars("drivers-bars", "Importance of the columns", answer, drawn, table, axis=axis)


def _context(report: Report) -> dict[str, Any]:
    importance = report["importance"]
    return {
        "picture": _picture(report),
        "note": importance.get("note") or "",
        "skipped": importance.get("skipped"),
        "more": max(0, len(importance.get("columns") or []) - MOST_BARS),
    }


SECTION = Section(
    "drivers", "What drives the predictions", 110, lambda report: is_training(report) and bool(report.get("importance")), _context
)
