"""JSON Lines: one object a line, read line by line so that a mistake is named by its line; a document of JSON is rewritten so before."""

from __future__ import annotations

import hashlib
import itertools
import json
import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from automl_assist.errors import AssistError
from automl_assist.schema import Reading, ReadOptions
from automl_assist.sources._engine import EXACT_INTEGERS
from automl_assist.sources._json_document import as_lines, named_in_json
from automl_assist.sources._names import clean_names
from automl_assist.sources._scan import rows_that_fit, tell_left_out
from automl_assist.sources._source import Input, Notes, Source, Table
from automl_assist.sources._text import Bytes, decide_encoding, open_text, scan

MOST_COLUMNS = 100_000  # keys that differ in every line are no columns
FIRST_LINES = 1_000  # whose keys tell how wide the table is, and which of them hold records
MOST_FIELDS = 100  # of a record that is taken apart: more are keys of a dictionary, which are no columns
DEEPEST = 4  # records within records
CHECKSUMS = 2**32
SHOWN = 5


def _read(source: Input, options: ReadOptions, like: Reading | None) -> Table:
    notes = Notes()
    found = scan(source)
    encoding = decide_encoding(source, found, options.encoding, like.encoding if like else None, notes)
    with as_lines(source, encoding, notes) as lines:
        if lines is source:
            return _read_lines(source, found, encoding, options, like, notes)
        table = _read_lines(lines, replace(scan(lines), sha256=found.sha256), "utf-8", options, like, notes)
    return replace(table, reading=replace(table.reading, encoding=encoding.removesuffix("-sig")))


def _read_lines(source: Input, found: Bytes, encoding: str, options: ReadOptions, like: Reading | None, notes: Notes) -> Table:
    lines = found.lf + (found.last != b"\n")
    share, records = _first_look(source, encoding, lines)
    columns, rows, seen = _collect(source, encoding, share if like is None else 1.0, records)
    if apart := sorted(records):
        shown = ", ".join(map(repr, apart[:SHOWN])) + (", ..." if len(apart) > SHOWN else "")
        notes.assume(f"Records within the objects were taken apart, so that each field is a column: {shown}.")
    if not rows:
        raise AssistError("E0104", f"{source.name} is empty: it holds no objects", help="write one JSON object a line")
    raw = list(columns)
    names = clean_names(raw, len(raw), notes)
    data = {i: _typed(columns[key], rows, key, notes) for i, key in enumerate(raw)}
    frame = pd.DataFrame(data, index=range(rows), copy=False)
    frame.columns = pd.Index(names, dtype=object)
    if rows < seen:
        tell_left_out(rows, seen, notes)
    reading = Reading(
        source.path, source.name, "json_lines", found.sha256, source.size_bytes, seen, len(names), encoding=encoding.removesuffix("-sig"),
        dayfirst=options.dayfirst, assumptions=tuple(notes.assumptions),
    )  # fmt: skip
    return Table(frame, reading, tuple(notes.messages))


def _first_look(source: Input, encoding: str, lines: int) -> tuple[float, frozenset[str]]:
    """Return the share of the lines that can be held, and the keys that hold records, judged by the first lines."""
    keys: set[str] = set()
    fields: dict[str, set[str]] = {}
    with open_text(source, encoding) as text:
        for line in itertools.islice(text, FIRST_LINES):
            try:
                record = json.loads(line)
            except (ValueError, RecursionError):
                continue  # told when the line is read
            if isinstance(record, dict):
                keys.update(record)
                _note_fields(record, "", fields)
    records = {
        key
        for key, names in fields.items()
        if 0 < len(names) <= MOST_FIELDS and "" not in names and not any(f"{key}.{name}" in keys for name in names)
    }
    records = {key for key in records if all(above in records for above in _above(key))}
    fitting = rows_that_fit(lines, len(keys) + sum(len(fields[key]) for key in records))
    return fitting / lines if fitting else 1.0, frozenset(records)


def _note_fields(record: dict[str, Any], path: str, fields: dict[str, set[str]]) -> None:
    """Note the fields of each record within a record, and that a key holds something else, by a field without a name."""
    for key, value in record.items():
        name = f"{path}{key}"
        if isinstance(value, dict) and name.count(".") < DEEPEST:
            fields.setdefault(name, set()).update(value)
            _note_fields(value, f"{name}.", fields)
        elif value is not None:
            fields.setdefault(name, set()).add("")


def _above(key: str) -> list[str]:
    parts = key.split(".")
    return [".".join(parts[:i]) for i in range(1, len(parts))]


def _apart(record: dict[str, Any], records: frozenset[str], path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the fields of a record, those of records within it under both names."""
    for key, value in record.items():
        name = f"{path}{key}"
        if isinstance(value, dict) and name in records:
            yield from _apart(value, records, f"{name}.")
        else:
            yield name, value


def _collect(source: Input, encoding: str, share: float, records: frozenset[str]) -> tuple[dict[str, list[Any]], int, int]:
    """Return the values of each key, a list as long as the row of its last value; how many rows that are, and of how many.

    Of more rows than can be held, a share is kept that the content of the lines chooses, so that their order changes nothing.
    """
    columns: dict[str, list[Any]] = {}
    rows = seen = 0
    below = int(share * CHECKSUMS)
    with open_text(source, encoding) as text:
        for number, line in enumerate(text, start=1):
            if not line.strip():
                continue
            try:
                record = json.loads(line)
            except (ValueError, RecursionError) as error:
                raise _broken(source, number, str(error)) from error
            if not isinstance(record, dict):
                raise _broken(source, number, f"it holds no object but {named_in_json(record)}")
            seen += 1
            if share < 1 and _spread(line) >= below:
                continue
            for key, value in _apart(record, records) if records else record.items():
                values = columns.get(key)
                if values is None:
                    if len(columns) >= MOST_COLUMNS:
                        raise _broken(source, number, f"more than {MOST_COLUMNS:,} different keys")
                    values = columns[key] = []
                if len(values) < rows:
                    values.extend([None] * (rows - len(values)))
                if len(values) == rows:
                    values.append(value)
            rows += 1
    return columns, rows, seen


def _spread(line: str) -> int:
    """Return a number below `CHECKSUMS` that a line's content alone decides, evenly spread."""
    return int.from_bytes(hashlib.blake2b(line.strip().encode("utf-8", "replace"), digest_size=4).digest(), "big")


def _broken(source: Input, line: int, why: str) -> AssistError:
    return AssistError(
        "E0114",
        f"line {line:,} of {source.name} is not a JSON object",
        where=why[:160],
        help='write one JSON object a line, such as {"a": 1}',
    )


def _typed(values: list[Any], rows: int, key: str, notes: Notes) -> pd.Series:
    """Return numbers as float64, true and false as bool objects, everything else as str; None where nothing stands."""
    values.extend([None] * (rows - len(values)))
    kinds = {type(v) for v in values} - {type(None)}
    if kinds and kinds <= {int, float}:
        numbers = np.array([math.nan if v is None else _as_float(v) for v in values], dtype=float)
        if kinds == {int} and np.nanmax(np.abs(numbers)) >= EXACT_INTEGERS:
            notes.assume(f"Column {key[:60]!r} holds whole numbers too long to be told apart as numbers, and was read as text.")
            return pd.Series([None if v is None else str(v) for v in values], dtype=object)
        whole = kinds == {int} and not np.isnan(numbers).any()
        return pd.Series(numbers.astype(np.int64) if whole else numbers)
    if kinds <= {bool}:
        return pd.Series(values, dtype=object)
    if len(kinds) > 1:
        notes.assume(f"Column {key[:60]!r} holds values of several JSON types and was read as text.")
    return pd.Series([None if v is None or v == "" else _as_text(v) for v in values], dtype=object)


def _as_float(value: float) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _as_text(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text.encode("utf-8", "replace").decode("utf-8") if not text.isascii() else text


SOURCE = Source("json_lines", "JSON Lines, JSON", (".jsonl", ".ndjson", ".json", ".jsonl.gz", ".ndjson.gz", ".json.gz"), _read)
