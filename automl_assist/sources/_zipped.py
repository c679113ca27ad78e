"""A zip archive that holds one table: a private copy of the table is read."""

from __future__ import annotations

import contextlib
import os
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import BinaryIO

from automl_assist.errors import AssistError
from automl_assist.sources._files import CHUNK_BYTES, HEAD_BYTES, OFFICE, ZIP, archived
from automl_assist.sources._source import Input
from automl_assist.sources._text import GZIP_FREE_BYTES, GZIP_RATIO_LIMIT


@contextlib.contextmanager
def table_within(source: Input, endings: Sequence[str]) -> Iterator[tuple[Input, str]]:
    """Yield the one table of a zip archive and its name there; the file itself and no name where it is something else.

    Raises
    ------
    AssistError
        E0107 if the archive is damaged or locked, E0108 if the table unpacks to far more than a table would.
    """
    member = _only_table(source, tuple(endings)) if source.head.startswith(ZIP) else None
    if member is None:
        yield source, ""
        return
    if member.file_size > max(GZIP_FREE_BYTES, GZIP_RATIO_LIMIT * source.size_bytes):
        raise AssistError(
            "E0108",
            f"{source.name} unpacks to more than {GZIP_RATIO_LIMIT} times its size: over the limit for a packed table",
            help="if it is no zip bomb, unpack it yourself and give the unpacked file",
        )
    name = os.path.basename(member.filename)
    handle, path = tempfile.mkstemp(prefix="assist-", suffix=".table")  # mode 0600
    try:
        with os.fdopen(handle, "wb") as out:
            head = _unpack(source, member, out)
        yield replace(source, name=name, file=path, size_bytes=member.file_size, head=head), name
    finally:
        os.unlink(path)


def _only_table(source: Input, endings: tuple[str, ...]) -> zipfile.ZipInfo | None:
    members = [m for m in archived(source) or () if not m.filename.startswith("__MACOSX/")]
    if any(m.filename == OFFICE for m in members):
        return None
    tables = [m for m in members if m.filename.lower().endswith(endings) and m.file_size]
    return tables[0] if len(tables) == 1 and len(members) == 1 else None


def _unpack(source: Input, member: zipfile.ZipInfo, out: BinaryIO) -> bytes:
    head = b""
    try:
        with zipfile.ZipFile(source.file) as archive, archive.open(member) as packed:
            while chunk := packed.read(CHUNK_BYTES):
                head = head or chunk[:HEAD_BYTES]
                out.write(chunk)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise AssistError("E0107", f"{source.name} is not whole: its zip data is damaged", help="download or pack it again") from error
    except RuntimeError as error:  # how zipfile says that a password is needed
        raise AssistError("E0107", f"{source.name} is locked with a password", help="unpack it and give the table in it") from error
    return head
