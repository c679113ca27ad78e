"""Excel: the first sheet that is no cover of the others, or the one of ``FILE#SHEET``; an optional part.

python-calamine reads the cells and evaluates nothing.
"""

from __future__ import annotations

import datetime
import shlex
from typing import Any

import pandas as pd

from automl_assist.errors import AssistError, did_you_mean
from automl_assist.schema import Reading, ReadOptions
from automl_assist.sources._dialect import Dialect, decide_layout
from automl_assist.sources._files import WORKBOOKS, digest
from automl_assist.sources._margins import FEWEST_AGAIN, FEWEST_ROWS, LAST_LINES, rows_at_end, rows_below_names, tell_margins, tell_names
from automl_assist.sources._names import clean_names
from automl_assist.sources._source import Input, Notes, Source, Table

SHOWN_SHEETS = 6
BESIDE_SHARE = 0.5  # of the rows: what ends above is no part of the table left of it
SHOWN_ROWS = 300  # that show what the rows below the names are like
COVER_SHARE = 0.1  # of the cells of the fullest sheet: with fewer one is a cover, a legend or a summary of it
NO_COVER = 2_000  # cells: a sheet that holds as many is read whatever the ones behind it hold


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
        sheet, cells = _chosen(source, book, sheets, like)
    except AssistError:
        raise
    except Exception as error:  # the library raises several kinds of its own for damaged files
        raise AssistError(
            "E0113", f"{source.name} is damaged or no Excel file", where=str(error)[:160], help="save it again, or as CSV"
        ) from error
    notes.assume(f"Sheet {sheet!r} was read.")
    if _fill_down(cells, book.get_sheet_by_name(sheet)):
        notes.assume("Cells merged over several rows count for each of these rows.")
    others = [name for name in sheets if name != sheet]
    if others and source.sheet is None and not (like and like.sheet == sheet):
        shown = ", ".join(repr(name[:40]) for name in others[:SHOWN_SHEETS]) + (", ..." if len(others) > SHOWN_SHEETS else "")
        notes.warn(
            "W0114",
            f"{source.name} has {len(sheets)} sheets; {sheet!r} was read, and not {shown}",
            f"name another one behind the file: {shlex.quote(source.path + '#' + others[0])}",
        )
    if not any(cells):
        raise AssistError("E0104", f"{source.name} is empty: no sheet of it holds anything", help="a header and its rows are needed")
    if beside := _columns_beside(cells):
        cells = [row[: beside.start] for row in cells]
        cells = [row[: max((i + 1 for i, cell in enumerate(row) if cell), default=0)] for row in cells]
        count, s = len(beside) - 1, "s" if len(beside) == 2 else ""
        notes.warn(
            "W0121",
            f"{count} column{'' if s else 's'} of sheet {sheet!r} left out that stand{s} beside the table, behind an empty column, and "
            f"end{s} in the middle of its rows",
            "move another table or remarks to a sheet of their own",
        )
    dialect = decide_layout(cells, ",", False if options.no_header else (like.header if like else None))
    width = max(map(len, cells))
    raw = list(dialect.names) or [f"column_{i}" for i in range(1, width + 1)]
    skipped = dialect.first if dialect.header is None else dialect.header + 1 - dialect.levels
    tell_names(dialect, [row for row in cells[:skipped] if row], notes)
    below, end = _margins(cells, dialect, width, again=like is not None)
    tell_margins([n + 1 for n in (*below, *range(end, len(cells))) if cells[n]], notes, "row")
    names = clean_names(raw, width, notes)
    body = [row + [""] * (width - len(row)) for row in cells[max(dialect.first, below.stop) : end] if row]
    columns = zip(*body, strict=True) if body else [()] * width
    frame = pd.DataFrame({i: pd.Series([c or None for c in column], dtype=object) for i, column in enumerate(columns)})
    frame.columns = pd.Index(names, dtype=object)
    reading = Reading(
        source.path, source.name, "excel", digest(source), source.size_bytes, len(frame), width, header=dialect.header is not None,
        skipped_lines=skipped if dialect.header else 0, dayfirst=options.dayfirst, sheet=sheet, assumptions=tuple(notes.assumptions),
    )  # fmt: skip
    return Table(frame, reading, tuple(notes.messages))


def _margins(cells: list[list[str]], dialect: Dialect, width: int, *, again: bool) -> tuple[range, int]:
    """Return the places of rows below the names that are none, and where totals and remarks at the end begin."""
    if dialect.header is None:
        return range(0), len(cells)
    fewest = FEWEST_AGAIN if again else FEWEST_ROWS
    padded = [row + [""] * (width - len(row)) for row in cells[dialect.first :] if row]
    found = rows_below_names([list(dialect.names), *padded[:SHOWN_ROWS]], fewest) if dialect.levels == 1 else 0
    at_end = rows_at_end([list(dialect.names), *padded[found:]], cells[dialect.first + found :][-LAST_LINES:], fewest)
    return range(dialect.first, dialect.first + found), len(cells) - at_end


def _chosen(source: Input, book: Any, sheets: list[str], like: Reading | None) -> tuple[str, list[list[str]]]:
    """Return the name and the cells of the sheet that was named, or was read before, or is the first that is no cover, hidden ones last."""
    if source.sheet is not None and source.sheet not in sheets:
        raise AssistError(
            "E0103",
            f"{source.name} has no sheet {source.sheet!r}",
            where=f"its sheets are {', '.join(repr(name[:40]) for name in sheets[:SHOWN_SHEETS])}",
            help=did_you_mean(source.sheet, sheets) or "name one of them behind the file: FILE#SHEET",
        )
    if source.sheet is not None:
        return source.sheet, _cells(book, source.sheet)
    if like and like.sheet in sheets:
        return str(like.sheet), _cells(book, str(like.sheet))
    hidden = {sheet.name for sheet in book.sheets_metadata if not str(sheet.visible).endswith(".Visible")}
    in_order = sorted(sheets, key=hidden.__contains__)
    held, filled = {}, {}
    for name in in_order:
        held[name] = _cells(book, name)
        if sum(map(bool, held[name])) > 1:
            filled[name] = sum(sum(map(bool, row)) for row in held[name])
        if filled.get(name, 0) >= NO_COVER and name not in hidden:
            break
    fullest = max((count for name, count in filled.items() if name not in hidden), default=max(filled.values(), default=0))
    chosen = next((name for name, count in filled.items() if count >= COVER_SHARE * fullest), in_order[0])
    return chosen, held[chosen]


def _cells(book: Any, sheet: str) -> list[list[str]]:
    cells = [[_as_text(v) for v in row] for row in book.get_sheet_by_name(sheet).to_python()]
    return [row[: max((i + 1 for i, cell in enumerate(row) if cell), default=0)] for row in cells]  # sheets pad every row to the widest


def _columns_beside(cells: list[list[str]]) -> range:
    """Return the places of an empty column and those right of it, where these hold something in the first rows only: another table."""
    filled = [{place for place, cell in enumerate(row) if cell} for row in cells]
    width, last = max(map(len, cells)), max(i for i, row in enumerate(filled) if row)
    for place in range(1, width - 1):
        if any(place in row for row in filled):
            continue
        left = max((i for i, row in enumerate(filled) if row and min(row) < place), default=-1)
        right = max((i for i, row in enumerate(filled) if row and max(row) > place), default=-1)
        if left == last and right < BESIDE_SHARE * last:
            return range(place, width)
    return range(0)


def _fill_down(cells: list[list[str]], sheet: Any) -> bool:
    """Write what a cell that is merged over several rows holds into each of them; return whether there was one."""
    top, left = sheet.start or (0, 0)
    found = False
    for (first, column), (last, right) in sheet.merged_cell_ranges or ():
        place, rows = column - left, range(first - top, min(last - top + 1, len(cells)))
        if right != column or len(rows) < 2 or place < 0 or place >= len(cells[rows[0]]):
            continue
        found = True
        for row in rows[1:]:
            cells[row] += [""] * (place + 1 - len(cells[row]))
            cells[row][place] = cells[rows[0]][place]
    return found


def _as_text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    return "" if value is None else str(value).strip()


SOURCE = Source("excel", "Excel", WORKBOOKS, _read)
