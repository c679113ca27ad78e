"""What several sections derive from report.json."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from automl_assist.report._filters import label, number
from automl_assist.report._section import Report

RARE_ROWS = 10  # a class seen less often is not named in a report (contract, section 5)
TASK_WORDS = {
    "binary": "one of two classes", "multiclass": "one of several classes", "multilabel": "several labels", "regression": "a number",
    "count": "a count", "forecast": "the future of a series",
}  # fmt: skip
SEVERITIES = ("error", "warning", "info")
SHORTEST_DISTANCE = 1e-12
QUOTED_UNITS = 40  # letters of a name within a sentence


def is_training(report: Report) -> bool:
    """Whether the report is of a training run, not of a profile."""
    return report["kind"] == "train"


def charts(report: Report) -> Mapping[str, Any]:
    """Return the figures behind the charts; empty for a profile."""
    return report.get("charts") or {}


def class_names(report: Report) -> dict[str, str]:
    """Return how each class is called on the page: classes of very few rows get a number instead of their name."""
    rare = [str(name) for name, rows in report["profile"].get("classes") or [] if rows < RARE_ROWS]
    return {name: f"rare class {i}" for i, name in enumerate(rare, 1)}


def task_words(task: str | None) -> str:
    """Return what the task predicts, in words."""
    return TASK_WORDS.get(task or "", task or "not known")


def kind_of(row: Mapping[str, Any]) -> str:
    """Return how a row of the leaderboard is drawn: as the baseline, as the linear model or as any other."""
    if row.get("origin") == "baseline" or row.get("family") == "baseline":
        return "base"
    return "linear" if row.get("family") in ("linear", "text_linear") else "model"


def compared(value: float | None, other: float | None, what: str, higher_is_better: bool) -> str:
    """Return ``0.37 better than the baseline``, or an empty string where a figure is missing."""
    if value is None or other is None:
        return ""
    gap = value - other if higher_is_better else other - value
    if abs(gap) <= SHORTEST_DISTANCE * max(abs(value), abs(other)):
        return f"the same as {what}"
    return f"{number(abs(gap))} {'better' if gap > 0 else 'worse'} than {what}"


def by_severity(findings: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return findings, the gravest first, else in their order."""
    order = {name: i for i, name in enumerate(SEVERITIES)}
    return sorted(findings, key=lambda f: order.get(f.get("severity", ""), len(SEVERITIES)))


def quoted(name: Any) -> str:
    """Return a name from the data as it stands within a sentence: in quotation marks, cut when long."""
    return f"“{label(name, QUOTED_UNITS)}”"


def joined(words: Sequence[str]) -> str:
    """Return ``a, b and c``."""
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + (f" and {words[-1]}" if words else "")
