"""The one exception that users see: what is wrong, where, and what to do about it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from enum import IntEnum


class Exit(IntEnum):
    """Exit codes of every command (contract, section 4)."""

    DONE = 0
    BUG = 1
    USAGE = 2
    UNREADABLE = 3
    IMPOSSIBLE = 4
    BAD_RUN = 5
    NO_RESOURCE = 6
    GATE = 7
    NOT_INSTALLED = 8
    INTERRUPTED = 130
    TERMINATED = 143


# The first two digits of a code name its family; the family has an exit code unless the error names another.
EXIT_OF_FAMILY = {
    "E00": Exit.BUG,
    "E01": Exit.UNREADABLE,
    "E02": Exit.IMPOSSIBLE,
    "E03": Exit.IMPOSSIBLE,
    "E04": Exit.USAGE,
    "E05": Exit.NO_RESOURCE,
    "E06": Exit.BAD_RUN,
    "E07": Exit.IMPOSSIBLE,
    "E08": Exit.NOT_INSTALLED,
    "E09": Exit.NO_RESOURCE,
}

NEAR = 0.62  # likeness of a word that is suggested; 'since' has 0.6 of 'price', as any two words with three letters in common may


class AssistError(Exception):
    """One problem, one place, one fix.

    Parameters
    ----------
    code : str
        Stable code such as ``"E0301"``; its family decides the exit code.
    what : str
        The problem in one sentence without a full stop, values quoted with ``!r``.
    where : str, optional
        The file, row, column or option, and what was seen there.
    help : str, optional
        What to do; may hold a second line with a command to paste.
    exit_code : int, optional
        Overrides the exit code of the family.
    """

    def __init__(self, code: str, what: str, *, where: str | None = None, help: str | None = None, exit_code: int | None = None):
        super().__init__(what)
        self.code = code
        self.what = what
        self.where = where
        self.help = help
        self.exit_code = int(EXIT_OF_FAMILY[code[:3]] if exit_code is None else exit_code)

    def to_json(self) -> dict[str, object]:
        """Return the error as it stands under ``error`` in every JSON document."""
        return {"code": self.code, "message": self.what, "where": self.where, "help": self.help}


def number(count: int, one: str, many: str) -> str:
    """Return a number, and the noun and verb for so many."""
    return f"{count:,} {one if count == 1 else many}"


def did_you_mean(word: str, options: Iterable[str]) -> str | None:
    """Return ``"did you mean 'price'?"`` for the nearest option, or None when nothing is near."""
    near = near_to(word, options)
    return f"did you mean {near!r}?" if near is not None else None


def near_to(word: str, options: Iterable[str]) -> str | None:
    """Return the option nearest to a word, whatever the case of its letters, or None when nothing is near."""
    by_lower = {str(o).lower(): str(o) for o in options}
    near = difflib.get_close_matches(word.lower(), by_lower, n=1, cutoff=NEAR)
    return by_lower[near[0]] if near else None
