"""How far the forecast can be followed: what comes next, every backtest as a fan, errors by step, the series it does worst on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from automl_assist.report import _charts as charts
from automl_assist.report._context import is_training, quoted
from automl_assist.report._filters import count, counted, number, percent
from automl_assist.report._scale import extent
from automl_assist.report._section import Report, Section

MOST_FANS = 8
NARROW = 370


def _fan(id: str, title: str, answer: str, given: Mapping[str, Any], coverage: float, *, wide: bool) -> dict[str, Any]:
    """Return one fan: the past, what came, the forecast with its interval, and the last season again."""
    given = _known(given)
    band = [*given["upper"], *given["lower"][::-1]]
    parts = ("history", "truth", "ahead", "naive")
    low, high = extent([p[1] for part in parts for p in given[part]] + [p[1] for p in band], room=0.05)
    places = [p[0] for part in parts for p in given[part]]
    by_step = {part: {p[0]: p[1] for p in given[part]} for part in (*parts, "lower", "upper")}
    steps = sorted(by_step["ahead"])
    head = ("step", "forecast", f"{percent(coverage, 0)} interval") + (("came",) if given["truth"] else ())
    rows = [
        (
            count(k),
            number(by_step["ahead"][k]),
            f"{number(by_step['lower'].get(k))} to {number(by_step['upper'].get(k))}",
            *((number(by_step["truth"].get(k)),) if given["truth"] else ()),
        )
        for k in steps
    ]
    return {
        "id": id,
        "title": title,
        "answer": answer,
        "band": band,
        "history": given["history"],
        "truth": given["truth"],
        "ahead": given["ahead"],
        "naive": given["naive"],
        "x_range": (min(places, default=0), max(places, default=1)),
        "y_range": (low, high),
        "coverage": percent(coverage, 0),
        "wide": wide,
        "numbers": charts.numbers(head, rows),
    }


def _known(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return a fan without the points of which a figure is missing."""
    return {key: [p for p in value if None not in p] if isinstance(value, list) else value for key, value in given.items()}


def _inside(given: Mapping[str, Any]) -> str:
    given = _known(given)
    truth, low, high = ({p[0]: p[1] for p in given[part]} for part in ("truth", "lower", "upper"))
    seen = [k for k in truth if k in low and k in high]
    if not seen:
        return "Nothing was observed then."
    held = sum(low[k] <= truth[k] <= high[k] for k in seen)
    return f"{held} of {counted(len(seen), 'value')} came inside the interval."


def _backtests(given: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = []
    for k, fan in enumerate(given["fans"][-MOST_FANS:]):
        title = "The test: the last steps" if fan["test"] else f"Backtest, {counted(fan['before_end'], 'step')} before the end"
        found.append(_fan(f"forecast-fan-{k}", title, _inside(fan), fan, given["coverage"], wide=False))
    return found


def _by_step(given: Mapping[str, Any]) -> dict[str, Any] | None:
    rows = [row for row in given["by_step"] if None not in row]
    if len(rows) < 2:
        return None
    first, last = rows[0], rows[-1]
    answer = f"One step ahead the error is {number(first[1])} of a usual step over a season, {last[0]} steps ahead {number(last[1])}; "
    answer += f"repeating the last season errs by {number(first[2])} and {number(last[2])}."
    table = charts.numbers(("steps ahead", "forecast", "last season again"), [(count(k), number(a), number(b)) for k, a, b in rows])
    return charts.curves(
        "forecast-steps",
        "Error by how far ahead",
        answer,
        [
            charts.line("last season again", "base", [(k, b) for k, _, b in rows], dotted=True),
            charts.line("forecast", "model", [(k, a) for k, a, _ in rows]),
        ],
        table,
        x_range=(rows[0][0], rows[-1][0]),
        y_range=(0.0, extent([v for row in rows for v in row[1:]])[1]),
        x_axis="steps ahead",
        y_axis="mean absolute scaled error, all backtests",
        square=False,
    )


def _worst(given: Mapping[str, Any]) -> dict[str, Any] | None:
    rows: Sequence[Mapping[str, Any]] = [r for r in given["worst"] if r["value"] is not None]
    if given["series"] < 2 or not rows:
        return None
    return {
        "rows": [(r["series"], number(r["value"]), number(r["baseline"]), count(r["steps"])) for r in rows],
        "lost": f"In {counted(given['lost'], 'series', 'series')} of {count(given['scored'])} repeating the last season was better.",
        "fans": [
            _fan(f"forecast-worst-{k}", f"{quoted(fan['series'])}, the test", _inside(fan), fan, given["coverage"], wide=False)
            for k, fan in enumerate(given["worst_fans"])
        ],
    }


def _context(report: Report) -> dict[str, Any]:
    given = report["forecast"]
    seasons = [s for s in given["seasons"] if s > 1]
    of = f", of the series {quoted(given['typical'])}" if given["series"] > 1 else ""
    shown = "It is the one whose error lies in the middle." if given["series"] > 1 else ""
    return {
        "lead": f"{counted(given['series'], 'series', 'series')}, {given['frequency']}, carried on by {counted(given['horizon'], 'step')}; "
        + (f"what comes back every {' and every '.join(count(s) for s in seasons)} steps was used." if seasons else "no season was found."),
        "next": _fan(
            "forecast-next",
            f"What comes next{of}",
            f"{shown} The band holds {percent(given['coverage'], 0)} of what comes, as far as the backtests can tell.".strip(),
            given["next"],
            given["coverage"],
            wide=True,
        ),
        "fans": _backtests(given),
        "by_step": _by_step(given),
        "worst": _worst(given),
    }


SECTION = Section("forecast", "The forecast", 75, lambda report: is_training(report) and bool(report.get("forecast")), _context)
