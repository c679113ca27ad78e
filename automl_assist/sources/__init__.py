"""Reading tables, one file a format: each opens the file itself and says everything that it assumed.

To add a format, copy a neighbour, define ``SOURCE`` and write its test.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace

from automl_assist._registry import collect
from automl_assist.errors import AssistError
from automl_assist.schema import Reading, ReadOptions
from automl_assist.sources._class_folders import FORMATS as FOLDERS, PART, alone
from automl_assist.sources._engine import EXACT_INTEGERS, arrays_of, frame_of
from automl_assist.sources._files import open_input, refuse_foreign
from automl_assist.sources._margins import TOTALS
from automl_assist.sources._pictures import (
    ENDINGS as PICTURE_ENDINGS,
    NOT_NAMED,
    Pictures,
    Shape,
    fitted,
    folder_of,
    found_beside,
    open_shelf,
    read_pictures,
    white_of,
)
from automl_assist.sources._scan import Counts, Scan, hashed_below
from automl_assist.sources._source import Input, Source, Table
from automl_assist.sources._zipped import table_within

__all__ = [
    "EXACT_INTEGERS", "FOLDERS", "NOT_NAMED", "PART", "PICTURE_ENDINGS", "TOTALS", "Counts", "Input", "Pictures", "Scan", "Shape", "Source",
    "Table", "arrays_of", "fitted", "folder_of", "found_beside", "frame_of", "hashed_below", "open_shelf", "read",
    "read_pictures", "sources", "white_of",
]  # fmt: skip

TEXT_FORMAT = "csv"  # what a file is taken for when its name says nothing


def sources() -> dict[str, Source]:
    """Return every format by its name."""
    return collect(sys.modules[__name__], Source, key="name")


def read(
    path: str, options: ReadOptions | None = None, *, like: Reading | None = None, whole: bool = True,
    meanwhile: Callable[[], object] | None = None,
) -> Table:  # fmt: skip
    """Read a table from a file, or from standard input when `path` is ``-``.

    Parameters
    ----------
    path : str
        A file of this machine, or a folder of class folders of images; an address such as ``https://...`` is refused, never opened. A
        picture where `like` is a folder of them.
    options : ReadOptions
        What the user overrides.
    like : Reading, optional
        How an earlier file was read: the same dialect is the first choice, and no row is left out.
    whole : bool
        Every row is wanted; else a sample and a scan may stand for a table too large to hold.
    meanwhile : callable, optional
        What else is to be done; it is, in another thread, where one core alone is busy with a large file.

    Returns
    -------
    Table
        Text formats hold str cells, and None where a cell is empty; Parquet and JSON Lines keep their types.

    Raises
    ------
    AssistError
        E01xx when the file cannot be read; E0801 when the format needs a library that is not installed.
    """
    with open_input(path) as file:
        if like is not None and like.format in FOLDERS and not file.is_folder and file.name.lower().endswith(PICTURE_ENDINGS):
            return alone(file, like)
        with table_within(file, _table_endings()) as (source, member):
            chosen = _format_of(source)
            refuse_foreign(source, chosen.name)
            try:
                table = chosen.read(replace(source, whole=whole, meanwhile=meanwhile), options or ReadOptions(), like)
                return _from_archive(table, file, member) if member else table
            except OSError as error:
                raise AssistError(
                    "E0109", f"{source.name} could not be read to its end: {error.strerror or error}", where=source.path
                ) from error


def _table_endings() -> tuple[str, ...]:
    """Return how the names of files end that may stand in a zip archive."""
    return tuple(ending for format in sources().values() if not format.folder for ending in format.endings if ending != ".zip")


def _from_archive(table: Table, file: Input, member: str) -> Table:
    said = f"The table {member!r} in the zip archive was read."
    reading = replace(table.reading, name=file.name, size_bytes=file.size_bytes, assumptions=(said, *table.reading.assumptions))
    return replace(table, reading=reading)


def _format_of(source: Input) -> Source:
    """Return the format that the name promises, or the first bytes where the name says nothing."""
    known = {name: format for name, format in sources().items() if format.folder == source.is_folder}
    if source.is_folder:
        return next(iter(known.values()))
    for format in known.values():
        if source.name.lower().endswith(format.endings):
            return format
    for format in known.values():
        if format.magic and source.head.startswith(format.magic):
            return format
    return known[TEXT_FORMAT]
