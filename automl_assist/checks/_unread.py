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
    for column in context.profile.columns:
        if column.kind not in kinds or column.name not in context.values or column.name not in context.raw:
            continue
        rows = np.flatnonzero(pd.isna(context.values[column.name]))
        rows = rows[~pd.isna(context.raw[column.name][rows])] if len(rows) else rows
        if not len(rows):
            continue
        codes, values = pd.factorize(np.array([str(cell) for cell in context.raw[column.name][rows]], object))
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
