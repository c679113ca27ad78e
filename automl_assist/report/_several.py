"""Several targets: how well each is predicted, in one table, before each has its own part of the page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from automl_assist.report._context import joined, quoted
from automl_assist.report._filters import counted, duration, interval, number
from automl_assist.report._section import Report
from automl_assist.report.sections.verdict import STATES

MOST_NAMED = 6
THAN_GUESSING = {"good": "clearly better", "weak": "a little better", "none": "not better"}
REFERENCES = re.compile(r'(?<=\s)(id|for|href|aria-labelledby|aria-describedby)="([^"]+)"')  # every href in a section is an anchor


def _row(part: Report, anchor: str) -> dict[str, Any]:
    metric, verdict = part["metric"], part["verdict"]
    tone, mark, _ = STATES.get(verdict["state"], STATES["weak"])
    return {
        "anchor": anchor,
        "target": part["target"],
        "metric": metric["title"],
        "value": number(metric["value"]),
        "ci": interval(metric.get("ci95")),
        "baseline": number(metric.get("baseline")),
        "linear": number(metric.get("linear")),
        "tone": tone,
        "mark": mark,
        "word": THAN_GUESSING.get(verdict["state"], THAN_GUESSING["weak"]),
    }


def several_context(report: Report, anchors: Sequence[str]) -> dict[str, Any]:
    """Return what ``report/several.html.j2`` shows; `anchors` are the ids of the parts that tell of each target."""
    data, run, budget, metric = report["data"], report["run"], report["budget"], report["metric"]
    asked = f" of {duration(budget['asked_s'])}" if budget.get("asked_s") is not None else ""
    left = [quoted(name) for name in report["not_trained"]]
    unnamed = len(left) - MOST_NAMED
    return {
        "name": data["name"],
        "facts": [
            ("Predicts", counted(len(report["target"]), "target")),
            ("Data", f"{counted(data['rows'], 'row')}, {counted(data['columns'], 'column')}"),
            ("Made", run["created"].replace("T", " ").replace("Z", " UTC")),
            ("Time used", f"{duration(budget['used_s'])}{asked}"),
        ],
        "interrupted": run.get("status") == "interrupted",
        "sentence": report["verdict"]["sentence"],
        "mean": {"title": metric["title"], "value": number(metric["value"]), "ci": interval(metric.get("ci95"))}
        if metric["value"] is not None
        else None,
        "rows": [_row(part, anchor) for part, anchor in zip(report["targets"], anchors, strict=True)],
        "left": joined([*left[:MOST_NAMED], *([f"{unnamed} more"] if unnamed > 0 else [])]) if left else None,
        "next": report["verdict"]["next"],
    }


def as_part(html: str, prefix: str) -> str:
    """Return a rendered section with `prefix` before every id and every reference to one, so that several of a kind can stand on a page.

    Only our templates write attributes: a quotation mark from the data is escaped and never ends one.
    """
    return REFERENCES.sub(lambda found: f'{found[1]}="{_prefixed(found[2], prefix)}"', html)


def _prefixed(names: str, prefix: str) -> str:
    if names.startswith("#"):
        return f"#{prefix}{names[1:]}"
    return " ".join(prefix + name for name in names.split(" "))
