"""How results read on a terminal: figures, findings, decisions, scores. Everything that quotes data comes out plain."""

from __future__ import annotations

import math
import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from automl_assist.commands._text import plain, table, wrapped
from automl_assist.schema import are_settings

MOST_FINDINGS = 12  # the report has all of them
MOST_INFOS = 3  # beside errors and warnings
MOST_ITEMS = 6
MARK = {"error": "x", "warning": "!", "info": "-"}
LABEL_CELLS = 12

Document = Mapping[str, Any]


def figure(value: float | None) -> str:
    """Return a score with as many digits as a person compares."""
    if value is None or math.isnan(value):
        return "not known"
    size = abs(value)
    if size >= 10_000:
        return f"{value:,.0f}"
    return f"{value:.4g}" if size >= 1 else f"{value:.3f}" if size >= 0.001 or size == 0 else f"{value:.2e}"


def brief(value: Any, most: int | None = MOST_ITEMS) -> str:
    """Return any plain value in a few words: of many items the first, or with None all of them."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, Mapping):
        items = [f"{plain(key)} {brief(item, most)}" for key, item in value.items()]
    elif are_settings(value):
        return f"{len(value)} setting{'s' if len(value) > 1 else ''}"
    elif isinstance(value, Sequence) and not isinstance(value, str):
        items = [brief(item, most) for item in value]
    else:
        return plain(value)
    more = f" and {len(items) - most} more" if most and len(items) > most else ""
    return (", ".join(items[:most]) or "none") + more


def labelled(label: str, text: str, width: int | None = None) -> str:
    """Return a text with a label in front, so that labels stand in a column; wrapped below itself where a width is to be kept."""
    lines = wrapped(text, width - LABEL_CELLS) if width else [text]
    return f"\n{'':<{LABEL_CELLS}}".join([f"{label:<{LABEL_CELLS}}{lines[0]}", *lines[1:]])


def command(*words: object) -> str:
    """Return a command that can be pasted into a shell."""
    return shlex.join(["assist", *(str(word) for word in words)])


def size(size_bytes: float) -> str:
    """Return a file size as people say it."""
    for unit in ("bytes", "kB", "MB"):
        if size_bytes < 1000:
            return f"{size_bytes:.0f} {unit}" if unit == "bytes" or size_bytes >= 10 else f"{size_bytes:.1f} {unit}"
        size_bytes /= 1000
    return f"{size_bytes:.1f} GB"


def findings_lines(findings: Sequence[Document], width: int | None) -> Iterator[str]:
    """Yield the findings to look at first: errors, then warnings; the rest is counted."""
    order = {"error": 0, "warning": 1, "info": 2}
    sorted_ones = sorted(findings, key=lambda f: order.get(f["severity"], 3))
    pressing = sum(f["severity"] != "info" for f in findings)
    shown = sorted_ones[: min(MOST_FINDINGS, pressing + MOST_INFOS if pressing else MOST_FINDINGS)]
    if not shown:
        return
    gap = "\n" if width else "  "  # on a terminal the fix stands below; a pipe gets one line for each finding
    yield ""
    yield "Look at these first" if shown[0]["severity"] != "info" else "Worth knowing"
    rows = [
        (MARK.get(f["severity"], "-"), plain(f["code"]), plain(f["message"]) + (f"{gap}fix: {plain(f['fix'])}" if f.get("fix") else ""))
        for f in shown
    ]
    yield from table(rows, width)
    if len(findings) > len(shown):
        yield f"  ... {len(findings) - len(shown)} more in the report"


def decision_lines(decision: Document, *, full: bool) -> Iterator[str]:
    """Yield one decision: what, why, and in full what was not taken and what would change it."""
    key = f" of {plain(decision['key'])}" if decision.get("key") else ""
    if decision.get("columns"):
        key = f" of {brief(decision['columns'])}"
    if decision.get("target"):
        key += f", for {plain(decision['target'])}"
    yield f"{plain(decision['topic'])}{key}: {brief(decision['outcome'])}"
    yield f"    because {plain(decision['because'])}  [{plain(decision['rule'])}]"
    if full:
        yield from _in_full(decision["outcome"])
        for rejected in decision.get("rejected") or ():
            yield f"    not {plain(rejected['option'])}: {plain(rejected['why'])}"
        if decision.get("flip"):
            yield f"    would change it: {plain(decision['flip'])}"
        if decision.get("facts"):
            yield f"    looked at: {', '.join(f'{plain(name)} {brief(value)}' for name, value in decision['facts'].items())}"
        if decision.get("overrides"):
            yield f"    over {brief(decision['overrides'])}"
        if decision.get("refs"):
            yield f"    see {brief(decision['refs'])}"


def _in_full(outcome: Any) -> Iterator[str]:
    """Yield what the first line of a decision leaves out: further parts, and the settings behind their number."""
    if not isinstance(outcome, Mapping):
        return
    if len(outcome) > MOST_ITEMS:
        yield f"    in full: {brief(outcome, None)}"
    for name, settings in outcome.items():
        if are_settings(settings):
            yield from (f"    {plain(name)}: {brief(entry, None) if entry else 'as its ranges begin'}" for entry in settings)


def cost_line(cost: Document) -> str:
    """Return what a training would take, in a few words."""
    looks = f"{cost['backtests']} backtests" if cost["backtests"] else f"{cost['folds']} folds"
    around = "" if cost["backtests"] else " and a search around the best"
    listed = f" for {cost['listed_trials']} proven settings{around}" if cost.get("listed_trials") else ""
    limit = f"{cost['trials']} trials" if cost.get("trials") else f"{cost['time_s']:g} s{listed}"
    return f"{limit}, about {cost['memory_mb']:,} MB of memory and {cost['disk_mb']:,} MB of disk; {looks} of each candidate"


def score_line(metric: Document) -> str:
    """Return the headline figure with its interval, beside the baseline and the linear model."""
    ci95 = metric.get("ci95")
    interval = f"  [{figure(ci95[0])} to {figure(ci95[1])}, 95 % interval]" if ci95 else ""
    others = [
        f"{name} {figure(metric[key])}"
        for key, name in (("baseline", "baseline"), ("linear", "linear model"))
        if metric.get(key) is not None
    ]
    better = "higher" if metric.get("higher_is_better") else "lower"
    beside = f"   {', '.join(others)}" if others else ""
    return f"{plain(metric.get('title') or metric['name'])} {figure(metric['value'])}{interval}{beside}   ({better} is better)"
