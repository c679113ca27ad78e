"""How findings are worded: counts, shares and quoted values, so that every check says them the same way and shows nothing private."""

from __future__ import annotations

import math
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from automl_assist.checks._check import CheckContext, Hit
from automl_assist.checks._personal import holds_personal
from automl_assist.checks._rows import SAMPLED_ROWS
from automl_assist.profile.privacy import LEAST_SEEN, QUOTED_CHARACTERS

T = TypeVar("T")
LONGEST_NAME = 60  # characters of a quoted column name
MOST_NAMES = 5
MOST_ALIKE = 8  # columns with one problem that still get a finding each


def counted(count: int, noun: str) -> str:
    """Return ``"1 row"`` or ``"1,234 rows"``."""
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}es" if noun.endswith("ss") else f"{noun}s"
    return f"{count:,} {noun if count == 1 else plural}"


def share(part: float, whole: float) -> str:
    """Return a percentage that never rounds to none or all when it is neither."""
    percent = 100 * part / whole if whole else 0.0
    near = min(percent, 100 - percent)
    digits = 0 if near >= 10 or near == 0 else 1 if near >= 0.1 else min(6, -math.floor(math.log10(near)))
    return f"{percent:.{digits}f} %"


def quoted(value: object) -> str:
    """Return a cell value in quotes, cut to length; personal data is hidden."""
    text = str(value)
    if holds_personal(text):
        return "(hidden: personal data)"
    return repr(text if len(text) <= QUOTED_CHARACTERS else text[: QUOTED_CHARACTERS - 1] + "…")


def named(name: str) -> str:
    """Return a column name in quotes, without control characters, cut to length."""
    return repr(name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…")


def listed(names: Sequence[str]) -> str:
    """Return the first few column names in quotes and how many more there are."""
    shown = ", ".join(named(n) for n in names[:MOST_NAMES])
    return shown if len(names) <= MOST_NAMES else f"{shown} and {len(names) - MOST_NAMES:,} more"


def common_ones(counts: Mapping[T, int], most: int) -> list[T]:
    """Return what was seen often enough to be shown, the commonest first."""
    return [what for what, n in sorted(counts.items(), key=lambda seen: (-seen[1], str(seen[0]))) if n >= LEAST_SEEN][:most]


def option(flag: str, name: str, value: str | None = None) -> str:
    """Return an option of the command line that can be pasted into a shell, such as ``--kind zip=category``."""
    return f"{flag} {shlex.quote(name if value is None else f'{name}={value}')}"


def on_a_sample(context: CheckContext, most: int = SAMPLED_ROWS) -> str:
    """Return words saying that only some rows were looked at, or nothing where all were."""
    looked_at, rows = min(len(context.typed), most), context.profile.rows
    return f" (looked at {looked_at:,} of {rows:,} rows)" if looked_at < rows else ""


def grouped(hits: Iterable[Hit], together: str) -> Iterator[Hit]:
    """Yield hits about one column each, or one for all where there are many: a thousand sentences alike help nobody.

    Parameters
    ----------
    hits : iterable of Hit
    together : str
        What the columns have in common, as it goes on after ``"1,234 columns "``.
    """
    hits = list(hits)
    if len(hits) <= MOST_ALIKE:
        yield from hits
        return
    names = tuple(dict.fromkeys(name for hit in hits for name in hit.columns))
    yield Hit(f"{counted(len(names), 'column')} {together}: {listed(names)}.", names, fix=hits[0].fix, severity=hits[0].severity)
