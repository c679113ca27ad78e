"""Find which columns are worth making: those that explain what a first model of the fold has missed.

Everything is judged on training rows of the fold alone: combined levels by how well the mean of other rows stands for a row, numbers
by how much of what was missed lies between their sixteenths, less what chance would put there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, permutations
from typing import Any

import numpy as np

from automl_assist.preprocessing.arithmetic import OPERATIONS, made_of
from automl_assist.preprocessing.features import Features
from automl_assist.preprocessing.levels import TargetMeans
from automl_assist.preprocessing.made import (
    GROUP_OPERATIONS,
    SHIFT,
    Arithmetic,
    CountedKeys,
    Grouped,
    Key,
    MadeColumns,
    combined_codes,
    tamed,
)

Outputs = np.ndarray  # float64 of shape (n, o): the target, or what was missed of it


@dataclass(frozen=True)
class Missed:
    """What a first model has missed on some of the training rows, and what it looked at.

    Attributes
    ----------
    rows
        int64 of shape (m,), rising: which rows.
    residuals
        float64 of shape (m, o), from a model that has not seen the row.
    used
        How much it used each number, of shape (numbers,).
    """

    rows: np.ndarray
    residuals: np.ndarray
    used: np.ndarray


def rows_looked_at(rows: int, most: int, seed: int) -> np.ndarray:
    """Return the positions of at most so many rows, drawn at random, rising."""
    return np.sort(np.random.default_rng([seed, 11]).permutation(rows)[:most])


def make_columns(
    features: Features, outputs: Outputs, missed: Missed, seed: int, asked: Mapping[str, Any], levels: Mapping[str, Any]
) -> tuple[MadeColumns, np.ndarray]:
    """Choose columns, fit them, and return them with the training rows, float32 of shape (n, width).

    Parameters
    ----------
    outputs : ndarray of float64, shape (n, o)
        What target means are taken of.
    missed : Missed
    asked : mapping
        ``combinations``, ``arithmetic`` and ``groups``: at most so many columns of each sort; ``sure`` and ``sure_of_levels``: by how
        many standard errors a number, and a level, must explain more than chance would; ``keys`` and ``numbers``: how many of the most
        telling are combined; ``number_rows``: by which numbers are judged, in so many ``parts``; ``most_of_rows`` and ``most_of_pairs``:
        how many values, as a share of the rows, whole numbers and pairs may have that are taken for levels; ``rows_a_group``, of a group
        on average, and ``smoothing``, rows' worth of the overall mean, for means of groups.
    levels : mapping
        ``smoothing`` of target means.
    """
    smoothing, inner = float(levels["smoothing"]), int(levels["inner_folds"])
    keys = find_keys(features, float(asked["most_of_rows"])) if missed.residuals.any() else ()
    codes = [key.codes(features) for key in keys]
    looked, residuals = missed.rows, missed.residuals - missed.residuals.mean(axis=0)
    inner_folds = np.random.default_rng([seed, 12]).permutation(len(looked)) % inner
    sure = float(asked["sure"])
    seen = [one[looked] for one in codes]
    counted = _counted_keys(keys, seen, residuals, inner_folds, smoothing, asked)
    numbers = _leading(features, looked, missed.used, int(asked["numbers"]))
    few = rows_looked_at(len(looked), int(asked["number_rows"]), seed)
    arithmetic = _arithmetic(features.numbers[looked[few]], numbers, residuals[few], int(asked["arithmetic"]), sure, int(asked["parts"]))
    grouped = _grouped(features, keys, codes, numbers, looked[few], residuals[few], asked)
    sizes = [key.size for key in keys]
    fitted, crossed = [], []
    for number, which in enumerate(counted):
        combined = combined_codes([codes[k] for k in which], [sizes[k] for k in which])
        known, places = np.unique(combined, return_inverse=True)
        places = places.astype(np.int32)
        means = TargetMeans.fit(places, len(known), outputs, smoothing)
        fitted.append(CountedKeys(np.array(which, np.int64), known, means))
        crossed.append(means.cross_fitted(places, outputs, seed + number, inner, smoothing))
    made = MadeColumns(features.numbers.shape[1], features.categories.shape[1], keys, tuple(fitted), arithmetic, grouped)
    made, codes = _without_idle_keys(made, codes)
    return made, made.beside(features, codes, crossed)


def find_keys(features: Features, most_of_rows: float) -> tuple[Key, ...]:
    """Return the categories, and whole numbers whose values come again: as many of them as this share of the rows at most."""
    found = [
        Key(name, k, np.zeros(0), size + SHIFT)
        for k, (name, size) in enumerate(zip(features.category_names, features.cardinalities, strict=True))
    ]
    for k, name in enumerate(features.number_names):
        cells = features.numbers[:, k].astype(np.float64)
        values = np.unique(cells[~np.isnan(cells)])
        if 2 < len(values) <= most_of_rows * len(features) and (values == np.round(values)).all():
            found.append(Key(name, k, values, len(values) + SHIFT))
    return tuple(found)


def _without_idle_keys(made: MadeColumns, codes: Sequence[np.ndarray]) -> tuple[MadeColumns, list[np.ndarray]]:
    """Return the columns with only those keys that they use, and the codes of these."""
    used = sorted({int(k) for counted in made.counted for k in counted.keys} | {g.key for g in made.grouped})
    place = {k: i for i, k in enumerate(used)}
    counted = tuple(CountedKeys(np.array([place[int(k)] for k in c.keys], np.int64), c.known, c.means) for c in made.counted)
    grouped = tuple(Grouped(place[g.key], g.number, g.operation, g.means) for g in made.grouped)
    kept = MadeColumns(made.numbers, made.categories, tuple(made.keys[k] for k in used), counted, made.arithmetic, grouped)
    return kept, [codes[k] for k in used]


# --- levels


def _counted_keys(
    keys: Sequence[Key],
    codes: Sequence[np.ndarray],
    residuals: Outputs,
    folds: np.ndarray,
    smoothing: float,
    asked: Mapping[str, Any],
) -> list[tuple[int, ...]]:
    """Return which keys, and pairs of keys, get target means: numbers by their values, and pairs that tell more than either alone."""
    most, sure = int(asked["combinations"]), float(asked["sure_of_levels"])
    if most < 1 or not keys:
        return []
    nothing = (residuals**2).sum(axis=1)
    alone = [_squares_left(code, residuals, folds, smoothing) for code in codes]
    gains = [_gain(nothing, left, sure) for left in alone]
    leading = sorted(sorted(range(len(keys)), key=lambda k: -gains[k][0])[: int(asked["keys"])])
    found: list[tuple[float, tuple[int, ...]]] = [(gains[k][0], (k,)) for k in range(len(keys)) if keys[k].is_number and gains[k][1]]
    for a, b in combinations(leading, 2):
        _, places = np.unique(combined_codes([codes[a], codes[b]], [keys[a].size, keys[b].size]), return_inverse=True)
        if places.max(initial=0) + 1 <= asked["most_of_pairs"] * len(places):
            better = min((nothing, alone[a], alone[b]), key=lambda left: float(left.sum()))
            gain, surely = _gain(better, _squares_left(places, residuals, folds, smoothing), sure)
            found += [(gain, (a, b))] if surely else []
    return [which for _, which in sorted(found, key=lambda one: (-one[0], one[1]))[:most]]


def _gain(before: np.ndarray, after: np.ndarray, sure: float) -> tuple[float, bool]:
    """Return how much of the squares went away, and whether that is more than chance."""
    gained = before - after
    return float(gained.mean()), bool(gained.mean() > sure * gained.std() / np.sqrt(len(gained)))


def _squares_left(codes: np.ndarray, residuals: Outputs, folds: np.ndarray, smoothing: float) -> np.ndarray:
    """Return what is left of each row's squares once the mean of its level in the other folds is taken away, of shape (m,)."""
    size, parts = int(codes.max(initial=0)) + 1, int(folds.max(initial=0)) + 1
    combined = folds * size + codes
    counts = np.bincount(combined, minlength=parts * size).reshape(parts, size)
    others = counts.sum(axis=0) - counts
    left = np.zeros(len(codes))
    for output in residuals.T:
        sums = np.bincount(combined, weights=output, minlength=parts * size).reshape(parts, size)
        means = (sums.sum(axis=0) - sums) / (others + max(smoothing, 1e-12))  # the overall mean is zero
        left += (output - means.ravel()[combined]) ** 2
    return left


# --- numbers


def _leading(features: Features, looked: np.ndarray, used: np.ndarray, most: int) -> list[int]:
    """Return the numbers that vary and that the first model used most."""
    cells = features.numbers[looked]
    varies = [k for k in range(cells.shape[1]) if len(np.unique(cells[~np.isnan(cells[:, k]), k])) > 1]
    return sorted(sorted(varies, key=lambda k: (-used[k], k))[:most])


def _arithmetic(
    cells: np.ndarray, numbers: Sequence[int], residuals: Outputs, most: int, sure: float, parts: int
) -> tuple[Arithmetic, ...]:
    """Return the most telling numbers made of two others."""
    if most < 1 or not residuals.any():
        return ()
    found = []
    for a, b in permutations(numbers, 2):
        for operation in OPERATIONS if a < b else ("/",):
            column = tamed(made_of(cells[:, a], operation, cells[:, b]))
            found.append((_gain_of_number(column, residuals, sure, parts), a, operation, b))
    return tuple(Arithmetic(a, operation, b) for _, a, operation, b in _best(found, most))


def _grouped(
    features: Features, keys: Sequence[Key], codes: Sequence[np.ndarray], numbers: Sequence[int], looked: np.ndarray, residuals: Outputs,
    asked: Mapping[str, Any],
) -> tuple[Grouped, ...]:  # fmt: skip
    """Return the most telling numbers beside the mean of their group."""
    most, sure = int(asked["groups"]), float(asked["sure"])
    if most < 1:
        return ()
    found, means = [], {}
    for g, (key, code) in enumerate(zip(keys, codes, strict=True)):
        if np.count_nonzero(np.bincount(code)) * asked["rows_a_group"] > len(code):
            continue
        for k in numbers:
            if key.is_number and key.position == k:
                continue
            cells = features.numbers[:, k].astype(np.float64)
            means[g, k] = _group_means(cells, code, key.size, float(asked["smoothing"]))
            for operation in GROUP_OPERATIONS:
                column = tamed(made_of(cells[looked], operation, means[g, k][code[looked]]))
                found.append((_gain_of_number(column, residuals, sure, int(asked["parts"])), g, operation, k))
    return tuple(Grouped(g, k, operation, means[g, k]) for _, g, operation, k in _best(found, most))


def _group_means(cells: np.ndarray, codes: np.ndarray, size: int, smoothing: float) -> np.ndarray:
    there = ~np.isnan(cells)
    overall = float(cells[there].mean())
    sums = np.bincount(codes[there], weights=cells[there], minlength=size)
    return (sums + smoothing * overall) / (np.bincount(codes[there], minlength=size) + smoothing)


def _best(found: list[tuple[float, int, str, int]], most: int) -> list[tuple[float, int, str, int]]:
    telling = [one for one in found if one[0] > 0]
    return sorted(telling, key=lambda one: (-one[0], *one[1:]))[:most]


def _gain_of_number(column: np.ndarray, residuals: Outputs, sure: float, parts: int) -> float:
    """Return the share of what was missed that lies between equally large parts of a number, less what chance may put there."""
    there = ~np.isnan(column)
    if not there.any():
        return 0.0
    edges = np.unique(np.quantile(column[there], np.linspace(0, 1, parts + 1)[1:-1]))
    bins = np.searchsorted(edges, column, side="right")
    bins[~there] = parts
    counts = np.bincount(bins, minlength=parts + 1)
    between = sum(
        float((np.bincount(bins, weights=output, minlength=parts + 1) ** 2 / np.maximum(counts, 1)).sum()) for output in residuals.T
    )
    freedom = np.count_nonzero(counts) - 1
    by_chance = (freedom + sure * np.sqrt(2 * freedom)) / len(column)  # chi-squared: its mean, and standard errors beyond it
    return float(between / (residuals**2).sum() - by_chance)
