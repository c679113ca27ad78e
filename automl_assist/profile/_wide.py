"""Sequences laid out in columns: equally numbered columns of one quantity, or of several, in which neighbours are alike."""

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
NUMBERED_FIRST = re.compile(r"(?:t|ts|time|step)?[_ .]?(\d+(?:\.\d+)?)[ _.\-]+(.*[^\d].*)", re.IGNORECASE)
NO_STEP = frozenset(["identifier", "constant", "empty", "url", "email"])
STEP_STEM = re.compile(r"(t|ts|time|times|time_?steps?|steps?|timepoint|time_?point|tp|timestamp|tick|frame)", re.IGNORECASE)
OTHER_STEM = re.compile(r"pixel|px|lag|question|item|gene|(^|_)q$", re.IGNORECASE)  # numbered, and yet no course of one quantity


@dataclass(frozen=True)
class Wide:
    """What was found.

    Attributes
    ----------
    channels
        The name of each channel and its columns, in the order of its steps; all have as many.
    """

    channels: tuple[tuple[str, tuple[str, ...]], ...]
    confidence: float
    reason: str

    @property
    def names(self) -> tuple[str, ...]:
        """The columns, channel after channel."""
        return tuple(name for _, names in self.channels for name in names)


def find_wide(features: Sequence[Column], typed: Mapping[str, np.ndarray], *, asked: bool = False) -> Wide | None:
    """Return the columns that hold a sequence of each row, in its order, or None.

    Parameters
    ----------
    features : sequence of Column
        The columns beside the target, those that say nothing too: a step may be the same in every row.
    asked : bool
        The user says that there are sequences: they need not be smooth, and other columns may stand beside them.
    """
    useful = [c for c in features if c.kind not in NO_STEP]
    if len(useful) < (2 if asked else FEWEST_NAMED):
        return None
    by_stem = _steps(useful, typed)
    sure = {stem: found for stem, found in by_stem.items() if _may_be(stem, found, len(by_stem) > 1, asked)}
    whole = {stem: _with_constant(stem, found, features) for stem, found in sure.items()}
    channels = _alike(whole)
    if not channels:
        return _all_numbers(useful, typed) if asked else None
    covered = sum(len(sure[stem]) for stem, _ in channels)
    if not asked and covered < max(COVERED * len(useful), FEWEST if len(channels) > 1 else 0):
        return None
    made = tuple((stem or "value", tuple(name for _, name in found)) for stem, found in channels)
    if asked:
        said = f"{len(made[0][1]):,} numbered columns" + (f" for each of {len(made)} channels" if len(made) > 1 else "")
        return Wide(made, 1.0, f"{said} from {made[0][1][0]!r} to {made[0][1][-1]!r} are taken as steps")
    return _smooth(made, [[name for _, name in sure[stem]] for stem, _ in channels], typed)


def _steps(useful: Sequence[Column], typed: Mapping[str, np.ndarray]) -> dict[str, list[tuple[float, str]]]:
    """Return the numbered columns of each stem in the order of their numbers: ``x_7`` and ``7_x`` are a step of x, ``t7_x`` too."""
    stems: dict[str, list[tuple[float, str]]] = {}
    for column in useful:
        if typed[column.name].dtype.kind != "f":
            continue
        if numbered := NUMBERED.fullmatch(column.name):
            stems.setdefault(numbered[1], []).append((float(numbered[2]), column.name))
        elif numbered := NUMBERED_FIRST.fullmatch(column.name):
            stems.setdefault(numbered[2], []).append((float(numbered[1]), column.name))
    return {stem: sorted(found) for stem, found in stems.items()}


def _may_be(stem: str, found: Sequence[tuple[float, str]], several: bool, asked: bool) -> bool:
    """Whether so many columns with these numbers can be steps."""
    fewest = 2 if asked else FEWEST_NAMED if several or STEP_STEM.fullmatch(stem) else FEWEST
    if len(found) < fewest or (OTHER_STEM.search(stem) is not None and not asked):
        return False
    steps = np.diff([number for number, _ in found])
    return bool(steps.min() > 0 and (np.abs(steps - np.median(steps)) > 0.05 * np.median(steps)).mean() <= 0.05)


def _alike(sure: Mapping[str, Sequence[tuple[float, str]]]) -> list[tuple[str, Sequence[tuple[float, str]]]]:
    """Return the stems with the same numbers that cover most columns, in the order of their names."""
    by_numbers: dict[tuple[float, ...], list[str]] = {}
    for stem, found in sure.items():
        by_numbers.setdefault(tuple(number for number, _ in found), []).append(stem)
    if not by_numbers:
        return []
    _, stems = max(by_numbers.items(), key=lambda entry: (len(entry[0]) * len(entry[1]), sorted(entry[1])))
    return [(stem, sure[stem]) for stem in sorted(stems)]


def _with_constant(stem: str, found: Sequence[tuple[float, str]], features: Sequence[Column]) -> Sequence[tuple[float, str]]:
    """Return the steps with those between them that have one value, or none, in every row."""
    low, high = found[0][0], found[-1][0]
    more = []
    for column in features:
        numbered = NUMBERED.fullmatch(column.name)
        if numbered and numbered[1] == stem and column.kind in NO_STEP and low - 1 <= float(numbered[2]) <= high + 1:
            more.append((float(numbered[2]), column.name))
    return sorted([*found, *more])


def _all_numbers(useful: Sequence[Column], typed: Mapping[str, np.ndarray]) -> Wide | None:
    names = tuple(c.name for c in sorted(useful, key=lambda c: c.position) if typed[c.name].dtype.kind == "f")
    if len(names) < 2:
        return None
    return Wide((("value", names),), 1.0, f"the {len(names):,} columns of numbers are taken as steps, in the order in which they stand")


def _smooth(
    made: tuple[tuple[str, tuple[str, ...]], ...], measured: Sequence[Sequence[str]], typed: Mapping[str, np.ndarray]
) -> Wide | None:
    """Return the channels where the columns of each are alike from one to the next."""
    named = all(STEP_STEM.fullmatch(stem) for stem, _ in made)
    moves = []
    for names in measured:
        values = _matrix(names, typed)
        if len(values) < 2:
            return None
        raw, standard = _roughness(values), _roughness((values - values.mean(axis=0)) / np.maximum(values.std(axis=0), 1e-12))
        if not (raw < ROUGH_NAMED if named else raw < ROUGH and standard < ROUGH_STANDARD and not _is_grid(values)):
            return None
        moves.append(raw)
    names = made[0][1]
    of = f" of each of {len(made)} channels" if len(made) > 1 else ""
    said = (
        f"{len(names)} equally numbered columns{of} from {names[0]!r} to {made[-1][1][-1]!r} hold one quantity: from one to the next it "
        f"moves by {math.sqrt(max(moves)):.0%} of what chance would give"
    )
    return Wide(made, 0.95 if named else 0.85, said + ("; their names say that they are steps in time" if named else ""))


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
