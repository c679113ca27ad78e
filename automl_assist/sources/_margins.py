"""Lines around the rows of a table that are none: units or questions below the names of the columns, totals and sources at the end."""

from __future__ import annotations

import re
from collections.abc import Sequence

from automl_assist.sources import _dialect as dialects

FEWEST_ROWS = 20  # that show what a row of the table is like
NUMERIC = 0.95  # of the cells of a column
FEWEST_NUMERIC = 2  # columns of numbers without a number in a line below the names
MOST_BELOW = 3  # such lines: names, questions and numbers of questions of one survey program
MOST_AT_END = 5  # lines
DATE = re.compile(r"\s*\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}.*|\s*\d{1,2}:\d{2}.*")
MISSING = frozenset(["", "na", "n/a", "nan", "null", "none", "-", "--", ".", "?", "missing", "unknown"])
TOTAL = re.compile(
    r"\W*(grand |sub)?(totals?|totale?s?|sum|summe|gesamt(summe)?|insgesamt|suma|soma|somme|итого|всего|合計|总计|합계)\b.*", re.IGNORECASE
)
REMARK = re.compile(
    r"\W*(source|quelle|fuente|fonte|notes?|nota|anmerkung|hinweis|stand|generated|created|exported|printed|report|©|copyright|end of|\()",
    re.IGNORECASE,
)


def lines_below_names(lines: Sequence[str]) -> int:
    """Return how many lines right below the names of the columns hold units, questions and the like.

    Parameters
    ----------
    lines : sequence of str
        The first ones of the file.
    """
    delimiter, _ = dialects.decide_delimiter(lines)
    rows = dialects.sample_rows(lines, delimiter, dialects.blanks_before_quotes(lines, delimiter))
    if len(rows) != len(lines) or not rows or not dialects.looks_like_names(rows[0], [r for r in rows[1:] if len(r) == len(rows[0])]):
        return 0
    body = [row for row in rows[1 + MOST_BELOW :] if len(row) == len(rows[0])]
    if len(body) < FEWEST_ROWS:
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
    like = sum(dialects.NUMBER.fullmatch(cell) is not None or DATE.fullmatch(cell) is not None for cell in filled)
    return len(filled) > 0.5 * len(column) and like >= NUMERIC * len(filled)


def _describes(cells: Sequence[str], goes_on: bool) -> bool:
    """Whether cells of columns of numbers hold words; empty ones only where a line of words stands above."""
    words = [cell.strip() for cell in cells if cell.strip()]
    if not words:
        return goes_on
    wordy = [w for w in words if w.lower() not in MISSING and dialects.NUMBER.fullmatch(w) is None and DATE.fullmatch(w) is None]
    return len(wordy) == len(words) and len(words) >= max(FEWEST_NUMERIC, 0.6 * len(cells))


def lines_at_end(lines: Sequence[str], last: Sequence[str]) -> int:
    """Return how many of the `last` lines of a file hold totals or remarks, blank ones between them too."""
    delimiter, agreeing = dialects.decide_delimiter(lines)
    rows = [row for row in dialects.sample_rows(lines, delimiter) if row]
    width = max(map(len, rows[:1]), default=0)
    regular = [row for row in rows[1:] if len(row) == width]
    if width < 2 or len(regular) < FEWEST_ROWS or agreeing < 0.9:
        return 0
    firsts = [row[0].strip() for row in regular[: len(regular) - MOST_AT_END]]
    lonely = any(sum(bool(c.strip()) for c in row) == 1 for row in regular[:-MOST_AT_END])
    found = 0
    for back, line in enumerate(reversed(last), 1):
        row = next(iter(dialects.sample_rows([line], delimiter)), [])
        filled = [cell.strip() for cell in row if cell.strip()]
        if not filled:
            continue
        said = REMARK.match(filled[0]) is not None
        remark = (len(filled) == 1 and not lonely and (said or len(row) < width)) or (said and len(row) < width)
        total = TOTAL.fullmatch(row[0].strip() or filled[0]) is not None and not any(TOTAL.fullmatch(cell) for cell in firsts)
        if not (remark or total) or back > 2 * MOST_AT_END:
            break
        found = back
    return found
