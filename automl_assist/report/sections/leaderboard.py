"""What else was tried: every candidate with its interval, what it costs, and the baselines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from automl_assist.report import _charts as charts
from automl_assist.report._context import is_training, kind_of, quoted
from automl_assist.report._filters import MISSING, counted, duration, interval, number, percent, size, value_text
from automl_assist.report._section import Report, Section

MOST_DOTS = 15
MOST_ROWS = 100
UNFOLDED_ROWS = 15
MOST_VALUES = 16
FEW = 2


def _kept(rows: Sequence[Mapping[str, Any]], limit: int) -> list[Mapping[str, Any]]:
    """Return the best rows, and in any case the baseline and the best linear model."""
    if len(rows) <= limit:
        return list(rows)
    musts = [next((i for i, r in enumerate(rows) if kind_of(r) == kind), None) for kind in ("base", "linear")]
    places = {i for i in musts if i is not None}
    for i in range(len(rows)):
        if len(places) >= limit:
            break
        places.add(i)
    return [rows[i] for i in sorted(places)]


def _best_single(rows: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """Return the first row that is one finished model: what ``tied_with_best`` refers to."""
    return next((r for r in rows if r.get("family") != "ensemble" and r.get("status") in (None, "complete")), None)


def _tied(row: Mapping[str, Any], single: Mapping[str, Any] | None) -> bool:
    return bool(row.get("tied_with_best")) and row is not single and row.get("family") != "ensemble"


def _picture(report: Report) -> dict[str, Any]:
    rows, metric = [r for r in report["leaderboard"] if r.get("score") is not None], report["metric"]
    kept = _kept(rows, MOST_DOTS)
    drawn = [charts.dot(r["name"], r["score"], r.get("ci95"), kind_of(r), number(r["score"])) for r in kept]
    single = _best_single(rows)
    tied = [r for r in rows if _tied(r, single)]
    answer = f"The model that was kept is {quoted(rows[0]['name'])}: {number(rows[0]['score'])} on held-out folds."
    if single is not None and tied:
        answer += f" {counted(len(tied), 'candidate')} cannot be told apart from the best single one, {quoted(single['name'])}."
    elif single is not None:
        answer += f" No other single candidate comes close to {quoted(single['name'])}." if len(rows) > FEW else ""
    table = charts.numbers(
        ("model", metric["title"], "95 % interval"), [(r["name"], number(r["score"]), interval(r.get("ci95"))) for r in rows]
    )
    base = next((r["score"] for r in rows if kind_of(r) == "base"), None)
    left = f"; {len(rows) - len(kept)} more in the table" if len(rows) > len(kept) else ""
    axis = f"{metric['title']} on held-out folds, {'higher' if metric['higher_is_better'] else 'lower'} is better{left}"
    return charts.dots(
        "leaderboard-dots",
        "Candidates with their 95 % intervals",
        answer,
        drawn,
        table,
        axis=axis,
        reference=base,
        zoom=True,
        beyond="; the arrow points to a value far off",
    )


def _row(row: Mapping[str, Any], single: Mapping[str, Any] | None) -> dict[str, Any]:
    test = row.get("test") or {}
    values = list((row.get("values") or {}).items())
    return {
        "rank": row.get("rank"),
        "name": row["name"],
        "title": row.get("title") or "",
        "kind": kind_of(row),
        "score": row.get("score"),
        "score_text": number(row.get("score")),
        "ci": interval(row.get("ci95")) if row.get("ci95") else "",
        "test": test.get("value"),
        "test_text": number(test.get("value")),
        "test_ci": interval(test.get("ci95")) if test.get("ci95") else "",
        "best": row is single,
        "tied": _tied(row, single),
        "fit": row.get("fit_s"),
        "fit_text": duration(row.get("fit_s")),
        "predict": row.get("predict_ms_per_1000"),
        "predict_text": duration(row["predict_ms_per_1000"] / 1000) if row.get("predict_ms_per_1000") is not None else MISSING,
        "size": row.get("size_mb"),
        "size_text": size(row.get("size_mb"), 1e6),
        "weight": row.get("weight"),
        "weight_text": percent(row["weight"]) if row.get("weight") and row.get("family") != "ensemble" else MISSING,
        "partial": row.get("status") not in (None, "complete"),
        "settings": [(name, value_text(value)) for name, value in values[:MOST_VALUES]],
    }


def _context(report: Report) -> dict[str, Any]:
    kept, single = _kept(report["leaderboard"], MOST_ROWS), _best_single(report["leaderboard"])
    first = _kept(kept, UNFOLDED_ROWS)
    return {
        "metric": report["metric"]["title"],
        "dots_chart": _picture(report) if any(r.get("score") is not None for r in report["leaderboard"]) else None,
        "rows": [_row(r, single) for r in first],
        "rest": [_row(r, single) for r in kept if not any(r is other for other in first)],
        "more": len(report["leaderboard"]) - len(kept),
    }


SECTION = Section(
    "leaderboard", "What else was tried", 70, lambda report: is_training(report) and bool(report.get("leaderboard")), _context
)
