"""A dictionary of whitened patches, and how strongly each entry answers in each part of a picture.

After Coates, Lee and Ng (2011): patches cut at random are freed of brightness, contrast and the correlation of neighbours; some of them
become a dictionary; a picture is described by what its patches have in common with each entry, both ways, beyond a threshold, averaged
over parts of the picture. Nothing here looks at the target.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np

SAMPLED = 40_000  # patches from which brightness, contrast and correlation are learned
CONTRAST = 10 / 255**2  # added to the variance of a patch, so that flat ones do not become noise (Coates et al.: 10 of 255 levels)
FLAT = 0.02  # standard deviation of a patch, of the whole range, below which it is no entry of the dictionary
CHUNK_VALUES = 150_000  # of the answers to some lines of a picture: what a processor keeps at hand


@dataclass(frozen=True)
class PatchEncoder:
    """Whitening and a dictionary.

    Attributes
    ----------
    size, step
        Side of a patch, and pixels from one to the next.
    parts
        Down and across, over which answers are averaged.
    threshold
        What an answer must exceed to count.
    projection, offset
        float32 of shape (patch values, entries) and (entries,): from a normalised patch to answers.
    shape
        Height, width and channels of the pictures.
    """

    size: int
    step: int
    parts: int
    threshold: float
    projection: np.ndarray
    offset: np.ndarray
    shape: tuple[int, ...]

    def __post_init__(self) -> None:
        """Hold the arrays to one another; ValueError where they do not fit."""
        if len(self.shape) != 3 or min(self.size, self.step, self.parts, *self.shape) < 1 or self.size > min(self.shape[:2]):
            raise ValueError("the sizes of a dictionary of patches do not fit its pictures")
        if self.projection.shape != (self.size**2 * self.shape[2], len(self.offset)) or self.projection.dtype.kind != "f":
            raise ValueError("a dictionary of patches does not fit their size")

    @cached_property
    def fingerprint(self) -> str:
        """The same for encoders that make the same of every picture."""
        digest = hashlib.blake2b(f"{self.size} {self.step} {self.parts} {self.threshold} {self.shape}".encode(), digest_size=12)
        for array in (self.projection, self.offset):
            digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()

    @property
    def width(self) -> int:
        """Values of an encoded picture."""
        return 2 * len(self.offset) * self.parts**2

    @classmethod
    def fit(
        cls, pictures: np.ndarray, *, size: int, step: int, parts: int, entries: int, threshold: float, whitening: float, seed: int
    ) -> PatchEncoder:
        """Learn the whitening, and take some patches as dictionary.

        Parameters
        ----------
        pictures : ndarray of uint8, shape (n, height, width, channels)
        whitening : float
            Added to the variance of each direction: smaller ones are drawn out less.
        """
        rng = np.random.default_rng([seed, 3])
        n, height, width, channels = pictures.shape
        size = min(size, height, width)
        places = rng.integers(0, n, SAMPLED), rng.integers(0, height - size + 1, SAMPLED), rng.integers(0, width - size + 1, SAMPLED)
        order = np.argsort(places[0], kind="stable")  # a mapped file is read from front to back
        cut = np.empty((SAMPLED, size, size, channels), np.uint8)
        for k, (i, row, column) in zip(order, zip(*(p[order] for p in places), strict=True), strict=True):
            cut[k] = pictures[i, row : row + size, column : column + size]
        raw = cut.reshape(SAMPLED, -1).astype(np.float32) / 255
        values = raw.copy()
        _normalise(values)
        mean = values.mean(axis=0)
        variances, directions = np.linalg.eigh(np.cov((values - mean).T))
        whiten = (directions / np.sqrt(np.maximum(variances, 0) + whitening)) @ directions.T
        telling = np.flatnonzero(raw.std(axis=1) > FLAT)
        chosen = (telling if len(telling) else np.arange(SAMPLED))[:entries]  # the patches stand in random order already
        dictionary = (values[chosen] - mean) @ whiten
        dictionary /= np.linalg.norm(dictionary, axis=1, keepdims=True) + 1e-9
        projection = (whiten @ dictionary.T).astype(np.float32)
        return cls(size, step, parts, threshold, projection, (-mean @ projection).astype(np.float32), (height, width, channels))

    def transform(self, pictures: np.ndarray) -> np.ndarray:
        """Return float32 of shape (n, width), roots of mean answers."""
        entries = len(self.offset)
        found = np.empty((len(pictures), 2, self.parts**2, entries), np.float32)
        if not len(pictures):
            return found.reshape(0, self.width)
        windows = np.lib.stride_tricks.sliding_window_view(pictures, (self.size, self.size), axis=(1, 2))[:, :: self.step, :: self.step]
        windows = windows.transpose(0, 1, 2, 4, 5, 3)  # channels last, as the dictionary was cut
        down, across = windows.shape[1:3]
        pool = _parts(down, across, self.parts)
        projection = np.concatenate([self.projection, self.offset[None]])  # the last row is for a column of ones
        lines = max(1, min(down, CHUNK_VALUES // (across * entries)))
        patches = np.ones((lines * across, len(projection)), np.float32)
        answers, beyond = np.empty((2, lines * across, entries), np.float32)
        for picture, means in zip(windows, found, strict=True):
            means[:] = -self.threshold  # mean of max(x - t, 0) is mean of max(x, t), less t
            for top in range(0, down, lines):
                chunk = picture[top : top + lines]
                n = len(chunk) * across
                np.divide(chunk.reshape(n, -1), np.float32(255), out=patches[:n, :-1])
                _normalise(patches[:n, :-1])
                seen, part = np.matmul(patches[:n], projection, out=answers[:n]), pool[:, top * across : top * across + n]
                means[0] += part @ np.maximum(seen, self.threshold, out=beyond[:n])
                means[1] -= part @ np.minimum(seen, -self.threshold, out=seen)
        return np.sqrt(np.maximum(found, 0, out=found), out=found).reshape(len(pictures), self.width)


def _normalise(patches: np.ndarray) -> None:
    """Take from patches, in place, their brightness and contrast."""
    patches -= patches.mean(axis=1, keepdims=True)
    patches /= np.sqrt(np.einsum("ij,ij->i", patches, patches)[:, None] / patches.shape[1] + CONTRAST)


def _parts(down: int, across: int, parts: int) -> np.ndarray:
    """Return weights of shape (parts * parts, down * across) that average over equal parts."""
    rows, columns = np.arange(down) * parts // down, np.arange(across) * parts // across
    part = (rows[:, None] * parts + columns).ravel()
    weights = (part == np.arange(parts * parts)[:, None]).astype(np.float32)
    return weights / np.maximum(weights.sum(axis=1, keepdims=True), 1)
