"""Figures that describe a series: of the whole, of its parts, and of how it moves; nothing is learned, so nothing can leak.

Series are first drawn out to a common number of steps, so that the same place means the same share of each.
"""

from __future__ import annotations

import numpy as np

from automl_assist.preprocessing.features import Features
from automl_assist.preprocessing.series import block_of, filled, stretched

PARTS = 8  # of which mean, spread and slope are taken
LAGS = (1, 2, 4, 8, 16)
BANDS = 8  # of frequencies, each twice as wide as the one before
MOST_PAIRS = 15  # of channels, whose correlation is taken
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
# QUANT (Dempster, Schmidt and Webb 2024): depths of dyadic intervals, one quantile for each four values of an interval
MOST_DEPTH, VALUES_A_QUANTILE = 6, 4
SMOOTHED = 5  # steps of the moving mean over first differences
MOST_QUANTILES = 24_000  # figures of a series; longer series are averaged first, so that they fit
TINY = 1e-9


def summaries(features: Features) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return figures of each series and their names: float32 of shape (n, p)."""
    values, lengths = filled(block_of(features))
    x = stretched(values, lengths, values.shape[2])
    parts: list[tuple[str, np.ndarray]] = [*_of_levels(x), *_of_parts(x), *_of_moves(x)]
    names, columns = [], []
    for name, array in parts:
        for c in range(array.shape[1]):
            names.append(f"{name} of channel {c + 1}" if array.shape[1] > 1 or x.shape[1] > 1 else name)
            columns.append(array[:, c])
    for (a, b), column in _of_pairs(x):
        names.append(f"channels {a + 1} and {b + 1} together")
        columns.append(column)
    matrix = np.nan_to_num(np.column_stack(columns), nan=0.0, posinf=0.0, neginf=0.0)
    return np.ascontiguousarray(matrix, np.float32), tuple(names)


def _of_levels(x: np.ndarray) -> list[tuple[str, np.ndarray]]:
    """Return figures of the values, whatever their order; each array of shape (n, channels)."""
    mean, spread = x.mean(axis=2), x.std(axis=2)
    scaled = (x - mean[:, :, None]) / np.maximum(spread, TINY)[:, :, None]
    quantiles = np.quantile(x, QUANTILES, axis=2)
    found = [("mean", mean), ("spread", spread), ("smallest", x.min(axis=2)), ("largest", x.max(axis=2))]
    found += [(f"quantile {q:g}", one) for q, one in zip(QUANTILES, quantiles, strict=True)]
    found += [("skewness", (scaled**3).mean(axis=2)), ("peakedness", (scaled**4).mean(axis=2))]
    return [*found, ("first", x[:, :, 0]), ("last", x[:, :, -1])]


def _of_parts(x: np.ndarray) -> list[tuple[str, np.ndarray]]:
    """Return mean, spread and slope of equal parts of the series, and where its ends lie."""
    steps = x.shape[2]
    found = [("place of the smallest", x.argmin(axis=2) / steps), ("place of the largest", x.argmax(axis=2) / steps)]
    for k, part in enumerate(np.array_split(np.arange(steps), min(PARTS, steps)), 1):
        piece = x[:, :, part[0] : part[-1] + 1]
        found += [(f"mean of part {k}", piece.mean(axis=2)), (f"spread of part {k}", piece.std(axis=2))]
        found.append((f"change over part {k}", piece[:, :, -1] - piece[:, :, 0]))
    return found


def _of_moves(x: np.ndarray) -> list[tuple[str, np.ndarray]]:
    """Return trend, roughness, turns, likeness to itself a few steps later, and shares of frequencies."""
    steps = x.shape[2]
    centred = x - x.mean(axis=2, keepdims=True)
    energy = np.maximum((centred**2).sum(axis=2), TINY)
    place = np.linspace(-1, 1, steps)
    found = [("trend", (centred * place).sum(axis=2) / max(float((place**2).sum()), TINY))]
    if steps > 2:
        move = np.diff(x, axis=2)
        found += [("size of steps", np.abs(move).mean(axis=2)), ("spread of steps", move.std(axis=2))]
        found += [("largest step up", move.max(axis=2)), ("largest step down", move.min(axis=2))]
        found.append(("turns", (move[:, :, 1:] * move[:, :, :-1] < 0).mean(axis=2)))
        found.append(("crossings of the mean", (centred[:, :, 1:] * centred[:, :, :-1] < 0).mean(axis=2)))
    found += [
        (f"likeness {lag} steps later", (centred[:, :, lag:] * centred[:, :, :-lag]).sum(axis=2) / energy) for lag in LAGS if lag < steps
    ]
    power = np.abs(np.fft.rfft(centred, axis=2))[:, :, 1:] ** 2
    total, low = np.maximum(power.sum(axis=2), TINY), 0
    for k in range(BANDS):
        high = max(low + 1, round(power.shape[2] / 2 ** (BANDS - 1 - k)))
        if low < power.shape[2]:
            found.append((f"frequencies {k + 1}", power[:, :, low:high].sum(axis=2) / total))
        low = high
    if power.shape[2]:
        found.append(("strongest frequency", power.argmax(axis=2) / power.shape[2]))
    return found


def _of_pairs(x: np.ndarray) -> list[tuple[tuple[int, int], np.ndarray]]:
    channels = x.shape[1]
    pairs = [(a, b) for a in range(channels) for b in range(a + 1, channels)][:MOST_PAIRS]
    centred = x - x.mean(axis=2, keepdims=True)
    spread = np.maximum(np.sqrt((centred**2).mean(axis=2)), TINY)
    return [((a, b), (centred[:, a] * centred[:, b]).mean(axis=1) / (spread[:, a] * spread[:, b])) for a, b in pairs]


def interval_quantiles(features: Features) -> np.ndarray:
    """Return quantiles over dyadic intervals of each series, its moves, their moves and its frequencies: float32 of shape (n, p)."""
    values, lengths = filled(block_of(features))
    channels, steps = values.shape[1:]
    most = max(8, MOST_QUANTILES // (10 * channels))
    x = stretched(values, lengths, min(steps, most))
    columns = []
    for seen in _representations(x):
        columns += [_quantiles(seen[:, :, start:end]) for start, end in intervals(seen.shape[2])]
    return np.ascontiguousarray(np.concatenate(columns, axis=1), np.float32)


def _representations(x: np.ndarray) -> list[np.ndarray]:
    seen = [x]
    if x.shape[2] > 2:
        move = np.diff(x, axis=2)
        seen += [_smoothed(move), np.diff(move, axis=2)]
    if x.shape[2] > 1:
        seen.append(np.abs(np.fft.rfft(x, axis=2)).astype(np.float32))
    return seen


def _smoothed(x: np.ndarray) -> np.ndarray:
    """Return moving means over five steps; the ends count as often as needed."""
    half = SMOOTHED // 2
    padded = np.pad(x, ((0, 0), (0, 0), (half, half)), mode="edge")
    running = np.concatenate([np.zeros((*x.shape[:2], 1)), np.cumsum(padded, axis=2, dtype=np.float64)], axis=2)
    return ((running[:, :, SMOOTHED:] - running[:, :, :-SMOOTHED]) / SMOOTHED).astype(np.float32)


def intervals(length: int) -> list[tuple[int, int]]:
    """Return dyadic intervals of so many values: halves, quarters and so on, and the same moved by half of one."""
    found = []
    for depth in range(min(MOST_DEPTH, int(np.log2(max(length, 1))) + 1)):
        edges = np.linspace(0, length, 2**depth + 1).astype(int)
        found += list(zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True))
        if depth:
            half = int(np.ceil(np.diff(edges).min() / 2))
            found += [(a + half, b + half) for a, b in zip(edges[:-2].tolist(), edges[1:-1].tolist(), strict=True)]
    return [(a, b) for a, b in dict.fromkeys(found) if a < b <= length]


def _quantiles(piece: np.ndarray) -> np.ndarray:
    """Return quantiles of an interval, of every second one its distance from the mean: (n, channels, m) -> (n, channels * q)."""
    length = piece.shape[2]
    number = 1 + (length - 1) // VALUES_A_QUANTILE
    if number == 1:
        return np.median(piece, axis=2)
    ordered = np.sort(piece, axis=2)
    at = np.linspace(0, length - 1, number)
    left = np.floor(at).astype(int)
    part = (at - left).astype(np.float32)
    found = ordered[:, :, left] * (1 - part) + ordered[:, :, np.minimum(left + 1, length - 1)] * part
    found[:, :, 1::2] -= piece.mean(axis=2, keepdims=True)
    return found.reshape(len(piece), piece.shape[1] * number)
