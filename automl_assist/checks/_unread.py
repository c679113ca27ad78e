"""Cells that did not become a value of their column's kind: what the cell holds and the typed column lacks."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from automl_assist.checks._check import CheckContext
from automl_assist.schema import NUMERIC_KINDS, Column


@dataclass(frozen=True)
class Unread:
    """The unread cells of one column, as positions of rows: infinite numbers, and cells that are no value of the kind."""

    column: Column
    infinite: np.ndarray
    strange: np.ndarray


def unread(context: CheckContext, kinds: tuple[str, ...]) -> Iterator[Unread]:
    """Yield what could not be read in the columns of `kinds`; columns that were read in full are passed over."""
    columns = [c for c in context.profile.columns if c.kind in kinds and c.name in context.typed and c.name in context.cells]
    if not columns or not len(context.typed):
        return
    for column in columns:
        rows = np.flatnonzero(pd.isna(context.typed[column.name].to_numpy()))
        if not len(rows):
            continue
        cells = context.cells[column.name].iloc[rows]
        held = cells.notna().to_numpy()
        if not held.any():
            continue
        rows, cells = rows[held], cells[held]
        codes, values = pd.factorize(cells.astype(str).to_numpy(object))
        tokens = {t.strip().lower() for t in column.missing_tokens}
        sorts = np.array([_sort(value, tokens, column.kind in NUMERIC_KINDS) for value in values], object)[codes]
        found = Unread(column, rows[sorts == "infinite"], rows[sorts == "strange"])
        if len(found.infinite) or len(found.strange):
            yield found


def _sort(cell: str, tokens: set[str], numeric: bool) -> str:
    text = cell.strip().lower()
    if not text or text in tokens:
        return "missing"
    if numeric:
        try:
            number = float(text.replace(",", ".")) if text.count(",") == 1 else float(text)
        except ValueError:
            return "strange"
        if math.isinf(number):
            return "infinite"
        if math.isnan(number):
            return "missing"
    return "strange"
