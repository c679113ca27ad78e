"""Labels that stand in the first row of each block only, as cells merged over several rows come out of a spreadsheet."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from automl_assist.checks._check import CheckContext
from automl_assist.schema import Column

FEWEST_BLOCKS, MOST_BLOCKS = 3, 0.6  # at most, of the rows
FULL = 0.95  # of the rows another column is filled in
BY_CHANCE = 0.1  # that cells missing here and there would leave the first row filled, and so few filled ones side by side


@dataclass(frozen=True)
class Blocks:
    """A column of such labels, and how many blocks they begin."""

    column: Column
    labels: int


def blocks(context: CheckContext) -> list[Blocks]:
    """Return the columns of labels over several rows: the first columns of a table, each block of one begun by a new label."""
    if "blocks" not in context.known:
        context.known["blocks"] = list(_blocks(context))
    found: list[Blocks] = context.known["blocks"]
    return found


def _blocks(context: CheckContext) -> Iterator[Blocks]:
    profile = context.profile
    columns = sorted(profile.columns, key=lambda c: c.position)
    if len(context.cells) != profile.rows or all(c.missing > (1 - FULL) * profile.rows for c in columns):
        return
    places = np.argsort(context.cells.index.to_numpy(), kind="stable")  # as the rows stand in the file
    for column in columns:
        if not column.missing or column.name not in context.raw:
            return
        cells = context.raw[column.name][places]
        filled = ~pd.isna(cells)
        if not _is_begun(filled, cells[filled]):
            return
        yield Blocks(column, int(filled.sum()))


def _is_begun(filled: np.ndarray, labels: np.ndarray) -> bool:
    """Whether filled cells begin blocks: the first row is filled, few of them touch, and each label is another one than that before it."""
    rows, count = len(filled), len(labels)
    if not count or not filled[0] or not FEWEST_BLOCKS <= count <= MOST_BLOCKS * rows or bool((labels[1:] == labels[:-1]).any()):
        return False
    touching, share = int((filled[1:] & filled[:-1]).sum()), count / rows
    expected = (count - 1) * share
    fewer = sum(math.exp(i * math.log(expected) - expected - math.lgamma(i + 1)) for i in range(touching + 1)) if touching < expected else 1
    return share * fewer <= BY_CHANCE
