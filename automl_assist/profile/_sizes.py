"""How the examples of a modality stand in the table, with their sizes: pictures by name, series in columns or in rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from automl_assist.profile._cells import Cells
from automl_assist.profile._layout import Layout, in_whole_steps, is_amount, steps_between
from automl_assist.profile._modality import beside
from automl_assist.profile._series_facts import series_facts
from automl_assist.profile._wide import Wide, find_wide
from automl_assist.profile.zones import zone_of
from automl_assist.schema import Column, Guess, Options

MOST_LEVELS = 8  # of a category that changes within a series, to become a channel for each
MOST_GAPS = 4  # times as many steps as rows, for gaps in time: beyond it rows are taken one after the other
LEVEL_KINDS = ("category", "boolean")


def layout_facts(
    modality: Guess,
    columns: Sequence[Column],
    target: Guess | None,
    cells: Mapping[str, Cells],
    typed: Mapping[str, np.ndarray],
    layout: Layout | None,
    options: Options,
) -> dict[str, Any]:
    """Return plain JSON data; empty for tables and texts, and where no layout was found."""
    features = [c for c in columns if target is None or c.name != target.name]
    if modality.name == "image":
        return {"columns": [c.name for c in features if c.kind == "image"]}
    if modality.name not in ("sequence", "forecast"):
        return {}
    if modality.name == "sequence" and (options.series is None and (wide := _wide(features, typed, layout, modality.given)) is not None):
        length = len(wide.channels[0][1])
        return {
            "form": "wide", "steps": list(wide.names), "length": length, "longest": length, "channels": len(wide.channels),
            "channel_names": [name for name, _ in wide.channels],
        }  # fmt: skip
    if layout is None or (modality.name == "sequence" and not layout.series):
        return {}
    facts: dict[str, Any] = {
        "form": "long", "time": list(layout.time), "series": list(layout.series), "dated": layout.dated, "even": layout.even,
        "length": layout.length, "n_series": layout.n_series, "channels": sum(is_amount(c) for c in beside(layout, features)),
    }  # fmt: skip
    if modality.name == "sequence":
        return facts | _series(layout, features, target, cells)
    if target is not None and typed[target.name].dtype.kind == "f":
        others = {c.name: typed[c.name] for c in beside(layout, features)}
        zone = _zone(layout, cells)
        facts["zone"] = zone
        facts["steps"] = series_facts(layout.stamps, layout.groups, layout.dated, typed[target.name], others, options.horizon, zone)
    return facts


def _zone(layout: Layout, cells: Mapping[str, Cells]) -> str:
    """Return the zone in which times are written; empty where none is named."""
    if len(layout.time) != 1 or not layout.dated or not cells[layout.time[0]].is_text:
        return ""
    times = cells[layout.time[0]]
    rows = np.unique(times.codes, return_index=True)[1]
    rows = rows[times.codes[rows] >= 0]
    return zone_of(times.values[times.codes[rows]], layout.stamps[rows])


def _wide(features: Sequence[Column], typed: Mapping[str, np.ndarray], layout: Layout | None, asked: bool) -> Wide | None:
    """Return series in columns: clear ones, or, where they were asked for and rows are no steps, the likeliest."""
    found = find_wide(features, typed)
    return find_wide(features, typed, asked=True) if found is None and asked and (layout is None or not layout.series) else found


def _series(layout: Layout, features: Sequence[Column], target: Guess | None, cells: Mapping[str, Cells]) -> dict[str, Any]:
    """Return the lengths, the step, what changes within a series and what does not, and how the labels stand."""
    names: dict[str, list[str]] = {"channel_names": [], "level_names": [], "static_names": [], "left_out": []}
    for column in features:
        if column.name in layout.time or column.name in layout.series or column.kind == "empty":
            continue
        static = layout.static(np.where(cells[column.name].codes < 0, -1, cells[column.name].codes))
        if static and not (is_amount(column) and column.missing):
            names["static_names"].append(column.name)
        elif is_amount(column):
            names["channel_names"].append(column.name)
        elif column.kind in LEVEL_KINDS and column.distinct <= MOST_LEVELS:
            names["channel_names"].append(column.name)
            names["level_names"].append(column.name)
        else:
            names["left_out"].append(column.name)
    lengths, step = np.bincount(layout.groups), _step(layout)
    if step:  # with the steps that are left out
        lengths = np.maximum(lengths, _spans(layout, step, MOST_GAPS * lengths))
    return {
        **names, "channels": len(names["channel_names"]), "shortest": int(lengths.min()), "longest": int(lengths.max()),
        "step": step, **(_labels(layout.groups, cells[target.name]) if target else {}),
    }  # fmt: skip


def _spans(layout: Layout, step: float, most: np.ndarray) -> np.ndarray:
    """Return the steps from the first to the last time of each series; 0 where they are more than `most`."""
    stamps = pd.Series(np.where(np.isfinite(layout.stamps), layout.stamps, np.nan)).groupby(layout.groups)
    steps = np.rint((stamps.max() - stamps.min()).fillna(0).to_numpy() / step) + 1
    return np.where(steps <= most, steps, 0).astype(np.int64)


def _step(layout: Layout) -> float | None:
    """Return the usual distance of two steps where nearly all are it or several of it, so that gaps can be told; else None."""
    steps = steps_between(layout.groups, layout.stamps)
    return float(np.median(steps)) if layout.time and in_whole_steps(steps) else None


def _labels(groups: np.ndarray, target: Cells) -> dict[str, int]:
    """Return how many series have a label, and how many have several."""
    pairs = pd.DataFrame({"group": groups, "code": target.codes}).query("code >= 0").drop_duplicates()
    each = pairs["group"].value_counts()
    return {"labelled": len(each), "varying": int((each > 1).sum())}


def series_of_each_label(groups: np.ndarray, target: Cells) -> np.ndarray:
    """Return for each value of the target in how many series it is the most frequent, of shape (d,)."""
    counted = pd.DataFrame({"group": groups, "code": target.codes}).query("code >= 0").value_counts().reset_index()
    codes = counted.sort_values(["count", "code"], ascending=[False, True]).drop_duplicates("group")["code"]
    return np.bincount(codes.to_numpy(int), minlength=len(target.values))
