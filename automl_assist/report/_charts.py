"""Charts as plain dicts: what the macros in ``templates/report/parts`` draw, the sentence that says it, and the numbers behind it.

Every chart has ``id`` (fixed text or a position, never data), ``title``, ``answer`` (a sentence that makes the picture optional) and
``numbers`` (``head`` and ``rows`` of a table, all text).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from automl_assist.report._filters import width
from automl_assist.report._scale import extent

SQUEEZED = 0.5  # of the width: if the candidates fill less because the baseline is far off, it is drawn as an arrow at the edge
FEW_ROWS = 3
MOST_NUMBERS = 60  # rows of the table behind a chart: 60 points of a curve say all that it has to say

Chart = dict[str, Any]


def numbers(head: Sequence[str], rows: Iterable[Sequence[str]]) -> dict[str, Any]:
    """Return the table behind a chart; long ones are thinned evenly, ends included, and say so."""
    every = list(rows)
    if len(every) <= MOST_NUMBERS:
        return {"head": list(head), "rows": every, "thinned": 0}
    step = (len(every) - 1) / (MOST_NUMBERS - 1)
    return {"head": list(head), "rows": [every[round(i * step)] for i in range(MOST_NUMBERS)], "thinned": len(every)}


def dot(label: str, value: float | None, ci: Sequence[float | None] | None, kind: str, text: str) -> dict[str, Any]:
    """Return a row of a dot plot: a value with its interval, and how it reads.

    `kind` is ``model``, ``linear`` or ``base``: it sets colour and shape.
    """
    low, high = (ci[0], ci[1]) if ci and None not in ci else (None, None)
    return {"label": label, "value": value, "low": low, "high": high, "kind": kind, "text": text}


def dots(id: str, title: str, answer: str, rows: Sequence[dict[str, Any]], table: dict[str, Any], **more: Any) -> Chart:
    """Return a dot plot with whiskers; `within` limits the axis, `reference` draws a dashed line, `axis` names the axis."""
    within, zoom = more.pop("within", (None, None)), more.pop("zoom", False)
    low, high = extent(_values(rows, more.get("reference")), room=0.06, within=within)
    if zoom:
        low, high = _zoomed(rows, low, high)
    rows = [{**row, "off": _side(row["value"], low, high)} for row in rows]
    return {
        "id": id,
        "title": title,
        "answer": answer,
        "rows": rows,
        "low": low,
        "high": high,
        "numbers": table,
        "reference": None,
        "beyond": "",
        "gutter": gutter(rows),
        **more,
    }


def _values(rows: Sequence[dict[str, Any]], *more: float | None) -> list[float | None]:
    return [v for row in rows for v in (row["value"], row["low"], row["high"])] + list(more)


def _zoomed(rows: Sequence[dict[str, Any]], low: float, high: float) -> tuple[float, float]:
    """Return the range of all rows but the baseline, if that one would squeeze the others together."""
    near = extent(_values([row for row in rows if row["kind"] != "base"]), room=0.1)
    return near if len(rows) > FEW_ROWS and near[1] - near[0] < SQUEEZED * (high - low) else (low, high)


def _side(value: float | None, low: float, high: float) -> str:
    return "" if value is None or low <= value <= high else "low" if value < low else "high"


def gutter(rows: Sequence[dict[str, Any]], least: int = 64, most: int = 190) -> int:
    """Return the room for the labels on the left, by the widest of them."""
    return round(min(max(24 + 7 * max((width(row["label"]) for row in rows), default=0), least), most))


def bar(label: str, value: float, text: str, ci: Sequence[float | None] | None = None, kind: str = "model") -> dict[str, Any]:
    """Return a row of a bar chart."""
    return dot(label, value, ci, kind, text)


def bars(id: str, title: str, answer: str, rows: Sequence[dict[str, Any]], table: dict[str, Any], **more: Any) -> Chart:
    """Return horizontal bars from zero, with whiskers where a row has an interval."""
    values = _values(rows)
    low, high = extent([*values, 0.0], room=0.02)
    if min((v for v in values if v is not None), default=0.0) >= 0:
        low = 0.0
    return {
        "id": id,
        "title": title,
        "answer": answer,
        "rows": list(rows),
        "low": low,
        "high": high,
        "numbers": table,
        "gutter": gutter(rows),
        **more,
    }


def histogram(id: str, title: str, answer: str, edges: Sequence[float], counts: Sequence[int], table: dict[str, Any], **more: Any) -> Chart:
    """Return a histogram; `edges` has one entry more than `counts`."""
    return {
        "id": id,
        "title": title,
        "answer": answer,
        "edges": list(edges),
        "counts": list(counts),
        "highest": max([*counts, 1]),
        "numbers": table,
        "zero": False,
        "axis": "",
        "tick_texts": None,
        **more,
    }


def curves(id: str, title: str, answer: str, series: Sequence[dict[str, Any]], table: dict[str, Any], **more: Any) -> Chart:
    """Return lines over an x axis.

    Each of `series` has ``name``, ``kind``, ``points`` and ``step``; `marks` are single points with ``name``, ``x``, ``y``;
    `x_range`, `y_range`, `x_axis`, `y_axis` set the axes, and `upright` draws a vertical line at an x with a name.
    """
    base: Chart = {
        "id": id,
        "title": title,
        "answer": answer,
        "series": list(series),
        "marks": [],
        "upright": None,
        "numbers": table,
        "square": True,
    }
    return base | more


def line(name: str, kind: str, points: Iterable[Sequence[float | None]], *, step: bool = False, dotted: bool = False) -> dict[str, Any]:
    """Return one line of a chart of curves; points with a missing coordinate are left out."""
    return {"name": name, "kind": kind, "points": [p for p in points if None not in p], "step": step, "dotted": dotted}
