"""Test examples that were learned from too: as they are, or as pictures that were scaled or compressed again."""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd

from automl_assist.preprocessing.features import Features
from automl_assist.preprocessing.pictures import BLOCK

SIDE, COARSE = 24, 8  # of thumbnails that are compared, and of those by which the nearest picture is found
SAME = 3.0  # levels of 255, on the root of the mean square: what compression at a usual quality changes in a thumbnail
FLAT = 4.0  # spread of levels of a picture of one colour, which looks like any other of that colour
AT_A_TIME = 1_000


def repeated(dev: Features, y_dev: np.ndarray, test: Features, y_test: np.ndarray) -> tuple[int, int]:
    """Return how many test examples stand in development too, features and target alike.

    Returns
    -------
    equal : int
        To the last bit; 0 where there are no features.
    alike : int
        Of the others, those equal in target and all columns but that of pictures, whose pictures look the same.
    """
    if not (dev.numbers.shape[1] or dev.categories.shape[1] or dev.texts.shape[1] or dev.blocks):
        return 0, 0
    equal = np.isin(_keys(test, y_test), _keys(dev, y_dev))
    if BLOCK not in dev.blocks or equal.all():
        return int(equal.sum()), 0
    left = np.flatnonzero(~equal)
    beside = _keys(test, y_test, pictures=False)[left]
    alike = _look_the_same(test.blocks[BLOCK][left], beside, dev.blocks[BLOCK], _keys(dev, y_dev, pictures=False))
    return int(equal.sum()), int(alike.sum())


def _keys(features: Features, y: np.ndarray, *, pictures: bool = True) -> np.ndarray:
    """Return a 64-bit key of each example, of shape (n,)."""
    keys = pd.util.hash_array(y)
    for column in (*features.numbers.T, *features.categories.T, *features.texts.T):
        keys = keys * np.uint64(0x9E3779B97F4A7C15) + pd.util.hash_array(np.ascontiguousarray(column), categorize=False)
        keys ^= keys >> np.uint64(29)
    for name, block in features.blocks.items():
        if pictures or name != BLOCK:
            digests = [hashlib.blake2b(np.ascontiguousarray(row).tobytes(), digest_size=8).digest() for row in block]
            keys = keys * np.uint64(31) + np.frombuffer(b"".join(digests), np.uint64)
    return keys


def _look_the_same(new: np.ndarray, new_keys: np.ndarray, known: np.ndarray, known_keys: np.ndarray) -> np.ndarray:
    """Return which new pictures look the same as a known one of their key, bool of shape (n,)."""
    found = np.zeros(len(new), bool)
    known_of = pd.Series(known_keys).groupby(known_keys).indices
    small, known_small = _thumbnails(new), _thumbnails(known)
    coarse, known_coarse = _coarse(small), _coarse(known_small)
    for key, rows in pd.Series(new_keys).groupby(new_keys).indices.items():
        if key in known_of:
            others = known_of[key]
            nearest = others[_nearest(coarse[rows], known_coarse[others])]
            for start in range(0, len(rows), AT_A_TIME):
                part = slice(start, start + AT_A_TIME)
                a, b = (t.astype(np.float32) for t in (small[rows[part]], known_small[nearest[part]]))
                found[rows[part]] = np.sqrt(((a - b) ** 2).mean(axis=(1, 2, 3))) <= SAME
    return found & (coarse.std(axis=1) > FLAT)


def _thumbnails(pictures: np.ndarray) -> np.ndarray:
    """Return small pictures, uint8 of shape (n, SIDE, SIDE, channels) or less."""
    parts = [_means(pictures[k : k + AT_A_TIME], SIDE).round().astype(np.uint8) for k in range(0, len(pictures), AT_A_TIME)]
    return np.concatenate(parts)


def _coarse(thumbnails: np.ndarray) -> np.ndarray:
    """Return the brightness of thumbnails in a few squares, float32 of shape (n, squares)."""
    return _means(thumbnails.mean(axis=3, keepdims=True, dtype=np.float32), COARSE).reshape(len(thumbnails), -1)


def _means(pictures: np.ndarray, side: int) -> np.ndarray:
    """Return means over squares of a grid, float32 of shape (n, side, side, channels); no more than pixels."""
    means = pictures
    for axis in (1, 2):
        size = pictures.shape[axis]
        edges = np.unique(np.linspace(0, size, side, endpoint=False).astype(int))
        widths = np.diff(edges, append=size).astype(np.float32)
        means = np.add.reduceat(means, edges, axis=axis, dtype=np.float32) / np.expand_dims(widths, tuple(range(1, 4 - axis)))
    return np.asarray(means, np.float32)


def _nearest(new: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Return for each new vector the place of the nearest known one."""
    size = (known**2).sum(axis=1)
    parts = [(size - 2 * new[k : k + AT_A_TIME] @ known.T).argmin(axis=1) for k in range(0, len(new), AT_A_TIME)]
    return np.concatenate(parts)
