"""Where a command tells what happens: progress and warnings on standard error, the result on standard output."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from types import TracebackType
from typing import Any, Self

from automl_assist.commands._duration import clock
from automl_assist.commands._options import Common
from automl_assist.commands._text import error_text, is_terminal, plain, say, shorten, terminal_width, use_colour, warning_text, width_of
from automl_assist.errors import AssistError
from automl_assist.runs.files import json_bytes
from automl_assist.schema import Message

REDRAWS_A_SECOND = 4
BAR_CELLS = 24
SHORTEST_SILENCE_S, LONGEST_SILENCE_S = 10.0, 60.0  # between two lines of a log: often enough to be seen alive
LINES_A_BUDGET = 30


class Console:
    """The :class:`schema.Notify` of the command line.

    Parameters
    ----------
    common : Common
        How much to say.
    started : float
        Start of the command on the clock of time.monotonic().

    Notes
    -----
    On a terminal one line is redrawn at most four times a second; anywhere else every event is a line with its time and a
    line now and then says that work goes on. No thread draws: a signal or a fork never meets a lock that is held.
    """

    def __init__(self, common: Common, started: float):
        self._quiet, self._verbose = common.quiet, common.verbose
        self._started = started
        self._live: Any = None  # rich.live.Live while a bar stands on the terminal
        self._colour = use_colour(sys.stderr)
        self._moves = is_terminal(sys.stderr) and os.environ.get("TERM") != "dumb" and not common.quiet
        self._last_draw = self._last_line = started
        self._said: set[Message] = set()

    def message(self, message: Message) -> None:
        """Show a warning, once."""
        if message not in self._said and not self._quiet:
            self._said.add(message)
            self._line(warning_text(message, colour=self._colour))

    def note(self, text: str) -> None:
        """Show one line of progress."""
        if not self._quiet:
            self._line(f"{clock(self._elapsed()):>5} {plain(text)}")

    def progress(self, done_s: float, budget_s: float, text: str, best: str | None) -> None:
        """Show time used against the budget, what runs, and the best score so far."""
        now = time.monotonic()
        if self._moves:
            if self._live is None or now - self._last_draw >= 1 / REDRAWS_A_SECOND:
                self._last_draw = now
                self._draw(done_s, budget_s, text, best)
        elif not self._quiet and now - self._last_line >= min(LONGEST_SILENCE_S, max(SHORTEST_SILENCE_S, budget_s / LINES_A_BUDGET)):
            parts = [text, f"best {best}" if best else "", f"{clock(budget_s - done_s)} left" if budget_s > done_s else ""]
            self.note(", ".join(filter(None, parts)))  # between two units nothing runs

    def say_now(self, text: str) -> None:
        """Write a line at once, without any lock or buffer: for signal handlers."""
        lead = "\r\x1b[2K" if self._live is not None else ""
        with contextlib.suppress(OSError, ValueError):
            os.write(sys.stderr.fileno(), f"{lead}{text}\n".encode())

    def close(self) -> None:
        """Take the bar off the terminal."""
        live, self._live = self._live, None
        if live is not None:
            live.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _elapsed(self) -> float:
        return time.monotonic() - self._started

    def _line(self, text: str) -> None:
        self._last_line = time.monotonic()
        if self._live is not None:
            from rich.text import Text

            self._live.console.print(Text.from_ansi(text), soft_wrap=True)
        else:
            with contextlib.suppress(OSError):  # nobody reads it: no reason to lose the work
                say(text, sys.stderr)

    def _draw(self, done_s: float, budget_s: float, text: str, best: str | None) -> None:
        from rich.console import Console as RichConsole
        from rich.live import Live

        if self._live is None:
            console = RichConsole(file=sys.stderr, highlight=False, markup=False, emoji=False)
            self._live = Live(console=console, auto_refresh=False, transient=True, redirect_stdout=False, redirect_stderr=False)
            self._live.start()
        self._live.update(self._bar(done_s, budget_s, text, best), refresh=True)

    def _bar(self, done_s: float, budget_s: float, text: str, best: str | None) -> Any:
        from rich.text import Text

        share = min(1.0, done_s / budget_s) if budget_s > 0 else 0.0
        full, empty = ("━", "╌") if _takes("━╌") else ("#", "-")
        cells = round(share * BAR_CELLS)
        figures = f" {clock(done_s)} of {clock(budget_s)}" + (f"  best {plain(best)}" if best else "")
        room = (terminal_width(sys.stderr) or 80) - BAR_CELLS - width_of(figures) - 3
        line = Text(no_wrap=True, overflow="crop")
        line.append(full * cells, style="cyan")
        line.append(empty * (BAR_CELLS - cells), style="dim")
        line.append(figures, style="bold")
        if room > 8:
            line.append("  " + shorten(plain(text), room))
        return line


def _takes(characters: str) -> bool:
    try:
        characters.encode(getattr(sys.stderr, "encoding", None) or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


# --- results


def emit(document: Mapping[str, Any], command: str, common: Common, describe: Callable[[Mapping[str, Any]], Iterable[str]]) -> int:
    """Print the result of a command, as JSON or as text, and return its exit code.

    Parameters
    ----------
    document
        What the pipeline found; `schema`, `command`, `status`, `exit_code` and `error` are filled in where it leaves them out.
    describe
        Makes lines of text from it; what they quote from the data is already plain.
    """
    code = int(document.get("exit_code") or 0)
    whole = {
        "schema": f"assist.{command}/1",
        "command": command,
        "status": "failed" if code else "ok",
        "exit_code": code,
        "error": None,
        **document,
    }
    if common.json:
        print_json(whole)
    else:
        for line in describe(whole):
            say(line, sys.stdout)
    error = whole["error"]
    if error:
        said = AssistError(error["code"], error["message"], where=error.get("where"), help=error.get("help"))
        say(error_text(said, colour=use_colour(sys.stderr)), sys.stderr)
    return code


def print_json(document: Mapping[str, Any]) -> None:
    """Write one JSON document as UTF-8, whatever the encoding of standard output."""
    sys.stdout.flush()
    data = json_bytes(document, indent=1)
    binary = getattr(sys.stdout, "buffer", None)
    if binary is not None:
        binary.write(data)
        binary.flush()
    else:
        sys.stdout.write(data.decode("utf-8"))
