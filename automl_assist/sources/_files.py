"""Opening a file: what it must be, and telling foreign formats by their first bytes."""

from __future__ import annotations

import contextlib
import difflib
import hashlib
import os
import re
import shutil
import stat
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from automl_assist.errors import AssistError
from automl_assist.sources._archives import members_of
from automl_assist.sources._source import Input

HEAD_BYTES = 4096
TAGGED_LINES = 3  # that begin and end with tags, in a document of tags
CHUNK_BYTES = 1 << 20
DIGEST_BYTES = 1 << 24
GZIP = b"\x1f\x8b"
ZIP = b"PK\x03\x04"
OFFICE = "[Content_Types].xml"  # in the archive that a workbook or document is
WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods")

# First bytes of formats that are no table of ours: what it is, what to do.
FOREIGN: tuple[tuple[bytes, str, str], ...] = (
    (b"\x89PNG\r\n", "a PNG image", "give a table that names the images in a column, or the folder of class folders"),
    (b"\xff\xd8\xff", "a JPEG image", "give a table that names the images in a column, or the folder of class folders"),
    (b"GIF8", "a GIF image", "give a table that names the images in a column, or the folder of class folders"),
    (b"%PDF", "a PDF document", "save the table in it as CSV"),
    (b"SQLite format 3\0", "an SQLite database", "export one table of it: sqlite3 -csv -header FILE 'select * from TABLE' > table.csv"),
    (b"ARROW1", "a Feather (Arrow) file", "save it as Parquet"),
    (b"Obj\x01", "an Avro file", "save it as Parquet or CSV"),
    (b"ORC", "an ORC file", "save it as Parquet"),
    (b"\x89HDF\r\n", "an HDF5 file", "save the table in it as Parquet or CSV"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel or Office document", "save it as .xlsx or CSV"),
    (b"BZh", "a bzip2 archive", "unpack it first: bunzip2 FILE"),
    (b"\xfd7zXZ\0", "an xz archive", "unpack it first: unxz FILE"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive", "unpack it first: unzstd FILE"),
    (b"7z\xbc\xaf", "a 7-Zip archive", "unpack it first"),
    (b"\x80\x02", "a Python pickle", "a pickle can run code and is never opened; save the table as Parquet or CSV"),
    (b"\x80\x03", "a Python pickle", "a pickle can run code and is never opened; save the table as Parquet or CSV"),
    (b"\x80\x04\x95", "a Python pickle", "a pickle can run code and is never opened; save the table as Parquet or CSV"),
    (b"\x80\x05\x95", "a Python pickle", "a pickle can run code and is never opened; save the table as Parquet or CSV"),
    (b"\x93NUMPY", "a NumPy array", "save it as CSV, or as Parquet with names of columns"),
    (b"$FL2@(#)", "an SPSS file", "save it as CSV or Parquet"),
    (b"<stata_dta>", "a Stata file", "save it as CSV or Parquet"),
    (bytes(12) + b"\xc2\xea\x81\x60", "a SAS file", "save it as CSV or Parquet"),
    (b"\x7fELF", "a program", "give a table"),
)  # fmt: skip
PAIR = rb'[a-z_][\w.-]*=(?:"(?:[^"\\\n]|\\.)*"|[^\s",;|]*)'  # of a line of a log, its value in quotes or bare
# What the first lines of other texts look like, in lower case: what it is, what to do.
TEXTS: tuple[tuple[re.Pattern[bytes], str, str], ...] = tuple(
    (re.compile(pattern), what, advice)
    for pattern, what, advice in (
        (rb"@relation\b", "an ARFF file", "save the table in it as CSV, with one line of names on top"),
        (rb"(insert\s+into|create\s+table|drop\s+table|-- \w*sql dump)\b", "a script of SQL",
         "save the table in it as CSV, with one line of names on top"),
        (rb"begin:v(card|calendar)\b", "a file of contacts or dates", "export it as CSV"),
        (rb"\{\\rtf", "a text document (RTF)", "save the table in it as CSV"),
        (rb"\\(documentclass|begin)\b", "a TeX document", "save the table in it as CSV"),
        (rb"(---\s*\n\s*)?- [\w ]{1,60}: ?[^\n]*\n +[\w ]{1,60}:|---\s*\n[\w ]{1,60}:(\s|$)", "a YAML file",
         "write its entries as rows of a CSV file"),
        (rb"diff --git |--- [^\n]*\n\+\+\+ ", "a list of changes (diff)", "give the table itself"),
        (rb"((from|to|subject|date|received|return-path|message-id|mime-version): [^\n]*\n){2}", "an e-mail",
         "save the table in it as a file"),
        (rb"\{'[^\n]*\}\s*\n", "rows as Python prints them", "write each with json.dumps, in a file whose name ends in .jsonl"),
        (rb"([-+]?[\d.]+( \d+:[-+.\de]+)+ *\r?\n){3}", "a file of sparse rows (LIBSVM)",
         "write its columns as CSV, with one line of names on top"),
        (rb"version https://git-lfs\.", "a pointer to a file that Git LFS keeps elsewhere", "fetch the file itself: git lfs pull"),
        (rb"(?:[^\n&]*&[^\n]*\\\\[^\n]*\n(?:\\(?:h|mid|top|bottom)(?:line|rule)[^\n]*\n)*){2}", "a TeX table", "save it as CSV"),
        (rb"(?:%(pair)s(?:(?:[ \t]+|[,;|] ?)%(pair)s)+[ \t]*\r?\n){2}" % {b"pair": PAIR}, "a log of key=value pairs",
         "write each line as a JSON object, in a file whose name ends in .jsonl"),
        (rb"(?=[\[#;])(?=(?s:.*?)\n[\w.-]+ ?= ?\S)"
         rb"(?:(?:\[[\w. -]+\]|[\w.-]+ ?= ?[^\n,;\t]*|[#;][^\n]*)?\r?\n){3,}(?:[\w.-]+ ?= ?[^\n,;\t]*)?\Z",
         "a file of settings", "give a table"),
    )
)  # fmt: skip
NOT_TEXT = {"csv", "json_lines"}  # formats for which every other magic number is foreign


@contextlib.contextmanager
def open_input(path: str) -> Iterator[Input]:
    """Yield the file behind `path`; standard input (``-``) is copied to a private file first.

    Raises
    ------
    AssistError
        E0101 missing, E0102 not permitted, E0103 not a regular file, E0104 empty, E0105 an address.
    """
    if path == "-":
        with _standard_input() as copy:
            yield _inspect(path, "standard input", copy)
        return
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", path):
        raise AssistError(
            "E0105",
            f"{path!r} is a web address (URL), and assist never opens one",
            help=f"give the path of the file: {path[7:]}"
            if path.lower().startswith("file://")
            else f"download it first, then give the local file: curl -LO {path}",
        )
    file, sheet = _sheet_of(path)
    yield replace(_inspect(path, os.path.basename(file.rstrip("/")) or file, file), sheet=sheet)


def _sheet_of(path: str) -> tuple[str, str | None]:
    """Return the file and the sheet of a workbook that ``FILE#SHEET`` names; a file of that very name comes first."""
    file, mark, sheet = path.rpartition("#")
    if mark and file.lower().endswith(WORKBOOKS) and sheet and not os.path.lexists(path):
        return file, sheet
    return path, None


@contextlib.contextmanager
def _standard_input() -> Iterator[str]:
    handle, copy = tempfile.mkstemp(prefix="assist-", suffix=".stdin")  # mkstemp: mode 0600
    try:
        with os.fdopen(handle, "wb") as out:
            shutil.copyfileobj(getattr(sys.stdin, "buffer", sys.stdin), out, CHUNK_BYTES)
        yield copy
    finally:
        os.unlink(copy)


def _inspect(path: str, name: str, file: str) -> Input:
    try:
        kind = os.stat(file).st_mode
        if stat.S_ISDIR(kind):
            return Input(path, name, file, 0, b"", is_folder=True)
        if not stat.S_ISREG(kind):
            raise AssistError(
                "E0103",
                f"{name} is {_kind_in_words(kind)}, not a regular file",
                where=path,
                help="give a CSV, Parquet, JSON Lines or Excel file, or pipe the table in with `-` as the file name",
            )
        with open(file, "rb") as handle:
            head = handle.read(HEAD_BYTES)
            size = os.fstat(handle.fileno()).st_size
    except (FileNotFoundError, NotADirectoryError) as error:
        raise _missing(path, name) from error
    except PermissionError as error:
        raise AssistError(
            "E0102", f"no permission to read {name}", where=path, help=f"access is denied; allow it with: chmod u+r {path}"
        ) from error
    except ValueError as error:  # a NUL in the name
        raise AssistError("E0101", f"{path!r} is no file name", help="give the name of a file") from error
    except OSError as error:
        raise AssistError("E0101", f"{name!r} cannot be opened: {error.strerror}", help="give the name of a file") from error
    if not head:
        raise AssistError(
            "E0104", f"{name} is empty: it has 0 bytes", where=path, help="write the table again; a header and its rows are needed"
        )
    return Input(path, name, file, size, head)


def _kind_in_words(mode: int) -> str:
    if stat.S_ISFIFO(mode):
        return "a pipe (fifo)"
    if stat.S_ISCHR(mode) or stat.S_ISBLK(mode):
        return "a device"
    return "a special file"


def _missing(path: str, name: str) -> AssistError:
    folder = Path(path).parent
    if os.path.islink(path):
        to = os.readlink(path)
        return AssistError("E0101", f"{name!r} is a link to {to!r}, and there is no such file", where=path, help="give the file itself")
    try:
        beside = sorted(p.name for p in folder.iterdir())
    except OSError:
        return AssistError(
            "E0101", f"there is no file {name!r}: its folder {str(folder)!r} does not exist", where=path, help="check the path"
        )
    near = difflib.get_close_matches(name, beside, n=1, cutoff=0.6)
    where = f"the folder {folder.resolve().name or str(folder)!r} has {len(beside)} entries, none of this name"
    help = f"did you mean {str(folder / near[0])!r}?" if near else "check the name and the folder"
    return AssistError("E0101", f"there is no file {name!r}", where=where, help=help)


def refuse_foreign(source: Input, format: str) -> None:
    """Refuse a file whose first bytes belong to something that is no table, in plain words.

    Raises
    ------
    AssistError
        E0106, naming the file and what it is.
    """
    head, name = source.head, source.name
    binary = not head.isascii() or b"\0" in head  # a header may well begin with "ORC" or "GIF8"
    for magic, what, advice in FOREIGN:
        if head.startswith(magic) and (binary or not magic.isalnum()):
            raise _foreign(name, what, advice)
    gz = name.lower().endswith(".gz")
    if head.startswith(ZIP) and format not in ("excel", "image_archive"):
        raise archive_error(source)
    if gz and not head.startswith(GZIP):
        raise _foreign(name, "not gzip although its name ends in .gz (damaged, or not compressed at all)", f"rename it to {name[:-3]}")
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if format == "excel" and not head.startswith(ZIP):
        _refuse_false_workbook(name, start)
    if format not in NOT_TEXT:
        return
    if head.startswith(b"PAR1"):
        raise _foreign(name, "a Parquet file", "rename it so that it ends in .parquet")
    if head.startswith(GZIP) and not gz and source.path != "-":
        raise _foreign(name, "a gzip archive", f"rename it to {name}.gz")
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<?xml")):
        page = "an XML document" if start.startswith(b"<?xml") and b"<html" not in start else "a web page (HTML)"
        raise _foreign(name, page, "download the table itself; often this is an error or login page saved in its place")
    if start.startswith((b"<!--", b"<table", b"<div")) and (b"<html" in start or b"<table" in start):
        raise _foreign(name, "a web page (HTML)", "download the table itself; often this is an error or login page saved in its place")
    tags = [line.strip() for line in start.splitlines()[:TAGGED_LINES] if line.strip()]
    if format == "csv" and re.match(rb"<[a-z]", start) and all(line.startswith(b"<") and line.endswith(b">") for line in tags):
        raise _foreign(name, "an XML document", "save the table in it as CSV")
    for like, what, advice in TEXTS if format == "csv" else ():
        if like.match(start):
            raise _foreign(name, what, advice)
    if format == "csv" and re.match(rb'(\{\s*"|\[\s*[\[{])', start):
        lines = start.startswith(b"{") and b"\n" in start and start.partition(b"\n")[0].rstrip().endswith(b"}")
        advice = f"it is read when the name ends in {'.jsonl' if lines else '.json'}"
        raise _foreign(name, "JSON Lines" if lines else "a JSON document", advice)


def _refuse_false_workbook(name: str, start: bytes) -> None:
    """Refuse what other programs call a workbook and is none; Excel opens it all the same."""
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<table", b"<!--", b"<meta", b"<style", b"<div")):
        raise _foreign(name, "a web page (HTML)", "open it in Excel, and save it as .xlsx or CSV")
    if start.startswith(b"<?xml"):
        raise _foreign(name, "an XML document", "open it in Excel, and save it as .xlsx or CSV")
    if b"\0" not in start and any(mark in start.partition(b"\n")[0] for mark in b",;\t|"):
        plain = f"{name.rpartition('.')[0]}.csv"
        raise AssistError("E0106", f"{name} is text, and no Excel file as its name says", help=f"rename it to {plain}")


def _foreign(name: str, what: str, advice: str) -> AssistError:
    return AssistError("E0106", f"{name} is {what}, not a table that can be read", help=advice)


def binary_error(source: Input) -> AssistError:
    """Return what is said of bytes that are no text and of no format that is known."""
    return AssistError("E0106", f"{source.name} holds binary data, not text", help="give a CSV, Parquet, JSON Lines or Excel file")


def archived(source: Input) -> list[zipfile.ZipInfo] | None:
    """Return the files in a zip archive; None where it is none, or damaged."""
    try:
        with zipfile.ZipFile(source.file) as archive:
            return [member for member in members_of(archive).values() if not member.is_dir()]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):  # the last of a way of packing that is not known here
        return None


def archive_error(source: Input) -> AssistError:
    """Return what is said of a zip archive that holds no class folders of images."""
    inside = [member.filename for member in archived(source) or ()]
    if OFFICE in inside:
        return _foreign(source.name, "an Excel or Office document", "rename it so that it ends in .xlsx, or save it as CSV")
    shown = ", ".join(repr(n[:60]) for n in inside[:3])
    held = f" with {len(inside)} files: {shown}{', ...' if len(inside) > 3 else ''}" if inside else ""
    return AssistError("E0106", f"{source.name} is a zip archive{held}", help=f"unpack it and give one table: unzip {source.name}")


def digest(source: Input) -> str:
    """Return the SHA-256 of the file's bytes, in blocks so large that a thread beside it is seldom kept waiting."""
    found, block = hashlib.sha256(), memoryview(bytearray(min(DIGEST_BYTES, source.size_bytes + 1)))
    with open(source.file, "rb", buffering=0) as handle:
        while read := handle.readinto(block):
            found.update(block[:read])
    return found.hexdigest()
