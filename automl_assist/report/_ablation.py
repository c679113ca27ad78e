"""The chart of what texts or pictures add to a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from automl_assist.report import _charts as charts
from automl_assist.report._filters import number


def ablation_chart(given: Mapping[str, Any], what: str) -> dict[str, Any] | None:
    """Return the metric with everything, without the `what`, and with these alone; None where it was not measured."""
    ways = [w for w in given.get("ways") or [] if w.get("value") is not None]
    by_way = {w["way"]: w["value"] for w in ways}
    if len(ways) < 2 or "all" not in by_way:
        return None
    sign = 1 if given["higher_is_better"] else -1
    gains = {way: sign * (by_way["all"] - by_way[way]) for way in ("without", "alone") if way in by_way}
    names = {"without": f"the {what}", "alone": "the other columns"}
    parts = [f"{names[way]} improve it by {number(gain)}" if gain > 0 else f"{names[way]} do not improve it" for way, gain in gains.items()]
    answer = f"{given['metric']} on the test part: {', and '.join(parts)}."
    drawn = [charts.dot(w["title"], w["value"], None, "model" if w["way"] == "all" else "linear", number(w["value"])) for w in ways]
    table = charts.numbers(("shown", given["metric"]), [(w["title"], number(w["value"])) for w in ways])
    name = {"texts": "text", "pictures": "image"}[what]
    return charts.dots(f"{name}-ablation", f"What the {what} add", answer, drawn, table, axis=given["metric"])
