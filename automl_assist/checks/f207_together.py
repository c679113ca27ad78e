"""Columns that together give the target, though none of them does alone.

A total beside its parts, a price beside amount and rate, a grade beside the two scores whose difference decides it: the target is then
computed and not predicted, and whoever has the columns needs no model. Sums, differences, products and ratios are tried.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from automl_assist.checks._check import Check, CheckContext, Hit
from automl_assist.checks._goal import Goal, goal_of
from automl_assist.checks._layout import is_labelled_sequence, of_the_layout
from automl_assist.checks._wording import counted, listed, named, share
from automl_assist.schema import Column

FEWEST_ROWS = 50
MOST_ROWS = 3_000
MOST_COLUMNS = 40
FEWEST_VALUES = 3  # a quantity takes few
FEWEST_TO_PART = 10  # of each of two columns that part classes: fewer part them by chance
EXACT = 0.9995  # of the variance: rounding leaves less; honest pairs of columns stay below 0.99
NEARLY = 0.99  # by one column alone: then it is no matter of two
ALL_TOGETHER = 12  # columns of a total; more fit anything
ROWS_A_COLUMN = 20
NEEDED = 0.02  # of the target's spread that a part of the total must move
SEPARATED = 0.97  # of the errors of guessing, by a threshold on two columns
MOST_TO_PART = 14  # columns of which pairs are tried on two classes
ALONE = 0.6  # of the errors, by a threshold on one of them
FEWEST_OTHERS = 15
TINY = 1e-12


def _find(context: CheckContext) -> Iterator[Hit]:
    goal = goal_of(context, fewest=FEWEST_ROWS, most=MOST_ROWS)
    if goal is None or is_labelled_sequence(context.profile) or (goal.classes and goal.values.max() != 1):
        return
    aside = of_the_layout(context.profile)
    fewest = FEWEST_TO_PART if goal.classes else FEWEST_VALUES
    columns = [c for c in context.profile.features if c.numbers is not None and c.distinct >= fewest and c.name not in aside]
    columns = [c for c in columns if c.name in context.typed and c.missing == 0]
    columns = sorted(columns, key=lambda c: (-(c.association or 0.0), c.name))[:MOST_COLUMNS]
    if not columns:
        return
    values = np.column_stack([_numbers(context, c.name)[goal.rows] for c in columns])
    there = np.isfinite(values).all(axis=0)
    columns, values = [c for c, all_there in zip(columns, there, strict=True) if all_there], values[:, there]
    if len(columns) < 2:
        return
    found = _parted(values[:, :MOST_TO_PART], goal) if goal.classes else _pair(values, goal.values) or _total(values, goal.values)
    if found is None:
        return
    places, how = found
    names = tuple(columns[place].name for place in places)
    message = (
        f"Columns {listed(names)} together give the target {named(goal.name)} away: {how} in {counted(len(goal.rows), 'row')}, "
        "so that it is computed from them and leaks."
    )
    yield Hit(message, names, fix=_fix(columns, places))


def _numbers(context: CheckContext, name: str) -> np.ndarray:
    """Return a column as numbers, those of a category as well: few quantities are taken for one."""
    values = context.values[name]
    return values if values.dtype.kind == "f" else pd.to_numeric(context.typed[name], errors="coerce").to_numpy(float)


def _fix(columns: Sequence[Column], places: Sequence[int]) -> str:
    return f"set columns.{columns[places[0]].name}.use to false in plan.yaml unless all of them are known when you predict"


def _pair(values: np.ndarray, goal: np.ndarray) -> tuple[tuple[int, ...], str] | None:
    """Return two columns whose sum, difference, product or ratio is the target, up to a factor and a constant."""
    best = _best_pair(values, goal)
    if best:
        return best, "a sum or difference of them is the target"
    usable = np.flatnonzero((np.abs(values) > TINY).all(axis=0))
    if len(usable) >= 2 and (np.abs(goal) > TINY).all():
        best = _best_pair(np.log(np.abs(values[:, usable])), np.log(np.abs(goal)))
        if best and _signs_agree(values[:, usable[list(best)]], goal):
            return (int(usable[best[0]]), int(usable[best[1]])), "a product or ratio of them is the target"
    return None


def _signs_agree(pair: np.ndarray, goal: np.ndarray) -> bool:
    signs = np.sign(pair[:, 0] * pair[:, 1] * goal)
    return bool((signs == signs[0]).all())


def _best_pair(values: np.ndarray, goal: np.ndarray) -> tuple[int, int] | None:
    """Return the pair with the highest share of variance, from correlations alone, where it is exact and neither column is by itself."""
    spread = values.std(axis=0)
    if goal.std() <= TINY:
        return None
    scaled = (values - values.mean(axis=0)) / np.where(spread > TINY, spread, np.inf)
    target = (goal - goal.mean()) / goal.std()
    among, alone = scaled.T @ scaled / len(goal), scaled.T @ target / len(goal)
    with np.errstate(all="ignore"):
        rest = 1 - among**2
        explained = (alone[:, None] ** 2 + alone[None, :] ** 2 - 2 * alone[:, None] * alone[None, :] * among) / np.where(
            rest > 1e-4, rest, np.nan
        )
    known = np.maximum(alone[:, None] ** 2, alone[None, :] ** 2)
    explained = np.where(np.isfinite(explained) & (known < NEARLY), explained, 0.0)
    place = int(explained.argmax())
    first, second = divmod(place, explained.shape[1])
    return (min(first, second), max(first, second)) if explained[first, second] >= EXACT else None


def _total(values: np.ndarray, goal: np.ndarray) -> tuple[tuple[int, ...], str] | None:
    """Return three or more columns whose weighted sum is the target, fitted on one half of the rows and tested on the other."""
    width = min(values.shape[1], len(goal) // ROWS_A_COLUMN)
    spread = values[:, :width].std(axis=0)
    used = np.flatnonzero(spread > TINY)
    if len(used) < 3 or goal.std() <= TINY:
        return None
    scaled = np.column_stack([(values[:, used] - values[:, used].mean(axis=0)) / spread[used], np.ones(len(goal))])
    half = np.arange(len(goal)) % 2 == 0
    weights = np.linalg.lstsq(scaled[half], goal[half], rcond=1e-8)[0]
    left = goal[~half] - scaled[~half] @ weights
    if left.var() > (1 - EXACT) * goal.var():
        return None
    alone = np.array([np.corrcoef(values[:, place], goal)[0, 1] ** 2 for place in used])
    parts = used[np.abs(weights[:-1]) >= NEEDED * goal.std()]
    if alone.max() >= NEARLY or not 3 <= len(parts) <= ALL_TOGETHER:
        return None
    return tuple(int(place) for place in parts), "a weighted sum of them is the target"


def _parted(values: np.ndarray, goal: Goal) -> tuple[tuple[int, ...], str] | None:
    """Return two columns whose difference, sum or ratio parts the two classes at one threshold, where neither does by itself."""
    truth = goal.values.astype(bool)
    if min(truth.sum(), (~truth).sum()) < FEWEST_OTHERS:
        return None
    alone = [_explained(values[:, i], truth) for i in range(values.shape[1])]
    best, found = SEPARATED, None
    for i in range(values.shape[1]):
        for j in range(i + 1, values.shape[1]):
            if max(alone[i], alone[j]) > ALONE:
                continue
            a, b = values[:, i], values[:, j]
            made = [(a - b, "difference"), (a + b, "sum")]
            if (np.abs(b) > TINY).all():
                made.append((a / b, "ratio"))
            for numbers, how in made:
                explained = _explained(numbers, truth)
                if explained > best:
                    said = f"their {how} parts the classes by one threshold, with {share(explained, 1)} fewer errors"
                    best, found = explained, ((i, j), said)
    return found


def _explained(numbers: np.ndarray, truth: np.ndarray) -> float:
    """Return how many of the errors of guessing the best threshold takes away."""
    order = np.argsort(numbers, kind="stable")
    sorted_numbers, ones = numbers[order], np.cumsum(truth[order])
    ends = np.flatnonzero(np.append(np.diff(sorted_numbers) > 0, False))
    if not len(ends):
        return 0.0
    below, total, n = ones[ends], ones[-1], len(truth)
    right = np.maximum((ends + 1 - below) + (total - below), below + (n - ends - 1 - (total - below)))
    return float(1 - (n - right.max()) / min(total, n - total))


CHECK = Check("F207", "Columns that together give the target away", "warning", _find)
