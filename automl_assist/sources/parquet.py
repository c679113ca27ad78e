"""Parquet, read by DuckDB with its types: records are taken apart, and what else trains no model (lists, maps) becomes text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from automl_assist.errors import AssistError
from automl_assist.schema import Reading, ReadOptions
from automl_assist.sources._engine import EXACT_INTEGERS, connect, literal, plain_path, quoted, to_frame
from automl_assist.sources._files import digest
from automl_assist.sources._names import clean_names
from automl_assist.sources._scan import Scan, is_large, rows_that_fit, tell_left_out
from automl_assist.sources._source import Input, Notes, Source, Table

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

# Types that come back as they are; every other type is cast: to double, timestamp or text.
KEPT = re.compile(r"BOOLEAN|VARCHAR|DOUBLE|FLOAT|U?(TINYINT|SMALLINT|INTEGER|BIGINT)")
LONG = re.compile(r"U?BIGINT")
TO_DOUBLE = re.compile(r"DECIMAL.*|U?HUGEINT|BIGNUM")
TO_TIMESTAMP = re.compile(r"DATE|TIMESTAMP.*")
TO_SECONDS = re.compile(r"INTERVAL")
MOST_FIELDS, DEEPEST = 100, 4  # of a record that is taken apart, and of records within records

Field = tuple[str, str, str]  # name, expression, type


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
        fields = _fields(connection, file, [(name, quoted(name), kind) for name, kind, *_ in kinds])
        if apart := [name for name, kind, *_ in kinds if kind.startswith("STRUCT(") and name not in [field[0] for field in fields]]:
            notes.assume(f"Records were taken apart, so that each field is a column: {', '.join(map(repr, apart[:5]))}.")
        fields = _told_apart(connection, file, fields, notes)
        raw = [name for name, *_ in fields]
        known = (KEPT, TO_DOUBLE, TO_TIMESTAMP, TO_SECONDS)
        cast = [name for name, _, kind in fields if not any(pattern.fullmatch(kind) for pattern in known)]
        if cast:
            notes.assume(f"{len(cast)} columns of nested or unusual types were read as text: {', '.join(map(repr, cast[:5]))}.")
        if lengths := [name for name, _, kind in fields if TO_SECONDS.fullmatch(kind)]:
            notes.assume(f"Lengths of time were read in seconds: {', '.join(map(repr, lengths[:5]))}.")
        names = clean_names(raw, len(raw), notes)
        fitting = rows_that_fit(rows, len(fields)) if source.whole and not reread else None
        if fitting or (not source.whole and not reread and is_large(rows, len(fields))):
            scan = _scan(source, fields, names, rows)
            sample = scan.sample(fitting)
            if sample is not None:
                return sample.frame, rows, None if fitting else scan, 0 if fitting else sample.repeated
        chosen = ", ".join(f"{_selected(expression, kind)} AS c{i}" for i, (_, expression, kind) in enumerate(fields))
        arrays = connection.execute(f"SELECT {chosen} FROM read_parquet(?)", [file]).fetchnumpy()
    return to_frame(list(arrays.values()), names), rows, None, 0


def _told_apart(connection: duckdb.DuckDBPyConnection, file: str, fields: list[Field], notes: Notes) -> list[Field]:
    """Return the fields with those of whole numbers that are too long for a float as text, as the file's own statistics tell."""
    whole = [name for name, _, kind in fields if LONG.fullmatch(kind)]
    if not whole:
        return fields
    asked = (
        "SELECT path_in_schema, max(greatest(abs(try_cast(stats_min_value AS DOUBLE)), abs(try_cast(stats_max_value AS DOUBLE)))) "
        "FROM parquet_metadata(?) GROUP BY ALL"
    )
    largest = dict(connection.execute(asked, [file]).fetchall())
    long = [name for name in whole if (largest.get(name) or 0.0) >= EXACT_INTEGERS]
    if long:
        notes.assume(f"Whole numbers too long to be told apart as numbers were read as text: {', '.join(map(repr, long[:5]))}.")
    return [
        (name, f"CAST({expression} AS VARCHAR)", "VARCHAR") if name in long else (name, expression, kind)
        for name, expression, kind in fields
    ]


def _fields(connection: duckdb.DuckDBPyConnection, file: str, columns: list[Field], depth: int = 0) -> list[Field]:
    """Return the columns with records taken apart into their fields, those of few fields and not too deep within others."""
    found: list[Field] = []
    names = {name for name, *_ in columns}
    for name, expression, kind in columns:
        parts = []
        if kind.startswith("STRUCT(") and kind.endswith(")") and depth < DEEPEST:
            described = connection.execute(f"DESCRIBE SELECT unnest({expression}) FROM read_parquet(?)", [file]).fetchall()
            parts = [(f"{name}.{part}", f"struct_extract({expression}, {literal(part)})", kind) for part, kind, *_ in described]
        if 0 < len(parts) <= MOST_FIELDS and not names & {part for part, *_ in parts}:
            found += _fields(connection, file, parts, depth + 1)
        else:
            found.append((name, expression, kind))
    return found


def _scan(source: Input, fields: list[Field], names: list[str], rows: int) -> Scan:
    """Return the rows for questions, every number a double, as typed columns are held."""
    types = [_held_as(kind) for *_, kind in fields]
    seconds = [f"epoch({expression})" if TO_SECONDS.fullmatch(kind) else expression for _, expression, kind in fields]
    expressions = [f"CAST({expression} AS {type})" for expression, type in zip(seconds, types, strict=True)]
    return Scan.of(source.file, "read_parquet({file})", names, types, rows, expressions=expressions)


def _held_as(kind: str) -> str:
    if TO_TIMESTAMP.fullmatch(kind):
        return "TIMESTAMP"
    if kind == "BOOLEAN":
        return kind
    return (
        "DOUBLE" if kind != "VARCHAR" and (KEPT.fullmatch(kind) or TO_DOUBLE.fullmatch(kind) or TO_SECONDS.fullmatch(kind)) else "VARCHAR"
    )


def _selected(expression: str, kind: str) -> str:
    if TO_SECONDS.fullmatch(kind):
        return f"epoch({expression})"
    if TO_DOUBLE.fullmatch(kind):
        return f"CAST({expression} AS DOUBLE)"
    if TO_TIMESTAMP.fullmatch(kind):
        return f"CAST({expression} AS TIMESTAMP)"
    return expression if KEPT.fullmatch(kind) else f"CAST({expression} AS VARCHAR)"


SOURCE = Source("parquet", "Parquet", (".parquet", ".pq"), _read, magic=b"PAR1")
