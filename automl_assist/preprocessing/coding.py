"""Typed columns become arrays, row by row: a vocabulary for each category and the parts of dates that vary, no statistics.

Because nothing here looks at the target or at averages, a coding can be learned once from all training rows without leaking
anything from one fold into another; everything statistical is learned in the fold, by the encoders.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from automl_assist.preprocessing.arithmetic import OPERATIONS, made_of
from automl_assist.preprocessing.features import MISSING, UNSEEN, Features
from automl_assist.rules.encoding import DATE_PARTS, MOST_DATE_PAIRS, PLAIN_KINDS, TEXT_KINDS, parted
from automl_assist.rules.levels import LEVEL_DETAILS
from automl_assist.schema import NUMERIC_KINDS, Column
from automl_assist.sources import arrays_of

LARGEST_VOCABULARY = int(LEVEL_DETAILS["vocabulary"])  # rarer values are as good as unseen: too few rows each to learn from
MOST_LEVELS = 1_000_000  # of a vocabulary that is read from a file
FLOAT32 = np.finfo(np.float32)
MICROSECONDS_PER_DAY = 86_400_000_000

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
    circular
        Of a date: whether parts that come again stand on a circle too.
    """

    name: str
    role: str
    vocabulary: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    circular: bool = True


@dataclass(frozen=True)
class Coding:
    """From typed columns to arrays; the coding of a row depends on no other row.

    Attributes
    ----------
    columns
        How each is coded.
    differences
        Pairs of dates, at most, of which the days between become a number.
    interactions
        Numbers made of two others: first column, operation, second column.
    """

    columns: tuple[CodedColumn, ...]
    differences: int = MOST_DATE_PAIRS
    interactions: tuple[tuple[str, str, str], ...] = ()

    @classmethod
    def fit(cls, typed: pd.DataFrame, columns: Sequence[Column], settings: Mapping[str, Any] = MappingProxyType({})) -> Coding:
        """Learn the vocabularies and the date parts of the training rows.

        Parameters
        ----------
        typed : DataFrame
            As `profile.cast` returns it.
        columns : sequence of Column
            The columns to learn from; only their `name` and `kind` are used.
        settings : mapping
            The plan's values by topic: parts of dates, differences, interactions, size of vocabularies.
        """
        coded = tuple(_learn(typed, c, settings) for c in columns if c.kind not in PLAIN_KINDS)
        numbers = {c.name for c in coded if c.role == "number"}
        made = [part for text in settings.get("interactions", ()) if (part := parted(text)) and {part[0], part[2]} <= numbers]
        return cls(coded, int(settings.get("date_differences", MOST_DATE_PAIRS)), tuple(made))

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
            "columns": [
                {"name": c.name, "role": c.role, "vocabulary": list(c.vocabulary), "parts": list(c.parts), "circular": c.circular}
                for c in self.columns
            ],
            "differences": self.differences,
            "interactions": [list(made) for made in self.interactions],
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
        columns = tuple(_restore(entry) for entry in entries)
        differences, interactions = data.get("differences"), data.get("interactions")
        if type(differences) is not int or not 0 <= differences <= 1_000 or not isinstance(interactions, list):
            raise ValueError("a coding has a number of differences and a list of interactions")
        return cls(columns, differences, tuple(_restore_interaction(made, {c.name for c in columns}) for made in interactions))

    def _by_role(self, role: str) -> list[CodedColumn]:
        return [c for c in self.columns if c.role == role]

    def _numbers(self, typed: pd.DataFrame) -> list[tuple[str, np.ndarray]]:
        found: list[tuple[str, np.ndarray]] = []
        arrays = arrays_of(typed)
        for column in self.columns:
            if column.role == "number":
                found.append((column.name, _as_numbers(arrays[column.name])))
            elif column.role == "date":
                found += [
                    (f"{column.name}: {part}", values) for part, values in _date_values(typed[column.name], column.parts, column.circular)
                ]
            elif column.role == "text":
                found += [(f"{column.name}: {count}", values) for count, values in _text_counts(_strings(typed[column.name]))]
        dates = self._by_role("date")
        for first, second in itertools.islice(itertools.combinations(dates, 2), self.differences):
            difference = _day_number(_moments(typed[second.name])) - _day_number(_moments(typed[first.name]))
            found.append((f"{second.name} - {first.name}: days", difference))
        values = dict(found)
        return found + [(f"{a} {operation} {b}", made_of(values[a], operation, values[b])) for a, operation, b in self.interactions]


# --- learning


def _learn(typed: pd.DataFrame, column: Column, settings: Mapping[str, Any]) -> CodedColumn:
    name, kind = column.name, column.kind
    if kind in NUMERIC_KINDS:
        return CodedColumn(name, "number")
    values = typed[name]
    if kind == "datetime":
        moments = _moments(values)
        chosen = settings.get("columns.dates", {}).get(name, {})
        parts = tuple(p for p in DATE_PARTS if p in chosen.get("parts", DATE_PARTS) and _varies(_date_part(moments, p)))
        return CodedColumn(name, "date", parts=parts, circular=bool(chosen.get("circular", True)))
    if kind in TEXT_KINDS:
        return CodedColumn(name, "text")
    counts = values.dropna().astype(str).value_counts()
    most = int(settings.get("levels", LEVEL_DETAILS)["vocabulary"])
    ordered = sorted(
        ((str(value), int(rows)) for value, rows in counts.items()), key=lambda pair: (-pair[1], pair[0])
    )  # ties by name, so that row order plays no part
    return CodedColumn(name, "category", vocabulary=tuple(value for value, _ in ordered[:most]))


def _varies(values: np.ndarray) -> bool:
    there = values[~np.isnan(values)]
    return len(there) > 0 and bool(there.min() < there.max())


def _restore(entry: Any) -> CodedColumn:
    if not isinstance(entry, Mapping) or set(entry) != {"name", "role", "vocabulary", "parts", "circular"}:
        raise ValueError("a coded column has a name, a role, a vocabulary, parts and whether they are circular")
    name, role, vocabulary, parts = entry["name"], entry["role"], entry["vocabulary"], entry["parts"]
    if not isinstance(name, str) or role not in ("number", "category", "date", "text"):
        raise ValueError(f"{name!r} has the unknown role {role!r}")
    if not isinstance(vocabulary, list) or not all(isinstance(v, str) for v in vocabulary) or len(set(vocabulary)) != len(vocabulary):
        raise ValueError(f"the vocabulary of {name!r} must be distinct strings")
    if len(vocabulary) > MOST_LEVELS or type(entry["circular"]) is not bool:
        raise ValueError(f"the vocabulary of {name!r} is longer than {MOST_LEVELS:,}, or its circle is no yes or no")
    if not isinstance(parts, list) or not all(p in DATE_PARTS for p in parts):
        raise ValueError(f"{name!r} has unknown date parts")
    return CodedColumn(name, role, tuple(vocabulary), tuple(parts), entry["circular"])


def _restore_interaction(made: Any, columns: set[str]) -> tuple[str, str, str]:
    if not isinstance(made, list) or len(made) != 3 or made[1] not in OPERATIONS or not {made[0], made[2]} <= columns:
        raise ValueError(f"{made!r} is no interaction of two columns")
    return made[0], made[1], made[2]


# --- coding


def _as_numbers(values: np.ndarray) -> np.ndarray:
    if values.dtype == np.float64:
        return values
    return pd.to_numeric(pd.Series(values), errors="coerce").to_numpy(np.float64, na_value=np.nan)


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


def _date_values(values: pd.Series, parts: Sequence[str], circular: bool) -> list[tuple[str, np.ndarray]]:
    moments = _moments(values)
    found = [(part, _date_part(moments, part)) for part in parts]
    for part, period in PERIODS.items():
        if circular and part in parts:
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
