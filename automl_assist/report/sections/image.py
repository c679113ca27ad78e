"""What a model that sees goes by: pictures that it got wrong and right, where it looked, what the pictures add."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from automl_assist.report._ablation import ablation_chart
from automl_assist.report._context import class_names, is_training, joined, quoted
from automl_assist.report._filters import count, number, percent
from automl_assist.report._section import Report, Section

FAINTEST = 0.25  # of the most that a square changes the answer; below it a square is not drawn
SIDE = 96  # of a picture on the page, in the units of its drawing


def _pictures(report: Report, which: str) -> list[dict[str, Any]]:
    numbers, names = report.get("split", {}).get("test_row_numbers") or [], class_names(report)
    return [_picture(shown, numbers, names) for shown in report["insight"]["pictures"].get(which) or []]


def _picture(shown: Mapping[str, Any], numbers: list[int], names: Mapping[str, str]) -> dict[str, Any]:
    longest = max(shown["height"], shown["width"])
    height, width = (round(SIDE * shown[side] / longest, 1) for side in ("height", "width"))
    grid = shown.get("looked") or []
    squares = [
        {
            "x": round(j * width / len(grid), 1), "y": round(i * height / len(grid), 1), "width": round(width / len(grid), 1),
            "height": round(height / len(grid), 1), "opacity": round(0.6 * share, 2),
        }
        for i, line in enumerate(grid) for j, share in enumerate(line) if share is not None and share >= FAINTEST
    ]  # fmt: skip
    row = count(numbers[shown["place"]]) if shown["place"] < len(numbers) else ""
    if "sure" in shown:
        truth, said = (str(names.get(shown[key], shown[key])) for key in ("truth", "said"))
        about = {"truth": truth, "said": said, "how": percent(shown["sure"])}
    else:
        about = {"truth": number(shown["truth"]), "said": number(shown["said"]), "how": ""}
    return {"source": shown["picture"], "height": height, "width": width, "squares": squares, "row": row, **about}


def _context(report: Report) -> dict[str, Any]:
    insight = report["insight"]["pictures"]
    wrong, right = _pictures(report, "mistakes"), _pictures(report, "right")
    return {
        "columns": joined([quoted(name) for name in insight["columns"]]),
        "wrong": wrong,
        "right": right,
        "classes": report.get("task") in ("binary", "multiclass"),
        "looked": any(picture["squares"] for picture in (*wrong, *right)),
        "skipped": insight.get("skipped") or "",
        "of_folder": str(report["data"]["format"]).startswith("image_"),
        "ablation": ablation_chart(insight.get("ablation") or {}, "pictures"),
        "refitted": (insight.get("ablation") or {}).get("how") == "refitted",
    }


def _applies(report: Report) -> bool:
    return is_training(report) and bool((report.get("insight") or {}).get("pictures"))


SECTION = Section("image", "What the pictures show", 116, _applies, _context)
