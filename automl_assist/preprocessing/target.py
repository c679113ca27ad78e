"""The target as arrays: class codes or values."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence

import numpy as np
import pandas as pd

from automl_assist.profile import cast, truths
from automl_assist.rules.metric import RARE_SHARE
from automl_assist.schema import CLASSIFICATION, Column

PLAIN = re.compile(r"[+-]?\d+(\.\d*)?", re.ASCII)


def class_cells(cells: pd.Series, column: Column) -> pd.Series:
    """Return the classes as they stand in the file, stripped; None where the target is missing.

    Whole numbers of a typed file lose their ``.0``, so that a class is called the same in CSV and in Parquet.
    """
    if pd.api.types.is_float_dtype(cells.dtype):
        whole = cells.dropna().map(float.is_integer).all()
        text = cells.map(lambda v: None if pd.isna(v) else str(int(v)) if whole else repr(float(v)))
    else:
        text = cells.map(
            lambda v: (
                None
                if v is None or v is pd.NA or v is pd.NaT or (isinstance(v, float) and math.isnan(v))
                else unicodedata.normalize("NFC", str(v).strip())
            )
        )
    text = text.astype(object)
    missing = {"", *column.missing_tokens}
    return text.where(text.notna() & ~text.isin(missing), None)


def class_spellings(cells: pd.Series, column: Column, classes: Sequence[str]) -> tuple[str, ...]:
    """Return each class as the file writes it, blanks and all, where it always does so; else its name.

    Whoever compares predictions with what the file says expects the same text.
    """
    pairs = pd.DataFrame({"name": class_cells(cells, column), "cell": cells.astype(object)}).dropna().drop_duplicates()
    written = pairs.groupby("name")["cell"].agg(list)
    found = {name: own[0] for name, own in written.items() if len(own) == 1 and isinstance(own[0], str)}
    return tuple(found.get(name, name) for name in classes)


def class_order(counts: pd.Series) -> tuple[str, ...]:
    """Return class names in the order of their codes: numbers by value, else by name.

    Of two classes a rare one comes last, since it is the one that is looked for.

    Parameters
    ----------
    counts : Series
        Rows of each class, the name as index.
    """
    names = [str(name) for name in counts.index]
    try:
        names.sort(key=lambda name: (float(name), name))
    except ValueError:
        names.sort(key=lambda name: (name.lower(), name))
    if len(names) == 2 and counts[names[0]] < RARE_SHARE * counts.sum():
        names.reverse()
    return tuple(names)


def _number(name: str) -> float | None:
    return float(name) if PLAIN.fullmatch(name) else None


def _meanings(folded: Sequence[str]) -> dict[str, int]:
    """Return the code that each word for yes or no stands for, where the two classes are such words."""
    if len(folded) != 2:
        return {}
    for yes, no in ((0, 1), (1, 0)):
        if words := truths(folded[yes], folded[no]):
            return {word: yes if truth else no for word, truth in words.items()}
    return {}


def target_codes(cells: pd.Series, column: Column, task: str, classes: Sequence[str]) -> np.ndarray:
    """Return int64 class codes, -1 for missing or unknown classes; or float64 values, NaN for missing.

    Parameters
    ----------
    cells : Series of shape (n,)
        The target as read.
    """
    if task in CLASSIFICATION:
        folded = [name.casefold() for name in classes]
        known = {name: i for i, name in enumerate(folded) if folded.count(name) == 1}  # "YES" for "yes", where that is one class
        known |= {name: i for i, name in enumerate(classes)}
        numbers = [_number(name) for name in classes]
        equal: dict[float | None, int] = {n: i for i, n in enumerate(numbers) if n is not None and numbers.count(n) == 1}  # 1.0 for 1
        means = _meanings(folded)  # 1 for "yes"
        found = class_cells(cells, column)
        codes = {
            name: known.get(name, known.get(name.casefold(), equal.get(_number(name), means.get(name.casefold(), -1))))
            for name in found.dropna().unique()
        }
        return found.map(lambda name: codes.get(name, -1)).to_numpy(dtype=np.int64)
    typed, _ = cast(cells.to_frame(column.name), [column])
    return typed[column.name].to_numpy(dtype=np.float64)
