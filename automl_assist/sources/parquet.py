"""Parquet, read by DuckDB with its types; what trains no model (lists, records, intervals) becomes text."""

from __future__ import annotations

import re

from automl_assist.errors import AssistError
from automl_assist.schema import Reading, ReadOptions
from automl_assist.sources._engine import connect, plain_path, quoted, to_frame
from automl_assist.sources._files import digest
from automl_assist.sources._names import clean_names
from automl_assist.sources._source import Input, Notes, Source, Table

# Types that come back as they are; every other type is cast: to double, timestamp or text.
KEPT = re.compile(r"BOOLEAN|VARCHAR|DOUBLE|FLOAT|U?(TINYINT|SMALLINT|INTEGER|BIGINT)")
TO_DOUBLE = re.compile(r"DECIMAL.*|U?HUGEINT|BIGNUM")
TO_TIMESTAMP = re.compile(r"DATE|TIMESTAMP.*")


def _read(source: Input, options: ReadOptions, like: Reading | None) -> Table:
    import duckdb

    notes = Notes()
    with plain_path(source.file) as file, connect() as connection:
        try:
            connection.execute("SET TimeZone = 'UTC'")
            kinds = connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [file]).fetchall()
            chosen = ", ".join(_selected(name, kind) for name, kind, *_ in kinds)
            arrays = connection.execute(f"SELECT {chosen} FROM read_parquet(?)", [file]).fetchnumpy()
        except duckdb.Error as error:
            raise AssistError(
                "E0113",
                f"{source.name} is damaged or no Parquet file",
                where=str(error).splitlines()[0][:160],
                help="write it again; a whole Parquet file begins and ends in PAR1",
            ) from error
    raw = [name for name, *_ in kinds]
    cast = [name for name, kind, *_ in kinds if not (KEPT.fullmatch(kind) or TO_DOUBLE.fullmatch(kind) or TO_TIMESTAMP.fullmatch(kind))]
    if cast:
        notes.assume(f"{len(cast)} columns of nested or unusual types were read as text: {', '.join(map(repr, cast[:5]))}.")
    names = clean_names(raw, len(raw), notes)
    frame = to_frame(list(arrays.values()), names)
    reading = Reading(
        source.path, source.name, "parquet", digest(source), source.size_bytes, len(frame), len(names), dayfirst=options.dayfirst,
        assumptions=tuple(notes.assumptions),
    )  # fmt: skip
    return Table(frame, reading, tuple(notes.messages))


def _selected(name: str, kind: str) -> str:
    if TO_DOUBLE.fullmatch(kind):
        return f"CAST({quoted(name)} AS DOUBLE) AS {quoted(name)}"
    if TO_TIMESTAMP.fullmatch(kind):
        return f"CAST({quoted(name)} AS TIMESTAMP) AS {quoted(name)}"
    return quoted(name) if KEPT.fullmatch(kind) else f"CAST({quoted(name)} AS VARCHAR) AS {quoted(name)}"


SOURCE = Source("parquet", "Parquet", (".parquet", ".pq"), _read, magic=b"PAR1")
