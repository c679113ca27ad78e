"""The shape of a source, and of what it gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from automl_assist.schema import Message, Reading, ReadOptions

if TYPE_CHECKING:
    import pandas as pd

    from automl_assist.sources._scan import Scan


@dataclass(frozen=True)
class Input:
    """A regular file that was opened once and found to hold something, or a folder."""

    path: str  # as the user wrote it
    name: str  # for messages
    file: str  # where the bytes are: a copy for standard input
    size_bytes: int
    head: bytes  # the first bytes; none of a folder
    is_folder: bool = False
    sheet: str | None = None  # of a workbook, named as FILE#SHEET
    whole: bool = True  # every row is wanted, however many there are; else a sample may stand for a large table
    meanwhile: Callable[[], object] | None = None  # to be done beside a long look at the file, in another thread


@dataclass(frozen=True)
class Table:
    """A table as read: cells, how they were read, and what had to be repaired.

    Attributes
    ----------
    frame : DataFrame
        All rows; of a table too large to hold a sample, its index the places of the rows counted from 0.
    scan : Scan, optional
        All rows of such a table, to be asked.
    repeated : int
        Rows of it that are equal to another one, extrapolated from the sample.
    """

    frame: pd.DataFrame
    reading: Reading
    messages: tuple[Message, ...] = ()
    scan: Scan | None = None
    repeated: int = 0


@dataclass(frozen=True)
class Source:
    """A file format.

    Attributes
    ----------
    name : str
        As it stands in :attr:`Reading.format`.
    title : str
        In plain words.
    endings : tuple of str
        File name endings in lower case, dot included.
    read : callable
        ``read(input, options, like)`` returns the :class:`Table`.
    magic : bytes
        How such a file begins, where that is certain.
    folder : bool
        Whether it reads folders, and no files.
    """

    name: str
    title: str
    endings: tuple[str, ...]
    read: Callable[[Input, ReadOptions, Reading | None], Table]
    magic: bytes = b""
    folder: bool = False


@dataclass
class Notes:
    """Collects what a reader assumes and repairs while it works."""

    assumptions: list[str] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)

    def assume(self, sentence: str) -> None:
        """Keep a plain sentence about a decision."""
        self.assumptions.append(sentence)

    def warn(self, code: str, message: str, help: str | None = None) -> None:
        """Keep a repair, as a warning."""
        self.messages.append(Message(code, message, help))
