"""Numbers for models that need them complete and of one scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from automl_assist.preprocessing.choices import Choices

QUARTILES = (0.25, 0.5, 0.75)
LARGEST = 1e9  # scaled values beyond it are as good as infinite


@dataclass(frozen=True)
class ScaledNumbers:
    """Complete numbers of one scale, and a column of 0 and 1 where values were missing in training.

    Attributes
    ----------
    fill, centre, scale
        float64 of shape (p,): what stands in for a missing value; values become (value - centre) * scale. For ``robust`` the scale is
        1 / (75 % - 25 %) of the fold, or 2 / range where that is 0, or 0 for a constant.
    clipped
        bool of shape (p,): whether values are drawn smoothly into (-clip, clip).
    ranked
        int64 positions of the columns that become the normal score of their rank instead.
    quantiles
        float64 of shape (len(ranked), r), rising: what ranks are read from.
    indicators
        int64 positions of the columns that get an indicator.
    clip
        Within which scaled values stay, on both sides of 0.
    """

    fill: np.ndarray
    centre: np.ndarray
    scale: np.ndarray
    clipped: np.ndarray
    ranked: np.ndarray
    quantiles: np.ndarray
    indicators: np.ndarray
    clip: float

    def __post_init__(self) -> None:
        """Hold the arrays to one another; ValueError where they do not fit."""
        width = self.fill.shape
        if len(width) != 1 or any(a.shape != width for a in (self.centre, self.scale, self.clipped)) or self.indicators.ndim != 1:
            raise ValueError("fill, centre, scale and clip need one entry a column")
        for positions in (self.indicators, self.ranked):
            if positions.dtype.kind != "i" or (len(positions) and not 0 <= positions.min() <= positions.max() < width[0]):
                raise ValueError("a scale or an indicator refers to a column that is not there")
        if self.clipped.dtype.kind != "b" or self.quantiles.shape[:1] != self.ranked.shape or self.quantiles.ndim != 2:
            raise ValueError("every ranked column needs its quantiles")
        if not (self.clip > 0 and self.quantiles.shape[1] > 1):
            raise ValueError("numbers need a clip above 0, and two quantiles or more")

    @classmethod
    def fit(
        cls, numbers: np.ndarray, names: Sequence[str] = (), choices: Choices | None = None, *, even: Sequence[int] | np.ndarray = ()
    ) -> ScaledNumbers:
        """Learn from float numbers of shape (n, p); NaN is missing, and a whole column may be.

        Parameters
        ----------
        names : sequence of str, optional
            Of the columns, for `choices`.
        choices : Choices, optional
            By default every column is scaled robustly, filled with its median and flagged where cells are missing.
        even : positions of columns, optional
            Without long tails, whatever is chosen: these are divided by their standard deviation.
        """
        reach = (choices or Choices("linear")).numbers
        low, median, high, least, most, missing = _order_statistics(numbers)
        scales, fills, flags = _chosen(numbers.shape[1], names, choices)
        for k in even:
            scales[k] = "standard"
        mean, sd = _moments(numbers) if {"standard"} & {*scales} or {"mean"} & {*fills} else (median, np.zeros_like(median))
        extent = most - least
        usual = np.zeros_like(extent)
        np.divide(2.0, extent, out=usual, where=extent > 0)
        np.divide(1.0, high - low, out=usual, where=high - low > 0)
        of_scale = {
            "robust": (median, usual),
            "quantile": (median, usual),
            "standard": (mean, _inverse(sd)),
            "range": (least, _inverse(extent)),
            "none": (np.zeros_like(median), np.ones_like(median)),
        }
        of_fill = {"median": median, "mean": mean, "zero": np.zeros_like(median)}
        every = np.arange(numbers.shape[1])
        centre, scale, fill = np.zeros(len(every)), np.zeros(len(every)), np.zeros(len(every))
        for name, (middle, factor) in of_scale.items():
            mine = np.array([s == name for s in scales], bool)
            centre[mine], scale[mine] = middle[mine], factor[mine]
        for name, value in of_fill.items():
            mine = np.array([f == name for f in fills], bool)
            fill[mine] = value[mine]
        scale[~np.isfinite(scale)] = 0.0
        ranked = np.array([k for k in every if scales[k] == "quantile"], np.int64)
        gapped = (missing > 0) & (missing < len(numbers)) & np.array(flags, bool)
        return cls(
            fill, centre, scale, np.array([s == "robust" for s in scales], bool), ranked,
            _quantiles(numbers, ranked, int(reach["ranks"])), np.flatnonzero(gapped).astype(np.int64), float(reach["clip"]),
        )  # fmt: skip

    @property
    def width(self) -> int:
        """Number of columns that are scaled."""
        return len(self.fill)

    def transform(self, numbers: np.ndarray) -> np.ndarray:
        """Return scaled numbers, float32 of shape (n, p)."""
        filled = np.where(np.isnan(numbers), self.fill, numbers)
        with np.errstate(over="ignore", invalid="ignore"):  # a value beyond all others may overflow: it becomes the clip's limit
            scaled = np.clip((filled - self.centre) * self.scale, -LARGEST, LARGEST)
        scaled[np.isnan(scaled)] = 0.0
        if self.clipped.all():
            return smooth_clip(scaled, self.clip).astype(np.float32)
        scaled[:, self.clipped] = smooth_clip(scaled[:, self.clipped], self.clip)
        for k, quantiles in zip(self.ranked, self.quantiles, strict=True):
            scaled[:, k] = _normal_score(filled[:, k], quantiles)
        return scaled.astype(np.float32)

    def indicate(self, numbers: np.ndarray) -> np.ndarray:
        """Return 1 where a value is missing, float32 of shape (n, number of indicators)."""
        return np.isnan(numbers[:, self.indicators]).astype(np.float32)


def smooth_clip(values: np.ndarray, clip: float) -> np.ndarray:
    """Return values drawn smoothly into (-clip, clip), in their order, as RealMLP does it (Holzmüller et al. 2024)."""
    return values / np.sqrt(1 + (values / clip) ** 2)


def _chosen(width: int, names: Sequence[str], choices: Choices | None) -> tuple[list[str], list[str], list[bool]]:
    if choices is None or not names:
        return ["robust"] * width, ["median"] * width, [True] * width
    missing = [choices.missing(name) for name in names]
    return [choices.scale(name) for name in names], [fill for fill, _ in missing], [flagged for _, flagged in missing]


def _inverse(values: np.ndarray) -> np.ndarray:
    return np.divide(1.0, values, out=np.zeros_like(values), where=values > 0)


def _moments(numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and standard deviation of each column, over what is there."""
    there = ~np.isnan(numbers)
    count = np.maximum(there.sum(axis=0), 1)
    values = np.where(there, numbers.astype(np.float64), 0.0)
    mean = values.sum(axis=0) / count
    return mean, np.sqrt((np.where(there, values - mean, 0.0) ** 2).sum(axis=0) / count)


def _quantiles(numbers: np.ndarray, ranked: np.ndarray, ranks: int) -> np.ndarray:
    levels = np.linspace(0, 1, ranks)
    found = np.zeros((len(ranked), ranks))
    for place, k in enumerate(ranked):
        there = numbers[~np.isnan(numbers[:, k]), k].astype(np.float64)
        if len(there):
            found[place] = np.quantile(there, levels)
    return found


def _normal_score(values: np.ndarray, quantiles: np.ndarray) -> np.ndarray:
    """Return the normal score of the rank of values; equal quantiles share the middle of their ranks."""
    from scipy.special import ndtri

    levels = np.linspace(0, 1, len(quantiles))
    below, above = np.interp(values, quantiles, levels), 1 - np.interp(-values, -quantiles[::-1], levels)
    return ndtri(np.clip((below + above) / 2, 1e-3, 1 - 1e-3))


def _order_statistics(numbers: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return the quartiles, extremes and number of missing cells of each column; a column of NaN alone gives zeros."""
    rows, columns = numbers.shape
    if rows == 0:
        return tuple(np.zeros(columns) for _ in range(6))
    ordered = np.sort(numbers.astype(np.float64), axis=0)  # NaN goes last
    there = (~np.isnan(ordered)).sum(axis=0)
    last = np.maximum(there - 1, 0)
    every = np.arange(columns)
    found = []
    for level in QUARTILES:
        place = level * last
        below = np.floor(place).astype(int)
        a, b = ordered[below, every], ordered[np.minimum(below + 1, last), every]
        found.append(a + (b - a) * (place - below))
    statistics = [*found, ordered[0], ordered[last, every]]
    return (*(np.where(there > 0, s, 0.0) for s in statistics), rows - there)
