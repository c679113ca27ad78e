"""Rows that stand in the order of a date.

Such tables mostly grow with time, and a random split then lets a model learn from the future of the rows it is tested on. Testing
on the latest rows tells how it will do on new ones.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from automl_assist.checks._check import Check, CheckContext, Hit
from automl_assist.checks._wording import counted, grouped, named, option, share

FEWEST_ROWS = 20
FEWEST_DATES = 10
PRESENT = 0.9  # of the rows have the date
IN_ORDER = 0.99  # of the steps from row to row go one way


def _find(context: CheckContext) -> Iterator[Hit]:
    hits = []
    for column in context.profile.features:
        if column.kind != "datetime" or column.name not in context.typed or context.values[column.name].dtype.kind != "M":
            continue
        times = context.typed[column.name].sort_index().dropna()  # as the rows stand in the file
        if len(times) < max(FEWEST_ROWS, PRESENT * len(context.typed)):
            continue
        steps = np.diff(times.astype("int64").to_numpy())
        onward, back = int((steps >= 0).sum()), int((steps <= 0).sum())
        way, count = ("rising", onward) if onward >= back else ("falling", back)
        if count < IN_ORDER * len(steps) or len(np.unique(times.to_numpy())) < FEWEST_DATES:
            continue
        message = (
            f"The rows stand in the order of {named(column.name)}: it is {way} in {share(count, len(steps))} of the steps between "
            f"{counted(len(times), 'row')}, so a random split may learn from the future."
        )
        hits.append(Hit(message, (column.name,), fix=option("--time", column.name)))
    yield from grouped(hits, "are dates that rise or fall from row to row")


CHECK = Check("F601", "Rows in order of time", "info", _find)
