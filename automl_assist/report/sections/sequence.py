"""What a model of series goes by: their typical courses, the stretches and channels that matter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from automl_assist.report import _charts as charts
from automl_assist.report._context import class_names, is_training, joined, quoted
from automl_assist.report._filters import count, interval, number, percent
from automl_assist.report._scale import extent
from automl_assist.report._section import Report, Section

MOST_COURSES = 6  # charts
MOST_BARS = 12


def _name(report: Report, of: str) -> str:
    """Return how a class is called on the page; groups of values have names of ours."""
    return str(class_names(report).get(of, of))


def _courses(report: Report) -> list[dict[str, Any]]:
    """Return a chart for each channel and class: its median course, with that of the rest beside it."""
    typical = report["insight"].get("typical") or []
    found: list[dict[str, Any]] = []
    by_channel: dict[str, list[dict[str, Any]]] = {}
    for entry in typical:
        by_channel.setdefault(entry["channel"], []).append(entry)
    several = len(report["insight"].get("channels") or []) > 1
    for channel, entries in by_channel.items():
        shown = entries[1:] if len(entries) == 2 else entries
        for entry in shown:
            others = [e for e in entries if e is not entry]
            found.append(_course(report, len(found), entry, others, channel if several else ""))
    return found[:MOST_COURSES]


def _course(report: Report, place: int, entry: dict[str, Any], others: Sequence[dict[str, Any]], channel: str) -> dict[str, Any]:
    points = len(entry["middle"])
    at = [100 * (k + 0.5) / points for k in range(points)]

    def line(values: Sequence[float | None]) -> list[tuple[float, float | None]]:
        return list(zip(at, values, strict=True))

    name = _name(report, entry["of"])
    lines = [
        charts.line(f"{quoted(_name(report, other['of']))}, median", "base", line(other["middle"]), dotted=True) for other in others[:1]
    ]
    if len(others) > 1:
        lines = [charts.line(f"{quoted(_name(report, o['of']))}, median", "base", line(o["middle"]), dotted=True) for o in others]
    quartiles = [charts.line(f"{said} quartile", "linear", line(entry[side])) for side, said in (("low", "lower"), ("high", "upper"))]
    main = charts.line(f"{quoted(name)}, median of {count(entry['series'])} series", "model", line(entry["middle"]))
    values = [v for one in (entry["low"], entry["high"], entry["middle"], *(o["middle"] for o in others)) for v in one]
    low, high = extent(values, room=0.05)
    widest = _widest(at, entry, others)
    rows = [
        (percent(x / 100), number(m), number(a), number(b))
        for x, m, a, b in zip(at, entry["middle"], entry["low"], entry["high"], strict=True)
    ]
    table = charts.numbers(("place in the series", "median", "lower quartile", "upper quartile"), rows)
    of = f"{quoted(channel)}, " if channel else ""
    return charts.curves(
        f"sequence-course-{place}",
        f"A typical series: {of}{quoted(name)}",
        widest,
        [*lines, *quartiles, main],
        table,
        square=False,
        x_range=(0, 100),
        y_range=(low, high),
        x_axis="place in the series, % of its length",
        y_axis="value",
    )


def _widest(at: Sequence[float], entry: dict[str, Any], others: Sequence[dict[str, Any]]) -> str:
    """Return where the course is farthest from the others, measured by its own spread."""
    gaps = []
    for k, x in enumerate(at):
        middle, low, high = entry["middle"][k], entry["low"][k], entry["high"][k]
        rest = [o["middle"][k] for o in others if o["middle"][k] is not None]
        if None in (middle, low, high) or not rest:
            continue
        gaps.append((abs(middle - sum(rest) / len(rest)) / max(high - low, 1e-9), x))
    if not gaps:
        return "The median of its series, with the quartiles around it."
    return f"It is farthest from the rest about {percent(max(gaps)[1] / 100)} into the series."


def _stretches(report: Report) -> dict[str, Any] | None:
    given = [s for s in report["insight"].get("stretches") or [] if s.get("effect") is not None]
    if len(given) < 2:
        return None
    classes = report.get("task") in ("binary", "multiclass")
    text = percent if classes else number
    best = max(given, key=lambda s: s["effect"])
    sure = None not in best["ci95"] and best["ci95"][0] > 0
    said = f"{percent(best['from'])} to {percent(best['to'])} of the way through matters most"
    answer = f"{said}: {text(best['effect'])} lost without it." if sure else "No single stretch decides: the model looks at the whole."
    labels = [f"{percent(s['from'])} to {percent(s['to'])}" for s in given]
    drawn = [charts.bar(label, s["effect"], text(s["effect"]), s["ci95"]) for label, s in zip(labels, given, strict=True)]
    rows = [(label, text(s["effect"]), interval(s["ci95"])) for label, s in zip(labels, given, strict=True)]
    table = charts.numbers(("stretch of the series", "lost", "95 % interval"), rows)
    axis = "how far the probability of the true class falls" if classes else "how much larger the error gets"
    return charts.bars("sequence-stretches", "Which stretch matters", answer, drawn, table, axis=axis)


def _channels(report: Report) -> dict[str, Any] | None:
    given = [c for c in report["insight"].get("channel_effects") or [] if c.get("effect") is not None][:MOST_BARS]
    if len(given) < 2:
        return None
    classes = report.get("task") in ("binary", "multiclass")
    text = percent if classes else number
    answer = f"{quoted(given[0]['channel'])} matters most: {text(given[0]['effect'])} lost without it."
    drawn = [charts.bar(c["channel"], c["effect"], text(c["effect"]), c["ci95"]) for c in given]
    table = charts.numbers(("channel", "lost", "95 % interval"), [(c["channel"], text(c["effect"]), interval(c["ci95"])) for c in given])
    axis = "how far the probability of the true class falls" if classes else "how much larger the error gets"
    return charts.bars("sequence-channels", "Which channel matters", answer, drawn, table, axis=axis)


def _context(report: Report) -> dict[str, Any]:
    insight = report["insight"]
    names = insight.get("channels") or []
    least, usual, most = (insight.get("lengths") or [0, 0, 0])[:3]
    return {
        "size": f"{count(usual)} steps" if least == most else f"{count(least)} to {count(most)} steps, half of them up to {count(usual)}",
        "channels": joined([quoted(name) for name in names[:6]]) + (f" and {len(names) - 6} more" if len(names) > 6 else ""),
        "several": len(names) > 1,
        "courses": _courses(report),
        "stretches": _stretches(report),
        "channel_bars": _channels(report),
        "skipped": insight.get("skipped") or "",
    }


def _applies(report: Report) -> bool:
    return is_training(report) and (report.get("insight") or {}).get("kind") == "sequence"


SECTION = Section("sequence", "How the series run", 117, _applies, _context)
