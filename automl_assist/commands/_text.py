"""Text for terminals: nothing from the data reaches one raw, and columns line up in any script."""

from __future__ import annotations

import os
import shutil
import textwrap
import unicodedata
from collections.abc import Sequence
from typing import IO, Any

import click

from automl_assist.errors import AssistError
from automl_assist.schema import Message

# Characters that steer a terminal or turn the reading direction around, beside the control characters.
STEERING = frozenset("\u061c\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
NARROWEST_LAST_COLUMN = 24


def plain(text: object) -> str:
    """Return `text` with every character that could steer a terminal written as an escape."""
    return "".join(c if c.isprintable() or not _steers(c) else _escape(c) for c in str(text))


def _steers(c: str) -> bool:
    return c in STEERING or unicodedata.category(c) in ("Cc", "Cs")


def _escape(c: str) -> str:
    return f"\\x{ord(c):02x}" if ord(c) < 256 else f"\\u{ord(c):04x}"


def lines_of(text: object) -> list[str]:
    """Return the lines of a text of ours that may quote data: its own line breaks stay, everything else is made plain."""
    return [plain(line) for line in str(text).split("\n")]


def use_colour(stream: IO[Any]) -> bool:
    """Whether colours may go to `stream`: FORCE_COLOR wins over NO_COLOR, that over TERM=dumb, that over what the stream is."""
    if os.environ.get("FORCE_COLOR"):
        return True
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return is_terminal(stream)


def is_terminal(stream: IO[Any]) -> bool:
    """Whether a person looks at `stream`."""
    try:
        return stream.isatty()
    except (AttributeError, ValueError):
        return False


def say(text: str, stream: IO[Any], *, newline: bool = True) -> None:
    """Write a line to `stream` as it is; click would write UTF-8 where the user asked for ASCII."""
    click.echo(text, file=stream, nl=newline, color=use_colour(stream))


def error_text(error: AssistError, *, colour: bool = False) -> str:
    """Return an error as the contract shows it: code, problem, place, fix."""
    return _said(f"error[{error.code}]", "red", error.what, error.where, error.help, colour)


def warning_text(message: Message, *, colour: bool = False) -> str:
    """Return a warning in the form of an error."""
    return _said(f"warning[{message.code}]", "yellow", message.message, None, message.help, colour)


def _said(head: str, hue: str, what: str, where: str | None, help: str | None, colour: bool) -> str:
    head = click.style(head, fg=hue, bold=True) if colour else head
    lines = [f"{head}: {' '.join(lines_of(what))}"]
    for mark, text in (("  --> ", where), ("  help: ", help)):
        if text:
            first, *more = lines_of(text)
            lines.append(mark + first)
            lines += [" " * 8 + line.strip() for line in more]
    return "\n".join(lines)


def width_of(text: str) -> int:
    """Return how many cells of a terminal `text` takes."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def shorten(text: str, width: int) -> str:
    """Return `text` cut to `width` cells, with three dots where something is left out."""
    if width_of(text) <= width:
        return text
    kept = ""
    for c in text:
        if width_of(kept + c) > width - 3:
            break
        kept += c
    return kept + "..."


def terminal_width(stream: IO[Any]) -> int | None:
    """Return the width to keep to, or None when nobody looks (a pipe gets whole lines)."""
    return shutil.get_terminal_size().columns if is_terminal(stream) else None


def wrapped(text: str, width: int) -> list[str]:
    """Return the lines of a text, each cut between words to `width` cells; options such as ``--kind`` and names stay in one piece."""
    return [
        part for line in text.split("\n") for part in textwrap.wrap(line, max(width, 1), break_on_hyphens=False, break_long_words=False)
    ] or [""]


def table(rows: Sequence[Sequence[str]], width: int | None, *, right: Sequence[int] = (), indent: str = "  ") -> list[str]:
    """Return `rows` as aligned lines, the first one being the header.

    Parameters
    ----------
    rows
        Cells, already plain; the last column is free text and is wrapped.
    width
        Cells to keep to; None means whole lines.
    right
        Columns of figures, aligned at the right.
    """
    last = len(rows[0]) - 1
    widths = [max(width_of(row[i]) for row in rows) for i in range(last)]
    room = width - len(indent) - sum(widths) - 2 * last if width else None
    lines = []
    for row in rows:
        cells = [
            " " * (w - width_of(c)) + c if i in right else c + " " * (w - width_of(c))
            for i, (c, w) in enumerate(zip(row, widths, strict=False))
        ]
        start = indent + "".join(cell + "  " for cell in cells)
        if room is None or room < NARROWEST_LAST_COLUMN or (width_of(row[last]) <= room and "\n" not in row[last]):
            lines.append((start + row[last]).rstrip())
        else:
            first, *more = wrapped(row[last], room)
            lines += [start + first, *(" " * width_of(start) + line for line in more)]
    return lines
