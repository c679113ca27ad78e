"""Several targets, each with a model of its own: how the parts of one answer are called, and their mean figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from automl_assist.schema import CLASSIFICATION


def task_of(reports: Sequence[Mapping[str, Any]]) -> str:
    """Return the task of all together: multilabel where each is yes or no, else that of each, else several."""
    tasks = {report["task"] for report in reports}
    if len(tasks) > 1:
        return "several"
    return "multilabel" if tasks == {"binary"} else str(tasks.pop())


def mean_metric(metrics: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the mean of one metric over the targets, with an interval that holds however their errors go together.

    The standard deviation of a mean is at most the mean of the standard deviations, so the mean of the ends is never too narrow.
    Targets that are measured by different metrics have no mean.
    """
    first = metrics[0]
    if len({m["name"] for m in metrics}) > 1:
        nothing = dict.fromkeys(("value", "ci95", "baseline", "linear"))
        return {**first, **nothing, "name": "several", "title": "Several metrics", "plain": "", "gains": {}}
    means: dict[str, Any] = {}
    for key in ("value", "baseline", "linear"):
        values = [m.get(key) for m in metrics]
        means[key] = None if any(v is None for v in values) else sum(values) / len(values)  # type: ignore[arg-type]
    ends = [m.get("ci95") for m in metrics]
    ci95 = None if any(e is None for e in ends) else [sum(e[i] for e in ends if e) / len(ends) for i in (0, 1)]
    return {**first, **means, "ci95": ci95, "title": f"Mean {first['title']}", "gains": {}}


def column_names(target: str, task: str, classes: Sequence[str]) -> dict[str, str]:
    """Return how the columns of a prediction are called where several targets are predicted, by their names for a single one."""
    if task not in CLASSIFICATION:
        return {"prediction": target, "lower": f"{target}_lower", "upper": f"{target}_upper"}
    if task == "binary":  # one probability says both: that of 1, yes or true, whichever of the two is rare
        return {"prediction": target, f"probability_{max(classes, key=_as_said)}": f"probability_{target}"}
    return {"prediction": target, **{f"probability_{name}": f"probability_{target}_{name}" for name in classes}}


def _as_said(name: str) -> tuple[float, str]:
    try:
        return float(name), ""
    except ValueError:
        return 0.0, name.lower()
