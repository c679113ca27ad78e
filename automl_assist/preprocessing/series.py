"""Series of numbers as arrays: cells that hold a whole series become one block, padded at the end, with NaN where nothing was measured.

Nothing here looks at the target; what is learned of all development rows is the longest length, and a centre and a spread of each
channel, so that large numbers keep their digits in 32 bits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from automl_assist.preprocessing.coding import Coding
from automl_assist.preprocessing.features import Features
from automl_assist.rules.sequence import usual_length
from automl_assist.schema import Column

BLOCK = "series"
LENGTH = "length of the series"  # the number that stands beside the block, where lengths differ
MOST_STEPS, MOST_CHANNELS = 10_000_000, 100_000


@dataclass(frozen=True)
class SeriesCoding:
    """From cells that hold series, and typed columns beside them, to arrays.

    Attributes
    ----------
    beside
        How the columns beside the series are coded.
    made
        The column whose cells hold the series, each of shape (channels, steps) or None.
    steps
        Steps of the block.
    stride
        Steps of a series that become one of the block; above 1 where the longest is too long.
    unequal
        What is done with shorter series: ``pad`` leaves NaN behind their end, ``stretch`` draws them out to all steps.
    measured
        Whether the length of each series stands beside the block.
    centres, spreads
        Of each channel; values are shifted and divided by them.
    """

    beside: Coding
    made: str
    steps: int
    stride: float
    unequal: str
    measured: bool
    centres: tuple[float, ...]
    spreads: tuple[float, ...]

    def __post_init__(self) -> None:
        """Refuse what cannot be meant, with a ValueError."""
        fits = len(self.centres) == len(self.spreads) and 1 <= len(self.centres) <= MOST_CHANNELS and 1 <= self.steps <= MOST_STEPS
        if not fits or self.unequal not in ("pad", "stretch") or not 1 <= self.stride < np.inf or not self.made:
            raise ValueError("not a coding of series")
        if not np.isfinite([*self.centres, *self.spreads]).all() or min(self.spreads) <= 0:
            raise ValueError("the scale of a channel is not a number above zero")

    @classmethod
    def fit(cls, typed: pd.DataFrame, columns: Sequence[Column], settings: Mapping[str, Any]) -> SeriesCoding:
        """Learn from the development examples; the column of `typed` that is not among `columns` holds the series."""
        made = next((str(name) for name in typed.columns if name not in {c.name for c in columns}), BLOCK)
        used = settings.get("columns", {})
        statics = [c for c in columns if c.name in typed.columns and used.get(c.name, {}).get("use", True)]
        there = [series for series in typed.get(made, ()) if series is not None and series.shape[1]]
        channels = there[0].shape[0] if there else 1
        longest = max((series.shape[1] for series in there), default=1)
        shape = {**usual_length(longest), **settings.get("sequence.length", {})}
        steps = max(1, min(longest, int(shape["steps"])))
        centres, spreads = _scales(there, channels)
        lengths = {series.shape[1] for series in there}
        return cls(
            Coding.fit(typed, statics, settings), made, steps, max(1.0, longest / steps), str(shape["unequal"]), len(lengths) > 1,
            centres, spreads,
        )  # fmt: skip

    def transform(self, typed: pd.DataFrame) -> Features:
        """Return the examples as arrays: the columns beside the series, and a block of shape (n, channels, steps)."""
        block = np.full((len(typed), len(self.centres), self.steps), np.nan, np.float32)
        lengths = np.zeros((len(typed), 1), np.float32)
        centre, spread = np.array(self.centres)[:, None], np.array(self.spreads)[:, None]
        for k, series in enumerate(typed.get(self.made, ())):
            if series is None or not series.shape[1]:
                continue
            held = series if self.unequal == "stretch" else series[:, : round(self.steps * self.stride)]  # what follows was never learned
            steps = self.steps if self.unequal == "stretch" else min(self.steps, max(1, round(held.shape[1] / self.stride)))
            block[k, :, :steps] = resampled((held - centre) / spread, steps)
            lengths[k] = series.shape[1]
        beside = self.beside.transform(typed)
        if not self.measured:
            return _with(beside, beside.numbers, beside.number_names, block)
        return _with(beside, np.column_stack([beside.numbers, lengths]).astype(np.float32), (*beside.number_names, LENGTH), block)

    def unseen(self, typed: pd.DataFrame) -> dict[str, int]:
        """Return, by column beside the series, how many cells hold a category that training never saw."""
        return self.beside.unseen(typed)

    def to_json(self) -> dict[str, Any]:
        """Return the coding as plain JSON data."""
        return {
            "beside": self.beside.to_json(), "made": self.made, "steps": self.steps, "stride": self.stride, "unequal": self.unequal,
            "measured": self.measured, "centres": list(self.centres), "spreads": list(self.spreads),
        }  # fmt: skip

    @classmethod
    def from_json(cls, data: Any) -> SeriesCoding:
        """Return the coding that :meth:`to_json` wrote; ValueError for anything else."""
        names = {"beside", "made", "steps", "stride", "unequal", "measured", "centres", "spreads"}
        if not isinstance(data, Mapping) or set(data) != names:
            raise ValueError("a coding of series is an object with its fields")
        scales = [data["centres"], data["spreads"]]
        numbers = all(isinstance(s, list) and all(isinstance(v, int | float) and not isinstance(v, bool) for v in s) for s in scales)
        plain = isinstance(data["made"], str) and type(data["steps"]) is int and isinstance(data["stride"], int | float)
        if not numbers or not plain or not isinstance(data["measured"], bool) or not isinstance(data["unequal"], str):
            raise ValueError("a coding of series has a field of another type")
        return cls(
            Coding.from_json(data["beside"]), data["made"], data["steps"], float(data["stride"]), data["unequal"], data["measured"],
            tuple(map(float, data["centres"])), tuple(map(float, data["spreads"])),
        )  # fmt: skip


def _with(beside: Features, numbers: np.ndarray, names: tuple[str, ...], block: np.ndarray) -> Features:
    return Features(
        np.ascontiguousarray(numbers), beside.categories, beside.texts, beside.cardinalities, names, beside.category_names,
        beside.text_names, {BLOCK: block},
    )  # fmt: skip


def _scales(there: Sequence[np.ndarray], channels: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return the mean and the standard deviation of each channel over all steps; 0 and 1 where there is nothing to measure."""
    n, total = np.zeros(channels), np.zeros(channels)
    for series in there:
        known = np.isfinite(series)
        n += known.sum(axis=1)
        total += np.where(known, series, 0.0).sum(axis=1)
    centres = total / np.maximum(n, 1)
    squares = np.zeros(channels)
    for series in there:
        squares += np.where(np.isfinite(series), (series - centres[:, None]) ** 2, 0.0).sum(axis=1)
    spreads = np.sqrt(squares / np.maximum(n, 1))
    usable = np.isfinite(centres) & np.isfinite(spreads) & (spreads > 1e-12 * np.maximum(np.abs(centres), 1e-30))
    return tuple(np.where(np.isfinite(centres), centres, 0.0).tolist()), tuple(np.where(usable, spreads, 1.0).tolist())


def resampled(series: np.ndarray, steps: int) -> np.ndarray:
    """Return a series (channels, length) on `steps` equal steps: means over spans where they are fewer, else between neighbours.

    A step where nothing was measured stays NaN.
    """
    length = series.shape[1]
    if length == steps:
        return series
    if length < steps:
        at = np.linspace(0, length - 1, steps)
        left = np.floor(at).astype(int)
        right, part = np.minimum(left + 1, length - 1), at - left
        between = series[:, left] * (1 - part) + np.where(part > 0, series[:, right] * part, 0.0)
        return np.where(np.isnan(between), series[:, np.rint(at).astype(int)], between)
    known = np.isfinite(series)
    edges = np.linspace(0, length, steps + 1)
    places = np.arange(length + 1)

    def spans(values: np.ndarray) -> np.ndarray:
        running = np.concatenate([np.zeros((len(values), 1)), np.cumsum(values, axis=1)], axis=1)
        return np.diff(np.stack([np.interp(edges, places, row) for row in running]), axis=1)

    weight = spans(known.astype(float))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(weight > 1e-9, spans(np.where(known, series, 0.0)) / weight, np.nan)


def block_of(features: Features) -> np.ndarray:
    """Return the block of series, float32 of shape (n, channels, steps); one unmeasured step where there is none."""
    block = features.blocks.get(BLOCK)
    return np.full((len(features), 1, 1), np.nan, np.float32) if block is None else np.asarray(block, np.float32)


def without_series(features: Features, *, length: bool = True) -> Features:
    """Return the rows with the columns beside the series alone, and with the number that says how long each is or without."""
    kept = [k for k, name in enumerate(features.number_names) if length or name != LENGTH]
    return Features(
        np.ascontiguousarray(features.numbers[:, kept]), features.categories, features.texts, features.cardinalities,
        tuple(features.number_names[k] for k in kept), features.category_names, features.text_names,
    )  # fmt: skip


def lengths_of(block: np.ndarray) -> np.ndarray:
    """Return the place behind the last step of each series where anything was measured, at least 1, of shape (n,)."""
    measured = np.isfinite(block).any(axis=1)
    last = block.shape[2] - np.argmax(measured[:, ::-1], axis=1)
    return np.where(measured.any(axis=1), last, 1)


def filled(block: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the block with gaps drawn over from neighbour to neighbour, and the lengths; what lies behind an end repeats the end.

    A channel in which nothing was measured is zero, the mean of all series.
    """
    lengths = lengths_of(block)
    if not np.isnan(block).any():
        return block, lengths
    n, channels, steps = block.shape
    rows = np.array(block).reshape(n * channels, steps)
    places = np.arange(steps)
    for k in np.flatnonzero(np.isnan(rows).any(axis=1)):
        known = np.flatnonzero(np.isfinite(rows[k]))
        rows[k] = np.interp(places, known, rows[k, known]) if len(known) else 0.0
    return rows.reshape(n, channels, steps), lengths


def stretched(values: np.ndarray, lengths: np.ndarray, steps: int) -> np.ndarray:
    """Return series without gaps on `steps` steps each, from the first to the last of its own, of shape (n, channels, steps)."""
    if values.shape[2] == steps and (lengths == steps).all():
        return values
    out = np.empty((*values.shape[:2], steps), np.float32)
    for length in np.unique(lengths):
        rows = np.flatnonzero(lengths == length)
        part = values[rows, :, :length].reshape(-1, length)
        out[rows] = resampled(part, steps).reshape(len(rows), values.shape[1], steps)
    return out
