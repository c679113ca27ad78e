"""A look at the pictures that a table names: how large they are, whether they have colours, whether their mirror images look alike."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from automl_assist.schema import CLASSIFICATION, Column, Guess, Reading
from automl_assist.sources import Pictures, Shape, fitted, folder_of, open_shelf, read_pictures, white_of

if TYPE_CHECKING:
    from PIL import Image

MOST_LOOKED_AT = 3_000  # pictures: a share of one in a hundred is then known to about a fifth of itself
MOST_BYTES = 120_000_000  # of the files that are looked at, a few seconds of decoding
FEWEST_LOOKED_AT = 100
SIZED = 20  # files whose sizes say how many can be looked at
SIDE = 24  # of a thumbnail, pixels
FINE = 48  # of what its sharpness is measured on: as large as what networks see, so that what is blurred there is blurred for them
EDGES, RANGE = 0.98, (0.01, 0.99)  # quantiles: of the strength of lines, so that a smooth background does not count, and of brightness
COLOURLESS = 2.0  # mean difference between the channels of a picture that has no colours, of 255
MOST_COMPARED = 1_500  # pictures in the comparison with mirror images
MIRROR_SIDE = 12
RIDGE = 0.1  # of the mean eigenvalue
FEWEST_COMPARED = 60


@dataclass(frozen=True)
class Looked:
    """Thumbnails of some pictures.

    Attributes
    ----------
    rows
        Places among the names that were given, ascending, of shape (n,).
    thumbnails
        uint8 of shape (n, SIDE, SIDE, 3); zeros where a picture could not be decoded.
    there
        Whether it could, of shape (n,).
    sizes
        Height and width, of shape (n, 2).
    sharpness
        How sudden the sharpest lines are, as a share of the range of brightness, of shape (n,).
    brightest
        The largest value of a grey picture of 16 bits among them, 0 where there is none.
    reasons
        What was wrong with those that could not be decoded, the most frequent first.
    """

    rows: np.ndarray
    thumbnails: np.ndarray
    there: np.ndarray
    sizes: np.ndarray
    sharpness: np.ndarray
    brightest: int
    reasons: tuple[str, ...]


def look_at(reading: Reading, cells: pd.Series) -> Looked:
    """Return thumbnails of the pictures that `cells` name, or of a sample of them that does not depend on their order."""
    named = [cell if isinstance(cell, str) and cell.strip() else None for cell in cells]
    places, found = _look(str(folder_of(reading)), tuple(sorted({name for name in named if name})))
    known = [(k, places[name]) for k, name in enumerate(named) if name in places]
    rows, which = (np.array([pair[side] for pair in known], np.int64) for side in (0, 1))
    pixels, there, sizes, measured = (of_all[which] for of_all in (found.pixels, found.there, found.sizes, found.measured))
    return Looked(rows, pixels, there, sizes, measured, int(found.brightest.max(initial=0)), tuple(found.why))


@functools.lru_cache(maxsize=4)
def _look(place: str, names: tuple[str, ...]) -> tuple[dict[str, int], Pictures]:
    """Return some of the names with their places among the pictures, and the pictures, their sharpness measured."""
    most = _affordable(Path(place), names)
    chosen = names
    if len(names) > most:
        chosen = tuple(names[int(k)] for k in np.sort(np.random.default_rng(0).permutation(len(names))[:most]))
    shape = Shape(SIDE, SIDE, 3)
    found = read_pictures(Path(place), chosen, shape, strict=False, measure=_sharpness)
    if found.brightest.any():  # cameras of 12 bits write files of 16: only all pictures together tell what is white
        white = white_of(int(found.brightest.max()))
        found = read_pictures(Path(place), chosen, replace(shape, white=white), strict=False, measure=_sharpness)
    return {name: k for k, name in enumerate(chosen)}, found


def _sharpness(image: Image.Image) -> float:
    """Return the strongest second differences of brightness, as a share of its range."""
    grey = fitted(image, Shape(FINE, FINE, 1))[:, :, 0].astype(np.float32)
    lines = np.abs(4 * grey[1:-1, 1:-1] - grey[:-2, 1:-1] - grey[2:, 1:-1] - grey[1:-1, :-2] - grey[1:-1, 2:])
    low, high = np.quantile(grey, RANGE)
    return float(np.quantile(lines, EDGES) / max(high - low, 1.0))


def _affordable(place: Path, names: Sequence[str]) -> int:
    """Return how many of the files can be looked at in a few seconds."""
    sizes = []
    with open_shelf(place) as shelf:
        for k in np.linspace(0, len(names) - 1, min(SIZED, len(names))).astype(int):
            size = shelf.size(names[int(k)])
            if size:
                sizes.append(size)
    mean = float(np.mean(sizes)) if sizes else 1.0
    return int(min(MOST_LOOKED_AT, max(FEWEST_LOOKED_AT, MOST_BYTES / max(mean, 1.0))))


def picture_facts(
    reading: Reading, columns: Sequence[Column], frame: pd.DataFrame, target: Guess | None, task: Guess | None
) -> dict[str, Any]:
    """Return by column of pictures what they are like; plain JSON data, empty without such columns."""
    found: dict[str, Any] = {}
    for column in columns:
        if column.kind == "image" and (target is None or column.name != target.name):
            looked = look_at(reading, frame[column.name])
            truth = None if target is None or task is None else frame[target.name].iloc[looked.rows]
            found[column.name] = _facts(looked, truth, task.name if task else "")
    return {"pictures": found} if found else {}


def _facts(looked: Looked, truth: pd.Series | None, task: str) -> dict[str, Any]:
    there, sizes = looked.there, looked.sizes[looked.there]
    facts: dict[str, Any] = {"looked_at": len(there), "unreadable": int((~there).sum())}
    if looked.reasons:
        facts["reasons"] = list(looked.reasons)
    if not there.any():
        return facts
    if looked.brightest:
        facts["white"] = white_of(looked.brightest)
    ratio = sizes[:, 1] / sizes[:, 0]
    pixels = looked.thumbnails[there].astype(np.int16)
    apart = np.abs(pixels - pixels.mean(axis=3, keepdims=True)).mean(axis=(1, 2, 3))
    facts |= {
        "height": int(np.median(sizes[:, 0])),
        "width": int(np.median(sizes[:, 1])),
        "smallest": int(sizes.min()),
        "largest": int(sizes.max()),
        "widest": float(np.quantile(ratio, 0.95)),
        "narrowest": float(np.quantile(ratio, 0.05)),
        "ratio": float(np.median(ratio)),
        "colourless": float((apart < COLOURLESS).mean()),
    }
    if truth is not None:
        facts |= {"mirrored": _mirrored(looked.thumbnails[there], truth[there], task)}
    return facts


def _mirrored(thumbnails: np.ndarray, truth: pd.Series, task: str) -> Mapping[str, Any] | None:
    """Return how well a simple model that never saw a mirror image tells held-out pictures, and the same pictures mirrored.

    Both are the share of what there is to gain: 0 for a guess, 1 for perfect. None where there are too few pictures.
    """
    known = truth.notna().to_numpy()
    y = _outputs(truth[known], task)
    x = thumbnails[known]
    if y is None or len(x) < FEWEST_COMPARED:
        return None
    chosen = np.random.default_rng(0).permutation(len(x))[:MOST_COMPARED]
    x, y = _small(x[chosen]), y[chosen]
    centre, scale = x.mean(axis=0), x.std(axis=0) + 1e-3
    seen, mirror = (a.reshape(len(a), -1) for a in ((x - centre) / scale, (x[:, :, ::-1] - centre) / scale))
    plain, mirrored = np.zeros_like(y), np.zeros_like(y)
    for part in range(3):
        out = np.arange(len(y)) % 3 == part
        weights, middle = _ridge(seen[~out], y[~out])
        plain[out], mirrored[out] = seen[out] @ weights + middle, mirror[out] @ weights + middle
    return {"rows": len(y), "plain": _gain(y, plain, task), "mirror_images": _gain(y, mirrored, task)}


def _small(thumbnails: np.ndarray) -> np.ndarray:
    n, step = len(thumbnails), SIDE // MIRROR_SIDE
    return thumbnails.reshape(n, MIRROR_SIDE, step, MIRROR_SIDE, step, 3).mean(axis=(2, 4)).astype(np.float32) / 255


def _outputs(truth: pd.Series, task: str) -> np.ndarray | None:
    if task in CLASSIFICATION:
        codes, classes = pd.factorize(truth.astype(str), sort=True)
        return np.eye(len(classes), dtype=np.float32)[codes] if 2 <= len(classes) <= 200 else None
    values = pd.to_numeric(truth, errors="coerce").to_numpy(np.float64)
    spread = np.nanstd(values) if np.isfinite(values).any() else 0.0
    return None if not spread or not np.isfinite(values).all() else ((values - values.mean()) / spread).astype(np.float32)[:, None]


def _ridge(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    middle = y.mean(axis=0)
    gram = x @ x.T
    dual = np.linalg.solve(gram + RIDGE * np.trace(gram) / len(gram) * np.eye(len(gram), dtype=gram.dtype), y - middle)
    return x.T @ dual, middle


def _gain(y: np.ndarray, predicted: np.ndarray, task: str) -> float:
    if task in CLASSIFICATION:
        right = float((predicted.argmax(axis=1) == y.argmax(axis=1)).mean())
        guess = float(y.mean(axis=0).max())
        return (right - guess) / max(1 - guess, 1e-9)
    return 1 - float(((y - predicted) ** 2).mean() / max(y.var(), 1e-9))
