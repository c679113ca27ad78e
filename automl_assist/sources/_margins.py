"""Lines around the rows of a table that are none: units or questions below the names of the columns, totals and sources at the end."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from automl_assist.sources import _dialect as dialects
from automl_assist.sources._source import Notes

FEWEST_ROWS = 20  # that show what a row of the table is like
FEWEST_AGAIN = 3  # where the file is read as an earlier one was
LAST_LINES = 12  # of the file, among which totals and remarks are looked for
SHOWN = 5
NUMERIC = 0.95  # of the cells of a column
FEWEST_NUMERIC = 2  # columns of numbers without a number in a line below the names
MOST_BELOW = 3  # such lines: names, questions and numbers of questions of one survey program
MOST_AT_END = 5  # lines
MISSING = frozenset(["", "na", "n/a", "nan", "null", "none", "-", "--", ".", "?", "missing", "unknown"])
TOTALS = (  # words for a sum, as a pattern
    r"(?:grand |sub-? ?|zwischen|end|gesamt)?(?:totals?|totale|totaux|summe|sum|ergebnis)|insgesamt|gesamt|suma|soma|somme|somma|итого"
    r"|(?:closing|ending) balance|balance (?:carried|brought) forward|endsaldo|schlusssaldo|solde final|saldo final"
    r"|всего|合計|小計|总计|合计|小计|합계"
)
TOTAL = re.compile(rf"\W*(?:{TOTALS})\b(?P<more>.*)", re.IGNORECASE)
REMARK = re.compile(
    r"\W*(source|quelle|fuente|fonte|notes?|nota|anmerkung|hinweis|stand|generated|created|exported|printed|report|©|copyright|end of|\()",
    re.IGNORECASE,
)


def rows_below_names(rows: Sequence[Sequence[str]], fewest: int = FEWEST_ROWS) -> int:
    """Return how many rows right below the names of the columns hold units, questions and the like.

    Parameters
    ----------
    rows : sequence of sequence of str
        The first ones of the file, the names on top.
    fewest : int
        Rows below that have to show what a row is like.
    """
    if not rows or not dialects.looks_like_names(rows[0], [r for r in rows[1:] if len(r) == len(rows[0])]):
        return 0
    if dialects.decide_layout([list(row) for row in rows], ",", None).levels > 1:
        return 0
    body = [row for row in rows[1 + MOST_BELOW :] if len(row) == len(rows[0])]
    if len(body) < fewest:
        return 0
    numeric = [i for i, column in enumerate(zip(*body, strict=True)) if _is_numeric(column)]
    if len(numeric) < FEWEST_NUMERIC:
        return 0
    found = 0
    for row in rows[1 : 1 + MOST_BELOW]:
        if len(row) != len(rows[0]) or not _describes([row[i] for i in numeric], found > 0 and any(c.strip() for c in row)):
            break
        found += 1
    return found


def _is_numeric(column: Sequence[str]) -> bool:
    filled = [cell for cell in column if cell.strip().lower() not in MISSING]
    like = sum(dialects.NUMBER.fullmatch(cell) is not None or dialects.DATE.fullmatch(cell) is not None for cell in filled)
    return len(filled) > 0.5 * len(column) and like >= NUMERIC * len(filled)


def _describes(cells: Sequence[str], goes_on: bool) -> bool:
    """Whether cells of columns of numbers hold words; empty ones only where a line of words stands above."""
    words = [cell.strip() for cell in cells if cell.strip()]
    if not words:
        return goes_on
    wordy = [w for w in words if w.lower() not in MISSING and dialects.NUMBER.fullmatch(w) is None and dialects.DATE.fullmatch(w) is None]
    return len(wordy) == len(words) and len(words) >= max(FEWEST_NUMERIC, 0.6 * len(cells))


def rows_at_end(rows: Sequence[Sequence[str]], last: Sequence[Sequence[str]], fewest: int = FEWEST_ROWS) -> int:
    """Return how many of the `last` rows of a file hold totals or remarks, blank ones between them too.

    Parameters
    ----------
    rows : sequence of sequence of str
        The first ones of the file, the names on top.
    last : sequence of sequence of str
        The last ones, of a short file some of the same.
    fewest : int
        Rows that have to show what a row is like.
    """
    if any(row[:1] and row[0].startswith(dialects.CONFLICT) for row in last):
        return 0  # to be refused, not left out
    rows = [row for row in rows if row]
    width = max(map(len, rows[:1]), default=0)
    regular = [row for row in rows[1:] if len(row) == width and any(map(str.strip, row))]
    if width < 2 or len(regular) < fewest or len(regular) < 0.9 * (sum(any(map(str.strip, row)) for row in rows) - 1 - MOST_AT_END):
        return 0
    shown = regular[: max(1, len(regular) - MOST_AT_END)]
    always = [i for i, column in enumerate(zip(*shown, strict=True)) if all(cell.strip() for cell in column)]
    lonely = any(sum(bool(c.strip()) for c in row) == 1 for row in shown)
    found, held = 0, False
    for back, row in enumerate(reversed(last), 1):
        filled = [cell.strip() for cell in row if cell.strip()]
        if not filled:
            found = back if held else 0  # between the rows and what stands below them
            continue
        held, said = True, REMARK.match(filled[0]) is not None
        alone = len(filled) == 1 and not lonely
        remark = (alone and (said or len(row) < width)) or (said and len(row) < width)
        sure = remark or _is_total(row, shown, always)
        if not (sure or (alone and row[0].strip())) or back > 2 * MOST_AT_END:  # one cell alone is none below a blank line
            break
        found = back if sure else found
    return found


def _is_total(row: Sequence[str], shown: Sequence[Sequence[str]], always: Sequence[int]) -> bool:
    """Whether a row begins with a word for a sum, as no other does, and nothing else or a gap where others have something."""
    first = next((cell.strip() for cell in row if cell.strip()), "")
    found = TOTAL.fullmatch(first)
    if not found or any(TOTAL.fullmatch(other[0].strip()) for other in shown):
        return False
    alone = found["more"].lstrip()[:1] in ("", ":") or not found["more"].strip(" .")
    return alone or len(row) < len(shown[0]) or any(not row[i].strip() for i in always)


def filled_width(row: Sequence[str]) -> int:
    """Return how many cells a row has up to the last one that holds something."""
    return max((place for place, cell in enumerate(row, 1) if cell.strip()), default=0)


def may_be_another_table(rows: Sequence[Sequence[str]], last: Sequence[Sequence[str]]) -> bool:
    """Whether the `last` rows of a file are narrower than the first ones of its table, the names on top, as of a table below it."""
    widths = {filled_width(row) for row in rows[: FEWEST_ROWS + 1]} - {0}
    ends = [width for width in map(filled_width, last) if width]
    return bool(ends) and 1 < ends[-1] < min(widths, default=0) and len(rows) > FEWEST_ROWS


def another_table(numbered: Iterable[tuple[int, Sequence[str]]]) -> int | None:
    """Return the line of the blank one that a second table stands below, with names of its own and fewer columns than any row above it.

    Parameters
    ----------
    numbered : iterable of (int, sequence of str)
        Lines and their cells, from the names of the first table on.
    """
    above: set[int] = set()
    block: set[int] = set()
    start, rows, shown = 0, 0, list[Sequence[str]]()
    blank = 0
    for line, row in numbered:
        width = filled_width(row)
        if not width:
            blank = line
            continue
        if blank > start:
            above |= block
            start, rows, shown, block = blank, 0, [], set()
        block.add(width)
        rows += 1
        if len(shown) <= FEWEST_ROWS:
            shown.append(row[:width])
    narrow = len(block) == 1 and max(block) < min(above, default=0)
    return start if narrow and rows >= FEWEST_AGAIN and dialects.looks_like_names(shown[0], shown[1:]) else None


def tell_another_table(start: int, end: int, notes: Notes) -> None:
    """Warn of a second table in the lines behind `start`, which was left out."""
    notes.warn(
        "W0121",
        f"the file seems to hold two tables: the second one, below the blank line {start:,}, was left out with its {end - start:,} lines",
        "save each table as a file of its own",
    )


def tell_margins(lines: Sequence[int], notes: Notes, where: str = "line") -> None:
    """Warn of lines, counted from 1, that were left out; `where` is what they are called."""
    if not lines:
        return
    one = len(lines) == 1
    shown = ", ".join(f"{n:,}" for n in lines[:SHOWN]) + (", ..." if len(lines) > SHOWN else "")
    notes.warn(
        "W0119",
        f"{len(lines)} line{'' if one else 's'} left out that hold{'s' if one else ''} no row: units or questions below the names of the "
        f"columns, comments, totals or remarks at the end ({where}{'' if one else 's'} {shown})",
        "remove them from the file to silence this",
    )


def _is_table(rows: Sequence[Sequence[str]]) -> bool:
    """Whether among rows above the names are many of one width without a gap, as those of another table are."""
    widths = [len(row) for row in rows if len(row) > 1 and all(cell and cell.strip() for cell in row)]
    return max((widths.count(width) for width in set(widths)), default=0) > FEWEST_ROWS


def tell_names(dialect: dialects.Dialect, above: Sequence[Sequence[str]], notes: Notes) -> None:
    """Say that lines above the names were skipped, and that two lines of names were joined."""
    skipped = len(above)
    if _is_table(above):
        notes.warn(
            "W0121",
            f"the file seems to hold two tables: {skipped} lines above the header of the second one left out",
            "save each table as a file of its own",
        )
    elif skipped:
        where = "above the header" if dialect.header is not None else "above the first row"
        notes.warn(
            "W0101",
            f"{skipped} line{'s' if skipped > 1 else ''} {where} (title or comment) skipped",
            "remove them from the file to silence this",
        )
    if dialect.levels > 1:
        notes.warn(
            "W0120",
            f"the names of the columns stand in {dialect.levels} lines and were put together, such as {dialect.names[-1]!r}",
            "write them in one line to silence this",
        )
