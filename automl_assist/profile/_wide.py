"""Sequences laid out in columns: many equally numbered columns of one quantity, in which neighbours are alike."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from automl_assist.schema import Column

FEWEST_NAMED, FEWEST = 8, 20  # columns, where their name says that they are steps, and where it says nothing
COVERED = 0.9  # of the columns to learn from belong to the sequence
# Half the mean squared step from column to column over the variance within the row (von Neumann 1941): 1 by chance, near 0 for a
# smooth curve.
ROUGH_NAMED, ROUGH, ROUGH_STANDARD = 0.9, 0.35, 0.5
MOST_ROWS = 2000
GRID_GAIN = 0.1  # correlation that returns a row of pixels later: the columns are a picture

NUMBERED = re.compile(r"(.*?)[ _.\-\[(]*(\d+(?:\.\d+)?)[\])]?")
STEP_STEM = re.compile(r"(t|ts|time|times|time_?steps?|steps?|timepoint|time_?point|tp|timestamp|tick|frame)", re.IGNORECASE)
OTHER_STEM = re.compile(r"pixel|px|lag|question|item|gene|(^|_)q$", re.IGNORECASE)  # numbered, and yet no course of one quantity


@dataclass(frozen=True)
class Wide:
    """What was found."""

    names: tuple[str, ...]
    confidence: float
    reason: str


def find_wide(features: Sequence[Column], typed: Mapping[str, np.ndarray]) -> Wide | None:
    """Return the columns that hold a sequence of each row, in its order, or None."""
    if len(features) < FEWEST_NAMED:
        return None
    stems: dict[str, list[tuple[float, str]]] = {}
    for column in features:
        numbered = NUMBERED.fullmatch(column.name)
        if numbered and typed[column.name].dtype.kind == "f":
            stems.setdefault(numbered[1], []).append((float(numbered[2]), column.name))
    if not stems:
        return None
    stem, found = max(stems.items(), key=lambda s: (len(s[1]), s[0]))
    named = STEP_STEM.fullmatch(stem) is not None
    if len(found) < (FEWEST_NAMED if named else FEWEST) or len(found) < COVERED * len(features) or OTHER_STEM.search(stem):
        return None
    found.sort()
    steps = np.diff([number for number, _ in found])
    if steps.min() <= 0 or (np.abs(steps - np.median(steps)) > 0.05 * np.median(steps)).mean() > 0.05:
        return None
    names = tuple(name for _, name in found)
    values = _matrix(names, typed)
    if len(values) < 2:
        return None
    raw, standard = _roughness(values), _roughness((values - values.mean(axis=0)) / np.maximum(values.std(axis=0), 1e-12))
    smooth = raw < ROUGH_NAMED if named else raw < ROUGH and standard < ROUGH_STANDARD and not _is_grid(values)
    if not smooth:
        return None
    said = (
        f"{len(names)} equally numbered columns from {names[0]!r} to {names[-1]!r} hold one quantity: from one to the next it moves by "
        f"{math.sqrt(raw):.0%} of what chance would give"
    )
    return Wide(names, 0.95 if named else 0.85, said + ("; their names say that they are steps in time" if named else ""))


def _matrix(names: Sequence[str], typed: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return some rows of the columns, gaps filled from the left, as sequences of uneven length have them at their end."""
    rows = len(typed[names[0]])
    places = np.unique(np.linspace(0, rows - 1, min(rows, MOST_ROWS)).astype(int)) if rows else np.empty(0, dtype=int)
    values = np.column_stack([typed[name][places] for name in names])
    known = np.isfinite(values)
    last = np.maximum.accumulate(np.where(known, np.arange(values.shape[1]), 0), axis=1)
    values = np.take_along_axis(values, last, axis=1)
    return values[np.isfinite(values).all(axis=1)]


def _roughness(values: np.ndarray) -> float:
    spread = values.var(axis=1)
    moving = spread > 0
    if not moving.any():
        return 1.0
    return float(np.median((np.diff(values[moving], axis=1) ** 2).mean(axis=1) / (2 * spread[moving])))


def _is_grid(values: np.ndarray) -> bool:
    """Whether the columns are the pixels of a square picture, row after row: what is alike comes back one row later."""
    width = math.isqrt(values.shape[1])
    if width < 5 or width * width != values.shape[1]:
        return False
    centred = values - values.mean(axis=1, keepdims=True)
    total = float((centred**2).mean()) or 1.0

    def alike(lag: int) -> float:
        return float((centred[:, lag:] * centred[:, :-lag]).mean()) / total

    return alike(width) > alike(width // 2) + GRID_GAIN
