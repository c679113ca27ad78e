"""Columns that have other names than in training, and can be told all the same."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import pandas as pd

from automl_assist.schema import Column, Message
from automl_assist.serving.wording import counted
from automl_assist.sources import PICTURE_ENDINGS

MOST_HINTS = 5  # names of columns for which one of the file is suggested, or that are shown
SHOWN_CELLS = 100  # that show whether a column names pictures
MARKS = re.compile(r"[\W_]+")


def named_as(frame: pd.DataFrame, wanted: Sequence[str]) -> tuple[pd.DataFrame, dict[str, str]]:
    """Return the frame with the names of training where they differ in case and marks alone, and which those were by their own names."""
    free: dict[str, list[str]] = {}
    for name in map(str, frame.columns):
        if name not in wanted:
            free.setdefault(MARKS.sub("", name).casefold(), []).append(name)
    plain = [MARKS.sub("", name).casefold() for name in wanted]
    renamed = {}
    for name, key in zip(wanted, plain, strict=True):
        if name not in frame.columns and key and plain.count(key) == 1 and len(free.get(key, ())) == 1:
            renamed[free[key][0]] = name
    return frame.rename(columns=renamed) if renamed else frame, renamed


def alone_as(frame: pd.DataFrame, wanted: Sequence[Column], target: str) -> tuple[pd.DataFrame, dict[str, str]]:
    """Return the frame with its only text, or its only column of pictures, named as the only one that a model of texts or pictures knows.

    Answers (`target`) may stand beside it.
    """
    if len(wanted) != 1 or wanted[0].kind not in ("text", "image") or wanted[0].name in frame.columns:
        return frame, {}
    there = [str(name) for name in frame.columns if name != target]
    if wanted[0].kind == "image":
        there = [name for name in there if _names_pictures(frame[name])]
    if len(there) != 1:
        return frame, {}
    return frame.rename(columns={there[0]: wanted[0].name}), {there[0]: wanted[0].name}


def named_otherwise(renamed: Mapping[str, str]) -> Message:
    """Return the warning of columns by their names here and in training."""
    said = ", ".join(f"{new!r} for {old!r}" for old, new in list(renamed.items())[:MOST_HINTS])
    return Message("W0707", f"{counted(list(renamed), 'column is', 'columns are')} named otherwise than in training: {said}")


def _names_pictures(cells: pd.Series) -> bool:
    """Whether most of the first cells that hold something end as the names of pictures do."""
    filled = cells.dropna().head(SHOWN_CELLS).astype(str).str.strip().str.lower()
    return 2 * sum(cell.endswith(PICTURE_ENDINGS) for cell in filled) > len(filled)
