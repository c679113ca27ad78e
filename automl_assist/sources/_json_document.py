"""One JSON document that holds a table: an array of records, alone or in an object, or an object of columns; rewritten as JSON Lines."""

from __future__ import annotations

import contextlib
import json
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, TextIO

from automl_assist.errors import AssistError
from automl_assist.sources._source import Input, Notes
from automl_assist.sources._text import open_text

BLOCK = 1 << 20  # characters read at a time
MOST_CHARACTERS = 1 << 28  # of a document that has to be held at once, some 2 GB as objects
BLANK, BETWEEN = re.compile(r"\s*"), re.compile(r"[\s,]*")

NAMES = {dict: "an object", list: "an array", str: "a text", int: "a number", float: "a number", bool: "true or false", type(None): "null"}


def named_in_json(value: object) -> str:
    """Return what JSON calls a value."""
    return NAMES[type(value)]


@contextlib.contextmanager
def as_lines(source: Input, encoding: str, notes: Notes) -> Iterator[Input]:
    """Yield the file, or a private copy with one record a line where it is one document.

    Raises
    ------
    AssistError
        E0114 if it is no JSON, or holds no table.
    """
    with open_text(source, encoding) as text:
        start = text.read(BLOCK).lstrip("\ufeff \t\r\n")
    if not start.startswith("[") and not _goes_on(start):
        yield source
        return
    handle, path = tempfile.mkstemp(prefix="assist-", suffix=".jsonl")  # mode 0600
    try:
        with open_text(source, encoding) as text, os.fdopen(handle, "w", encoding="utf-8", errors="replace") as out:
            records = _of_array(source, text) if start.startswith("[") else _of_object(source, text, notes)
            out.writelines(json.dumps(record) + "\n" for record in records)
        with open(path, "rb") as copy:
            head = copy.read(4096)
        yield replace(source, file=path, head=head)
    finally:
        os.unlink(path)


def _goes_on(start: str) -> bool:
    """Whether an object begun in the first line ends in a later one, or is the only thing in the file and holds nothing but containers."""
    first, _, rest = start.partition("\n")
    try:
        record = json.loads(first)
    except (ValueError, RecursionError):
        return first.startswith("{") and first.rstrip("\r")[-1:] in "{[,"  # else a line is broken, which the reading by lines tells
    return not rest.strip() and isinstance(record, dict) and any(found(record) is not None for found in (_table_within, _split, _columns))


def _of_array(source: Input, text: TextIO) -> Iterator[dict[str, Any]]:
    """Yield the records of an array, a block of text at a time."""
    decoder, buffer, at, number = json.JSONDecoder(), text.read(BLOCK).lstrip("\ufeff \t\r\n"), 1, 0
    while True:
        at += len(BETWEEN.match(buffer, at)[0])  # type: ignore[index]
        if buffer.startswith("]", at):
            if (buffer[at + 1 :] + text.read(BLOCK)).strip():
                raise _no_table(source, f"something stands behind the array of {number:,} records")
            return
        try:
            record, at = decoder.raw_decode(buffer, at)
        except (ValueError, RecursionError) as error:
            more = text.read(max(BLOCK, len(buffer) - at))
            if not more:
                raise _no_table(source, f"record {number + 1:,} of the array cannot be read: {error}") from error
            buffer, at = buffer[at:] + more, 0
            continue
        number += 1
        if not isinstance(record, dict):
            raise _no_table(source, f"element {number:,} of the array is no object but {named_in_json(record)}")
        yield record


def _of_object(source: Input, text: TextIO, notes: Notes) -> Iterable[dict[str, Any]]:
    """Return the records of an object that holds one array of them, or columns."""
    whole = text.read(MOST_CHARACTERS + 1)
    if len(whole) > MOST_CHARACTERS:
        raise _no_table(source, "it is one object of more than 268 million characters")
    found = _one_after_another(source, whole.lstrip("\ufeff"))
    if len(found) > 1:
        return found
    document = found[0]
    if (key := _table_within(document)) is not None:
        beside = ", ".join(repr(k[:30]) for k in document if k != key)
        notes.assume(
            f"The records are those of {key[:60]!r}" + (f"; beside it stand {beside[:160]}, which were left out." if beside else ".")
        )
        return list(document[key])
    if (rows := _split(document)) is not None:
        notes.assume("The records are the arrays of 'data', their fields called by 'columns'.")
        return rows
    if (columns := _columns(document)) is not None:
        notes.assume("The object was taken for a table by columns: each of its keys is one.")
        return [dict(zip(document, row, strict=True)) for row in zip(*columns, strict=True)]
    return [document]


def _one_after_another(source: Input, text: str) -> list[dict[str, Any]]:
    """Return the objects of a text, each of which may span lines."""
    decoder, text, end = json.JSONDecoder(), text.strip(), 0
    found: list[dict[str, Any]] = []
    while end < len(text):
        end += len(BLANK.match(text, end)[0])  # type: ignore[index]
        try:
            document, end = decoder.raw_decode(text, end)
        except (ValueError, RecursionError) as error:
            raise _no_table(source, f"object {len(found) + 1:,} cannot be read: {error}") from error
        if not isinstance(document, dict):
            raise _no_table(source, f"beside objects it holds {named_in_json(document)}")
        found.append(document)
    return found


def _split(document: dict[str, Any]) -> list[dict[str, Any]] | None:
    """Return the records of an object of names and rows, as pandas writes it when asked to."""
    names, rows = document.get("columns"), document.get("data")
    if not isinstance(names, list) or not isinstance(rows, list) or not set(document) <= {"columns", "data", "index", "schema"}:
        return None
    if not all(isinstance(row, list) and len(row) == len(names) for row in rows):
        return None
    return [dict(zip(map(str, names), row, strict=True)) for row in rows]


def _table_within(document: dict[str, Any]) -> str | None:
    """Return the one key that holds an array of records."""
    keys = [key for key, value in document.items() if isinstance(value, list) and value and all(isinstance(v, dict) for v in value)]
    return keys[0] if len(keys) == 1 else None


def _columns(document: dict[str, Any]) -> list[list[Any]] | None:
    """Return the columns of an object whose values are all as long: arrays, or objects with the same keys, as pandas writes them."""
    values = list(document.values())
    if len(values) < 2:
        return None
    if all(isinstance(v, dict) for v in values) and len(values[0]) > 1 and all(list(v) == list(values[0]) for v in values):
        return [list(v.values()) for v in values]
    if all(isinstance(v, list) for v in values) and len(values[0]) > 1 and len({len(v) for v in values}) == 1:
        return values
    return None


def _no_table(source: Input, why: str) -> AssistError:
    return AssistError(
        "E0114",
        f"{source.name} holds no table as JSON",
        where=why[:160],
        help="give an array of objects, or JSON Lines: one object a line",
    )
