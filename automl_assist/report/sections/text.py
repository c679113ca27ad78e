"""What a model that reads goes by: words behind its answers, long and short texts, its worst mistakes, what the texts add."""

from __future__ import annotations

from typing import Any

from automl_assist.report import _charts as charts
from automl_assist.report._ablation import ablation_chart
from automl_assist.report._context import class_names, is_training, joined, quoted
from automl_assist.report._filters import count, counted, interval, number, percent
from automl_assist.report._section import Report, Section

NEARLY_ALL_SHOWN = 8  # groups of words


def _words(report: Report) -> list[dict[str, Any]]:
    """Return a chart for each class, or one for each direction of a value."""
    names, classes = class_names(report), bool(report.get("charts", {}).get("confusion") or report["profile"].get("classes"))
    found = []
    for k, group in enumerate(report["insight"].get("words") or []):
        rows = [(w["word"], abs(w["effect"]), w["texts"]) for w in group["words"] if w.get("effect") is not None]
        if not rows:
            continue
        of = quoted(names.get(group["of"], group["of"])) if classes else group["of"]
        said = f"Words that speak for {of}" if classes else f"Words that make the value {of}"
        answer = f"{said}: {joined([quoted(word) for word, *_ in rows[:3]])}."
        text = (lambda value: percent(value)) if classes else number
        drawn = [charts.bar(word, effect, text(effect)) for word, effect, _ in rows]
        table = charts.numbers(
            ("word", "effect", "texts that hold it"), [(word, text(effect), count(texts)) for word, effect, texts in rows]
        )
        axis = "how far the probability falls without the word" if classes else "how far the prediction moves without the word"
        found.append(charts.bars(f"text-words-{k}", said, answer, drawn, table, axis=axis))
    return found[:NEARLY_ALL_SHOWN]


def _lengths(report: Report) -> dict[str, Any] | None:
    groups = [g for g in report["insight"].get("lengths") or [] if g.get("error") is not None and None not in (g.get("ci95") or [None])]
    if len(groups) < 2 or not any(g["error"] for g in groups):
        return None  # without a mistake no length is harder than another
    classes = bool(report["profile"].get("classes")) and report.get("task") in ("binary", "multiclass")
    text = percent if classes else number
    first, last = groups[0], groups[-1]
    apart = first["ci95"][1] < last["ci95"][0] or last["ci95"][1] < first["ci95"][0]
    worse = "Short" if first["error"] > last["error"] else "Long"
    answer = f"{worse} texts are harder: " if apart else "Length makes no clear difference: "
    what = "wrong" if classes else "off on average"
    answer += f"{text(first['error'])} {what} among the shortest, {text(last['error'])} among the longest."
    drawn = [charts.dot(f"{g['from']:,} to {g['to']:,}", g["error"], g["ci95"], "model", text(g["error"])) for g in groups]
    rows = [(f"{g['from']:,} to {g['to']:,}", count(g["rows"]), text(g["error"]), interval(g["ci95"])) for g in groups]
    table = charts.numbers(("characters", "rows", "error", "95 % interval"), rows)
    axis = "share of wrong answers" if classes else "mean absolute error"
    return charts.dots("text-lengths", "Long and short texts", answer, drawn, table, axis=axis)


def _mistakes(report: Report) -> dict[str, Any] | None:
    found = report["insight"].get("mistakes") or []
    if not found:
        return None
    numbers, names = report.get("split", {}).get("test_row_numbers") or [], class_names(report)
    rows = []
    for m in found:
        row = count(numbers[m["place"]]) if m["place"] < len(numbers) else ""
        size = f"{counted(m['words'], 'word')}, {counted(m['characters'], 'character')}"
        if "sure" in m:
            rows.append((row, str(names.get(m["truth"], m["truth"])), str(names.get(m["said"], m["said"])), percent(m["sure"]), size))
        else:
            rows.append((row, number(m["truth"]), number(m["said"]), number(abs(m["said"] - m["truth"])), size))
    sure = "how sure" if "sure" in found[0] else "error"
    return {"head": ("row", "in truth", "predicted", sure, "text"), "rows": rows}


def _context(report: Report) -> dict[str, Any]:
    insight = report["insight"]
    return {
        "columns": joined([quoted(name) for name in insight["columns"]]),
        "words": _words(report),
        "skipped": insight.get("words_skipped") or "",
        "lengths": _lengths(report),
        "mistakes": _mistakes(report),
        "ablation": ablation_chart(insight.get("ablation") or {}, "texts"),
        "refitted": (insight.get("ablation") or {}).get("how") == "refitted",
    }


def _applies(report: Report) -> bool:
    return is_training(report) and (report.get("insight") or {}).get("kind") == "text"


SECTION = Section("text", "What the words say", 115, _applies, _context)
