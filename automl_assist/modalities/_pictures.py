"""Rows that name pictures become examples that hold them: read once, in one shape, in training and whenever the model is used."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from automl_assist.errors import AssistError
from automl_assist.modalities._modality import Examples
from automl_assist.rules.columns import MOST_UNREADABLE
from automl_assist.schema import Message, Options, Profile
from automl_assist.sources import NOT_NAMED, Pictures, Shape, read_pictures

REASONS_SHOWN = 3


def plan_pictures(profile: Profile, options: Options, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return which columns of pictures are read and in which shape; nothing without any.

    Under ``alone`` stands whether nothing but pictures is learned from: a row without its picture is then no example.

    Raises
    ------
    AssistError
        E0119 where too many pictures cannot be read.
    """
    used = [c.name for c in profile.features if settings["columns"].get(c.name, {}).get("use") and c.kind == "image"]
    kept = [name for name, action in settings["columns"].items() if action["use"]]
    for name in used:
        seen = profile.layout.get("pictures", {}).get(name)
        if seen and seen["unreadable"] > MOST_UNREADABLE * seen["looked_at"]:
            raise _too_many(
                name, seen["unreadable"], seen["looked_at"], "; ".join(seen.get("reasons", ())[:REASONS_SHOWN]), len(kept) > len(used)
            )
    if not used or "image.input" not in settings:
        return {}
    return {"pictures": used, "columns": used, "shape": dict(settings["image.input"]), "alone": len(used) == len(kept)}


def arrange_pictures(cells: pd.DataFrame, typed: pd.DataFrame, arrangement: Mapping[str, Any], folder: Path) -> Examples:
    """Put the pictures in the place of their names.

    Raises
    ------
    AssistError
        E0117 where a name leads out of the folder, E0119 where no picture at all can be read of those that are named.
    """
    names = arrangement.get("pictures", ())
    if not names:
        return Examples(cells, typed)
    given = arrangement["shape"]
    shape = Shape(int(given["height"]), int(given["width"]), int(given["channels"]), str(given["fit"]), int(given.get("white", 0)))
    typed, notes, there = typed.copy(), [], np.zeros(len(typed), bool)
    for name in names:
        found = read_pictures(folder, [cell if isinstance(cell, str) else None for cell in typed[name]], shape)
        missing = not arrangement["alone"] and set(found.why) == {NOT_NAMED}  # as any cell of a table may be
        if len(found.there) and not found.there.any() and not missing:
            raise _too_many(name, len(found.there), len(found.there), _said(found), not arrangement["alone"])
        column = np.empty(len(typed), object)
        for row in np.flatnonzero(found.there):
            column[row] = found.pixels[row]
        typed[name] = pd.Series(column, index=typed.index, dtype=object)
        there |= found.there
        if set(found.why) - (set() if arrangement["alone"] else {NOT_NAMED}):  # in a table a cell may well be empty
            notes.append(_unreadable(name, found, bool(arrangement["alone"])))
    if not arrangement["alone"] or there.all():
        return Examples(cells, typed, notes=tuple(notes))
    kept = np.flatnonzero(there)
    example_of = np.where(there, np.cumsum(there) - 1, -1)
    return Examples(cells.iloc[kept].reset_index(drop=True), typed.iloc[kept].reset_index(drop=True), example_of, tuple(notes))


def _said(found: Pictures) -> str:
    return ", ".join(f"{count:,} {why}" for why, count in list(found.why.items())[:REASONS_SHOWN])


def _unreadable(name: str, found: Pictures, alone: bool) -> Message:
    absent = int((~found.there).sum())
    what = "left out" if alone else "taken as missing"
    return Message("W0117", f"{absent:,} of {len(found.there):,} pictures of column {name!r} cannot be read and are {what}: {_said(found)}")


def _too_many(name: str, absent: int, seen: int, why: str, beside: bool) -> AssistError:
    return AssistError(
        "E0119",
        f"{absent:,} of {seen:,} pictures of column {name!r} cannot be read",
        where=why or "they are not there, or are no pictures",
        help="names are relative to the folder of the table; PNG, JPEG, GIF, BMP, WebP, TIFF and PPM are read"
        + ("\n--modality tabular learns from the other columns" if beside else ""),
    )
