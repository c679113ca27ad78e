"""Columns that say the same thing twice.

A copy, or the same quantity in another unit, adds nothing. Coefficients and importances are then shared out between the two at
will, and neither can be trusted.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from automl_assist.checks._check import Check, CheckContext, Hit
from automl_assist.checks._relations import same_groups
from automl_assist.checks._rows import cells_of, sample
from automl_assist.checks._wording import grouped, named
from automl_assist.schema import Column

SAME = 0.9995  # correlation; 0.98 is common between honest columns, 0.9993 the highest seen in development tables
FAR_SHARE, SAME_WITHOUT = 0.01, 0.99  # of the rows, and what the correlation is at least without those farthest off
FIRST_LOOK_ROWS = 500
MOST_COLUMNS = 2_000  # correlated with each other; beyond, only columns that are close on a random line
FEWEST_ROWS = 20
FEWEST_VALUES = 5  # of a number: short codes are on a line by chance
CHECKED_ROWS = 20_000
CLOSE = 1e-7
FEWEST_RECODED, RECODED_SHARE = 2, 0.5  # different values of a column that repeats another under other names; share of the rows
ROOM = 0.001  # that the correlation of few rows may be lower


def _find(context: CheckContext) -> Iterator[Hit]:
    rows = sample(len(context.typed), CHECKED_ROWS)
    if len(rows) < FEWEST_ROWS or context.profile.modality.name == "sequence":  # neighbours in time are alike
        return
    target = context.profile.target.name if context.profile.target else None
    columns = sorted(
        (c for c in context.profile.columns if c.name != target and c.distinct >= 2 and c.name in context.typed), key=lambda c: c.name
    )
    hits = [*_lines(context, columns, rows), *_copies(context, columns, rows)]
    yield from grouped(hits, "say the same as another column, up to a factor")


def _lines(context: CheckContext, columns: list[Column], rows: np.ndarray) -> Iterator[Hit]:
    numeric = [c for c in columns if c.distinct >= FEWEST_VALUES and context.values[c.name].dtype.kind in "fiu"]
    if len(numeric) < 2:
        return
    few = rows if len(rows) <= FIRST_LOOK_ROWS else np.sort(np.random.default_rng(0).choice(rows, FIRST_LOOK_ROWS, replace=False))
    block = np.column_stack([context.values[c.name][few] for c in numeric])
    missing = ~np.isfinite(block)
    present = np.maximum((~missing).sum(axis=0), 1)
    block[missing] = 0.0
    block -= block.sum(axis=0) / present
    block[missing] = 0.0
    block /= np.maximum(np.sqrt((block**2).sum(axis=0)), np.finfo(float).tiny ** 0.5)
    seen: set[str] = set()
    for i, j in _likely_pairs(block):
        a, b = numeric[i], numeric[j]
        if b.name in seen or not _on_a_line(context, a.name, b.name, rows):
            continue
        seen.add(b.name)
        first, second = (context.values[n][rows] for n in (a.name, b.name))
        both = np.isfinite(first)
        same = np.array_equal(first[both], second[both])
        how = "is a duplicate, identical in every row" if same else "is collinear, nearly the same up to a factor and a constant"
        message = f"Column {named(b.name)} says the same as {named(a.name)}: it {how}, and so redundant."
        yield Hit(message, (a.name, b.name), fix=f"set columns.{b.name}.use to false in plan.yaml")


def _likely_pairs(block: np.ndarray) -> list[tuple[int, int]]:
    if block.shape[1] <= MOST_COLUMNS:
        first, second = np.nonzero(np.triu(np.abs(block.T @ block) > SAME - ROOM, 1))
        return list(zip(first.tolist(), second.tolist(), strict=True))
    line = np.abs(np.random.default_rng(2).normal(size=len(block)) @ block)
    order = np.argsort(line, kind="stable")
    near = np.flatnonzero(np.diff(line[order]) < CLOSE)
    near = near[np.abs((block[:, order[near]] * block[:, order[near + 1]]).sum(axis=0)) > SAME - ROOM]
    return sorted((min(a, b), max(a, b)) for a, b in zip(order[near].tolist(), order[near + 1].tolist(), strict=True))


def _on_a_line(context: CheckContext, a: str, b: str, rows: np.ndarray) -> bool:
    first, second = (context.values[n][rows] for n in (a, b))
    present = np.isfinite(first)
    if not np.array_equal(present, np.isfinite(second)) or present.sum() < FEWEST_ROWS:
        return False
    first, second = first[present], second[present]
    if len(np.unique(first)) < FEWEST_VALUES or np.ptp(first) == 0 or np.ptp(second) == 0:
        return False
    if abs(np.corrcoef(first, second)[0, 1]) <= SAME:
        return False
    far = np.abs(first - np.median(first))  # a row of totals puts all columns that it sums up on one line
    near = np.argsort(far, kind="stable")[: -max(1, int(FAR_SHARE * len(far)))]
    first, second = first[near], second[near]
    return not np.ptp(first) or not np.ptp(second) or bool(abs(np.corrcoef(first, second)[0, 1]) > SAME_WITHOUT)


def _copies(context: CheckContext, columns: list[Column], rows: np.ndarray) -> Iterator[Hit]:
    wordy = [c for c in columns if context.values[c.name].dtype.kind not in "fiuM" and c.kind not in ("list", "image")]
    few = rows if len(rows) <= FIRST_LOOK_ROWS else np.sort(np.random.default_rng(0).choice(rows, FIRST_LOOK_ROWS, replace=False))
    if len(wordy) > MOST_COLUMNS:
        few = few[: FEWEST_ROWS * 3]
    alike: dict[int, Column] = {}
    for column in wordy:
        cells = cells_of(context.values, [column.name], few)[:, 0]
        key = pd.factorize(cells, use_na_sentinel=False)[0].tobytes()  # the same groups of rows, whatever they are called
        first = alike.setdefault(key, column)
        if first is column or not _same_groups(context, first.name, column.name, rows):
            continue
        identical = _identical(context, first.name, column.name, rows)
        how = "identical in every row" if identical else "each of its values goes with one of the other's, and the other way round"
        message = f"Column {named(column.name)} is a duplicate of {named(first.name)}: {how}, and so redundant."
        named_by_number = _by_number(context, first.name, rows) != _by_number(context, column.name, rows)  # as education has a number, too
        fix = f"set columns.{column.name}.use to false in plan.yaml"
        yield Hit(message, (first.name, column.name), fix=fix, severity=None if identical or not named_by_number else "info")


def _same_groups(context: CheckContext, a: str, b: str, rows: np.ndarray) -> bool:
    first, second = context.typed[a].iloc[rows], context.typed[b].iloc[rows]
    counts = first.value_counts().to_numpy()
    rare = len(first) - int(counts.max(initial=0)) < FEWEST_ROWS  # two flags that are nearly constant are equal by chance
    if rare or not same_groups(first, second):
        return False
    repeated = len(counts) <= RECODED_SHARE * len(first)  # two columns with a value for each row always have the same groups
    return _identical(context, a, b, rows) or (len(counts) >= FEWEST_RECODED and repeated)


def _identical(context: CheckContext, a: str, b: str, rows: np.ndarray) -> bool:
    first, second = context.typed[a].iloc[rows], context.typed[b].iloc[rows]
    return bool((first.fillna("") == second.fillna("")).all())


def _by_number(context: CheckContext, name: str, rows: np.ndarray) -> bool:
    some = context.typed[name].iloc[rows].dropna().unique()
    return all(str(value).replace(".", "", 1).isdecimal() for value in some[:FEWEST_ROWS])


CHECK = Check("F117", "Columns that say the same", "warning", _find)
