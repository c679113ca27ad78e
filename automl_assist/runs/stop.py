"""Stopping on request: the first signal asks, the second one ends the process."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from automl_assist.errors import Exit

CODES = {"SIGINT": Exit.INTERRUPTED, "SIGTERM": Exit.TERMINATED, "SIGHUP": Exit.TERMINATED}
STOPPING = "Stopping: keeping the best model (Ctrl-C again to quit now)"


class StopFlag:
    """Set once the user wants the end; whoever works for long looks at it at least ten times a second.

    Attributes
    ----------
    code : int or None
        The exit code that the signal asks for; None while nobody asked.
    before_quit : list of callables
        Called when a second signal ends the process at once, such as to kill the workers.
    """

    # Plain attributes rather than threading.Event: setting one from a signal handler can never wait for a lock.
    def __init__(self) -> None:
        self.code: int | None = None
        self.before_quit: list[Callable[[], None]] = []

    def __bool__(self) -> bool:
        return self.code is not None

    def set(self, code: int = Exit.INTERRUPTED) -> None:
        """Ask for the end with this exit code; the first code stays."""
        if self.code is None:
            self.code = int(code)


@contextmanager
def listening(stop: StopFlag, say: Callable[[str], None]) -> Iterator[None]:
    """Let SIGINT, SIGTERM and SIGHUP set `stop`; `say` must write at once and take no lock.

    A signal that the caller of the program chose to ignore (``nohup``) stays ignored.
    """

    def handle(number: int, _: FrameType | None) -> None:
        code = int(CODES[signal.Signals(number).name])
        if stop:
            try:
                for action in stop.before_quit:
                    action()
            finally:
                os._exit(code)
        stop.set(code)
        say(STOPPING)

    before = {}
    for name in CODES:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            before[number] = signal.signal(number, handle)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
