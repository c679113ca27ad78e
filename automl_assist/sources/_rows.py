"""The exact pass over a text file: every row is counted by the csv module, and written anew where it needs repair.

DuckDB scans fast, but stops at or misreads what real files hold (measured with 2.0.1: a line break inside quotes in a file with
other line ends, text after a closing quote, rows of another length). So a file is looked at first. Where its bytes alone tell
(:func:`regular_rows`) and DuckDB then finds as many rows of the right width, that is enough; else each row is looked at here, and
DuckDB gets the original file when there is nothing to repair, and a clean private copy when there is.
"""

from __future__ import annotations

import csv
import os
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from automl_assist.errors import AssistError
from automl_assist.sources._dialect import CONFLICT, DELIMITERS, Dialect, cells_of_any_length
from automl_assist.sources._source import Input
from automl_assist.sources._text import LF, QUOTE, Bytes, open_text

END = "\x02end-of-the-table\x03"  # a last line of ours: if it is not a row of its own, a quote was left open
SHOWN_LINES = 5  # of irregular rows whose lines are told
LONGER_SHARE_LIMIT = 0.05  # of rows with too many fields; beyond it the delimiter or the file is wrong, not a row


@dataclass
class Rows:
    """What the exact pass found below the header."""

    rows: int = 0
    longer: int = 0  # rows with surplus fields that hold something
    longer_lines: list[int] = field(default_factory=list)  # where the first of them stand
    surplus_empty: int = 0  # rows with surplus fields that are all empty
    shorter: int = 0
    shorter_lines: list[int] = field(default_factory=list)
    foreign: dict[str, list[int]] = field(default_factory=dict)  # lines that another delimiter would part as the others are
    conflict_lines: list[int] = field(default_factory=list)  # marks that git leaves around two versions of some lines
    blank: int = 0
    trailing_blank: int = 0
    last_field_empty: bool = True  # the last field of every row is empty
    widest: int = 0
    several_lines: bool = False  # a cell spans lines
    odd_quotes: bool = False  # text after a closing quote
    longest_line: int = 0
    data_line: int = 0  # where the first row of data begins

    @property
    def regular(self) -> bool:
        """Whether the rows can be handed over as they stand."""
        return not (self.longer or self.surplus_empty or self.shorter or self.blank or self.odd_quotes)


class _Lines:
    """Lines of a text file: NUL bytes removed, their lengths noted, our own last line added."""

    def __init__(self, text: Iterable[str], has_nul: bool):
        self.text, self.has_nul, self.longest = text, has_nul, 0

    def __iter__(self) -> Iterator[str]:
        longest = 0
        for line in self.text:
            if self.has_nul and "\0" in line:
                line = line.replace("\0", "")
            if len(line) > longest:
                longest = self.longest = len(line)
            yield line
        yield END + "\n"


def each_row(
    source: Input, encoding: str, dialect: Dialect, has_nul: bool, found: Rows, *, strict: bool
) -> Iterator[tuple[int, list[str]]]:
    """Yield the line number and the fields of every row, blank lines as empty lists.

    Raises
    ------
    AssistError
        E0110 naming the line if a quote is never closed; E0112 if the text breaks off.
    csv.Error
        With `strict`, for text after a closing quote.
    """
    try:
        with cells_of_any_length(), open_text(source, encoding) as text:
            lines = _Lines(text, has_nul)
            reader = csv.reader(lines, delimiter=dialect.delimiter, skipinitialspace=dialect.skip_blank, strict=strict)
            line = 1
            for row in reader:
                if row == [END]:
                    break
                start, line = line, reader.line_num + 1
                if line - start > 1:
                    found.several_lines = True
                    if any(END in c for c in row):
                        raise _open_quote(source, start, line)
                yield start, row
            else:
                raise _open_quote(source, line, line)
            found.longest_line = lines.longest
    except UnicodeError as error:
        raise AssistError(
            "E0112", f"{source.name} is not in the encoding {encoding} throughout", where=str(error)[:120], help="name it with --encoding"
        ) from error


def _open_quote(source: Input, start: int, end: int) -> AssistError:
    return AssistError(
        "E0110",
        f"a quote opened in line {start} of {source.name} is never closed",
        where=f"everything from line {start} on would be one cell",
        help=f"close or remove the quote in line {start}; inside quotes a quote is written twice",
    )


def regular_rows(found: Bytes, dialect: Dialect, encoding: str, first_line: str) -> Rows | None:
    """Return the rows where the bytes alone say where they begin and end, or None: then only the exact pass can tell.

    They do when all lines end alike, and every quote stands beside a delimiter, a line end or another quote. Blank lines and rows
    of another width are not looked for: DuckDB then finds another number of rows, or none.
    """
    if not encoding.startswith("utf-8") or found.nuls or dialect.skip_blank or dialect.width < 2:
        return None
    if (dialect.header, dialect.first) not in ((0, 1), (None, 0)) or (found.cr and not found.cr == found.crlf == found.lf):
        return None
    if dialect.header is not None and (len(dialect.names) != dialect.width or not dialect.names[-1].strip()):
        return None
    if found.quotes:
        beside = {ord(dialect.delimiter), LF, QUOTE} if dialect.delimiter.isascii() else {LF, QUOTE}
        ends = {0x0D} if found.cr else set()
        marked = {0xBF} if encoding == "utf-8-sig" and dialect.header is not None else set()  # the byte order mark, above the data
        closed = found.quotes % 2 == 0 and first_line.count('"') % 2 == 0
        odd = found.before_quotes - beside - marked or found.after_quotes - beside - ends
        if not closed or odd or (found.quoted_lf and found.cr):
            return None
    lines = found.lf - found.quoted_lf + (found.last != b"\n")
    rows = lines - dialect.first
    return Rows(rows=rows, last_field_empty=False, several_lines=found.quoted_lf > 0, data_line=dialect.first + 1) if rows > 0 else None


def count_rows(source: Input, encoding: str, dialect: Dialect, has_nul: bool) -> Rows:
    """Pass over the file and report every row that is not as wide as the dialect says."""
    for strict in (True, False):
        found = Rows(odd_quotes=not strict)
        try:
            _count(source, encoding, dialect, has_nul, found, strict)
        except csv.Error:
            continue
        return found
    raise AssistError(
        "E0111", f"the rows of {source.name} cannot be told apart", help="check quotes and delimiters, or name it with --delimiter"
    )


def _count(source: Input, encoding: str, dialect: Dialect, has_nul: bool, found: Rows, strict: bool) -> None:
    width, first, blanks = dialect.width, dialect.first, 0
    for position, (line, row) in enumerate(each_row(source, encoding, dialect, has_nul, found, strict=strict)):
        if position < first:
            continue
        if not row:
            blanks += 1
            continue
        if blanks:
            found.blank, blanks = found.blank + blanks, 0
        found.rows += 1
        found.data_line = found.data_line or line
        n = len(row)
        if n != width:
            _irregular(found, row, n, width, line)
            if n == 1 and width > 1:
                if row[0].startswith(CONFLICT):
                    found.conflict_lines.append(line)
                for delimiter in DELIMITERS:
                    if delimiter != dialect.delimiter and row[0].count(delimiter) == width - 1:
                        found.foreign.setdefault(delimiter, []).append(line)
        elif found.last_field_empty and row[-1]:
            found.last_field_empty = False
    found.trailing_blank = blanks


def _irregular(found: Rows, row: list[str], n: int, width: int, line: int) -> None:
    if n < width:
        found.shorter += 1
        if len(found.shorter_lines) <= SHOWN_LINES:
            found.shorter_lines.append(line)
        return
    found.widest = max(found.widest, n)
    if any(row[width:]):
        found.longer += 1
        if len(found.longer_lines) <= SHOWN_LINES:
            found.longer_lines.append(line)
    else:
        found.surplus_empty += 1


def write_copy(source: Input, encoding: str, dialect: Dialect, width: int, has_nul: bool, *, keep_longer: bool) -> tuple[str, int, int]:
    """Write the rows of data as a clean CSV file only we can read; return its path, its rows and its longest line in bytes.

    Rows are `width` fields wide: shorter ones are padded, longer ones cut, or left out when what is cut off holds something
    and `keep_longer` is false. Line breaks within a cell become line feeds.
    """
    handle, path = tempfile.mkstemp(prefix="assist-", suffix=".csv")  # mode 0600
    rows, longest, found = 0, 0, Rows()
    with os.fdopen(handle, "w", encoding="utf-8", errors="replace", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        for position, (_, row) in enumerate(each_row(source, encoding, dialect, has_nul, found, strict=False)):
            if position < dialect.first or not row:
                continue
            n = len(row)
            if n < width:
                row = row + [""] * (width - n)
            elif n > width:
                if not keep_longer and any(row[dialect.width :]):
                    continue
                row = row[:width]
            if found.several_lines:
                row = [c.replace("\r\n", "\n").replace("\r", "\n") if "\r" in c else c for c in row]
            rows += 1
            size = writer.writerow(row)
            longest = max(longest, size or 0)
    return path, rows, longest
