"""The search: what the budget bought, whether more would help, and what failed."""

from __future__ import annotations

from typing import Any

from automl_assist.report import _charts as charts
from automl_assist.report._context import is_training
from automl_assist.report._filters import counted, duration, number
from automl_assist.report._scale import extent
from automl_assist.report._section import Report, Section

MOST_FAILURES = 30
FEW_POINTS = 3
JUMP = 0.7  # of the whole gain: the step from the baseline would hide all others


def _picture(report: Report) -> dict[str, Any] | None:
    points = [p for p in report.get("history") or [] if None not in p]
    if not points:
        return None
    budget, metric = report.get("budget") or {}, report["metric"]
    used = budget.get("used_s") or points[-1][0]
    asked = budget.get("asked_s")
    end = max(used, points[-1][0])
    first, last = points[0], points[-1]
    answer = f"The first candidate was there after {duration(first[0])} with {number(first[1])}; "
    answer += f"the best single one came after {duration(last[0])} with {number(last[1])}."
    if len(points) > 1 and end > 0:
        late = last[0] > 0.8 * end
        answer += (
            " It was still getting better at the end: more time may help."
            if late
            else " Nothing better came after it: more time may not help much."
        )
    drawn, y_axis = points, metric["title"]
    if len(points) > FEW_POINTS and abs(points[1][1] - first[1]) > JUMP * abs(last[1] - first[1]):
        drawn, y_axis = points[1:], f"{metric['title']}, from the second candidate on"
    table = charts.numbers(("after", f"best {metric['title']}"), [(duration(t), number(v)) for t, v in points])
    upright = {"name": f"budget, {duration(asked)}", "x": asked} if asked and asked <= 2 * end else None
    return charts.curves(
        "search-history",
        "Best score so far",
        answer,
        [charts.line("best so far", "model", [*drawn, [end, last[1]]], step=True)],
        table,
        x_range=(0, max(end, asked or 0) * 1.02 if upright else end * 1.02 or 1),
        y_range=extent([v for _, v in drawn], room=0.1),
        x_axis="seconds since the start",
        y_axis=y_axis,
        upright=upright,
        square=False,
        dotted_points=True,
    )


def _context(report: Report) -> dict[str, Any]:
    trials, budget, failures = report.get("trials") or {}, report.get("budget") or {}, list(report.get("failures") or [])
    parts = []
    if trials:
        parts.append(
            f"{counted(trials.get('finished') or 0, 'candidate')} finished"
            + (f", {trials['failed']:,} failed" if trials.get("failed") else "")
        )
        if trials.get("units"):
            parts.append(f"{counted(trials['units'], 'fit')} in all")
    if budget.get("used_s") is not None:
        asked = f" of {duration(budget['asked_s'])} asked for" if budget.get("asked_s") is not None else ""
        parts.append(f"{duration(budget['used_s'])} used{asked}")
    return {
        "summary": "; ".join(parts) + "." if parts else "",
        "note": budget.get("note"),
        "picture": _picture(report),
        "failures": failures[:MOST_FAILURES],
        "more": max(0, len(failures) - MOST_FAILURES),
    }


SECTION = Section(
    "search", "The search", 120, lambda report: is_training(report) and bool(report.get("trials") or report.get("history")), _context
)
