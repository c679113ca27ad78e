"""Text files that are no table of one delimiter and one encoding until something is put right: a private copy with it put right is read.

Two encodings in one file, byte order marks where files were joined, the line of names coming again, tables drawn with bars and rules,
columns that are told apart by their place in the line, quotes escaped by a backslash, single quotes. All of it is told.
"""

from __future__ import annotations

import codecs
import collections
import contextlib
import csv
import io
import itertools
import os
import re
import tempfile
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from automl_assist.schema import Reading, ReadOptions
from automl_assist.sources import _dialect as dialects
from automl_assist.sources._encodings import legacy_encoding
from automl_assist.sources._margins import (
    FEWEST_AGAIN,
    FEWEST_ROWS,
    LAST_LINES,
    another_table,
    may_be_another_table,
    rows_at_end,
    rows_below_names,
    tell_another_table,
    tell_margins,
)
from automl_assist.sources._source import Input, Notes
from automl_assist.sources._text import Bytes, open_bytes, scan

SHOWN_LINES = 5
FIRST_LINES, FIRST_CHARACTERS = 300, 1 << 19  # that tell what form the lines have
MIXED_SHARE = 0.1  # of the lines with letters beyond ASCII are UTF-8: in text of one other encoding nearly none is, by chance
REGULAR = 0.9  # of the lines have the form that is looked for
FEWEST_LINES = 5
FEWEST_FIXED = 20  # lines whose blanks stand in the same places; among fewer they may meet by chance
RULE = re.compile(r"(?=[\s\S]*?[-=_]{2})[\s|+=:_-]*+")  # a line that only draws
FRAMED = re.compile(r"\s*\|.*\|\s*")
SEVERAL = re.compile(r"[|:~^#$@&*<>=!%]{2,4}")  # characters that together may be a delimiter
QUOTED_SINGLY = re.compile(r"'(?:[^']|'')*'")


@dataclass(frozen=True)
class _Form:
    """What makes a line of CSV of a line of a file, and how that is told; nothing for a file that is CSV."""

    change: Callable[[str], str] | None = None
    said: str = ""
    cuts: tuple[int, ...] = ()  # where columns begin
    several: str = ""  # characters that are one delimiter
    holds: Callable[[str], bool] | None = None  # whether a line holds a row


@dataclass
class _Found:
    """What a copy had to put right, with the lines where it stood."""

    marks: int = 0
    foreign: list[int] = field(default_factory=list)  # lines that are no UTF-8
    lettered: int = 0  # lines with letters beyond ASCII
    again: list[int] = field(default_factory=list)  # lines that repeat the names of the columns
    rules: int = 0
    beside: list[int] = field(default_factory=list)  # lines of other text


@dataclass(frozen=True)
class _Margins:
    """Lines that hold no row of the table; those of another table are told by themselves."""

    lines: frozenset[int] = frozenset()
    table: range = range(0)

    @property
    def all(self) -> frozenset[int]:
        return self.lines | frozenset(self.table)

    def __bool__(self) -> bool:
        return bool(self.lines or self.table)


def is_mixed(source: Input, found: Bytes, options: ReadOptions) -> bool:
    """Whether a part of the lines with letters beyond ASCII is UTF-8 and the rest is not."""
    wide = found.head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    plain = options.encoding or found.nuls or wide or found.utf8 or legacy_encoding(found.head)
    return not plain and _mixes(source)


@contextlib.contextmanager
def mended(
    source: Input, found: Bytes, encoding: str, options: ReadOptions, like: Reading | None, notes: Notes
) -> Iterator[tuple[Input, Bytes, str]]:
    """Yield the file, what its bytes say and its encoding, or the same of a private copy in UTF-8; the digest stays that of the file."""
    wide = "16" in encoding or "32" in encoding
    if (found.nuls and not wide) or not found.head:
        yield source, found, encoding
        return
    marks = found.marks > found.head.startswith(codecs.BOM_UTF8)
    lines = _first_lines(source, encoding)
    form = _asked_form(options.delimiter) if options.delimiter else _form(lines, like)
    names = lines[0] if lines and (found.first_again or marks) and _is_header(lines) else None
    margins = _Margins() if form.change else _margins(source, found, encoding, lines, options, like)
    if not form.change and not found.quoted_lf and _has_comments(lines):
        form = replace(form, holds=_is_no_comment)
    mixed = encoding.startswith("utf-8") and not found.utf8
    if not (mixed or marks or form.change or form.holds or names is not None or margins):
        yield source, found, encoding
        return
    seen = _Found()
    handle, path = tempfile.mkstemp(prefix="assist-", suffix=".csv")  # mode 0600
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="replace", newline="") as out:
            out.writelines(_put_right(_decoded(source, encoding, seen), seen, form, names, margins.all))
        if form.said:
            notes.assume(form.said)
        _tell(seen, notes)
        tell_margins(sorted([*margins.lines, *seen.beside]), notes)
        if margins.table:
            tell_another_table(margins.table[0], margins.table[-1], notes)
        copy = replace(source, file=path, head=_head(path))
        yield copy, replace(scan(copy), sha256=found.sha256, cuts=form.cuts, several=form.several), "utf-8"
    finally:
        os.unlink(path)


def _margins(source: Input, found: Bytes, encoding: str, lines: Sequence[str], options: ReadOptions, like: Reading | None) -> _Margins:
    """Return the numbers of the lines that belong to no row: units below the names, totals, remarks and another table at the end."""
    if found.quoted_lf or not lines:
        return _Margins()
    fewest = FEWEST_AGAIN if like else FEWEST_ROWS
    delimiter = options.delimiter or dialects.decide_delimiter(lines, like.delimiter if like and not like.cuts else None)[0]
    rows = dialects.sample_rows(lines, delimiter, dialects.blanks_before_quotes(lines, delimiter))
    if len(rows) != len(lines):
        return _Margins()
    layout = dialects.decide_layout(rows, delimiter, False if options.no_header else None)
    top = layout.first if layout.header is None else layout.header + 1 - layout.levels
    rows = rows[top:]
    below = range(top + 2, top + 2 + rows_below_names(rows, fewest)) if layout.header is not None else range(0)
    last, count = _last_lines(source, found, encoding)
    ends = [next(iter(dialects.sample_rows([line], delimiter)), []) for line in last]
    if may_be_another_table(rows[len(below) :], ends):
        cells = ((number, next(iter(dialects.sample_rows([line], delimiter)), [])) for number, line in _decoded(source, encoding, _Found()))
        if start := another_table(itertools.islice(cells, top, None)):
            return _Margins(frozenset(below), range(start, count + 1))
    return _Margins(frozenset([*below, *range(count - rows_at_end(rows, ends, fewest) + 1, count + 1)]))


def _last_lines(source: Input, found: Bytes, encoding: str) -> tuple[list[str], int]:
    """Return the last lines of the file, and how many it has."""
    if "16" in encoding or "32" in encoding:  # a byte there may be the half of another character than a line feed
        last: collections.deque[tuple[int, str]] = collections.deque(_decoded(source, encoding, _Found()), maxlen=LAST_LINES)
        return [line for _, line in last], last[-1][0]
    text = found.tail.decode(encoding, "replace")
    return text.removesuffix("\n").split("\n")[-LAST_LINES:], found.lf + (found.last != b"\n")


def _first_lines(source: Input, encoding: str) -> list[str]:
    lines, characters = [], 0
    for _, text in itertools.islice(_decoded(source, encoding, _Found()), FIRST_LINES):
        lines.append(text)
        characters += len(text)
        if characters > FIRST_CHARACTERS and len(lines) >= FEWEST_LINES:
            break
    return lines


def _head(path: str) -> bytes:
    with open(path, "rb") as handle:
        return handle.read(4096)


def _mixes(source: Input) -> bool:
    utf8 = other = 0
    with open_bytes(source) as handle:
        for line in handle:
            if line.isascii():
                continue
            try:
                line.decode("utf-8")
                utf8 += 1
            except UnicodeDecodeError:
                other += 1
    return utf8 > 0 and utf8 >= MIXED_SHARE * (utf8 + other)


def _decoded(source: Input, encoding: str, seen: _Found) -> Iterator[tuple[int, str]]:
    """Yield the number and the text of each line without byte order marks; what is said to be UTF-8 and is not is read as cp1252."""
    if not encoding.startswith("utf-8"):
        with io.TextIOWrapper(open_bytes(source), encoding=encoding, errors="replace", newline="\n") as decoded:
            yield from enumerate(decoded, 1)
        return
    with open_bytes(source) as handle:
        for number, line in enumerate(handle, 1):
            if line.isascii():
                yield number, line.decode("ascii")
                continue
            seen.lettered += 1
            try:
                text = line.decode("utf-8")
            except UnicodeDecodeError:
                seen.foreign.append(number)
                text = line.decode("cp1252", "replace")
            if "\ufeff" in text:
                seen.marks += text.count("\ufeff") - (number == 1 and text.startswith("\ufeff"))
                text = text.replace("\ufeff", "")
            yield number, text


def _put_right(lines: Iterable[tuple[int, str]], seen: _Found, form: _Form, names: str | None, margins: Container[int]) -> Iterator[str]:
    for number, text in lines:
        if number in margins:
            continue
        if names is not None and number > 1 and text.rstrip("\r\n") == names.rstrip("\r\n"):
            seen.again.append(number)
        elif form.change is not None and RULE.fullmatch(text):
            seen.rules += 1
        elif form.holds is not None and not form.holds(text):
            if text.strip():
                seen.beside.append(number)
        else:
            yield form.change(text) if form.change else text


def _has_comments(lines: Sequence[str]) -> bool:
    """Whether some lines below the first row begin with a ``#`` and hold a single cell, as no row does."""
    first = next((i for i, line in enumerate(lines) if _is_no_comment(line) and line.strip()), len(lines))
    noted = [line for line in lines[first:] if not _is_no_comment(line)]
    if not noted:
        return False
    rows = [line for line in lines if _is_no_comment(line) and line.strip()]
    delimiter = dialects.decide_delimiter(rows)[0]
    widths = [len(row) for row in dialects.sample_rows(rows, delimiter)]
    if first and any(delimiter in line for line in lines[:first]) and not _is_header(rows):  # the names may stand behind a mark
        return False
    return (
        min(widths, default=0) > 1 and len(noted) < len(rows) and all(delimiter not in line.strip() for line in noted if delimiter != " ")
    )


def _is_no_comment(line: str) -> bool:
    return not line.lstrip().startswith("#")


def _is_header(lines: Sequence[str]) -> bool:
    """Whether the first line names the columns of those that are not equal to it."""
    others = [line for line in lines if line.rstrip("\r\n") != lines[0].rstrip("\r\n")]
    delimiter, _ = dialects.decide_delimiter([lines[0], *others])
    rows = dialects.sample_rows([lines[0], *others], delimiter)
    return len(rows[0]) > 1 and len(others) > 1 and dialects.decide_layout(rows, delimiter, None).header == 0


def _asked_form(given: str) -> _Form:
    """Return the form of lines that a delimiter of several characters parts, as the user said."""
    delimiter = dialects.checked_delimiter(given)
    return _form_of_several(delimiter, f"The delimiter is {delimiter!r}, as you said.") if len(delimiter) > 1 else _Form()


def _form_of_several(delimiter: str, said: str) -> _Form:
    return _Form(lambda line: _as_csv(_parted(line.rstrip("\r\n"), delimiter)) if line.strip() else line, said, several=delimiter)


def _parted(line: str, delimiter: str) -> list[str]:
    """Return the cells between delimiters of several characters, those in quotes without them."""
    cells: list[str] = []
    for part in line.split(delimiter):
        if cells and cells[-1].startswith('"') and cells[-1].count('"') % 2:
            cells[-1] += delimiter + part
        else:
            cells.append(part)
    return [cell[1:-1].replace('""', '"') if len(cell) > 1 and cell[0] == cell[-1] == '"' else cell for cell in cells]


def _form(lines: Sequence[str], like: Reading | None) -> _Form:
    """Return the form of the lines of a file, as they show it."""
    held = [line.rstrip("\r\n") for line in lines if line.strip()]
    if like and like.delimiter and len(like.delimiter) > 1 and held and like.delimiter in held[0]:
        return _form_of_several(like.delimiter, f"The delimiter is {like.delimiter!r}, as it was.")
    if len(held) >= (2 if like else FEWEST_LINES) and (several := _several_characters(held)):
        return _form_of_several(several, f"The delimiter is {several!r}, as in every line.")
    if len(held) < FEWEST_LINES and not (like and like.cuts):
        return _Form()
    drawn = [line for line in held if not RULE.fullmatch(line)]
    if len(drawn) < len(held) and sum(FRAMED.fullmatch(line) is not None for line in drawn) >= REGULAR * len(drawn):
        return _Form(_framed, "The table is drawn with bars and rules; what stands between the bars was read.", holds=_has_bar)
    barred = {line.count("|") for line in drawn if "|" in line}
    if RULE.fullmatch(held[1]) and len(barred) == 1 and barred == {held[0].count("|")}:
        return _Form(_framed, "The table is drawn with bars and rules; what stands between the bars was read.", holds=_has_bar)
    if _are_wrapped(held):
        return _Form(_unwrapped, "Each line as a whole stands in quotes; what stands between them was read.")
    if (found := _quotes(held)) is not None:
        return _Form(*found)
    delimiter, agreeing = dialects.decide_delimiter(held)
    width = max(map(len, dialects.sample_rows(held[:1], delimiter)))
    if like is not None and like.cuts:
        return _Form(_cutting(like.cuts), _told(like.cuts), like.cuts)
    if (width > 1 and agreeing >= 0.5) or dialects.blank_delimited(held):
        return _Form()
    cuts = _cuts(held)
    return _Form(_cutting(cuts), _told(cuts), cuts) if cuts else _Form()


def _several_characters(held: Sequence[str]) -> str | None:
    """Return a delimiter of several characters that stands equally often in every line, and no part of it anywhere else."""
    for delimiter in sorted(set(SEVERAL.findall(held[0])), key=len, reverse=True):
        count = held[0].count(delimiter)
        if all(line.count(delimiter) == count and '"' not in line for line in held) and not any(
            set(delimiter) & set(line.replace(delimiter, "")) for line in held
        ):
            return delimiter
    return None


def _told(cuts: Sequence[int]) -> str:
    places = ", ".join(str(cut + 1) for cut in cuts[:12])
    return f"Its {len(cuts)} columns are told apart by their place in the line (fixed width); they begin at {places}."


def _quotes(held: Sequence[str]) -> tuple[Callable[[str], str], str] | None:
    """Return how quotes become those of CSV, where as they are fewer rows would agree."""
    delimiter, agreeing = dialects.decide_delimiter(held)
    for wanted, change, said in (
        (sum('\\"' in line for line in held), _unescaped, "A quote within quotes is escaped by a backslash."),
        (sum(len(QUOTED_SINGLY.findall(line)) > 1 for line in held) * (1 + FEWEST_LINES) // (2 * FEWEST_LINES), _unsingled,
         "Cells are quoted by single quotes."),
    ):  # fmt: skip
        if not wanted or (change is _unsingled and wanted < 0.5 * len(held)):
            continue
        changed = [change(line) for line in held]
        other, better = dialects.decide_delimiter(changed, delimiter)
        other_rows = better == agreeing and _widths(changed, other) != _widths(held, delimiter)
        if better > agreeing or other_rows or (change is _unsingled and better == agreeing and _has_quoted_column(held, delimiter)):
            return change, said
    return None


def _has_quoted_column(held: Sequence[str], delimiter: str) -> bool:
    """Whether single quotes stand around each filled cell of a column, but perhaps its name."""
    rows = dialects.sample_rows(held, delimiter)
    width = len(rows[0])
    columns = zip(*(row for row in rows[1:] if len(row) == width), strict=True)
    filled = ([cell.strip() for cell in column if cell.strip()] for column in columns)
    return any(len(cells) >= FEWEST_LINES and all(QUOTED_SINGLY.fullmatch(cell) for cell in cells) for cells in filled)


def _widths(lines: Sequence[str], delimiter: str) -> set[int]:
    return {len(row) for row in dialects.sample_rows(lines, delimiter) if row}


def _unescaped(line: str) -> str:
    return line.replace('\\"', '""')


def _unsingled(line: str) -> str:
    return QUOTED_SINGLY.sub(lambda m: '"' + m.group()[1:-1].replace("''", "'").replace('"', '""') + '"', line)


def _framed(line: str) -> str:
    return _as_csv([cell.strip() for cell in line.strip().strip("|").split("|")])


def _has_bar(line: str) -> bool:
    return "|" in line


def _are_wrapped(held: Sequence[str]) -> bool:
    """Whether every line is one quoted cell, and what stands in the cells are rows of one width."""
    if not all(len(line) > 2 and line[0] == line[-1] == '"' and len(_cells(line)) == 1 for line in held):
        return False
    inner = [_unwrapped(line).rstrip("\n") for line in held]
    widths = _widths(inner, dialects.decide_delimiter(inner)[0])
    return len(widths) == 1 and max(widths) > 1


def _cells(line: str) -> list[str]:
    with dialects.cells_of_any_length():
        return next(csv.reader([line]), [])


def _unwrapped(line: str) -> str:
    cells = _cells(line.rstrip("\r\n"))
    return f"{cells[0]}\n" if len(cells) == 1 else line


def _cutting(cuts: Sequence[int]) -> Callable[[str], str]:
    ends = [*cuts[1:], None]
    return lambda line: _as_csv([line[a:b].strip() for a, b in zip(cuts, ends, strict=True)]) if line.strip() else line


def _as_csv(cells: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(cells)
    return out.getvalue()


def _cuts(held: Sequence[str]) -> tuple[int, ...]:
    """Return where columns begin: after blanks that stand in the same places of every line, at least one column being of numbers."""
    drawn = [line for line in held if not RULE.fullmatch(line)]
    if len(drawn) < FEWEST_FIXED or any("\t" in line for line in drawn):
        return ()
    length = max(map(len, drawn))
    if length > 10_000 or sum(len(line) >= 0.5 * length for line in drawn) < REGULAR * len(drawn):
        return ()
    filled = [any(len(line) > i and line[i] != " " for line in drawn) for i in range(length)]
    starts = tuple(i for i in range(length) if filled[i] and (i == 0 or not filled[i - 1]))
    if len(starts) < 2:
        return ()
    ends = [*starts[1:], None]
    body = drawn[1:]
    numeric = [sum(dialects.NUMBER.fullmatch(line[a:b].strip()) is not None for line in body) for a, b in zip(starts, ends, strict=True)]
    return (0, *starts[1:]) if max(numeric) >= REGULAR * len(body) else ()


def _tell(seen: _Found, notes: Notes) -> None:
    if seen.foreign:
        notes.warn(
            "W0104",
            f"the file mixes encodings: {len(seen.foreign):,} of {seen.lettered:,} lines with letters beyond ASCII are not UTF-8 and were "
            f"read as cp1252 ({_lines(seen.foreign)})",
            "look at these lines, and write the file in UTF-8 throughout",
        )
    if seen.marks:
        one = seen.marks == 1
        notes.warn(
            "W0118",
            f"{seen.marks:,} byte order mark{'' if one else 's'} inside the file removed, as {'it stands' if one else 'they stand'} where "
            "files were joined",
            "check that the files that were joined have the same columns",
        )
    if seen.again:
        one = len(seen.again) == 1
        notes.warn(
            "W0117",
            f"{len(seen.again):,} line{'' if one else 's'} that repeat{'s' if one else ''} the names of the columns left out "
            f"({_lines(seen.again)})",
            "remove them from the file to silence this",
        )


def _lines(numbers: Sequence[int]) -> str:
    shown = ", ".join(f"{n:,}" for n in numbers[:SHOWN_LINES])
    return f"line{'' if len(numbers) == 1 else 's'} {shown}{', ...' if len(numbers) > SHOWN_LINES else ''}"
