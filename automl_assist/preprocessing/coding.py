"""Typed columns become arrays, row by row: a vocabulary for each category and the parts of dates that vary, no statistics.

Because nothing here looks at the target or at averages, a coding can be learned once from all training rows without leaking
anything from one fold into another; everything statistical is learned in the fold, by the encoders.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from automl_assist.preprocessing.features import MISSING, UNSEEN, Features
from automl_assist.schema import NUMERIC_KINDS, Column

TEXT_KINDS = ("text", "url", "email", "list")
LEFT_OUT_KINDS = ("image", "empty")  # pictures have their own modality, and nothing can be learned from nothing
LARGEST_VOCABULARY = 50_000  # rarer values are as good as unseen: too few rows each to learn from
MOST_DATE_PAIRS = 10  # differences between dates grow with the square of their number
FLOAT32 = np.finfo(np.float32)
MICROSECONDS_PER_DAY = 86_400_000_000

DATE_PARTS = ("day number", "year", "month", "day", "weekday", "hour", "day of year")
PERIODS = {"weekday": 7.0, "hour": 24.0, "day of year": 365.25}  # parts whose end is next to their beginning
TEXT_COUNTS = ("characters", "words", "digits", "capitals")
WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class CodedColumn:
    """How one column is coded.

    Attributes
    ----------
    name
        The column of the table.
    role
        ``number``, ``category``, ``date`` or ``text``.
    vocabulary
        Of a category: its values, most frequent first; the code of a value is its place.
    parts
        Of a date: the members of ``DATE_PARTS`` that vary in the training rows.
    """

    name: str
    role: str
    vocabulary: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Coding:
    """From typed columns to arrays; the coding of a row depends on no other row."""

    columns: tuple[CodedColumn, ...]

    @classmethod
    def fit(cls, typed: pd.DataFrame, columns: Sequence[Column]) -> Coding:
        """Learn the vocabularies and the date parts of the training rows.

        Parameters
        ----------
        typed : DataFrame
            As `profile.cast` returns it.
        columns : sequence of Column
            The columns to learn from; only their `name` and `kind` are used.
        """
        return cls(tuple(_learn(typed[c.name], c.kind) for c in columns if c.kind not in LEFT_OUT_KINDS))

    def transform(self, typed: pd.DataFrame) -> Features:
        """Return the rows of `typed` as arrays; KeyError if a column is absent."""
        rows = len(typed)
        numbers: list[np.ndarray] = []
        names: list[str] = []
        for name, values in self._numbers(typed):
            names.append(name)
            numbers.append(_float32(values))
        categories = self._by_role("category")
        texts = self._by_role("text")
        codes = [_codes(typed[c.name], pd.Index(c.vocabulary, dtype=object)) for c in categories]
        strings = [_strings(typed[c.name]) for c in texts]
        return Features(
            numbers=np.ascontiguousarray(np.column_stack(numbers)) if numbers else np.empty((rows, 0), np.float32),
            categories=np.ascontiguousarray(np.column_stack(codes)) if codes else np.empty((rows, 0), np.int32),
            texts=np.column_stack(strings) if strings else np.empty((rows, 0), object),
            cardinalities=tuple(len(c.vocabulary) for c in categories),
            number_names=tuple(names),
            category_names=tuple(c.name for c in categories),
            text_names=tuple(c.name for c in texts),
        )

    def unseen(self, typed: pd.DataFrame) -> dict[str, int]:
        """Return, for each categorical column that has any, the number of cells whose value training never saw."""
        counts = {
            c.name: int((_codes(typed[c.name], pd.Index(c.vocabulary, dtype=object)) == UNSEEN).sum()) for c in self._by_role("category")
        }
        return {name: count for name, count in counts.items() if count}

    def to_json(self) -> dict[str, Any]:
        """Return the coding as plain JSON data."""
        return {
            "columns": [{"name": c.name, "role": c.role, "vocabulary": list(c.vocabulary), "parts": list(c.parts)} for c in self.columns]
        }

    @classmethod
    def from_json(cls, data: Any) -> Coding:
        """Return the coding that :meth:`to_json` wrote.

        Raises
        ------
        ValueError
            If the data is anything else.
        """
        entries = data.get("columns") if isinstance(data, Mapping) else None
        if entries is None or type(entries) is not list:
            raise ValueError("a coding is an object with a list of columns")
        return cls(tuple(_restore(entry) for entry in entries))

    def _by_role(self, role: str) -> list[CodedColumn]:
        return [c for c in self.columns if c.role == role]

    def _numbers(self, typed: pd.DataFrame) -> list[tuple[str, np.ndarray]]:
        found: list[tuple[str, np.ndarray]] = []
        for column in self.columns:
            if column.role == "number":
                found.append((column.name, pd.to_numeric(typed[column.name], errors="coerce").to_numpy(np.float64, na_value=np.nan)))
            elif column.role == "date":
                found += [(f"{column.name}: {part}", values) for part, values in _date_values(typed[column.name], column.parts)]
            elif column.role == "text":
                found += [(f"{column.name}: {count}", values) for count, values in _text_counts(_strings(typed[column.name]))]
        dates = self._by_role("date")
        for first, second in itertools.islice(itertools.combinations(dates, 2), MOST_DATE_PAIRS):
            difference = _day_number(_moments(typed[second.name])) - _day_number(_moments(typed[first.name]))
            found.append((f"{second.name} - {first.name}: days", difference))
        return found


# --- learning


def _learn(values: pd.Series, kind: str) -> CodedColumn:
    name = str(values.name)
    if kind in NUMERIC_KINDS:
        return CodedColumn(name, "number")
    if kind == "datetime":
        moments = _moments(values)
        return CodedColumn(name, "date", parts=tuple(p for p in DATE_PARTS if _varies(_date_part(moments, p))))
    if kind in TEXT_KINDS:
        return CodedColumn(name, "text")
    counts = values.dropna().astype(str).value_counts()
    ordered = sorted(
        ((str(value), int(rows)) for value, rows in counts.items()), key=lambda pair: (-pair[1], pair[0])
    )  # ties by name, so that row order plays no part
    return CodedColumn(name, "category", vocabulary=tuple(value for value, _ in ordered[:LARGEST_VOCABULARY]))


def _varies(values: np.ndarray) -> bool:
    there = values[~np.isnan(values)]
    return len(there) > 0 and bool(there.min() < there.max())


def _restore(entry: Any) -> CodedColumn:
    if not isinstance(entry, Mapping) or set(entry) != {"name", "role", "vocabulary", "parts"}:
        raise ValueError("a coded column has a name, a role, a vocabulary and parts")
    name, role, vocabulary, parts = entry["name"], entry["role"], entry["vocabulary"], entry["parts"]
    if not isinstance(name, str) or role not in ("number", "category", "date", "text"):
        raise ValueError(f"{name!r} has the unknown role {role!r}")
    if not isinstance(vocabulary, list) or not all(isinstance(v, str) for v in vocabulary) or len(set(vocabulary)) != len(vocabulary):
        raise ValueError(f"the vocabulary of {name!r} must be distinct strings")
    if len(vocabulary) > LARGEST_VOCABULARY:
        raise ValueError(f"the vocabulary of {name!r} is longer than {LARGEST_VOCABULARY:,}")
    if not isinstance(parts, list) or not all(p in DATE_PARTS for p in parts):
        raise ValueError(f"{name!r} has unknown date parts")
    return CodedColumn(name, role, tuple(vocabulary), tuple(parts))


# --- coding


def _float32(values: np.ndarray) -> np.ndarray:
    """Return float32, with infinity as missing and what is too large for 32 bits as the largest number."""
    finite = np.where(np.isinf(values), np.nan, values)
    return np.clip(finite, FLOAT32.min, FLOAT32.max).astype(np.float32)


def _codes(values: pd.Series, vocabulary: pd.Index) -> np.ndarray:
    local, distinct = pd.factorize(values.to_numpy(object))
    places = vocabulary.get_indexer(pd.Index([str(v) for v in distinct], dtype=object))
    lookup = np.append(np.where(places < 0, UNSEEN, places), MISSING)  # a missing cell is -1 in `local`: the last entry
    return lookup[local].astype(np.int32)


def _strings(values: pd.Series) -> np.ndarray:
    cells = values.to_numpy(object)
    absent = pd.isna(cells)
    return np.array(["" if gone else str(cell) for cell, gone in zip(cells, absent, strict=True)], dtype=object)


def _moments(values: pd.Series) -> pd.Series:
    moments = pd.to_datetime(values, errors="coerce")
    return moments.dt.tz_convert("UTC").dt.tz_localize(None) if moments.dt.tz is not None else moments


def _day_number(moments: pd.Series) -> np.ndarray:
    stamps = moments.to_numpy("datetime64[us]")
    return np.where(np.isnat(stamps), np.nan, stamps.astype(np.int64) / MICROSECONDS_PER_DAY)


def _date_part(moments: pd.Series, part: str) -> np.ndarray:
    if part == "day number":
        return _day_number(moments)
    accessor = {"weekday": "day_of_week", "day of year": "day_of_year"}.get(part, part)
    return getattr(moments.dt, accessor).to_numpy(np.float64, na_value=np.nan)


def _date_values(values: pd.Series, parts: Sequence[str]) -> list[tuple[str, np.ndarray]]:
    moments = _moments(values)
    found = [(part, _date_part(moments, part)) for part in parts]
    for part, period in PERIODS.items():
        if part in parts:
            angle = 2 * np.pi * _date_part(moments, part) / period
            found += [(f"{part} sine", np.sin(angle)), (f"{part} cosine", np.cos(angle))]
    return found


def _text_counts(strings: np.ndarray) -> list[tuple[str, np.ndarray]]:
    counts = np.zeros((len(strings), len(TEXT_COUNTS)))
    for row, text in enumerate(strings):
        length = len(text)
        if length:
            digits, capitals = sum(map(str.isdigit, text)), sum(map(str.isupper, text))
            counts[row] = length, sum(1 for _ in WORD.finditer(text)), digits / length, capitals / length
    return [(name, counts[:, k]) for k, name in enumerate(TEXT_COUNTS)]
