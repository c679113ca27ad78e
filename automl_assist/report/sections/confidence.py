"""Can the confidence be believed: probabilities beside what happened, intervals beside what they promise."""

from __future__ import annotations

from typing import Any

from automl_assist.report import _charts as charts
from automl_assist.report._context import charts as figures, is_training
from automl_assist.report._filters import count, counted, number, percent
from automl_assist.report._section import Report, Section


def _calibration(report: Report) -> dict[str, Any] | None:
    given = figures(report).get("calibration")
    bins = [b for b in (given or {}).get("bins") or [] if None not in (b["predicted"], b["observed"])]
    if not given or not bins:
        return None
    over = sum((b["predicted"] - b["observed"]) * b["rows"] for b in bins) / (sum(b["rows"] for b in bins) or 1)
    side = (
        "on the whole too sure of itself"
        if over > 0.01
        else "on the whole not sure enough"
        if over < -0.01
        else "on the whole neither too high nor too low"
    )
    answer = f"Predicted and observed shares differ by {percent(given.get('error'))} on average; the probabilities are {side}."
    if report.get("task") == "binary":
        answer = answer.replace("too sure of itself", "too high").replace("not sure enough", "too low")
    answer += _changed(given.get("changed_by") or {})
    points = [[b["predicted"], b["observed"]] for b in bins]
    return charts.curves(
        "confidence-calibration",
        "Predicted probability beside what happened",
        answer,
        [charts.line("perfect", "base", [[0, 0], [1, 1]], dotted=True), charts.line("this model, groups of equal size", "model", points)],
        charts.numbers(
            ("predicted", "observed", "rows"), [(percent(b["predicted"]), percent(b["observed"]), count(b["rows"])) for b in bins]
        ),
        x_range=(0, 1),
        y_range=(0, 1),
        x_axis="predicted probability",
        y_axis="share observed",
        dotted_points=True,
    )


def _changed(by: dict[str, float]) -> str:
    """Return what was done to the probabilities of the ensemble, and why."""
    power, shift, doubt = by.get("power", 1.0), by.get("shift", 0.0), by.get("doubt", 0.0)
    few = f" Few rows were held out, so {percent(doubt)} of each probability is shared among all classes alike." if doubt else ""
    if power == 1.0 and not shift:
        return few
    moved = f" and moved by {number(shift)}" if shift else ""
    were = "not sure enough" if power > 1 else "too sure"
    return f" Held-out rows showed that the ensemble's own were {were}: their log odds have been multiplied by {number(power)}{moved}.{few}"


def _coverage(report: Report) -> dict[str, Any] | None:
    given = figures(report).get("interval_coverage")
    if not given or given.get("observed") is None:
        return None
    rows, promised, seen = given["rows"], given["promised"], given["observed"]
    spread = 1.96 * (seen * (1 - seen) / max(rows, 1)) ** 0.5
    answer = f"{percent(seen)} of {counted(rows, 'test row')} lie inside the interval that promises {percent(promised)}"
    answer += f"; it is {number(given.get('width'))} wide."
    ci = [max(seen - spread, 0.0), min(seen + spread, 1.0)]
    drawn = [charts.dot("observed", seen, ci, "model", percent(seen)), charts.dot("promised", promised, None, "base", percent(promised))]
    table = charts.numbers(("", "share"), [("promised", percent(promised)), ("observed", percent(seen))])
    return charts.dots(
        "confidence-coverage",
        "Do intervals hold what they promise?",
        answer,
        drawn,
        table,
        axis="share of the rows inside",
        reference=promised,
        within=(0.0, 1.0),
    )


def _context(report: Report) -> dict[str, Any]:
    return {"calibration": _calibration(report), "coverage": _coverage(report)}


def _applies(report: Report) -> bool:
    return is_training(report) and bool(_calibration(report) or _coverage(report))


SECTION = Section("confidence", "Can the confidence be believed?", 100, _applies, _context)
