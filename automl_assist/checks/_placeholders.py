"""Signs and words that people write for a missing value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from automl_assist.checks._check import Hit
from automl_assist.checks._wording import counted, listed, quoted

SYMBOLS = frozenset([
    "?", "??", "???", "-", "--", "---", ".", "..", "...", "*", "#", "n/a", "n.a.", "#n/a", "#null!", "null", "nan", "xx", "xxx", "<na>",
])  # fmt: skip
WORDS = frozenset([
    "unknown", "unk", "unkn", "unknwn", "missing", "miss", "not available", "not known", "not recorded", "not reported", "not stated",
    "not given", "not specified", "unspecified", "undefined", "undetermined", "no data", "no answer", "no response", "(blank)", "blank",
    "(empty)", "empty", "n.d.", "n.k.", "n.s.", "tbd", "to be determined", "(none)", "(null)", "(missing)", "(unknown)", "unbekannt",
    "inconnu", "desconocido", "sconosciuto", "keine angabe", "k.a.",
])  # fmt: skip
# What programs write for a missing value, and readers know; anything else is a person's own sign for it.
WRITTEN_BY_PROGRAMS = frozenset(["na", "n/a", "#n/a", "nan", "-nan", "null", "none", "nil", "nat", "<na>", "nan%", "inf", "-inf"])
COMMON_TO_COLUMNS = 3  # columns with the same sign: the table's own way, told once, and mildly where it is a word that says what it means


def told_together(found: Iterable[tuple[str, Hit]], how: str) -> Iterator[Hit]:
    """Yield hits about one column each, or one for all columns that share a sign.

    Parameters
    ----------
    found : iterable of (str, Hit)
        The sign in lower case, and what was found.
    how : str
        What the columns do with it, as it goes on after ``"3 columns have 'unknown' for missing values and "``.
    """
    by_sign: dict[str, list[Hit]] = {}
    for sign, hit in found:
        by_sign.setdefault(sign, []).append(hit)
    for sign in sorted(by_sign):
        hits = by_sign[sign]
        if len(hits) < COMMON_TO_COLUMNS:
            yield from hits
            continue
        names = tuple(name for hit in hits for name in hit.columns)
        message = f"{counted(len(names), 'column')} have {quoted(sign)} for a missing value in disguise and {how}: {listed(names)}."
        yield Hit(message, names, fix=hits[0].fix, severity="info" if sign in WORDS else "warning")
