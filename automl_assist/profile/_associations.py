"""How strongly each column goes with the target, on ranks, 0 to 1: a hint for reading, not a selection of features.

Two columns of numbers: Spearman's rank correlation. Numbers and classes: the rank-biserial correlation for two classes, the correlation
ratio of the ranks for more. Two columns of classes: Cramér's V. All but the first are corrected for chance (Bergsma 2013), so that a column
of many rare values does not look strong.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

SAMPLE_ROWS = 20_000
MOST_CELLS = 40_000_000  # of the sample and all columns together; beyond it fewer rows are taken
FEWEST_ROWS = 8
BLOCK = 512  # columns ranked at once
MOST_LEVELS = 1000  # of a category; more say little and cost much


def associations(
    numbers: Mapping[str, np.ndarray],
    categories: Mapping[str, np.ndarray],
    target: np.ndarray,
    n_classes: int,
    keys: np.ndarray | None = None,
) -> dict[str, float]:
    """Return the strength for each column.

    Parameters
    ----------
    numbers : mapping of str to ndarray of shape (n,)
        float64, NaN where missing.
    categories : mapping of str to ndarray of shape (n,)
        Codes, -1 where missing.
    target : ndarray of shape (n,)
        Class codes, -1 where missing, when `n_classes` is positive; else float64 with NaN.
    keys : ndarray of shape (n,), optional
        A hash of what each row holds: of too many rows those with the smallest are taken, so that their order changes nothing.
    """
    rows = _sample(target, n_classes, len(numbers) + len(categories), keys)
    if len(rows) < FEWEST_ROWS:
        return {}
    y = target[rows]
    found = _of_numbers(numbers, y, rows, n_classes)
    for name, codes in categories.items():
        strength = _of_category(codes[rows], y, n_classes)
        if strength is not None:
            found[name] = strength
    return {name: float(min(1.0, max(0.0, s))) for name, s in found.items() if np.isfinite(s)}


def _sample(target: np.ndarray, n_classes: int, columns: int, keys: np.ndarray | None) -> np.ndarray:
    rows = np.flatnonzero(target >= 0) if n_classes else np.flatnonzero(np.isfinite(target))
    most = max(200, min(SAMPLE_ROWS, MOST_CELLS // max(1, columns)))
    if len(rows) <= most:
        return rows
    return np.sort(rows[np.argsort(keys[rows], kind="stable")[:most]] if keys is not None else rows[:most])


def ranks(values: np.ndarray) -> np.ndarray:
    """Return average ranks along the first axis, of shape (n, p)."""
    return pd.DataFrame(values).rank(axis=0).to_numpy()


def _of_numbers(numbers: Mapping[str, np.ndarray], y: np.ndarray, rows: np.ndarray, n_classes: int) -> dict[str, float]:
    found: dict[str, float] = {}
    names = list(numbers)
    whole = y if n_classes else ranks(y[:, None])[:, 0]
    for start in range(0, len(names), BLOCK):
        block = names[start : start + BLOCK]
        x = np.column_stack([numbers[name][rows] for name in block])
        complete = np.isfinite(x).all(axis=0)
        if complete.any():
            strengths = _strength(ranks(x[:, complete]), whole, n_classes)
            found.update(zip([n for n, c in zip(block, complete, strict=True) if c], strengths.tolist(), strict=True))
        for i in np.flatnonzero(~complete):
            here = np.isfinite(x[:, i])
            if here.sum() >= FEWEST_ROWS:
                part = y[here] if n_classes else ranks(y[here][:, None])[:, 0]
                found[block[i]] = float(_strength(ranks(x[here, i][:, None]), part, n_classes)[0])
    return found


def _strength(x: np.ndarray, y: np.ndarray, n_classes: int) -> np.ndarray:
    """Return the strength of each column of ranks `x`, of shape (n, p), with class codes or ranks `y`."""
    x = x - x.mean(axis=0)
    spread = (x**2).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        if not n_classes:
            centred = y - y.mean()
            return np.abs(centred @ x) / np.sqrt(spread * (centred**2).sum())
        present, codes = np.unique(y, return_inverse=True)
        if len(present) < 2:
            return np.zeros(x.shape[1])
        sizes = np.bincount(codes).astype(float)
        sums = np.stack([x[codes == k].sum(axis=0) for k in range(len(present))])
        if len(present) == 2:  # |2 AUC - 1|
            return np.abs(sums[0] / sizes[0] - sums[1] / sizes[1]) * 2 / len(y)
        eta = (sums**2 / sizes[:, None]).sum(axis=0) / spread
        return np.sqrt(np.maximum(0.0, _corrected(eta, len(y), len(present))))


def _corrected(eta: np.ndarray | float, n: int, groups: int) -> np.ndarray | float:
    """Return a share of variance less what chance gives (epsilon squared)."""
    return 1 - (1 - eta) * (n - 1) / max(1, n - groups)


def _of_category(x: np.ndarray, y: np.ndarray, n_classes: int) -> float | None:
    here = x >= 0
    x, y = x[here], y[here]
    if len(x) < FEWEST_ROWS:
        return None
    levels, x = np.unique(x, return_inverse=True)
    if len(levels) < 2 or len(levels) > min(MOST_LEVELS, 0.9 * len(x)):
        return None
    if n_classes:
        return cramers_v(x, y)
    y = ranks(y[:, None])[:, 0]
    y = y - y.mean()
    sums, sizes, spread = np.bincount(x, weights=y), np.bincount(x), (y**2).sum()
    return float(np.sqrt(max(0.0, _corrected((sums**2 / sizes).sum() / spread, len(y), len(levels))))) if spread else None


def cramers_v(x: np.ndarray, y: np.ndarray) -> float | None:
    """Return Cramér's V of two columns of codes with Bergsma's correction, or None where one of them does not vary."""
    _, x = np.unique(x, return_inverse=True)
    _, y = np.unique(y, return_inverse=True)
    r, k, n = x.max() + 1, y.max() + 1, len(x)
    if min(r, k) < 2 or n < 2:
        return None
    table = np.bincount(x * k + y, minlength=r * k).reshape(r, k).astype(float)
    expected = table.sum(axis=1, keepdims=True) @ table.sum(axis=0, keepdims=True) / n
    phi = (((table - expected) ** 2) / expected).sum() / n
    phi = max(0.0, phi - (k - 1) * (r - 1) / (n - 1))
    r, k = r - (r - 1) ** 2 / (n - 1), k - (k - 1) ** 2 / (n - 1)
    return float(np.sqrt(phi / max(1e-9, min(r, k) - 1)))
