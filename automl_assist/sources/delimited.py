"""CSV, TSV and their kin, plain or gzip: we decide the dialect and say it, DuckDB scans with exactly that dialect."""

from __future__ import annotations

import contextlib
import csv
import itertools
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from automl_assist.errors import AssistError
from automl_assist.schema import Reading, ReadOptions
from automl_assist.sources import _dialect as dialects
from automl_assist.sources._dialect import Dialect
from automl_assist.sources._engine import connect, literal, plain_path, to_frame
from automl_assist.sources._files import GZIP, binary_error
from automl_assist.sources._margins import tell_names
from automl_assist.sources._mend import is_mixed, mended
from automl_assist.sources._names import clean_names
from automl_assist.sources._rows import LONGER_SHARE_LIMIT, SHOWN_LINES, Rows, count_rows, regular_rows, write_copy
from automl_assist.sources._scan import Scan, beside, is_large, rows_that_fit, tell_left_out
from automl_assist.sources._source import Input, Notes, Source, Table
from automl_assist.sources._text import Bytes, another_encoding, decide_encoding, lines_at, open_text, scan

LINE_BYTES = 1 << 21  # DuckDB's own default for the longest line
CONTROL = re.compile("[\x01-\x06\x0e-\x1a\x1c-\x1f\x7f-\x9a\x9c-\x9f]")  # all but what terminals and old files use
MOST_COLUMNS = 50_000  # a profile takes a millisecond for each
WESTERN = ("cp1252", "latin-1")
SEVERAL = 5  # such characters: no western text has them, so that it is in another encoding
CONTROL_SHARE = 0.15  # in random bytes about 0.2, in text none
DECIMAL_MARKS = {",": ",", ".": ".", "comma": ",", "point": ".", "dot": "."}


@dataclass(frozen=True)
class _Text:
    """A text file and how its bytes become rows."""

    source: Input
    bytes: Bytes
    encoding: str
    dialect: Dialect
    rows: Rows
    like: Reading | None


@dataclass(frozen=True)
class _Query:
    """How DuckDB is to read a file."""

    delimiter: str
    width: int
    skip: int
    longest: int
    packed: bool
    one_line: bool  # no cell spans lines, so that the lines are the rows

    @property
    def source(self) -> str:
        """The table function, with ``{file}`` for the path."""
        columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(self.width))
        return (
            f"read_csv({{file}}, auto_detect=false, header=false, skip={self.skip}, delim={_doubled(literal(self.delimiter))}, "
            f"quote='\"', escape='\"', nullstr='', strict_mode=true, null_padding=false, "
            f"compression='{'gzip' if self.packed else 'none'}', max_line_size={max(LINE_BYTES, self.longest)}, "
            f"columns={{{{{columns}}}}})"
        )


@dataclass(frozen=True)
class _Lines:
    """A file whose rows are its lines, some of which are read by their numbers alone."""

    path: str
    asked: _Query
    width: int

    def cells_at(self, places: np.ndarray) -> list[np.ndarray] | None:
        """Return the columns of the rows at rising places, missing cells None, or None where a line is no row of the right width."""
        try:
            text = "\n".join(line.decode("utf-8") for line in lines_at(self.path, places + self.asked.skip)).removeprefix("\ufeff")
            with dialects.cells_of_any_length():
                rows = list(csv.reader(text.split("\n"), delimiter=self.asked.delimiter, strict=True))
        except (UnicodeDecodeError, csv.Error):
            return None
        if len(rows) != len(places) or any(len(row) != self.asked.width for row in rows):
            return None
        cells = np.empty((self.asked.width, len(rows)), dtype=object)
        for column, values in zip(cells, zip(*rows, strict=True), strict=True):
            column[:] = [value or None for value in values]
        return list(cells[: self.width])


def _doubled(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


@dataclass(frozen=True)
class _Content:
    """The rows of a file: all of them, or a sample and a way to ask."""

    dialect: Dialect
    names: list[str]
    rows: int
    frame: pd.DataFrame
    scan: Scan | None = None
    repeated: int = 0


def _read(source: Input, options: ReadOptions, like: Reading | None) -> Table:
    notes = Notes()
    found = scan(source)
    earlier = like.encoding if like else None
    own = "utf-8" if is_mixed(source, found, options) else decide_encoding(source, found, options.encoding, earlier, notes)
    with mended(source, found, own, options, like, notes) as (plain, bytes_of_it, encoding):
        table = _read_text(plain, bytes_of_it, encoding, options, like, notes)
    return replace(table, reading=replace(table.reading, encoding=own.removesuffix("-sig")))


def _read_text(source: Input, found: Bytes, encoding: str, options: ReadOptions, like: Reading | None, notes: Notes) -> Table:
    wide = "16" in encoding or "32" in encoding
    if wide:
        found.nuls = 0  # halves of characters, not NUL characters
    sample = _sample(source, encoding, found.nuls > 0)
    dialect, decimal = _decide(source, found, sample, options, like, notes)
    if dialect.width > MOST_COLUMNS:
        raise AssistError(
            "E0115",
            f"{source.name} has {dialect.width:,} columns, and at most {MOST_COLUMNS:,} are read",
            where=f"read with the {_called(dialect.delimiter)} as delimiter",
            help="if its rows are columns, turn the table around; else keep the columns that matter",
        )
    held = _as_it_stands(source, found, encoding, dialect, sample, like, notes) or _looked_through(
        source, found, encoding, dialect, like, notes
    )
    if found.nuls and not held.rows:
        raise binary_error(source)  # without its NUL bytes a short one may look like a line of names
    dialect, names = held.dialect, held.names
    reading = Reading(
        path=source.path,
        name=source.name,
        format="csv",
        sha256=found.sha256,
        size_bytes=source.size_bytes,
        rows=held.rows,
        columns=len(names),
        encoding=encoding.removesuffix("-sig"),
        delimiter=found.several or dialect.delimiter,
        quote='"',
        decimal=decimal,
        header=dialect.header is not None,
        skipped_lines=(dialect.header or 0) + 1 - dialect.levels,
        dayfirst=options.dayfirst if options.dayfirst is not None or not like else like.dayfirst,
        cuts=found.cuts,
        assumptions=tuple(notes.assumptions),
    )
    if source.whole and len(held.frame) < held.rows:
        tell_left_out(len(held.frame), held.rows, notes)
    return Table(held.frame, reading, tuple(notes.messages), held.scan, held.repeated)


def _as_it_stands(
    source: Input, found: Bytes, encoding: str, dialect: Dialect, sample: list[str], like: Reading | None, notes: Notes
) -> _Content | None:
    """Return the rows of a file that needs no repair as far as its bytes tell, or None where DuckDB does not agree."""
    rows = regular_rows(found, dialect, encoding, sample[0])
    if rows is None:
        return None
    told = len(notes.assumptions), len(notes.messages)
    dialect, names, _ = _settle_width(_Text(source, found, encoding, dialect, rows, like), notes)
    asked = _Query(dialect.delimiter, len(names), dialect.first, LINE_BYTES, source.head.startswith(GZIP), not rows.several_lines)
    content = _fetch(source.file, asked, names, rows.rows, dialect, source, like)
    if content is None:
        del notes.assumptions[told[0] :], notes.messages[told[1] :]
    return content


def _looked_through(source: Input, found: Bytes, encoding: str, dialect: Dialect, like: Reading | None, notes: Notes) -> _Content:
    """Return the rows after the exact pass, repaired where they must be."""
    rows = count_rows(source, encoding, dialect, found.nuls > 0)
    text = _Text(source, found, encoding, dialect, rows, like)
    dialect, names, dropped = _settle_width(text, notes)
    _tell_repairs(text, notes)
    return _scan(replace(text, dialect=dialect), names, dropped)


def _sample(source: Input, encoding: str, has_nul: bool) -> list[str]:
    lines, characters = [], 0
    try:
        with open_text(source, encoding) as text:
            for line in itertools.islice(text, dialects.SAMPLE_LINES):
                lines.append(line.replace("\0", "") if has_nul else line)
                characters += len(line)
                if characters > dialects.SAMPLE_CHARACTERS and len(lines) >= dialects.FEWEST_SAMPLE_LINES:
                    break
    except UnicodeError as error:
        raise AssistError(
            "E0112", f"{source.name} is not in the encoding {encoding}", where=str(error)[:120], help="name it with --encoding"
        ) from error
    if not any(line.strip() for line in lines):
        nothing = "NUL bytes (zero bytes)" if has_nul else "blank lines"
        raise AssistError("E0104", f"{source.name} is empty: it holds nothing but {nothing}", help="a header and its rows are needed")
    start = dialects.text_alone([line[:500] for line in lines[:50]])
    if encoding in WESTERN and len(CONTROL.findall(start)) > SEVERAL and not CONTROL.search(start.encode("ascii", "ignore").decode()):
        raise another_encoding(source, start.encode(encoding, "ignore"))
    if len(CONTROL.findall(start)) > CONTROL_SHARE * len(start):
        raise binary_error(source)
    return lines


def _decide(
    source: Input, found: Bytes, sample: list[str], options: ReadOptions, like: Reading | None, notes: Notes
) -> tuple[Dialect, str]:
    """Decide delimiter, header and decimal mark, and say each."""
    if found.several:
        delimiter = ","  # of the copy
    elif options.delimiter:
        delimiter = dialects.checked_delimiter(options.delimiter)
        notes.assume(f"The delimiter is the {_called(delimiter)}, as you said.")
        _tell_wrong(delimiter, sample, notes)
    else:
        earlier = like.delimiter if like and len(like.delimiter or "") == 1 else None
        delimiter, agreeing = dialects.decide_delimiter(sample, earlier)
        if earlier and delimiter != earlier:
            notes.warn(
                "W0110",
                f"the fields of {source.name} are separated by {_called(delimiter)}, not {_called(earlier)} as in the file trained on",
                "it was read as it is",
            )
        elif not like:
            notes.assume(
                f"The delimiter is the {_called(delimiter)}: {agreeing:.0%} of the sampled rows then have the same number of fields."
            )
    if options.decimal and options.decimal.lower() not in DECIMAL_MARKS:
        raise AssistError("E0406", f"{options.decimal!r} cannot be a decimal mark", where="--decimal", help="give ',' or '.'", exit_code=2)
    header = False if options.no_header else (like.header if like else None)
    skip_blank = delimiter == " " or dialects.blanks_before_quotes(sample, delimiter)
    sampled = dialects.sample_rows(sample, delimiter, skip_blank)
    dialect = replace(dialects.decide_layout(sampled, delimiter, header), skip_blank=skip_blank)
    body = [r for r in sampled[dialect.first :] if r]
    if delimiter == "," and not options.delimiter and (extra := dialects.parted_numbers(dialect.names, body, dialect.width)):
        raise AssistError(
            "E0111",
            f"the commas of {source.name} part its numbers as well as its cells",
            where=f"{len(dialect.names)} columns have names, and the rows have {dialect.width} cells: "
            f"{extra} column{'s' if extra > 1 else ''} of numbers with a decimal comma",
            help="write the file again with semicolons between the cells, with decimal points, or with quotes around such numbers",
        )
    decimal = (
        DECIMAL_MARKS.get((options.decimal or "").lower())
        or (like.decimal if like and like.delimiter in (delimiter, found.several) else None)
        or dialects.decide_decimal(body, delimiter)
    )
    _tell_layout(dialect, decimal, options, like, sampled, notes)
    return dialect, decimal


def _tell_wrong(delimiter: str, sample: list[str], notes: Notes) -> None:
    """Warn where the delimiter that was asked for parts no line, and another one would."""
    other, agreeing = dialects.decide_delimiter(sample)
    if other != delimiter and agreeing >= dialects.ALL_ALIKE and not any(delimiter in line for line in sample):
        notes.warn(
            "W0110",
            f"the {_called(delimiter)} stands in no line, so that each is one cell; the {_called(other)} would part them",
            "leave --delimiter out to have it found",
        )


def _called_by_number(width: int) -> str:
    return f"the columns are called column_1 to column_{width}" if width > 1 else "the column is called column_1"


def _called(delimiter: str) -> str:
    return dialects.DELIMITER_NAMES.get(delimiter, repr(delimiter))


def _tell_layout(
    dialect: Dialect, decimal: str, options: ReadOptions, like: Reading | None, sampled: list[list[str]], notes: Notes
) -> None:
    above = dialect.first if dialect.header is None else dialect.header + 1 - dialect.levels
    skipped = len(sampled[:above])
    tell_names(dialect, sampled[:above], notes)
    if dialect.levels == 1 and dialect.header is not None:
        notes.assume(
            "The first row holds the names of the columns." if not skipped else f"The header was found below {skipped} skipped lines."
        )
    elif dialect.header is None and options.no_header:
        notes.assume("There is no header, as you said; columns are called column_1, column_2, ...")
    elif dialect.header is None:
        notes.assume("There is no header: the first row looks like the rows below it. Columns are called column_1, column_2, ...")
        if not like:
            notes.warn(
                "W0102",
                f"no header was found: {_called_by_number(dialect.width)}, and the first row counts as data",
                "add a line of names on top of the file if they matter",
            )
    if decimal == ",":
        notes.assume("The decimal mark is the comma.")


def _settle_width(text: _Text, notes: Notes) -> tuple[Dialect, list[str], bool]:
    """Decide what columns there are; return the dialect, their names, and whether an empty last field is dropped."""
    dialect, rows, width = text.dialect, text.rows, text.dialect.width
    raw = list(dialect.names)
    if dialect.header is None:
        return dialect, [f"column_{i}" for i in range(1, width + 1)], False
    named = len(raw) if raw[-1].strip() else len(raw) - 1
    if named == width - 1 and rows.last_field_empty and width > 1 and rows.rows:
        notes.warn(
            "W0106",
            f"every row ends in one {_called(dialect.delimiter)} too many: the extra empty field was dropped, and no column was moved",
            "write the rows without the trailing delimiter to silence this",
        )
        return dialect, clean_names(raw[:named], width - 1, notes), True
    if len(raw) == width - 1:
        notes.warn(
            "W0113",
            "the rows have one field more than the header: the first field was taken for row names and called 'row_name'",
            "give the first column a name in the header",
        )
        raw = ["row_name", *raw]
    return dialect, clean_names(raw, width, notes), False


def _tell_repairs(text: _Text, notes: Notes) -> None:
    """Say what was repaired, and refuse a file in which too many rows are broken."""
    rows, found, name = text.rows, text.bytes, text.source.name
    if len(rows.conflict_lines) > 1:
        raise AssistError(
            "E0111",
            f"{name} holds two versions of some rows, as git leaves them where it could not merge ({_lines(rows.conflict_lines)})",
            help="keep one version of these rows, and take out the lines that begin with <<<<<<<, ======= and >>>>>>>",
        )
    if rows.longer > max(1, LONGER_SHARE_LIMIT * rows.rows) and not text.like:
        raise AssistError(
            "E0111",
            f"{rows.longer:,} of {rows.rows:,} rows of {name} have more than {text.dialect.width} fields",
            where=f"such as line {rows.longer_lines[0]:,}; read with the {_called(text.dialect.delimiter)} as delimiter",
            help="quote the cells that hold the delimiter, or name the right one with --delimiter",
        )
    for delimiter, lines in rows.foreign.items():
        if len(lines) > max(1, LONGER_SHARE_LIMIT * rows.rows):
            raise AssistError(
                "E0111",
                f"{name} uses two delimiters: {_called(text.dialect.delimiter)}, and {_called(delimiter)} in {len(lines):,} of "
                f"{rows.rows:,} rows ({_lines(lines)})",
                help="write all rows with one delimiter; perhaps two files were joined",
            )
    if rows.longer:
        done = "cut to the columns of the header" if text.like else "left out"
        notes.warn(
            "W0107",
            f"{_rows(rows.longer)} with too many fields {done} ({_lines(rows.longer_lines)})",
            "quote the cells that hold the delimiter",
        )
    if rows.surplus_empty:
        notes.warn(
            "W0106",
            f"{_rows(rows.surplus_empty)} ended in extra empty fields, which were dropped",
            "write the rows without trailing delimiters",
        )
    if rows.shorter:
        notes.warn(
            "W0108",
            f"{_rows(rows.shorter)} with too few fields filled up as missing ({_lines(rows.shorter_lines)})",
            "check these lines of the file",
        )
    if rows.blank:
        notes.warn(
            "W0111", f"{rows.blank:,} blank line{'s' if rows.blank > 1 else ''} between the rows skipped", "remove them to silence this"
        )
    if found.nuls:
        notes.warn(
            "W0105",
            f"{found.nuls:,} NUL byte{'s' if found.nuls > 1 else ''} (zero bytes) removed from the cells",
            "check how the file was written",
        )
    if _mixed_line_ends(text) and found.lf and not rows.several_lines:
        notes.warn(
            "W0109",
            f"the lines of the file end in different ways ({_line_ends(found)}); all were taken as line ends",
            "save it with one kind of line end",
        )


def _rows(n: int) -> str:
    return f"{n:,} row{'' if n == 1 else 's'}"


def _lines(lines: list[int]) -> str:
    shown = ", ".join(f"{n:,}" for n in lines[:SHOWN_LINES])
    return f"line{'' if len(lines) == 1 else 's'} {shown}{', ...' if len(lines) > SHOWN_LINES else ''}"


def _mixed_line_ends(text: _Text) -> bool:
    found = text.bytes
    if "16" in text.encoding or "32" in text.encoding:
        return False
    return found.cr > 0 and not found.cr == found.crlf == found.lf


def _line_ends(found: Bytes) -> str:
    ends = {"CR": found.cr - found.crlf, "LF": found.lf - found.crlf, "CRLF": found.crlf}
    return ", ".join(name for name, n in ends.items() if n)


def _needs_copy(text: _Text) -> bool:
    """Whether DuckDB would not read the original as the exact pass does."""
    dialect, rows, found = text.dialect, text.rows, text.bytes
    plain_header = (dialect.header, dialect.first) in ((0, 1), (None, 0))
    return (
        not text.encoding.startswith("utf-8")
        or found.nuls > 0
        or dialect.skip_blank
        or _mixed_line_ends(text)
        or (found.cr > 0 and rows.several_lines)
        or not rows.regular
        or (rows.trailing_blank > 0 and dialect.width == 1)
        or not plain_header
        or rows.data_line != dialect.first + 1
    )


def _scan(text: _Text, names: list[str], drop_last: bool) -> _Content:
    """Return the cells, from the original where DuckDB reads as many rows as were counted, else from a repaired copy."""
    dialect, rows = text.dialect, text.rows
    if rows.rows == 0:
        frame = pd.DataFrame({i: pd.Series([], dtype=object) for i in range(len(names))}).set_axis(pd.Index(names, dtype=object), axis=1)
        return _Content(dialect, names, 0, frame)
    content = None
    if not _needs_copy(text):
        packed, longest = text.source.head.startswith(GZIP), 4 * rows.longest_line + 1024
        asked = _Query(dialect.delimiter, len(names) + drop_last, dialect.first, longest, packed, not rows.several_lines)
        content = _fetch(text.source.file, asked, names, rows.rows, dialect, text.source, text.like)
    if content is None:
        with _copy(text, len(names)) as (path, expected, longest):
            asked = _Query(",", len(names), 0, 4 * longest + 1024, False, not rows.several_lines)
            content = _fetch(path, asked, names, expected, dialect, text.source, text.like)
    if content is None:
        raise AssistError(
            "E0111", f"the rows of {text.source.name} cannot be told apart", help="check quotes and delimiters, or save it as Parquet"
        )
    return content


@contextlib.contextmanager
def _copy(text: _Text, width: int) -> Iterator[tuple[str, int, int]]:
    path, rows, longest = write_copy(
        text.source, text.encoding, text.dialect, width, text.bytes.nuls > 0, keep_longer=text.like is not None
    )
    try:
        yield path, rows, longest
    finally:
        os.unlink(path)


def _fetch(
    path: str, asked: _Query, names: list[str], expected: int, dialect: Dialect, source: Input, like: Reading | None
) -> _Content | None:
    """Return the content of a file or of its copy, or None where DuckDB does not find `expected` rows as wide as they should be."""
    import duckdb

    width, may_sample = len(names), like is None and not source.whole
    fitting = None if may_sample or like is not None else rows_that_fit(expected, width)
    try:
        if fitting or (may_sample and is_large(expected, width)):
            expressions = [f"c{i}" for i in range(width)]
            scan = Scan.of(path, asked.source, names, ["VARCHAR"] * width, expected, expressions=expressions)
            few = asked.one_line and not asked.packed and not fitting  # of millions of rows the text would be held beside the cells
            by_line = _Lines(scan.held.path, asked, width).cells_at if few else None
            with beside(source.meanwhile):  # rows are numbered by one core
                sample = scan.sample(fitting, by_line)
            if sample is None:
                return None
            return _Content(dialect, names, expected, sample.frame, None if fitting else scan, 0 if fitting else sample.repeated)
        with plain_path(path) as file, connect() as connection:
            arrays = list(connection.execute(f"SELECT * FROM {asked.source.format(file=literal(file))}").fetchnumpy().values())
    except duckdb.Error:
        return None
    return _Content(dialect, names, expected, to_frame(arrays[:width], names)) if arrays and len(arrays[0]) == expected else None


SOURCE = Source("csv", "CSV, TSV", (".csv", ".tsv", ".tab", ".txt", ".csv.gz", ".tsv.gz", ".tab.gz", ".txt.gz"), _read)
