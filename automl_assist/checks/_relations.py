"""How one column stands to the target: the same cells, the same groups under other names, or a straight line.

A relation counts only where chance could not have made it: the share of all orders of the column's values that would show it
too, times the number of columns, must be tiny. So a column of few rows, or with a different value in each, never counts.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd

from automl_assist.checks._check import CheckContext
from automl_assist.checks._rows import cells_of
from automl_assist.schema import CLASSIFICATION, Column

CHANCE = 1e-4  # relations that chance may produce in a table, over all its columns
ROWS_A_VALUE = 5  # rows for each value of the target, on average, below which equal groups may come from repeated rows
LINE_VALUES = 10  # different values that a straight line must go through
LINE_TOLERANCE = 1e-6  # of the target's standard deviation: rounding in the file
FIRST_LOOK_ROWS = 1_000
FIRST_LOOK_CELLS = 2_000_000
SKIPPED = ("empty", "list", "image", "constant")

IDENTICAL, RECODED, LINEAR = "identical", "recoded", "linear"


def copies(context: CheckContext, among: Collection[str] | None = None) -> dict[str, str]:
    """Return ``{column: relation}`` for every feature, or those `among` them, that is the target under another name."""
    profile = context.profile
    if profile.target is None or profile.target.name not in context.typed:
        return {}
    target = profile.target.name
    labelled = np.flatnonzero(context.typed[target].notna().to_numpy())
    features = [c for c in profile.features if c.kind not in SKIPPED and c.name in context.typed and c.name in context.cells]
    tests = len(features)
    features = features if among is None else [c for c in features if c.name in among]
    if len(labelled) < 3 or not features:
        return {}
    goal = context.typed[target].iloc[labelled]
    counts = goal.value_counts().to_numpy()
    found = {}
    for column in _first_look(context, features, labelled, target):
        relation = _relation(context, column, labelled, target, counts, tests)
        if relation:
            found[column.name] = relation
    return found


def log_chance(counts: np.ndarray, *, names_matter: bool) -> float:
    """Return the log of the chance that a column with such groups, in random order, has the same groups as the target.

    Parameters
    ----------
    counts : (k,) array of int
        Rows in each group.
    names_matter : bool
        The groups must also have the same names, not only hold the same rows.
    """
    orders = math.lgamma(counts.sum() + 1) - sum(math.lgamma(c + 1) for c in counts)
    if not names_matter:
        _, alike = np.unique(counts, return_counts=True)
        orders -= sum(math.lgamma(m + 1) for m in alike)
    return -orders


def same_groups(a: pd.Series, b: pd.Series) -> bool:
    """Return whether two columns cut the rows into the same groups, missing being a group."""
    first, second = (pd.factorize(s.to_numpy(), use_na_sentinel=False)[0] for s in (a, b))
    width = int(second.max(initial=0)) + 1
    pairs = len(np.unique(first.astype(np.int64) * width + second))
    return pairs == int(first.max(initial=0)) + 1 == width


def _numeric(column: pd.Series | np.ndarray) -> bool:
    return column.dtype.kind in "fiu"


def _first_look(context: CheckContext, features: Sequence[Column], labelled: np.ndarray, target: str) -> list[Column]:
    """Return the features for which a few rows speak for one of the relations; all columns at once, for there may be thousands."""
    rows = max(50, min(FIRST_LOOK_ROWS, FIRST_LOOK_CELLS // len(features)))
    if len(labelled) > rows:
        labelled = np.sort(np.random.default_rng(0).choice(labelled, rows, replace=False))
    names = [c.name for c in features]
    # rows of one class side by side: a column with the same groups then changes where the target does, and nowhere else
    labelled = labelled[np.argsort(pd.factorize(context.values[target][labelled])[0], kind="stable")]
    identical = _same_cells(cells_of(context.raw, names, labelled), cells_of(context.raw, [target], labelled))
    likely: np.ndarray = np.all(identical, axis=0)
    goal = pd.factorize(context.values[target][labelled], use_na_sentinel=False)[0]
    steps = (goal[1:] == goal[:-1])[:, None]
    numeric = np.array([_numeric(context.values[n]) for n in names])
    numbers, others = ([n for n, is_number in zip(names, numeric, strict=True) if is_number == wanted] for wanted in (True, False))
    if numbers:
        values = np.column_stack([context.values[n][labelled] for n in numbers])
        likely[numeric] |= (_equal_steps(values, np.isnan(values)) == steps).all(axis=0)
        if _numeric(context.values[target]):
            likely[numeric] |= _straight(values, context.values[target][labelled])
    if others:
        block = cells_of(context.values, others, labelled)
        likely[~numeric] |= (_same_cells(block[1:], block[:-1]) == steps).all(axis=0)
    return [c for c, yes in zip(features, likely, strict=True) if yes]


def _same_cells(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.equal(a, b, dtype=object).astype(bool)


def _equal_steps(values: np.ndarray, missing: np.ndarray) -> np.ndarray:
    return (values[1:] == values[:-1]) | (missing[1:] & missing[:-1])


def _straight(values: np.ndarray, goal: np.ndarray) -> np.ndarray:
    """Return which columns of `values` seem to lie on a line with `goal`; columns with missing cells get the benefit of the doubt."""
    with np.errstate(all="ignore"):
        a = values - np.nanmean(values, axis=0)
        a /= np.nanmax(np.abs(a), axis=0)
        b = goal - goal.mean()
        b = b / np.abs(b).max()
        present = ~np.isnan(a)
        mean_b = (present * b[:, None]).sum(axis=0) / present.sum(axis=0)
        b = np.where(present, b[:, None] - mean_b, 0.0)
        a = np.where(present, a, 0.0)
        r = (a * b).sum(axis=0) / np.sqrt((a**2).sum(axis=0) * (b**2).sum(axis=0))
    return np.abs(np.nan_to_num(r)) > 1 - 1e-8


def _relation(context: CheckContext, column: Column, labelled: np.ndarray, target: str, counts: np.ndarray, tests: int) -> str | None:
    limit = math.log(CHANCE / tests)
    task = context.profile.task.name if context.profile.task else None
    goal, feature = context.typed[target].iloc[labelled], context.typed[column.name].iloc[labelled]
    raw = cells_of(context.raw, [target, column.name], labelled)
    if _same_cells(raw[:, 0], raw[:, 1]).all() and log_chance(counts, names_matter=True) < limit:
        return IDENTICAL
    classes = task in CLASSIFICATION or not _numeric(goal)
    few_values = len(goal) >= ROWS_A_VALUE * len(counts)
    if (
        (classes or len(counts) < LINE_VALUES)
        and few_values
        and log_chance(counts, names_matter=False) < limit
        and same_groups(goal, feature)
    ):
        return RECODED
    if not classes and _numeric(feature) and _on_a_line(goal.to_numpy(float), feature.to_numpy(float)):
        return LINEAR
    return None


def _on_a_line(goal: np.ndarray, feature: np.ndarray) -> bool:
    present = ~np.isnan(feature)
    # a copy has a value wherever the target has one; a column with gaps is judged by the check of near copies
    if not present.all() or len(np.unique(feature)) < LINE_VALUES:
        return False
    low, high = int(np.argmin(feature)), int(np.argmax(feature))
    slope = (goal[high] - goal[low]) / (feature[high] - feature[low])
    left = goal - (goal[low] + slope * (feature - feature[low]))
    return bool(slope != 0 and np.abs(left).max() <= LINE_TOLERANCE * max(float(goal.std()), np.finfo(float).tiny))
