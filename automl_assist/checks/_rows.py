"""Rows: a seeded sample where a look at all would take too long, and which rows are equal to one another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from automl_assist.checks._check import CheckContext
from automl_assist.checks._order import mixed
from automl_assist.schema import Column

SAMPLED_ROWS = 100_000
EXAMPLE_ROWS = 10
CELLS_AT_A_TIME = 1_000_000
WORDY = ("category", "text", "identifier", "list")  # kinds whose cells are text
KINDS_WITHOUT_NEWS = ("identifier", "constant", "empty", "list")  # kinds that say nothing about whether rows are alike


def sample(rows: int, most: int = SAMPLED_ROWS) -> np.ndarray:
    """Return at most `most` of the positions 0 to rows - 1, rising, the same ones every time."""
    if rows <= most:
        return np.arange(rows)
    return np.sort(np.random.default_rng(0).choice(rows, most, replace=False))


def examples(context: CheckContext, positions: np.ndarray) -> list[int]:
    """Return a few rows as they are told to a user: counted from 1 below the header, which is what the index of the table holds."""
    return sorted(int(number) + 1 for number in context.typed.index[positions[:EXAMPLE_ROWS]])


def columns_of(context: CheckContext, kinds: Sequence[str] = WORDY) -> Iterator[Column]:
    """Yield the columns of some kinds whose cells are there."""
    for column in context.profile.columns:
        if column.kind in kinds and column.name in context.raw:
            yield column


def filled_cells(context: CheckContext, name: str, rows: np.ndarray) -> list[str]:
    """Return the cells of a column that hold text, of some rows, without the blanks around them."""
    return [cell.strip() for cell in context.raw[name][rows] if isinstance(cell, str) and cell.strip()]


def cells_of(columns: Mapping[str, np.ndarray], names: Sequence[str], rows: np.ndarray) -> np.ndarray:
    """Return some rows of some columns as an array of objects, missing cells as None."""
    block = np.empty((len(rows), len(names)), object, order="F")
    for place, name in enumerate(names):
        block[:, place] = columns[name][rows]
    block[pd.isna(block)] = None  # the missing value of nullable types can be compared with nothing
    return block


def equal_rows(frame: pd.DataFrame, names: list[str]) -> np.ndarray:
    """Return a group number for each row; rows that are equal in all columns `names` share it, missing equals missing.

    Columns are taken in by parts, and rows that are already alone are left out of the next part: on most tables a few columns do.
    Equality is that of a 64-bit hash: among a million rows two different ones are taken for equal once in 30 million tables.
    """
    rows = len(frame)
    hashes = np.zeros(rows, np.uint64)
    alive = np.arange(rows)
    step = max(1, CELLS_AT_A_TIME // max(rows, 1))
    for part in _parts(frame, names, step):
        if not len(alive):
            break
        block = frame[part] if len(alive) == rows else frame[part].iloc[alive]
        hashes[alive] = mixed(hashes[alive] * np.uint64(31) + _hash(block))
        _, place, count = np.unique(hashes[alive], return_inverse=True, return_counts=True)
        alive = alive[count[place] > 1]
    # a row that went out early must not meet another's later hash
    groups = np.arange(rows)
    if len(alive):
        _, place = np.unique(hashes[alive], return_inverse=True)
        groups[alive] = rows + place
    return groups


def _parts(frame: pd.DataFrame, names: list[str], step: int) -> Iterator[list[str]]:
    """Yield the names in parts of `step` columns of one sort: numbers first, which are the quickest, then dates, then the rest."""
    kinds = {name: dtype.kind for name, dtype in frame.dtypes.items()}
    sorts: dict[str, list[str]] = {"number": [], "date": [], "other": []}
    for name in names:
        sorts["number" if kinds[name] in "fiub" else "date" if kinds[name] == "M" else "other"].append(name)
    for some in sorts.values():
        for i in range(0, len(some), step):
            yield some[i : i + step]


def _hash(block: pd.DataFrame) -> np.ndarray:
    if all(dtype.kind in "fiub" for dtype in block.dtypes):
        bits = (block.to_numpy(np.float64, na_value=np.nan) + 0.0).view(np.uint64)  # + 0.0 makes -0.0 and 0.0 one
        bits = np.where(np.isnan(bits.view(np.float64)), np.uint64(0x7FF8000000000000), bits)
    elif all(dtype.kind == "M" for dtype in block.dtypes):
        bits = np.column_stack([block[n].to_numpy("datetime64[us]").view(np.uint64) for n in block])
    else:
        values = block.to_numpy(object).ravel()
        try:
            codes = pd.factorize(values)[0]
        except TypeError:  # lists and other unhashable cells of Parquet
            codes = pd.factorize(np.array([None if v is None else repr(v) for v in values], object))[0]
        bits = codes.astype(np.int64).view(np.uint64).reshape(block.shape)
    weights = np.random.default_rng(1).integers(1, 2**63, bits.shape[1], dtype=np.uint64) | np.uint64(1)
    return (mixed(bits) * weights).sum(axis=1, dtype=np.uint64)
