"""Thousands of small convolutions of a series, each summed up in one figure.

Two kinds. Fixed kernels with weights -1 and 2, of which the share of positive places is taken (MiniRocket, Dempster, Schmidt and Webb
2021); and groups of random kernels that compete at each place, of which wins are counted (Hydra, Dempster, Schmidt and Webb 2023). Both
look at the series and at its moves, at several dilations. Values are rounded and weights are whole, so that sums in 32 bits are exact and
a series has the same figures alone and among others.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

TAPS = 9
TRIPLES = tuple(itertools.combinations(range(TAPS), 3))  # where a fixed kernel has the weight 2: 84 ways
COMPETING = 8  # kernels of a group
MOST_DILATIONS = 8
MOST_CHANNELS = 9  # that one kernel looks at
FINE, FINE_MOST = 2.0**11, 16.0  # rounding and bound of values for fixed kernels: 9 x 9 x 2 x 16 x 2**11 stays below 2**24
COARSE, COARSE_MOST, LARGEST_WEIGHT = 2.0**8, 8.0, 31  # and for random ones: 9 x 9 x 31 x 8 x 2**8 does too
MOST_VALUES = 12_000_000  # of the largest array at a time: 48 MB
GOLDEN = (np.sqrt(5) - 1) / 2


@dataclass(frozen=True)
class FixedKernels:
    """Fixed kernels of one view of the series.

    Attributes
    ----------
    moves
        Whether they look at first differences.
    dilations
        int64 of shape (d,).
    looks
        uint8 of shape (d, 84, channels): which channels a kernel sums up.
    cuts
        float32 of shape (d, 84, b): places above a cut are counted.
    """

    moves: bool
    dilations: np.ndarray
    looks: np.ndarray
    cuts: np.ndarray

    def __post_init__(self) -> None:
        """Hold the arrays to one another; ValueError where they do not fit."""
        d = len(self.dilations)
        if self.looks.shape[:2] != (d, len(TRIPLES)) or self.cuts.shape[:2] != (d, len(TRIPLES)) or self.cuts.ndim != 3 or d < 1:
            raise ValueError("the kernels of a series do not fit one another")
        if self.looks.ndim != 3 or self.dilations.min() < 1 or not np.isfinite(self.cuts).all():
            raise ValueError("the kernels of a series are not what they should be")

    @property
    def width(self) -> int:
        """Number of figures."""
        return int(self.cuts.size)

    @classmethod
    def fit(cls, values: np.ndarray, lengths: np.ndarray, moves: bool, figures: int, rng: np.random.Generator) -> FixedKernels:
        """Draw the channels of each kernel, and take cuts from what its convolution gives on some of the series."""
        x, lengths = _view(values, lengths, moves, FINE, FINE_MOST)
        dilations = _dilations(x.shape[2])
        looks = np.stack([_looks(len(TRIPLES), x.shape[1], rng) for _ in dilations])
        each = max(1, round(figures / (len(dilations) * len(TRIPLES))))
        cuts = np.empty((len(dilations), len(TRIPLES), each), np.float32)
        some = rng.permutation(len(x))[: min(len(x), 32)]
        for d, dilation in enumerate(dilations):
            answers = _convolved(x[some], _weights(looks[d]), int(dilation))
            inside = np.arange(x.shape[2]) < lengths[some][:, None]
            for k in range(len(TRIPLES)):
                # quantiles spread evenly by the golden ratio, each of a series of its own
                levels = (np.arange(1, each + 1) * GOLDEN + k * GOLDEN**2 + d * GOLDEN**3) % 1
                rows = rng.integers(0, len(some), each)
                cuts[d, k] = [np.quantile(answers[r, k][inside[r]], level) for r, level in zip(rows, levels, strict=True)]
        return cls(moves, dilations, looks, cuts)

    def transform(self, values: np.ndarray, lengths: np.ndarray) -> np.ndarray:
        """Return the share of places above each cut, float32 of shape (n, width)."""
        x, lengths = _view(values, lengths, self.moves, FINE, FINE_MOST)
        out = np.empty((len(x), len(self.dilations), *self.cuts.shape[1:]), np.float32)
        for rows in _chunks(len(x), len(TRIPLES) * x.shape[2]):
            outside = np.arange(x.shape[2]) >= lengths[rows][:, None]
            for d, dilation in enumerate(self.dilations):
                answers = _convolved(x[rows], _weights(self.looks[d]), int(dilation))
                if outside.any():
                    np.copyto(answers, -np.inf, where=outside[:, None, :])
                out[rows, d] = _above(answers, self.cuts[d]) / lengths[rows][:, None, None]
        return out.reshape(len(x), self.width)


@dataclass(frozen=True)
class CompetingKernels:
    """Groups of random kernels of one view of the series.

    Attributes
    ----------
    moves
        Whether they look at first differences.
    dilations
        int64 of shape (d,).
    weights
        int8 of shape (d, groups * 8, channels, 9).
    """

    moves: bool
    dilations: np.ndarray
    weights: np.ndarray

    def __post_init__(self) -> None:
        """Hold the arrays to one another; ValueError where they do not fit."""
        shape = self.weights.shape
        if len(shape) != 4 or shape[0] != len(self.dilations) or shape[1] % COMPETING or not shape[1] or shape[3] != TAPS:
            raise ValueError("the kernels of a series do not fit one another")
        if self.dilations.min() < 1:
            raise ValueError("a dilation is at least 1")

    @property
    def width(self) -> int:
        """Number of figures: two for each kernel."""
        return 2 * self.weights.shape[0] * self.weights.shape[1]

    @classmethod
    def draw(cls, channels: int, steps: int, moves: bool, groups: int, rng: np.random.Generator) -> CompetingKernels:
        """Draw the weights, for series of so many channels and steps."""
        dilations = _dilations(steps - moves)
        drawn = rng.normal(size=(len(dilations), groups * COMPETING, 1, TAPS))
        drawn -= drawn.mean(axis=3, keepdims=True)
        drawn /= np.abs(drawn).max(axis=3, keepdims=True)
        looks = np.stack([_looks(groups, channels, rng).repeat(COMPETING, axis=0) for _ in dilations])
        return cls(moves, dilations, np.rint(drawn * LARGEST_WEIGHT * looks[..., None]).astype(np.int8))

    def transform(self, values: np.ndarray, lengths: np.ndarray) -> np.ndarray:
        """Return roots of what winners add up to and of how often each is last, float32 of shape (n, width)."""
        x, lengths = _view(values, lengths, self.moves, COARSE, COARSE_MOST)
        d, kernels = self.weights.shape[:2]
        out = np.empty((len(x), d, 2, kernels), np.float32)
        for rows in _chunks(len(x), 2 * kernels * x.shape[2]):
            inside = (np.arange(x.shape[2]) < lengths[rows][:, None]).astype(np.float32)
            for k, dilation in enumerate(self.dilations):
                answers = _convolved(x[rows], self.weights[k].astype(np.float32), int(dilation))
                grouped = answers.reshape(len(answers), kernels // COMPETING, COMPETING, x.shape[2])
                most, least = grouped.max(axis=2, keepdims=True), grouped.min(axis=2, keepdims=True)
                won = np.einsum("ngkt,ngt->ngk", grouped == most, most[:, :, 0] * inside[:, None] / LARGEST_WEIGHT, optimize=False)
                last = np.einsum("ngkt,nt->ngk", grouped == least, inside, optimize=False)
                out[rows, k, 0], out[rows, k, 1] = won.reshape(len(won), -1), last.reshape(len(won), -1)
        return np.sqrt(np.maximum(out.reshape(len(x), self.width), 0.0))


def _dilations(steps: int) -> np.ndarray:
    """Return spreads of a kernel's taps, in equal ratios from 1 to where it spans the series."""
    most = max(0.0, np.log2(max(steps - 1, 1) / (TAPS - 1)))
    number = min(MOST_DILATIONS, int(most) + 1 + int(most > 0))
    return np.unique(np.floor(2.0 ** np.linspace(0, most, max(1, number))).astype(np.int64))


def _looks(kernels: int, channels: int, rng: np.random.Generator) -> np.ndarray:
    """Return which channels each kernel looks at, uint8 of shape (kernels, channels): one, some or all up to nine, few more often."""
    looks = np.zeros((kernels, channels), np.uint8)
    most = min(channels, MOST_CHANNELS)
    number = np.floor(2 ** rng.uniform(0, np.log2(most + 1), kernels)).astype(int).clip(1, most)
    for k in range(kernels):
        looks[k, rng.permutation(channels)[: number[k]]] = 1
    return looks


def _weights(looks: np.ndarray) -> np.ndarray:
    """Return the weights of all fixed kernels, float32 of shape (84, channels, 9)."""
    weights = np.full((len(TRIPLES), 1, TAPS), -1, np.float32)
    for k, triple in enumerate(TRIPLES):
        weights[k, 0, list(triple)] = 2
    return weights * looks[:, :, None]


def _view(values: np.ndarray, lengths: np.ndarray, moves: bool, fine: float, most: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the series or its moves, rounded and bounded, zero behind their end, and the lengths."""
    x = values
    if moves and values.shape[2] > 1:
        x, lengths = np.diff(values, axis=2), np.maximum(lengths - 1, 1)
    x = np.rint(np.clip(x, -most, most) * np.float32(fine)) / np.float32(fine)
    outside = np.arange(x.shape[2]) >= lengths[:, None]
    if outside.any():
        x = np.where(outside[:, None, :], np.float32(0), x)
    return np.ascontiguousarray(x, np.float32), lengths


def _convolved(x: np.ndarray, weights: np.ndarray, dilation: int) -> np.ndarray:
    """Return float32 of shape (n, kernels, steps), the series continued by zeros: (n, channels, steps), (kernels, channels, 9)."""
    n, channels, steps = x.shape
    reach = dilation * (TAPS // 2)
    padded = np.pad(x, ((0, 0), (0, 0), (reach, reach)))
    taps = np.stack([padded[:, :, k * dilation : k * dilation + steps] for k in range(TAPS)], axis=2)
    return np.asarray(weights.reshape(len(weights), channels * TAPS) @ taps.reshape(n, channels * TAPS, steps), np.float32)


def _above(answers: np.ndarray, cuts: np.ndarray) -> np.ndarray:
    """Return how many of the last axis lie above each cut: (n, k, t), (k, b) -> (n, k, b), by halving in the ordered values."""
    ordered = np.sort(answers, axis=2)
    steps = answers.shape[2]
    low = np.zeros((len(answers), *cuts.shape), np.int64)
    high = np.full_like(low, steps)
    for _ in range(int(np.ceil(np.log2(steps + 1)))):
        middle = (low + high) // 2
        right = np.take_along_axis(ordered, np.minimum(middle, steps - 1), axis=2) > cuts
        going = low < high
        high = np.where(going & right, middle, high)
        low = np.where(going & ~right, middle + 1, low)
    return steps - low


def _chunks(rows: int, values: int) -> list[slice]:
    size = max(1, MOST_VALUES // max(values, 1))
    return [slice(start, start + size) for start in range(0, rows, size)]
