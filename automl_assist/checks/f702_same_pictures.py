"""Pictures that look the same, copied, scaled or compressed again.

Copies on both sides of a split make a test too easy; copies with different labels cannot both be right. Pictures are compared as
thumbnails, so that a change of size or format does not hide a copy.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from automl_assist.checks._check import Check, CheckContext, Hit
from automl_assist.checks._pictures import MEANT, alike, greys, of_sample, pictured
from automl_assist.checks._rows import examples
from automl_assist.checks._wording import named, share
from automl_assist.schema import CLASSIFICATION
from automl_assist.sources import FOLDERS

SAME = 3.0  # levels of 255: what compression at a usual quality changes in a thumbnail
EMPTY = 4.0  # spread of brightness of a picture of one colour, which is another finding


def _find(context: CheckContext) -> Iterator[Hit]:
    for name, looked in pictured(context):
        if looked.there.sum() < 2:
            continue
        rows = looked.rows[looked.there]
        flat = greys(looked).std(axis=(1, 2)) <= EMPTY
        if flat.mean() > MEANT:
            flat[:] = False  # colours are what these pictures show
        first = alike(looked, SAME)
        copies = np.flatnonzero((first != np.arange(len(first))) & ~flat)
        if not len(copies):
            continue
        message = (
            f"{len(copies):,} of {len(rows):,} pictures{of_sample(context, looked)} in column {named(name)} "
            f"({share(len(copies), len(rows))}) look the same as another one"
        )
        unlike = _other_label(context, rows[copies], rows[first[copies]])
        if unlike:
            message += f", {unlike:,} of them with another label"
        fix = "remove the copies" + ("" if context.profile.reading.format in FOLDERS else ", or keep them together with --group COL")
        yield Hit(f"{message}.", (name,), examples(context, rows[copies]), fix)


def _other_label(context: CheckContext, rows: np.ndarray, of: np.ndarray) -> int:
    target, task = context.profile.target, context.profile.task
    if target is None or task is None or task.name not in CLASSIFICATION or target.name not in context.cells:
        return 0
    codes = pd.factorize(context.cells[target.name].astype(str))[0]
    return int((codes[rows] != codes[of]).sum())


CHECK = Check("F702", "Pictures that look the same", "warning", _find)
