"""Rows that stand in the table more than once.

Copies on both sides of a split let a model look the answer up, and the score is too good. Where a table has so few possible rows
that equal ones come by chance, nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from automl_assist.checks._check import Check, CheckContext, Hit
from automl_assist.checks._rows import KINDS_WITHOUT_NEWS, equal_rows, examples, sample
from automl_assist.checks._wording import counted, on_a_sample, share

WORTH_A_WARNING = 0.01  # of the rows
TIMES_CHANCE = 3.0
NO_DUPLICATE = 1e-3  # expected duplicates below which further columns need not be looked at
FEW_COMBINATIONS = 10  # rows for each different row, on average, above which equal rows are the rule
MANY_COMBINATIONS = 1_000  # different rows that no small table of possible rows has


def _find(context: CheckContext) -> Iterator[Hit]:
    profile, rows = context.profile, len(context.typed)
    names = [c.name for c in profile.columns if c.kind not in KINDS_WITHOUT_NEWS and c.name in context.typed]
    if rows < 2 or len(names) < 2:  # that values of a single column repeat says nothing
        return
    groups = equal_rows(context.typed, names)
    repeated = np.flatnonzero(pd.Series(groups).duplicated().to_numpy())
    repeated = repeated[context.typed[names].iloc[repeated].notna().any(axis=1).to_numpy()]  # headings of groups hold nothing alike
    different = rows - len(repeated)
    if not len(repeated) or (rows >= FEW_COMBINATIONS * different and different < MANY_COMBINATIONS):
        return
    expected = _expected(context.typed, names, groups)
    if len(repeated) <= TIMES_CHANCE * expected:
        return
    left_out = any(c.kind == "identifier" for c in profile.columns)
    beside = " in all columns but identifiers" if left_out else ""
    are = "is an exact duplicate" if len(repeated) == 1 else "are exact duplicates"
    by_chance = f"about {expected:,.0f}" if expected >= 1 else "hardly any"
    yield Hit(
        f"{counted(len(repeated), 'row')} of {rows:,} ({share(len(repeated), rows)}) {are} of another row{beside}{on_a_sample(context)}; "
        f"chance would make {by_chance}.",
        (),
        examples(context, repeated),
        "remove the copies, or keep them on one side of the split with --group COL",
        "warning" if len(repeated) >= WORTH_A_WARNING * rows else "info",
    )


def _expected(frame: pd.DataFrame, names: list[str], groups: np.ndarray) -> float:
    """Return how many duplicates there would be if columns had nothing to do with each other, from how often two rows agree in each.

    Pairs of rows that agree in everything are left out of the count: they are what is in question.
    """
    rows = len(frame)
    sizes = np.unique(groups, return_counts=True)[1].astype(float)
    expected = rows * (rows - 1) / 2
    equal = float((sizes * (sizes - 1)).sum()) / (rows * (rows - 1))
    some = sample(rows)
    for name in names:
        counts = pd.Series(pd.factorize(frame[name].iloc[some].to_numpy(), use_na_sentinel=False)[0]).value_counts().to_numpy(float)
        agree = float((counts * (counts - 1)).sum()) / (len(some) * max(len(some) - 1, 1))
        expected *= max(agree - equal, 0.0) / max(1 - equal, 1 / rows)
        if expected < NO_DUPLICATE:
            break
    return min(expected, float(rows))


CHECK = Check("F401", "Duplicate rows", "warning", _find)
