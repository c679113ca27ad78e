"""Excel: the first sheet, read by python-calamine, which evaluates nothing; an optional part."""

from __future__ import annotations

import datetime
from typing import Any

import pandas as pd

from automl_assist.errors import AssistError
from automl_assist.schema import Reading, ReadOptions
from automl_assist.sources._dialect import decide_layout
from automl_assist.sources._files import digest
from automl_assist.sources._names import clean_names
from automl_assist.sources._source import Input, Notes, Source, Table


def _read(source: Input, options: ReadOptions, like: Reading | None) -> Table:
    try:
        from python_calamine import CalamineWorkbook
    except ImportError as error:
        raise AssistError(
            "E0801",
            f"{source.name} is an Excel file, and the part that reads Excel is not installed",
            help="install it: pip install 'automl-assist[excel]'\n        or save the sheet as CSV",
        ) from error
    notes = Notes()
    try:
        book = CalamineWorkbook.from_path(source.file)
        sheets = list(book.sheet_names)
        rows = book.get_sheet_by_index(0).to_python()
    except Exception as error:  # the library raises several kinds of its own for damaged files
        raise AssistError(
            "E0113", f"{source.name} is damaged or no Excel file", where=str(error)[:160], help="save it again, or as CSV"
        ) from error
    notes.assume(f"Sheet {sheets[0]!r} was read.")
    if len(sheets) > 1:
        notes.warn(
            "W0114",
            f"{source.name} has {len(sheets)} sheets; only the first, {sheets[0]!r}, was read",
            "save another sheet as CSV to use it",
        )
    cells = [[_as_text(v) for v in row] for row in rows]
    cells = [row[: max((i + 1 for i, cell in enumerate(row) if cell), default=0)] for row in cells]  # sheets pad every row to the widest
    if not any(cells):
        raise AssistError("E0104", f"{source.name} is empty: its first sheet holds nothing", help="a header and its rows are needed")
    dialect = decide_layout(cells, ",", False if options.no_header else (like.header if like else None))
    width = max(map(len, cells))
    raw = list(dialect.names) or [f"column_{i}" for i in range(1, width + 1)]
    names = clean_names(raw, width, notes)
    body = [row + [""] * (width - len(row)) for row in cells[dialect.first :] if row]
    columns = zip(*body, strict=True) if body else [()] * width
    frame = pd.DataFrame({i: pd.Series([c or None for c in column], dtype=object) for i, column in enumerate(columns)})
    frame.columns = pd.Index(names, dtype=object)
    reading = Reading(
        source.path, source.name, "excel", digest(source), source.size_bytes, len(frame), width, header=dialect.header is not None,
        skipped_lines=dialect.header or 0, dayfirst=options.dayfirst, assumptions=tuple(notes.assumptions),
    )  # fmt: skip
    return Table(frame, reading, tuple(notes.messages))


def _as_text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    return "" if value is None else str(value).strip()


SOURCE = Source("excel", "Excel", (".xlsx", ".xlsm", ".xls", ".ods"), _read)
