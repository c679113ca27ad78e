"""Names of columns: stripped, composed, none empty, none twice; the same file always gives the same names."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from automl_assist.sources._source import Notes

SHOWN = 5
UNSEEN = "\u200b\u200e\u200f\u2060"  # characters without a shape, which two names that look alike may differ in


def clean_names(raw: Sequence[str], width: int, notes: Notes) -> list[str]:
    """Return `width` usable names from the header's cells, and say what was changed.

    A name that comes twice gets ``_2``; an empty one becomes ``column_`` and its position.
    """
    stripped = [composed(name) for name in raw] + [""] * (width - len(raw))
    taken, names, empty, twice = {n for n in stripped if n}, [], [], []
    used: set[str] = set()
    last: dict[str, int] = {}
    for position, name in enumerate(stripped, start=1):
        base = name or f"column_{position}"
        unique, k = base, last.get(base, 1)
        while unique in used or (unique != name and unique in taken):
            k += 1
            unique = f"{base}_{k}"
        last[base] = k
        used.add(unique)
        names.append(unique)
        if not name:
            empty.append(unique)
        elif unique != name:
            twice.append((name, unique))
    if empty:
        notes.warn(
            "W0103", f"{_count(len(empty), 'column')} without a name: called {_some([repr(n) for n in empty])}", "name them in the header"
        )
    if twice:
        shown = _some([f"{new!r} (again {old!r})" for old, new in twice])
        notes.warn(
            "W0103",
            f"{_count(len(twice), 'column name')} used more than once (duplicate): now {shown}",
            "give every column a name of its own",
        )
    return names


def composed(name: str) -> str:
    """Return a name as it looks: letters with their marks in one character (NFC), nothing invisible, no blanks around it."""
    return unicodedata.normalize("NFC", name.replace("\0", "").replace("\ufeff", "")).strip().strip(UNSEEN).strip()


def _count(n: int, what: str) -> str:
    return f"{n:,} {what}{'' if n == 1 else 's'}"


def _some(items: Sequence[str]) -> str:
    return ", ".join(items[:SHOWN]) + (f", ... ({len(items) - SHOWN:,} more)" if len(items) > SHOWN else "")
