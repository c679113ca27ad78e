"""The dialect of a delimited text file: delimiter, decimal mark, where the header stands, or that there is none.

Decided on a sample by the csv module, which knows quotes; every decision is told to the user.
"""

from __future__ import annotations

import contextlib
import csv
import itertools
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from automl_assist.errors import AssistError
from automl_assist.schema import delimiter_meant

CONFLICT = ("<<<<<<< ", ">>>>>>> ")  # what stands above and below two versions of some lines that git could not merge
DELIMITERS = (",", ";", "\t", "|")  # in this order when nothing tells them apart
SEPARATORS = ("\x01", "\x1f")  # of Hive, and of ASCII itself
SELDOM = ("^", "~", "\x01", "\x1f", "§", "¦", "¬", "¶")  # tried where none of the usual ones parts the lines
ALL_ALIKE = 0.95  # of the lines have the same number of fields, for a seldom delimiter or blanks to be one
DELIMITER_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", " ": "blank"}
FEWEST_TOLD = 2  # columns of numbers below names in two lines
FEWEST_LACKING = 2  # columns that each row fills and a line of answers does not
MOST_TITLES, WIDE_TITLES = 30, 5  # rows filled up to the width of the table, with one cell; with two where it has so many columns
MOST_TITLE_CELLS = 2  # what is said and its value
DATE = re.compile(r"\s*\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}.*|\s*\d{1,2}:\d{2}.*")
YEAR = re.compile(r"(19|20)\d\d")
SAMPLE_LINES = 1000
SAMPLE_CHARACTERS = 1 << 22  # so that even a line of 100,000 fields is followed by others
FEWEST_SAMPLE_LINES = 5
HEADER_SAMPLE_ROWS = 200
MOST_LOOKED_AT = 400  # of the columns, one or two times as many where there are more, to tell whether a row names them

NUMBER = re.compile(r"\s*[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?\s*+(%\s*+)?")  # blanks are never read twice: a text may have thousands
DECIMAL_COMMA = re.compile(r"[+-]?(\d{1,3}(\.\d{3})+,\d+|\d+,(\d{1,2}|\d{4,})|0,\d+|\d{4,},\d+)")
AMBIGUOUS_COMMA = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")  # 1,234: thousands or decimals
PLAIN_NUMBER = re.compile(r"\d{1,9}(\.\d+)?", re.ASCII)
FEWEST_EVEN = 10  # numbers that rise by even steps in a first row are names: measured ones hardly do
EVEN = 0.25  # of the mean step, within which the steps are: names are rounded
INTEGER = re.compile(r"[+-]?\d+")
FEWEST_PARTED = 10  # rows that show numbers parted at their decimal commas
DECIMAL_POINT = re.compile(r"[+-]?\d*\.\d+")
COMMENT = ("#", "//", "%")
FIELD_LIMIT = 1 << 30  # characters of one cell; an open quote is told by the end of the file, not by this


@dataclass(frozen=True)
class Dialect:
    """How the lines of a file become rows of fields."""

    delimiter: str
    width: int  # fields of most rows
    header: int | None  # position, among the sampled rows, of the row of names; None if there is none
    first: int  # position of the first row of data
    names: tuple[str, ...]  # the header's cells as they stand, or nothing
    skip_blank: bool = False  # a blank after the delimiter is not part of the cell
    levels: int = 1  # lines that hold the names


@contextlib.contextmanager
def cells_of_any_length() -> Iterator[None]:
    """Let the csv module read cells of more than the 131,072 characters at which it stops by itself: texts are longer."""
    before = csv.field_size_limit(FIELD_LIMIT)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def text_alone(lines: Sequence[str]) -> str:
    """Return lines as one text without control characters that part the cells of them: as many of one in each line."""
    text = "".join(lines)
    for mark in SEPARATORS:
        counts = {line.count(mark) for line in lines if line.strip()}
        if len(counts) == 1 and counts != {0}:
            text = text.replace(mark, "")
    return text


def sample_rows(lines: Iterable[str], delimiter: str, skip_blank: bool = False) -> list[list[str]]:
    """Return the rows of the sampled lines as the csv module sees them, blank lines as empty lists."""
    try:
        with cells_of_any_length():
            return list(csv.reader(lines, delimiter=delimiter, skipinitialspace=skip_blank))
    except csv.Error:  # found again and told by the exact pass
        return [line.rstrip("\r\n").split(delimiter) for line in lines]


def blanks_before_quotes(lines: Iterable[str], delimiter: str) -> bool:
    """Whether quotes stand behind a delimiter and a blank, as in ``1, "a, b"``: they are quotes only when the blank is skipped."""
    loose = sum(line.count(f'{delimiter} "') for line in lines)
    return loose > 0 and loose > sum(line.count(f'{delimiter}"') for line in lines)


def checked_delimiter(given: str) -> str:
    """Return the delimiter asked for: one character or a few, or ``tab`` in words.

    Raises
    ------
    AssistError
        E0405 if it cannot separate fields.
    """
    delimiter = delimiter_meant(given)
    if delimiter is None:
        raise AssistError(
            "E0405", f"{given!r} cannot be a delimiter", where="--delimiter", help="give a character or a few, such as ';' or '||', or tab",
            exit_code=2,
        )  # fmt: skip
    return delimiter


def decide_delimiter(lines: Sequence[str], first_choice: str | None = None) -> tuple[str, float]:
    """Return the delimiter under which most rows have the same number of clean fields, and the share of rows that agree."""
    scored = {d: _score(lines, d) for d in DELIMITERS}
    if first_choice and first_choice not in scored:
        scored[first_choice] = _score(lines, first_choice)
    best = max(DELIMITERS, key=lambda d: (scored[d][0], -DELIMITERS.index(d)))
    if first_choice and scored[first_choice][0] > 0.5 * scored[best][0]:
        return first_choice, scored[first_choice][1]
    if not scored[best][0]:
        for seldom in SELDOM:
            if _parts_all(lines, seldom):
                return seldom, _score(lines, seldom)[1]
        if blank_delimited(lines):
            return " ", 1.0
    return best, scored[best][1]


def _parts_all(lines: Sequence[str], delimiter: str) -> bool:
    rows = [row for row in sample_rows(lines, delimiter, delimiter == " ") if row]
    if len(rows) < FEWEST_SAMPLE_LINES:
        return False
    width, agreeing = _usual_width(rows)
    short = delimiter == " " and len(rows[0]) == width - 1 > 1  # R gives no name to its row names
    alike = agreeing >= ALL_ALIKE * len(rows) or (short and agreeing >= len(rows) - 1)
    return width > 1 and alike and (short or len(rows[0]) == width)


def blank_delimited(lines: Sequence[str]) -> bool:
    """Whether blanks part the lines into the same number of fields, some of them numbers: text has lines of any number of words."""
    stripped = [line.strip() for line in lines]
    if not _parts_all(stripped, " "):
        return False
    rows = [row for row in sample_rows(stripped, " ", True) if row][1:]
    width, _ = _usual_width(rows)
    columns = list(zip(*(row for row in rows if len(row) == width), strict=True))
    return any(sum(NUMBER.fullmatch(cell) is not None for cell in column) >= ALL_ALIKE * len(column) for column in columns)


def _score(lines: Sequence[str], delimiter: str) -> tuple[float, float]:
    rows = [r for r in sample_rows(lines, delimiter, blanks_before_quotes(lines, delimiter)) if r]
    if not rows:
        return 0.0, 0.0
    width, agreeing = _usual_width(rows)
    if width < 2:
        return 0.0, agreeing / len(rows)
    others = [d for d in DELIMITERS if d != delimiter]
    cells = [c for r in rows[:100] if len(r) == width for c in r[:50] if c]
    clean = sum(1 for c in cells if not any(d in c for d in others) or NUMBER.fullmatch(c)) / max(1, len(cells))
    share = agreeing / len(rows)
    return share * share * math.log(width + 0.5) * (0.05 + 0.95 * clean), share


def _usual_width(rows: Sequence[Sequence[str]]) -> tuple[int, int]:
    return Counter(map(len, rows)).most_common(1)[0]


def decide_layout(rows: list[list[str]], delimiter: str, header: bool | None) -> Dialect:
    """Find the row of names above the data, or that there is none; `header` says it where it is known."""
    filled = [(i, r) for i, r in enumerate(rows) if r]
    body = [r for _, r in filled]
    if not body:
        return Dialect(delimiter, 1, None, len(rows), ())
    width, _ = _usual_width(body[1:] or body)
    at = next((k for k, r in enumerate(body) if len(r) == width and not _is_comment(r, k, body)), 0)
    at += _titles(body[at : at + MOST_TITLES + 1 + HEADER_SAMPLE_ROWS], width)
    below = [r for r in body[at + 1 : at + 1 + HEADER_SAMPLE_ROWS] if len(r) == width]
    if at > 0 and _could_be_names(body[at - 1], body[at], below) and not _is_comment(body[at - 1], at - 1, body):
        at -= 1
    row = body[at]
    has_names = (
        header
        if header is not None
        else looks_like_names(row, [r for r in body[at + 1 : at + 1 + HEADER_SAMPLE_ROWS] if len(r) == len(row)])
    )
    position = filled[at][0]
    for above in (at, at - 1) if header is not False else ():
        if not 0 <= above < len(body) - 2:
            continue
        pair = body[above], body[above + 1], body[above + 2 :]
        if joined := _joined_names(*pair, width) or _questions_and_answers(*pair, width):
            last = filled[above + 1][0]
            return Dialect(delimiter, max(width, len(joined)), last, last + 1, joined, levels=2)
    if not has_names:
        return Dialect(delimiter, width, None, position, ())
    return Dialect(delimiter, max(width, len(row)), position, position + 1, tuple(row))


def _titles(rows: Sequence[Sequence[str]], width: int) -> int:
    """Return how many rows above a row of names hold titles, filled up to its width with empty cells, as spreadsheets write them."""
    most = MOST_TITLE_CELLS if width >= WIDE_TITLES else 1
    found = 0
    while found < min(MOST_TITLES, len(rows)) and width > 2 and sum(bool(cell.strip()) for cell in rows[found]) <= most:
        found += 1
    if not 0 < found < len(rows) or len(rows[found]) != width:
        return 0
    names = [cell.strip() for cell in rows[found]]
    named = len(set(names)) == width and all(names[:-1]) and not any(map(NUMBER.fullmatch, names))
    return found if named and looks_like_names(names, [r for r in rows[found + 1 :] if len(r) == width]) else 0


def _joined_names(groups: Sequence[str], names: Sequence[str], below: Sequence[Sequence[str]], width: int) -> tuple[str, ...] | None:
    """Return the names of columns that two lines hold, groups above names as where cells were merged; None where they do not.

    A group stands above the first of its columns, the others empty, or above each of them, and nothing above those of none; alone the
    groups tell no columns apart, and below both lines stand numbers.
    """
    groups = [cell.strip() for cell in groups]
    names = [cell.strip() for cell in names]
    held = len(groups)
    groups += [""] * (width - held)
    names += [""] * (width - len(names))  # a sheet ends with its last cell
    body = [row for row in below[:HEADER_SAMPLE_ROWS] if len(row) == width]
    if len(names) != width or len(groups) != width or not body:
        return None
    over: list[str] = []  # the group of each column
    above_each = any(cell and cell == after for cell, after in itertools.pairwise(groups))
    for cell in groups:
        over.append(cell or (over[-1] if over and not above_each else ""))
    shared = any(group and columns > 1 for group, columns in Counter(over).items())
    if not shared or len(set(groups) - {""}) < 2:
        return None
    numeric = [i for i, column in enumerate(zip(*body, strict=True)) if _mostly_numbers(column)]
    words = [cell for cell in [*groups, *(names[i] for i in numeric)] if cell]
    told = sum(bool(names[i]) for i in numeric) >= max(FEWEST_TOLD, len(numeric) - 1)  # numbers of rows have no name
    if not told or any(NUMBER.fullmatch(w) and not YEAR.fullmatch(w) for w in words):
        return None
    if len(set(names)) == width:  # told apart already
        title = held < width and held <= MOST_TITLE_CELLS and all(names) and not any(map(str.__eq__, groups, names))
        return None if title else tuple(names)
    joined = tuple(" ".join(dict.fromkeys(filter(None, pair))) for pair in zip(over, names, strict=True))
    return joined if len(set(joined)) == width else None


def _questions_and_answers(
    questions: Sequence[str], answers: Sequence[str], below: Sequence[Sequence[str]], width: int
) -> tuple[str, ...] | None:
    """Return the names of columns that a line of questions and one of answers below it hold, or None.

    So survey programs write them. Each answer to choose has a column, and the question stands above the first of them. No row of data can
    be taken for answers: they leave empty what every row fills, such as who answered and when, and fill what has no name.
    """
    questions, answers = ([cell.strip() for cell in row] for row in (questions, answers))
    body = [row for row in below[:HEADER_SAMPLE_ROWS] if len(row) == width]
    if not len(questions) == len(answers) == width or not body or not questions[0] or all(questions):
        return None
    always = [all(map(str.strip, column)) for column in zip(*body, strict=True)]
    lacking = sum(full and bool(question) and not answer for full, question, answer in zip(always, questions, answers, strict=True))
    nameless = any(not question and not answer for question, answer in zip(questions, answers, strict=True))
    if lacking < FEWEST_LACKING or nameless or any(NUMBER.fullmatch(answer) or DATE.fullmatch(answer) for answer in answers):
        return None
    names, over = [], ""
    for place, (question, answer) in enumerate(zip(questions, answers, strict=True)):
        several = not question or (place + 1 < width and not questions[place + 1])
        over = question or over
        names.append(f"{over} {answer}".rstrip() if several else question)
    return tuple(names) if len(set(names)) == width else None


def parted_numbers(names: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> int:
    """Return how many columns of numbers the commas between cells have parted at their decimal commas, 0 where they have not.

    The rows then have so many cells more than there are names, and what stands behind such a comma may begin with a zero, as no whole
    number does. A first cell that differs in every row may be a name of the row.
    """
    regular = [row for row in rows if len(row) == width]
    extra = width - len(names)
    if not 0 < extra < width or len(regular) < FEWEST_PARTED or not all(name.strip() for name in names):
        return 0
    columns = [[cell.strip() for cell in column] for column in zip(*regular, strict=True)]
    whole = [all(INTEGER.fullmatch(cell) for cell in column) for column in columns]
    padded = [any(len(cell) > 1 and cell[0] == "0" for cell in column) and all(map(str.isdigit, column)) for column in columns]
    if extra == 1 and padded[1] and len(set(columns[0])) == len(regular):
        return 0
    free = [True] * width
    pairs = 0
    for sure in (True, False):
        for i in range(width - 1):
            if whole[i] and whole[i + 1] and free[i] and free[i + 1] and padded[i + 1] >= sure and not (sure and padded[i]):
                free[i] = free[i + 1] = False
                pairs += 1
        if sure and not pairs:
            return 0
    return extra if pairs >= extra else 0


def _mostly_numbers(column: Sequence[str]) -> bool:
    filled = [cell for cell in column if cell.strip()]
    return len(filled) > 0.5 * len(column) and sum(NUMBER.fullmatch(cell) is not None for cell in filled) >= ALL_ALIKE * len(filled)


def _is_comment(row: Sequence[str], at: int, body: Sequence[Sequence[str]]) -> bool:
    """Whether a row is a remark: it begins with a comment mark, and the rows of data below do not."""
    if row[0].lower() == "sep=" and at == 0:  # Excel's own line about the delimiter
        return True
    if not row[0].lstrip().startswith(COMMENT):
        return False
    below = [r for r in body[at + 1 :] if r]
    marked = sum(r[0].lstrip().startswith(COMMENT) for r in below)
    names = len(row) > 1 and bool(below) and len(row) == len(below[0]) and all(c.strip() for c in row)
    return bool(below) and marked < 0.5 * len(below) and not names


def _could_be_names(row: Sequence[str], first: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether the row right above the `first` regular one is a header of another length: a trailing comma, row names, missing names."""
    width = len(first)
    enough = len(row) >= max(2, 0.5 * width) or (width == 2 and " " not in row[0].strip() and not looks_like_names(first, below))
    return enough and all(c.strip() and not NUMBER.fullmatch(c) and not DATE.fullmatch(c) for c in row)


def looks_like_names(row: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether `row` names the columns whose cells stand `below`: it differs in type from them, or does not occur among them."""
    below = [other for other in below if list(other) != list(row)]  # names that come again are names still
    if not below:
        return not any(NUMBER.fullmatch(c) for c in row)
    if _counts_up(row) or (_rises_evenly(row) and not any(map(_rises_evenly, below[:FEWEST_SAMPLE_LINES]))):
        return True
    for_names = against = 0.0
    looked_at = range(0, len(row), max(1, len(row) // MOST_LOOKED_AT))  # of thousands of columns some hundreds tell as much
    for cell, values in ((row[i], [other[i] for other in below]) for i in looked_at):
        seen = [v for v in values if v.strip()]
        if not seen:
            continue
        numeric = sum(bool(NUMBER.fullmatch(v)) for v in seen) / len(seen)
        dated = numeric == 0 and sum(bool(DATE.fullmatch(v)) for v in seen) / len(seen) > 0.8
        is_number = bool(NUMBER.fullmatch(cell))
        if numeric > 0.8:
            against, for_names = (against + 1, for_names) if is_number or not cell.strip() else (against, for_names + 1)
        elif dated and cell.strip():  # an index of dates has no name
            against, for_names = (against + 1, for_names) if DATE.fullmatch(cell) else (against, for_names + 1)
        elif cell in seen:
            against += 0.7
        elif is_number:
            against += 0.3
        elif cell.strip():
            for_names += 0.4
    return for_names >= against


def _counts_up(row: Sequence[str]) -> bool:
    """Whether the cells, but for a few words, are 0, 1, 2, ... or years in a row: the names that programs give."""
    numbers = [c.strip() for c in row if NUMBER.fullmatch(c)]
    if len(numbers) < max(3, 0.5 * len(row)) or not all(n.isdecimal() and n.isascii() and len(n) < 9 for n in numbers):
        return False
    start = int(numbers[0])
    return (start in (0, 1) or 1900 <= start <= 2100) and [int(n) for n in numbers] == list(range(start, start + len(numbers)))


def _rises_evenly(row: Sequence[str]) -> bool:
    """Whether the cells, but for a few words, are numbers at even distances, such as wavelengths or seconds."""
    numbers = [c.strip() for c in row if NUMBER.fullmatch(c)]
    if len(numbers) < max(FEWEST_EVEN, 0.5 * len(row)) or not all(map(PLAIN_NUMBER.fullmatch, numbers)):
        return False
    steps = [after - before for before, after in itertools.pairwise(map(float, numbers))]
    return min(steps) > 0 and max(steps) - min(steps) <= EVEN * sum(steps) / len(steps)


def decide_decimal(rows: Sequence[Sequence[str]], delimiter: str) -> str:
    """Return ``","`` when the cells are numbers with a decimal comma, else the point."""
    comma = ambiguous = point = 0
    for row in rows[:HEADER_SAMPLE_ROWS]:
        for cell in row[:500]:
            text = cell.strip()
            comma += bool(DECIMAL_COMMA.fullmatch(text))
            ambiguous += bool(AMBIGUOUS_COMMA.fullmatch(text))
            point += bool(DECIMAL_POINT.fullmatch(text))
    if comma and comma > point:
        return ","
    return "," if ambiguous and not point and delimiter in ";\t" else "."
