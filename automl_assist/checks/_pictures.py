"""Pictures as checks see them: thumbnails of a sample, the same one that the profile has looked at."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from automl_assist.checks._check import CheckContext
from automl_assist.profile import Looked, look_at


def pictured(context: CheckContext) -> Iterator[tuple[str, Looked]]:
    """Yield the columns that name pictures, with thumbnails."""
    for name in context.profile.layout.get("pictures", {}):
        if name in context.cells:
            yield name, look_at(context.profile.reading, context.cells[name])


EVEN = 3.0  # spread of brightness of a thumbnail, of 255 levels
DARK = 25.0  # brightness below which hardly anything of a photograph is seen; its brightest tenth counts
MEANT = 0.5  # of the pictures: if more show nothing, they are meant to be like that
BRIGHTEST = 58  # of the 576 points of a thumbnail


def greys(looked: Looked) -> np.ndarray:
    """Return the brightness of the readable thumbnails, float32 of shape (n, side, side), from 0 to 255."""
    return looked.thumbnails[looked.there].astype(np.float32).mean(axis=3)


def shows_nothing(looked: Looked) -> np.ndarray:
    """Return which pictures are of one colour or nearly black, of shape (n,); False where there is none to be read."""
    found = np.zeros(len(looked.there), bool)
    if not looked.there.any():
        return found
    flat = np.sort(greys(looked).reshape(int(looked.there.sum()), -1), axis=1)
    found[looked.there] = (flat.std(axis=1) < EVEN) | (flat[:, -BRIGHTEST:].mean(axis=1) < DARK)
    return found


def of_sample(context: CheckContext, looked: Looked) -> str:
    """Return words that say that not all pictures were looked at; nothing where they were."""
    return " looked at" if len(looked.rows) < context.profile.rows else ""


def alike(looked: Looked, closest: float) -> np.ndarray:
    """Return for each readable picture the number of the first one whose thumbnail differs by less, on the root of the mean square.

    Parameters
    ----------
    closest : float
        Of 255 levels.

    Returns
    -------
    ndarray of int, shape (n,)
        The own number where there is no earlier one.
    """
    flat = looked.thumbnails[looked.there].reshape(int(looked.there.sum()), -1).astype(np.float32)
    size = (flat**2).sum(axis=1)
    first = np.arange(len(flat))
    limit = closest**2 * flat.shape[1]
    for start in range(0, len(flat), 500):
        part = flat[start : start + 500]
        distance = size[start : start + 500, None] + size[None, :] - 2 * part @ flat.T
        distance[np.arange(len(part))[:, None] + start <= np.arange(len(flat))[None, :]] = np.inf  # earlier ones only
        near = distance <= limit
        has = near.any(axis=1)
        first[start : start + 500][has] = near[has].argmax(axis=1)
    return first
