"""Parquet, read by DuckDB with its types; what trains no model (lists, records, intervals) becomes text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from automl_assist.errors import AssistError
from automl_assist.schema import Reading, ReadOptions
from automl_assist.sources._engine import connect, plain_path, quoted, to_frame
from automl_assist.sources._files import digest
from automl_assist.sources._names import clean_names
from automl_assist.sources._scan import Scan, is_large, rows_that_fit, tell_left_out
from automl_assist.sources._source import Input, Notes, Source, Table

if TYPE_CHECKING:
    import pandas as pd

# Types that come back as they are; every other type is cast: to double, timestamp or text.
KEPT = re.compile(r"BOOLEAN|VARCHAR|DOUBLE|FLOAT|U?(TINYINT|SMALLINT|INTEGER|BIGINT)")
TO_DOUBLE = re.compile(r"DECIMAL.*|U?HUGEINT|BIGNUM")
TO_TIMESTAMP = re.compile(r"DATE|TIMESTAMP.*")


def _read(source: Input, options: ReadOptions, like: Reading | None) -> Table:
    import duckdb

    notes = Notes()
    try:
        frame, rows, scan, repeated = _fetch(source, notes, reread=like is not None)
    except duckdb.Error as error:
        raise AssistError(
            "E0113",
            f"{source.name} is damaged or no Parquet file",
            where=str(error).splitlines()[0][:160],
            help="write it again; a whole Parquet file begins and ends in PAR1",
        ) from error
    if source.whole and len(frame) < rows:
        tell_left_out(len(frame), rows, notes)
    reading = Reading(
        source.path, source.name, "parquet", digest(source), source.size_bytes, rows, len(frame.columns), dayfirst=options.dayfirst,
        assumptions=tuple(notes.assumptions),
    )  # fmt: skip
    return Table(frame, reading, tuple(notes.messages), scan, repeated)


def _fetch(source: Input, notes: Notes, *, reread: bool) -> tuple[pd.DataFrame, int, Scan | None, int]:
    """Return all rows or a sample of them, how many there are, and of a large table a way to ask and its repeated rows."""
    with plain_path(source.file) as file, connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        kinds = connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [file]).fetchall()
        (rows,) = connection.execute("SELECT count(*) FROM read_parquet(?)", [file]).fetchone() or (0,)
        raw = [name for name, *_ in kinds]
        cast = [name for name, kind, *_ in kinds if not (KEPT.fullmatch(kind) or TO_DOUBLE.fullmatch(kind) or TO_TIMESTAMP.fullmatch(kind))]
        if cast:
            notes.assume(f"{len(cast)} columns of nested or unusual types were read as text: {', '.join(map(repr, cast[:5]))}.")
        names = clean_names(raw, len(raw), notes)
        fitting = rows_that_fit(rows, len(kinds)) if source.whole and not reread else None
        if fitting or (not source.whole and not reread and is_large(rows, len(kinds))):
            scan = _scan(source, kinds, names, rows)
            sample = scan.sample(fitting)
            if sample is not None:
                return sample.frame, rows, None if fitting else scan, 0 if fitting else sample.repeated
        chosen = ", ".join(_selected(name, kind) for name, kind, *_ in kinds)
        arrays = connection.execute(f"SELECT {chosen} FROM read_parquet(?)", [file]).fetchnumpy()
    return to_frame(list(arrays.values()), names), rows, None, 0


def _scan(source: Input, kinds: list[tuple[str, ...]], names: list[str], rows: int) -> Scan:
    """Return the rows for questions, every number a double, as typed columns are held."""
    expressions, types = [], []
    for name, kind, *_ in kinds:
        target = _held_as(kind)
        expressions.append(f"CAST({quoted(name)} AS {target})")
        types.append(target)
    return Scan.of(source.file, "read_parquet({file})", names, types, rows, expressions=expressions)


def _held_as(kind: str) -> str:
    if TO_TIMESTAMP.fullmatch(kind):
        return "TIMESTAMP"
    if kind == "BOOLEAN":
        return kind
    return "DOUBLE" if kind != "VARCHAR" and (KEPT.fullmatch(kind) or TO_DOUBLE.fullmatch(kind)) else "VARCHAR"


def _selected(name: str, kind: str) -> str:
    if TO_DOUBLE.fullmatch(kind):
        return f"CAST({quoted(name)} AS DOUBLE) AS {quoted(name)}"
    if TO_TIMESTAMP.fullmatch(kind):
        return f"CAST({quoted(name)} AS TIMESTAMP) AS {quoted(name)}"
    return quoted(name) if KEPT.fullmatch(kind) else f"CAST({quoted(name)} AS VARCHAR) AS {quoted(name)}"


SOURCE = Source("parquet", "Parquet", (".parquet", ".pq"), _read, magic=b"PAR1")
