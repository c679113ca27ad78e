"""The answer first: what this is, how good it is, what to worry about, what to type next."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

from automl_assist.report import _charts as charts
from automl_assist.report._context import by_severity, compared, is_training, joined, quoted, task_words
from automl_assist.report._filters import counted, duration, interval, number, percent
from automl_assist.report._section import Report, Section

STATES = {
    "good": ("good", "✓", "Clearly better than guessing"),
    "weak": ("warn", "!", "A little better than guessing"),
    "none": ("bad", "✕", "Not better than guessing"),
}
FORECAST_STATES = {
    "good": "Clearly better than repeating the last season",
    "weak": "A little better than repeating the last season",
    "none": "Not better than repeating the last season",
}
WORRIES = 3


def _facts(report: Report) -> list[tuple[str, str]]:
    data, run = report["data"], report["run"]
    facts = [("Predicts", task_words(report["task"]) if report.get("target") is not None else "nothing yet")]
    if report.get("target") is not None:
        facts.append(("Target", report["target"]))
    facts += [
        ("Data", f"{counted(data['rows'], 'row')}, {counted(data['columns'], 'column')}"),
        ("Made", run["created"].replace("T", " ").replace("Z", " UTC")),
    ]
    budget = report.get("budget")
    if budget and budget.get("used_s") is not None:
        asked = f" of {duration(budget['asked_s'])}" if budget.get("asked_s") is not None else ""
        facts.append(("Time used", f"{duration(budget['used_s'])}{asked}"))
    return facts


def _range(metric: Mapping[str, Any]) -> dict[str, Any]:
    """Return the headline figure as a small picture: the model and its interval beside a linear model and guessing."""
    rows = [charts.dot("this model", metric["value"], metric.get("ci95"), "model", number(metric["value"]))]
    if metric.get("linear") is not None:
        rows.append(charts.dot("linear model", metric["linear"], None, "linear", number(metric["linear"])))
    if metric.get("baseline") is not None:
        rows.append(charts.dot("baseline", metric["baseline"], None, "base", number(metric["baseline"])))
    against = [
        compared(metric["value"], metric.get("baseline"), "the baseline", metric["higher_is_better"]),
        compared(metric["value"], metric.get("linear"), "a linear model", metric["higher_is_better"]),
    ]
    answer = (
        f"{metric['title']} is {joined([words for words in against if words])}." if any(against) else "There is nothing to compare it with."
    )
    table = charts.numbers(("", metric["title"], "95 % interval"), [(r["label"], r["text"], interval([r["low"], r["high"]])) for r in rows])
    axis = f"{metric['title']}, {'higher' if metric['higher_is_better'] else 'lower'} is better"
    return charts.dots("verdict-range", "Beside the simplest answers", answer, rows, table, axis=axis, reference=metric.get("baseline"))


def _trained(report: Report) -> dict[str, Any]:
    metric, verdict = report["metric"], report["verdict"]
    tone, mark, word = STATES.get(verdict["state"], STATES["weak"])
    if report.get("task") == "forecast":
        word = FORECAST_STATES.get(verdict["state"], word)
    return {
        "tone": tone,
        "mark": mark,
        "word": word,
        "sentence": verdict["sentence"],
        "worries": list(verdict.get("worries") or [])[:WORRIES],
        "next": verdict.get("next"),
        "figure": {
            "title": metric["title"],
            "value": number(metric["value"]),
            "ci": interval(metric["ci95"]) if metric.get("ci95") else None,
            "plain": metric.get("plain", ""),
            "missing": metric["value"] is None,
        },
        "range": _range(metric) if metric["value"] is not None else None,
    }


def _profiled(report: Report) -> dict[str, Any]:
    profile, data = report["profile"], report["data"]
    target, task = profile.get("target"), profile.get("task")
    grave = [f for f in by_severity(report["findings"]) if f["severity"] in ("error", "warning")]
    errors = sum(f["severity"] == "error" for f in grave)
    if target is None:
        sentence, tone, mark, word = "No column offers itself as the target; name one with --target.", "warn", "!", "No target yet"
    else:
        how = "as you said" if target.get("given") else f"a guess, {percent(target['confidence'], 0)} sure"
        what = f", {task_words(task['name'])}" if task else ""
        sentence = f"The column to predict is {quoted(target['name'])} ({how}){what}. {target['reason'][:1].upper()}{target['reason'][1:]}."
        tone, mark, word = (
            ("bad", "✕", "To be mended first")
            if errors
            else ("warn", "!", "Ready, with warnings")
            if grave
            else ("good", "✓", "Ready to train")
        )
    known = ["train", data["name"], "--target", target["name"]] if target else ["profile", data["name"]]
    line = shlex.join(["assist", *known, *report.get("said", ())])
    return {
        "tone": tone,
        "mark": mark,
        "word": word,
        "sentence": sentence.replace("..", "."),
        "worries": [f["message"] for f in grave[:WORRIES]],
        "next": line if target else f"{line} --target COL",
        "figure": None,
        "range": None,
    }


def _context(report: Report) -> dict[str, Any]:
    view = _trained(report) if is_training(report) else _profiled(report)
    return {
        "name": report["data"]["name"],
        "kind": "Training report" if is_training(report) else "Data profile",
        "facts": _facts(report),
        "interrupted": report["run"].get("status") == "interrupted",
        **view,
        "masthead": not report.get("within"),  # of a page about several targets there is one above all of them, and one thing to do next
        "next": None if report.get("within") else view["next"],
    }


SECTION = Section("verdict", "Verdict", 10, lambda report: True, _context)
