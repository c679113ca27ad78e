"""Figures of one column: quantiles and histogram of numbers, frequent values of the rest."""

from __future__ import annotations

import numpy as np

from automl_assist.profile._cells import Cells
from automl_assist.profile.privacy import LEAST_SEEN, is_personal
from automl_assist.schema import NumberFacts

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
BINS = 20
MOST_TOP = 20
LONGEST_TOP = 60  # characters of a frequent value that is kept


def number_facts(values: np.ndarray) -> NumberFacts | None:
    """Return the facts of the finite numbers among `values`, of shape (n,); None if there are none."""
    found = np.sort(values[np.isfinite(values)])
    n = len(found)
    if not n:
        return None
    low, high = float(found[0]), float(found[-1])
    places = np.array(QUANTILES) * (n - 1)
    below = places.astype(int)
    above = np.minimum(below + 1, n - 1)
    part = places - below
    with np.errstate(over="ignore", invalid="ignore"):
        quantiles = found[below] * (1 - part) + found[above] * part
        mean, sd = float(found.mean()), float(found.std(ddof=1)) if n > 1 else 0.0
        edges = low + (high - low) * np.arange(1, BINS) / BINS
    steps = np.searchsorted(found, edges, side="right") if high > low and np.isfinite(edges).all() else np.full(BINS - 1, n)
    histogram = np.diff(np.concatenate(([0], steps, [n])))
    zero, positive = np.searchsorted(found, 0.0, side="left"), np.searchsorted(found, 0.0, side="right")
    return NumberFacts(
        low,
        high,
        mean,
        sd,
        tuple(quantiles.tolist()),
        tuple(histogram.tolist()),
        int(positive - zero),
        int(zero),
        bool((found == np.floor(found)).all()),
    )


def top_values(cells: Cells) -> tuple[tuple[str, int], ...]:
    """Return the most frequent values of a column of words: only those seen often, short and not personal."""
    if not len(cells.counts) or cells.counts.max() < LEAST_SEEN:
        return ()
    order = np.argsort(-cells.counts, kind="stable")[: 2 * MOST_TOP]
    kept = ((str(cells.values[i]), int(cells.counts[i])) for i in order if cells.counts[i] >= LEAST_SEEN)
    return tuple((v, n) for v, n in kept if len(v) <= LONGEST_TOP and not is_personal(v))[:MOST_TOP]


def mean_length(cells: Cells) -> float | None:
    """Return the mean number of characters of the filled cells."""
    if not cells.filled:
        return None
    return float(np.dot([len(v) for v in cells.values], cells.counts) / cells.filled)
