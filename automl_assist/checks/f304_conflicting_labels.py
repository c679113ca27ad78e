"""Rows with the same inputs and different labels.

No model can be right on all of them: either labels are wrong, or what decides is not among the columns. Where a table has few
possible rows that is to be expected, and nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from automl_assist.checks._check import Check, CheckContext, Hit
from automl_assist.checks._rows import KINDS_WITHOUT_NEWS, equal_rows, examples
from automl_assist.checks._wording import counted, named, share
from automl_assist.schema import CLASSIFICATION

WORTH_A_WARNING = 0.01  # of the labelled rows, that cannot be predicted right
FEW_COMBINATIONS = 10  # rows for each different row, on average, above which equal inputs are the rule


def _find(context: CheckContext) -> Iterator[Hit]:
    profile = context.profile
    target = profile.target.name if profile.target else None
    if target is None or target not in context.typed or profile.task is None or profile.task.name not in CLASSIFICATION:
        return
    names = [c.name for c in profile.features if c.kind not in KINDS_WITHOUT_NEWS and c.name in context.typed]
    labelled = np.flatnonzero(context.typed[target].notna().to_numpy())
    if not names or len(labelled) < 2:
        return
    groups = pd.factorize(equal_rows(context.typed.iloc[labelled], names))[0]
    sizes = np.bincount(groups)
    if len(sizes) * FEW_COMBINATIONS <= len(labelled):
        return
    labels = pd.factorize(context.typed[target].iloc[labelled].to_numpy())[0]
    pairs, counts = np.unique(groups.astype(np.int64) * (labels.max() + 1) + labels, return_counts=True)
    most = np.zeros(len(sizes), np.int64)
    np.maximum.at(most, pairs // (labels.max() + 1), counts)
    torn = most < sizes
    count, wrong = int(sizes[torn].sum()), int((sizes - most)[torn].sum())
    if not count:
        return
    yield Hit(
        f"{counted(count, 'row')} of {len(labelled):,} ({share(count, len(labelled))}) have the same inputs as another row "
        f"but a different label in {named(target)}: at least {wrong:,} of them cannot be predicted right.",
        (target,),
        examples(context, _pairs(labelled, groups, torn)),
        "check these labels, or add the column that makes the difference",
        "warning" if wrong >= WORTH_A_WARNING * len(labelled) else "info",
    )


def _pairs(labelled: np.ndarray, groups: np.ndarray, torn: np.ndarray) -> np.ndarray:
    """Return the rows of torn groups, those of one group side by side."""
    rows = np.flatnonzero(torn[groups])
    together: np.ndarray = labelled[rows[np.argsort(groups[rows], kind="stable")]]
    return together


CHECK = Check("F304", "Same inputs, different labels", "warning", _find)
