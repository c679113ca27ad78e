"""Names and numbers in the sentences about new rows."""

from __future__ import annotations

from collections.abc import Sequence

from automl_assist.errors import number


def listed(names: Sequence[str], most: int = 6) -> str:
    """Return the first names in words, and how many more there are."""
    shown = ", ".join(map(repr, names[:most]))
    return shown if len(names) <= most else f"{shown}, ... ({len(names) - most:,} more)"


def counted(names: Sequence[str], one: str, many: str) -> str:
    """Return how many names there are, and the noun and verb for so many."""
    return number(len(names), one, many)
