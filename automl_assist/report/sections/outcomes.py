"""Where it is right and wrong: every figure on the locked test rows, and the pictures that belong to the task."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from automl_assist.report import _charts as charts
from automl_assist.report._context import charts as figures, class_names, is_training, quoted
from automl_assist.report._filters import count, counted, interval, number, percent
from automl_assist.report._section import Report, Section

SHADES = 7  # of the confusion matrix
NAMED_COLUMNS = 6  # up to so many classes have their names above the matrix, more have numbers
MOST_CONFUSED = 10
MOST_CLASSES = 100


def _metric(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "title": row["title"],
        "value": number(row["value"]),
        "ci": interval(row.get("ci95")),
        "baseline": number(row.get("baseline")),
        "linear": number(row.get("linear")),
        "direction": "higher" if row["higher_is_better"] else "lower",
        "plain": row.get("plain") or "",
    }


# --- classes


def _renamed(report: Report, labels: Sequence[Any]) -> list[str]:
    rare = class_names(report)
    return [rare.get(str(name), str(name)) for name in labels]


def _confusion(report: Report) -> dict[str, Any] | None:
    given = figures(report).get("confusion")
    if not given:
        return None
    labels, counts = _renamed(report, given["labels"]), given["counts"]
    total, right = sum(map(sum, counts)), sum(counts[i][i] for i in range(len(labels)))
    rows = []
    for name, line in zip(labels, counts, strict=True):
        whole = sum(line)
        cells = [{"count": n, "share": n / whole if whole else 0.0, "shade": _shade(n / whole if whole else 0.0, n)} for n in line]
        rows.append({"label": name, "cells": cells, "total": whole})
    mistakes = sorted(
        ((n, i, j) for i, line in enumerate(counts) for j, n in enumerate(line) if i != j and n), key=lambda m: (-m[0], m[1], m[2])
    )
    answer = f"{count(right)} of {counted(total, 'test row')} are right ({percent(right / total if total else None)})"
    if mistakes:
        n, i, j = mistakes[0]
        answer += f"; the most frequent mistake is {quoted(labels[i])} taken for {quoted(labels[j])}, {counted(n, 'row')}"
    table = charts.numbers(
        ("true class", "predicted as", "rows"),
        [(labels[i], labels[j], count(n)) for i, line in enumerate(counts) for j, n in enumerate(line) if n],
    )
    return {
        "id": "outcomes-confusion",
        "title": "Confusion matrix",
        "answer": answer + ".",
        "labels": labels,
        "gutter": charts.gutter(rows, least=96),
        "rows": rows,
        "named": len(labels) <= NAMED_COLUMNS,
        "numbers": table,
        "threshold": given.get("threshold"),
        "hidden": (given.get("labels_total") or len(labels)) - (given.get("labels_shown") or len(labels)),
        "pairs": [(labels[i], labels[j], n, counts[i] and n / (sum(counts[i]) or 1)) for n, i, j in mistakes[:MOST_CONFUSED]]
        if len(labels) > 2
        else [],
    }


def _shade(share: float, n: int) -> int:
    return 0 if not n else min(1 + int(share * (SHADES - 1)), SHADES - 1)


def _per_class(report: Report) -> dict[str, Any] | None:
    rows = figures(report).get("per_class")
    if not rows:
        return None
    ordered = sorted(rows, key=lambda r: (r.get("f1") is None, r.get("f1") or 0.0, -(r.get("rows") or 0)))
    labels = _renamed(report, [r["label"] for r in ordered])
    return {
        "rows": [{**r, "label": name} for r, name in zip(ordered[:MOST_CLASSES], labels, strict=False)],
        "more": max(0, len(rows) - MOST_CLASSES),
    }


# --- curves


def _roc(report: Report) -> dict[str, Any] | None:
    given = figures(report).get("roc")
    if not given or len(given.get("points") or []) < 2:
        return None
    chosen = given.get("chosen")
    answer = f"The area under the curve is {number(given['value'])}; guessing gives 0.5."
    if chosen and None not in chosen:
        answer += f" At the chosen threshold {percent(chosen[1])} of the positives are found, at {percent(chosen[0])} false alarms."
    table = charts.numbers(("false alarms", "positives found"), [(percent(p[0], 1), percent(p[1], 1)) for p in given["points"]])
    return charts.curves(
        "outcomes-roc",
        "ROC curve",
        answer,
        [charts.line("guessing", "base", [[0, 0], [1, 1]], dotted=True), charts.line("this model", "model", given["points"])],
        table,
        x_range=(0, 1),
        y_range=(0, 1),
        x_axis="false alarms, share of the negatives",
        y_axis="positives found",
        marks=_chosen(chosen),
    )


def _precision_recall(report: Report) -> dict[str, Any] | None:
    given = figures(report).get("precision_recall")
    if not given or len(given.get("points") or []) < 2:
        return None
    chosen, base = given.get("chosen"), given.get("base_rate")
    answer = f"Average precision is {number(given['value'])}; guessing gives {number(base)}."
    if chosen and None not in chosen:
        answer += f" At the chosen threshold {percent(chosen[1])} of those called positive are, "
        answer += f"and {percent(chosen[0])} of the positives are found."
    table = charts.numbers(
        ("positives found (recall)", "right when called positive (precision)"),
        [(percent(p[0], 1), percent(p[1], 1)) for p in given["points"]],
    )
    return charts.curves(
        "outcomes-precision-recall",
        "Precision and recall",
        answer,
        [charts.line("guessing", "base", [[0, base], [1, base]], dotted=True), charts.line("this model", "model", given["points"])],
        table,
        x_range=(0, 1),
        y_range=(0, 1),
        x_axis="recall: positives found",
        y_axis="precision",
        marks=_chosen(chosen),
    )


def _chosen(point: Sequence[float | None] | None) -> list[dict[str, Any]]:
    return [{"name": "chosen threshold", "x": point[0], "y": point[1]}] if point and None not in point else []


# --- numbers


def _scatter(report: Report) -> dict[str, Any] | None:
    given = figures(report).get("predicted_actual")
    points = [p for p in (given or {}).get("points") or [] if None not in p]
    if not given or not points:
        return None
    off = (figures(report).get("residuals") or {}).get("median_absolute")
    answer = "On the line the prediction equals the truth"
    answer += f"; half of the predictions are within {number(off)} of it." if off is not None else "."
    low, high = given.get("range") or (None, None)
    values = [v for p in points for v in p]
    table = charts.numbers(("true value", "predicted"), [(number(a), number(b)) for a, b in sorted(points)])
    return {
        "id": "outcomes-scatter",
        "title": "Predicted beside actual",
        "answer": answer,
        "points": points,
        "numbers": table,
        "low": min(values) if low is None else low,
        "high": max(values) if high is None else high,
    }


def _residuals(report: Report) -> dict[str, Any] | None:
    given = figures(report).get("residuals")
    if not given or not any(given.get("counts") or []) or None in given["edges"]:
        return None
    edges, counts = given["edges"], given["counts"]
    unit = f" {given['unit']}" if given.get("unit") else ""
    total = sum(counts)
    low = sum(n for a, b, n in zip(edges, edges[1:], counts, strict=False) if (a + b) / 2 > 0)
    answer = f"Half of the errors are smaller than {number(given.get('median_absolute'))}{unit}; "
    answer += f"in about {percent(low / total)} of the rows the prediction is too low."
    table = charts.numbers(
        ("from", "to", "rows"), [(number(a), number(b), count(n)) for a, b, n in zip(edges, edges[1:], counts, strict=False)]
    )
    return charts.histogram(
        "outcomes-residuals", "Errors: actual less predicted", answer, edges, counts, table, zero=True, axis=f"actual less predicted{unit}"
    )


def _context(report: Report) -> dict[str, Any]:
    return {
        "metrics": [_metric(m) for m in (report.get("test") or {}).get("metrics") or []],
        "test_rows": (report.get("split") or {}).get("test_rows"),
        "confusion": _confusion(report),
        "per_class": _per_class(report),
        "curves": [c for c in (_precision_recall(report), _roc(report)) if c],
        "scatter": _scatter(report),
        "residuals": _residuals(report),
    }


def _applies(report: Report) -> bool:
    return is_training(report) and bool((report.get("test") or {}).get("metrics") or figures(report))


SECTION = Section("outcomes", "Where it is right and wrong", 80, _applies, _context)
