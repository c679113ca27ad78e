"""Directions of edges, colours, and a thumbnail: what a picture is like in each of its parts, without anything learned.

After Dalal and Triggs (2005): edges vote for their direction in each cell, four neighbouring cells are normalised together.
"""

from __future__ import annotations

import numpy as np

DIRECTIONS = 9  # within half a turn
GRIDS = (4, 8)  # cells down and across
CLIPPED = 0.2  # share of one direction within a block, beyond which it counts no more
QUIET = 1e-2  # added to the energy of a block
LEVELS = 4  # of each colour channel, 64 colours
GREYS = 16
COLOUR_GRIDS = (1, 2)
THUMBNAIL = 8
CHUNK = 256  # pictures


def gradient_features(pictures: np.ndarray) -> np.ndarray:
    """Return float32 of shape (n, w) for uint8 pictures of shape (n, height, width, channels)."""
    parts = [_of_chunk(pictures[start : start + CHUNK]) for start in range(0, max(len(pictures), 1), CHUNK)]
    return np.concatenate(parts)


def _of_chunk(pictures: np.ndarray) -> np.ndarray:
    n, height, width, _ = pictures.shape
    values = pictures.astype(np.float32) / 255
    votes = _votes(values)
    found = []
    for grid in GRIDS:
        down, across = min(grid, height), min(grid, width)
        cells = _pooled(votes, down, across)
        blocks = np.concatenate(
            [cells[:, i : down - 1 + i or None, j : across - 1 + j or None][:, : down - 1, : across - 1] for i in (0, 1) for j in (0, 1)],
            axis=3,
        )
        blocks /= np.sqrt((blocks**2).sum(axis=3, keepdims=True) + QUIET)
        found.append(np.minimum(blocks, CLIPPED).reshape(n, -1))
    found.append(_pooled(values, min(THUMBNAIL, height), min(THUMBNAIL, width)).reshape(n, -1))
    found.append(_colours(pictures))
    return np.concatenate(found, axis=1).astype(np.float32)


def _votes(values: np.ndarray) -> np.ndarray:
    """Return how strong the edge at each pixel is in each direction, of shape (n, height, width, DIRECTIONS)."""
    across, down = np.zeros_like(values), np.zeros_like(values)
    across[:, :, 1:-1] = values[:, :, 2:] - values[:, :, :-2]
    down[:, 1:-1] = values[:, 2:] - values[:, :-2]
    strength = np.hypot(across, down)
    channel = strength.argmax(axis=3)[..., None]
    across, down, strength = (np.take_along_axis(a, channel, 3)[..., 0] for a in (across, down, strength))
    turn = np.arctan2(down, across) / np.pi % 1 * DIRECTIONS
    lower = np.floor(turn)
    share = (turn - lower)[..., None]
    votes = np.zeros((*strength.shape, DIRECTIONS), np.float32)
    first = lower.astype(np.int64)[..., None] % DIRECTIONS
    np.put_along_axis(votes, first, strength[..., None] * (1 - share), 3)
    np.put_along_axis(votes, (first + 1) % DIRECTIONS, strength[..., None] * share, 3)
    return votes


def _pooled(values: np.ndarray, down: int, across: int) -> np.ndarray:
    """Return means over cells, of shape (n, down, across, k)."""
    rows, columns = _starts(values.shape[1], down), _starts(values.shape[2], across)
    sums = np.add.reduceat(np.add.reduceat(values, rows, axis=1), columns, axis=2)
    sizes = np.diff([*rows, values.shape[1]])[:, None] * np.diff([*columns, values.shape[2]])
    return sums / sizes[None, :, :, None].astype(np.float32)


def _starts(length: int, parts: int) -> np.ndarray:
    return np.arange(parts) * length // parts


def _colours(pictures: np.ndarray) -> np.ndarray:
    """Return roots of the shares of colours, in the whole picture and in its quarters."""
    n, height, width, channels = pictures.shape
    if channels == 3:
        level = (pictures // (256 // LEVELS)).astype(np.int64)
        code, number = (level[..., 0] * LEVELS + level[..., 1]) * LEVELS + level[..., 2], LEVELS**3
    else:
        code, number = (pictures[..., 0] // (256 // GREYS)).astype(np.int64), GREYS
    found = []
    for grid in COLOUR_GRIDS:
        for i in range(grid):
            for j in range(grid):
                part = code[:, i * height // grid : (i + 1) * height // grid, j * width // grid : (j + 1) * width // grid].reshape(n, -1)
                offset = part + number * np.arange(n)[:, None]
                counts = np.bincount(offset.ravel(), minlength=n * number).reshape(n, number)
                found.append(np.sqrt(counts / max(part.shape[1], 1)))
    return np.concatenate(found, axis=1)
