"""Figures of one column: quantiles and histogram of numbers, frequent values of the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from automl_assist.profile._cells import Cells
from automl_assist.profile.privacy import LEAST_SEEN, is_personal
from automl_assist.schema import NumberFacts

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
BINS = 20
MOST_TOP = 20
LONGEST_TOP = 60  # characters of a frequent value that is kept


def number_facts(values: np.ndarray, counts: np.ndarray, moments: Mapping[str, float] | None = None) -> NumberFacts | None:
    """Return the facts of the finite numbers among `values`; None if there are none.

    Parameters
    ----------
    values, counts : ndarray of shape (d,)
        Numbers, and how many rows hold each.
    moments : mapping, optional
        Mean, sd, zeros, negatives and whole where they are known of all rows and `counts` is extrapolated.
    """
    finite = np.isfinite(values) & (counts > 0)
    order = np.argsort(values[finite], kind="stable")
    found, times = values[finite][order], counts[finite][order]
    up_to = np.cumsum(times)
    n = int(up_to[-1]) if len(up_to) else 0
    if not n:
        return None
    low, high = float(found[0]), float(found[-1])
    places = np.array(QUANTILES) * (n - 1)
    below = places.astype(np.int64)
    part = places - below
    first, second = found[np.searchsorted(up_to, np.minimum((below, below + 1), n - 1), side="right")]
    with np.errstate(over="ignore", invalid="ignore"):
        quantiles = first * (1 - part) + second * part
        mean = float((found * times).sum() / n)
        sd = float(np.sqrt((times * (found - mean) ** 2).sum() / (n - 1))) if n > 1 else 0.0
        edges = low + (high - low) * np.arange(1, BINS) / BINS
    known = np.concatenate(([0], up_to))
    steps = known[np.searchsorted(found, edges, side="right")] if high > low and np.isfinite(edges).all() else np.full(BINS - 1, n)
    histogram = np.diff(np.concatenate(([0], steps, [n])))
    zero, positive = known[np.searchsorted(found, 0.0, side="left")], known[np.searchsorted(found, 0.0, side="right")]
    facts = NumberFacts(
        low, high, mean, sd, tuple(quantiles.tolist()), tuple(histogram.tolist()), int(positive - zero), int(zero),
        bool((found == np.floor(found)).all()),
    )  # fmt: skip
    return replace(facts, **moments) if moments else facts  # type: ignore[arg-type]


def top_values(cells: Cells) -> tuple[tuple[str, int], ...]:
    """Return the most frequent values of a column of words: only those seen often, short and not personal."""
    if not len(cells.counts) or cells.counts.max() < LEAST_SEEN:
        return ()
    often = np.flatnonzero(cells.counts >= max(LEAST_SEEN, np.sort(cells.counts)[-2 * MOST_TOP :][0]))
    found = sorted(((str(cells.values[i]), int(cells.counts[i])) for i in often), key=lambda v: (-v[1], v[0]))
    kept = found[: 2 * MOST_TOP]
    return tuple((v, n) for v, n in kept if len(v) <= LONGEST_TOP and not is_personal(v))[:MOST_TOP]


def mean_length(cells: Cells) -> float | None:
    """Return the mean number of characters of the filled cells."""
    if not cells.filled:
        return None
    return float(np.dot([len(v) for v in cells.values], cells.counts) / cells.filled)
