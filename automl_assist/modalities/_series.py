"""How rows or columns of a table become series, one a cell, in training and in every later file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from automl_assist.errors import AssistError, number
from automl_assist.modalities._modality import Examples
from automl_assist.profile import MOST_GAPS, repeats_told, stamps_of
from automl_assist.schema import Message, Options, Profile

MADE = "series"


def plan_arrangement(profile: Profile, options: Options, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return which columns hold the series, and which say where a row stands in one."""
    layout, used = profile.layout, settings["columns"]
    target = profile.target.name if profile.target else ""

    def kept(names: Sequence[str]) -> list[str]:
        return [name for name in names if used.get(name, {}).get("use")]

    made = MADE
    while made in {c.name for c in profile.columns}:
        made += "_"
    lines = [name for name in (options.group, options.time) if name]
    stretched = settings.get("sequence.length", {}).get("unequal") == "stretch"
    common = {"form": layout["form"], "made": made, "target": target, "longest": None if stretched else layout["longest"]}
    if layout["form"] == "wide":
        each = layout["length"]
        steps = [kept(layout["steps"][k * each : (k + 1) * each]) for k in range(layout["channels"])]
        columns = [name for channel in steps for name in channel]
        names = [name for name, channel in zip(layout["channel_names"], steps, strict=True) if channel]
        return {**common, "channels": [channel for channel in steps if channel], "names": names, "columns": columns, "lines": lines}
    channels = [
        {"name": name, "levels": _levels(profile, name) if name in layout["level_names"] else []} for name in kept(layout["channel_names"])
    ]
    return {
        **common, "series": list(layout["series"]), "time": list(layout["time"]), "step": layout["step"], "channels": channels,
        "lines": [name for name in lines if name not in layout["time"]],
        "columns": [*layout["series"], *layout["time"], *(c["name"] for c in channels)],
    }  # fmt: skip


def _levels(profile: Profile, name: str) -> list[str]:
    """Return the levels of a category that become channels: those seen often enough to be written down."""
    column = profile.column(name)
    return ["true"] if column.kind == "boolean" else [value for value, _ in column.top]


def arrange(cells: pd.DataFrame, typed: pd.DataFrame, arrangement: Mapping[str, Any], folder: Path) -> Examples:
    """Return whole series as examples; where rows are their steps, one example for each series in the order in which they first come."""
    return _of_columns(cells, typed, arrangement) if arrangement["form"] == "wide" else _of_rows(cells, typed, arrangement)


def as_numbers(values: pd.Series) -> np.ndarray:
    """Return typed cells as numbers, true and false as 1 and 0; NaN for all else."""
    if values.dtype.kind == "f":
        return values.to_numpy(np.float64)
    words = values.astype(object).map({"true": 1.0, "false": 0.0}).astype(float)
    numbers = pd.to_numeric(values.astype(object), errors="coerce").astype(float)
    return numbers.where(numbers.notna() & np.isfinite(numbers), words).to_numpy(np.float64)


def _cells_of(series: Sequence[np.ndarray]) -> np.ndarray:
    held = np.empty(len(series), object)
    for k, one in enumerate(series):
        held[k] = one
    return held


# --- columns


def _of_columns(cells: pd.DataFrame, typed: pd.DataFrame, arrangement: Mapping[str, Any]) -> Examples:
    channels = arrangement["channels"]
    longest = max((len(steps) for steps in channels), default=1)
    values = np.full((len(typed), max(1, len(channels)), longest), np.nan)
    for k, steps in enumerate(channels):
        for t, name in enumerate(steps):
            values[:, k, t] = as_numbers(typed[name])
    measured = np.isfinite(values).any(axis=1)
    lengths = np.where(measured.any(axis=1), longest - np.argmax(measured[:, ::-1], axis=1), 0)
    steps = {name for channel in channels for name in channel}
    kept = [name for name in typed.columns if name not in steps]
    series = _cells_of([row[:, :length] for row, length in zip(values, lengths, strict=True)])
    notes = _empty_note(lengths)
    frame = pd.concat([typed[kept].reset_index(drop=True), pd.Series(series, name=arrangement["made"], dtype=object)], axis=1)
    return Examples(
        cells[[name for name in cells.columns if name not in steps]].reset_index(drop=True), frame, None, notes, (arrangement["made"],)
    )


def _empty_note(lengths: np.ndarray) -> tuple[Message, ...]:
    empty = int((np.asarray(lengths) == 0).sum())
    if not empty:
        return ()
    return (Message("W0311", f"{empty:,} of {len(lengths):,} series hold no number at all; they are kept, and told apart by nothing"),)


def _long_note(lengths: np.ndarray, longest: int | None) -> tuple[Message, ...]:
    longer = int((lengths > longest).sum()) if longest is not None else 0
    if not longer:
        return ()
    return (
        Message(
            "W0316", f"{longer:,} of {len(lengths):,} series are longer than any in training; steps after {longest:,} are not looked at"
        ),
    )


# --- rows


@dataclass(frozen=True)
class _Rows:
    """Rows in order of series and time."""

    order: np.ndarray
    stamps: np.ndarray
    bounds: np.ndarray


def _of_rows(cells: pd.DataFrame, typed: pd.DataFrame, arrangement: Mapping[str, Any]) -> Examples:
    notes: list[Message] = []
    groups = _groups(cells, typed, arrangement["series"], notes)
    n = int(groups.max()) + 1 if len(groups) else 0
    rows = _in_order(typed, arrangement, groups, n, notes)
    if n == 1 and typed[list(arrangement["series"])].isna().any(axis=1).all():
        _require_one_series(rows.stamps, arrangement)
    values = _channels(typed, arrangement["channels"])
    step, repeated, series = arrangement["step"], 0, []
    for k in range(n):
        here = slice(rows.bounds[k], rows.bounds[k + 1])
        one, again = _one(values[:, rows.order[here]], rows.stamps[here], step)
        repeated += again
        series.append(one)
    notes += repeats_told(repeated)
    lengths = np.array([one.shape[1] if np.isfinite(one).any() else 0 for one in series])
    notes += [*_empty_note(lengths), *_long_note(lengths, arrangement["longest"])]
    place = {c["name"] for c in arrangement["channels"]} | {*arrangement["series"], *arrangement["time"]} - {*arrangement["lines"]}
    kept = [name for name in typed.columns if name not in place]
    beside = _first(typed[kept], groups, n)
    said = _first(cells[[name for name in cells.columns if name in {*kept, arrangement["target"]}]], groups, n)
    target = arrangement["target"]
    if target in cells.columns:
        at, several = _most_frequent(cells[target], groups, n)
        said[target] = cells[target].iloc[at].to_numpy() if n else said[target]
        if target in beside:
            beside[target] = typed[target].iloc[at].to_numpy()
        if several:
            notes.append(
                Message("W0313", f"{several:,} of {n:,} series have several values of {target!r}; the most frequent one of each was taken")
            )
    beside[arrangement["made"]] = _cells_of(series)
    return Examples(said, beside, groups, tuple(notes), (arrangement["made"],))


def _groups(cells: pd.DataFrame, typed: pd.DataFrame, names: Sequence[str], notes: list[Message]) -> np.ndarray:
    """Return the number of the series of each row, in the order in which they first come; -1 for a row that names none."""
    keys = typed[list(names)].astype(object)
    for name in names:
        if name in cells and keys[name].isna().all() and cells[name].notna().any():  # words where training had numbers are names as well
            keys[name] = cells[name]
            notes.append(Message("W0317", f"{name!r} is written otherwise than in training; its cells name the series as they are"))
    lost = keys.isna().any(axis=1).to_numpy()
    if lost.all():
        return np.zeros(len(typed), np.int64)  # a file of one series needs no name for it
    joined = keys.astype(str).agg("\0".join, axis=1) if len(names) > 1 else keys.iloc[:, 0].astype(str)
    groups = pd.factorize(joined.where(~lost))[0].astype(np.int64)
    if lost.any():
        name_none = number(int(lost.sum()), "row names no series and belongs", "rows name no series and belong")
        notes.append(Message("W0314", f"{name_none} to none"))
    return groups


def _require_one_series(stamps: np.ndarray, arrangement: Mapping[str, Any]) -> None:
    """Refuse rows that name no series and cannot be one: some share a time, or they are more than any series of training has.

    Raises
    ------
    AssistError
        E0702 (exit 4).
    """
    longest, times = arrangement["longest"], stamps[np.isfinite(stamps)]
    if arrangement["time"] and (again := len(times) - len(np.unique(times))):
        why = f"{again:,} of {len(stamps):,} rows repeat a time of another"
    elif longest is not None and len(stamps) > longest:
        why = f"{len(stamps):,} rows are more than the longest series of training has, {longest:,}"
    else:
        return
    named = " and ".join(map(repr, arrangement["series"]))
    raise AssistError(
        "E0702",
        f"the rows do not say which series they belong to: {named} is not there, or empty",
        where=why,
        help=f"give a file with {named}",
    )


def _in_order(typed: pd.DataFrame, arrangement: Mapping[str, Any], groups: np.ndarray, n: int, notes: list[Message]) -> _Rows:
    stamps = np.arange(len(typed), dtype=float)
    if arrangement["time"]:
        found = stamps_of({name: typed[name].to_numpy() for name in arrangement["time"]}, arrangement["time"])
        lost = int((~np.isfinite(found) & (groups >= 0)).sum())
        if lost < len(typed):
            stamps = np.where(np.isfinite(found), found, np.inf)
            if lost:
                untimed = number(lost, "row has no time; it stands at the end of its", "rows have no time; they stand at the end of their")
                notes.append(Message("W0315", f"{untimed} series"))
    order = np.lexsort((np.arange(len(typed)), stamps, groups))
    order = order[groups[order] >= 0]
    return _Rows(order, stamps[order], np.searchsorted(groups[order], np.arange(n + 1)))


def _channels(typed: pd.DataFrame, channels: Sequence[Mapping[str, Any]]) -> np.ndarray:
    """Return all rows as float64 of shape (channels, rows); a category has a channel for each level."""
    values = []
    for channel in channels:
        if not channel["levels"]:
            values.append(as_numbers(typed[channel["name"]]))
            continue
        words = typed[channel["name"]].astype(object)
        values += [np.where(words.isna(), np.nan, (words.astype(str) == level).astype(float)) for level in channel["levels"]]
    return np.stack(values) if values else np.full((1, len(typed)), np.nan)


def _one(values: np.ndarray, stamps: np.ndarray, step: float | None) -> tuple[np.ndarray, int]:
    """Return one series (channels, steps) with gaps where times are left out, and how many rows repeated a time."""
    known = np.isfinite(stamps)
    if len(stamps) < 2 or not known.all():
        return values, 0
    places = np.round((stamps - stamps[0]) / step).astype(np.int64) if step else np.unique(stamps, return_inverse=True)[1]
    length = int(places[-1]) + 1
    if length > MOST_GAPS * len(stamps):
        places = np.unique(stamps, return_inverse=True)[1]
        length = int(places[-1]) + 1
    if length == len(stamps) and (np.diff(places) == 1).all():
        return values, 0
    count, total = np.zeros((len(values), length)), np.zeros((len(values), length))
    there = np.isfinite(values)
    for k, row in enumerate(values):
        np.add.at(count[k], places[there[k]], 1)
        np.add.at(total[k], places[there[k]], row[there[k]])
    with np.errstate(invalid="ignore"):
        return np.where(count > 0, total / np.maximum(count, 1), np.nan), len(stamps) - len(np.unique(places))


def _first(frame: pd.DataFrame, groups: np.ndarray, n: int) -> pd.DataFrame:
    """Return for each series the first filled cell of each column."""
    held = groups >= 0
    if not frame.shape[1]:
        return pd.DataFrame(index=pd.RangeIndex(n))
    found = frame[held].groupby(groups[held], sort=True).first()
    return found.reindex(range(n)).reset_index(drop=True)


def _most_frequent(target: pd.Series, groups: np.ndarray, n: int) -> tuple[np.ndarray, int]:
    """Return a row with the most frequent label of each series, or any where it has none, and how many series have several."""
    codes = pd.factorize(target.astype(object))[0]
    rows = pd.DataFrame({"group": groups, "code": codes, "row": np.arange(len(codes))}).query("group >= 0")
    any_row = rows.drop_duplicates("group").set_index("group")["row"]
    labelled = rows.query("code >= 0").groupby(["group", "code"], as_index=False).agg(count=("row", "size"), row=("row", "first"))
    several = int((labelled["group"].value_counts() > 1).sum())
    best = labelled.sort_values(["count", "row"], ascending=[False, True]).drop_duplicates("group").set_index("group")["row"]
    return best.reindex(range(n)).fillna(any_row).to_numpy(int), several
