"""The one order in which checks see a table: by content, so that nothing they say depends on how rows and columns happen to stand.

Rows are sorted by a hash of their cells that does not know the order of columns, columns by their names. Equal rows stand side by
side, and which of them comes first makes no difference. A long table is cut here: the rows with the smallest hashes are a fair
sample, and copies of a row are in it together or not at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from automl_assist.checks._check import CheckContext

MOST_ROWS = 250_000  # that checks look at: shares are exact to 0.2 %, and the copy of the table stays small
CELLS_AT_A_TIME = 1_000_000
ODD = np.uint64(0xFF51AFD7ED558CCD)  # the mixing constant of MurmurHash3
NAN_BITS = np.uint64(0x7FF8000000000000)
NO_TIME = np.uint64(0x8000000000000000)
HASHED = {"f": 0, "M": 1}  # numbers first, then dates, which are quick; then the rest
PARTS = re.compile(r"(\d+)")


def in_canonical_order(context: CheckContext) -> CheckContext:
    """Return the same table, rows and columns in the order that their content gives; the index of the rows keeps their numbers."""
    profile = replace(context.profile, columns=tuple(sorted(context.profile.columns, key=lambda c: by_name(c.name))))
    order = content_order(context.typed)[:MOST_ROWS]
    return CheckContext(profile, _rows(context.cells, order), _rows(context.typed, order))


def by_name(name: str) -> tuple[list[tuple[int, int, str]], str]:
    """Return a key that sorts names as people do, V2 before V10."""
    parts = [(0, int(p), "") if p.isdecimal() and len(p) < 16 else (1, 0, p) for p in PARTS.split(name) if p]
    return parts, name


def content_order(typed: pd.DataFrame) -> np.ndarray:
    """Return the positions of the rows, sorted by a hash of their cells; rows that are equal stay as they stand.

    Columns are taken in by parts until every row stands alone, so that a few decide on most tables.
    """
    rows = len(typed)
    hashes = np.zeros(rows, np.uint64)
    alive = np.arange(rows)
    for part in _parts(typed):
        if not len(alive):
            break
        block = typed[part] if len(alive) == rows else typed[part].iloc[alive]
        hashes[alive] = mixed(hashes[alive] + _content(block))
        _, place, count = np.unique(hashes[alive], return_inverse=True, return_counts=True)
        alive = alive[count[place] > 1]
    return np.argsort(hashes, kind="stable")


def mixed(bits: np.ndarray) -> np.ndarray:
    """Return 64-bit numbers spread over all values."""
    bits = (bits ^ (bits >> np.uint64(33))) * ODD
    return bits ^ (bits >> np.uint64(29))


def _rows(frame: pd.DataFrame, order: np.ndarray) -> pd.DataFrame:
    return frame.iloc[order]


def _parts(frame: pd.DataFrame) -> Iterator[list[str]]:
    """Yield the names in parts of one sort each, in an order that the names alone decide."""
    step = max(1, CELLS_AT_A_TIME // max(len(frame), 1))
    sorts: dict[int, list[str]] = {}
    for name, dtype in sorted(frame.dtypes.items(), key=lambda item: str(item[0])):
        sorts.setdefault(HASHED.get(dtype.kind, 2), []).append(str(name))
    for sort in sorted(sorts):
        for i in range(0, len(sorts[sort]), step):
            yield sorts[sort][i : i + step]


def _content(block: pd.DataFrame) -> np.ndarray:
    """Return for each row the sum of its cells' hashes, each with its column's own weight."""
    if all(dtype.kind == "f" for dtype in block.dtypes):
        bits = (block.to_numpy(np.float64) + 0.0).view(np.uint64)  # + 0.0 makes -0.0 and 0.0 one
        bits = np.where(np.isnan(bits.view(np.float64)), NAN_BITS, bits)
    else:
        bits = np.column_stack([_bits(column) for _, column in block.items()])
    weights = pd.util.hash_array(np.array([str(name) for name in block.columns], dtype=object)) | np.uint64(1)
    return (mixed(bits + np.uint64(1)) * weights).sum(axis=1, dtype=np.uint64)


def _bits(column: pd.Series) -> np.ndarray:
    if column.dtype.kind == "M":
        return column.to_numpy("datetime64[us]").view(np.uint64)
    values = column.to_numpy(object)
    try:
        codes, different = pd.factorize(values)
    except TypeError:  # lists and other unhashable cells of Parquet
        codes, different = pd.factorize(np.array([None if v is None else repr(v) for v in values], object))
    hashes = pd.util.hash_array(np.array([str(v) for v in different], dtype=object), categorize=False)
    bits: np.ndarray = np.append(hashes, NO_TIME)[codes]  # code -1, a missing cell, is the last one
    return bits
