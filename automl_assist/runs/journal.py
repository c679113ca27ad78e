"""The journal of a run: one line of JSON for each finished trial.

The file is written anew, whole, for each line: some hundred lines of some hundred bytes, so that no reader ever sees half a
line, not even after a kill in the middle of a write.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from automl_assist.errors import AssistError
from automl_assist.runs.files import json_bytes, write_bytes


class Journal:
    """The lines of a journal file, in the order in which they were added.

    Parameters
    ----------
    path : Path
        The file; what it holds already is kept.

    Raises
    ------
    AssistError
        E0603 when a line other than the last is damaged.
    """

    def __init__(self, path: Path):
        self.path = path
        self._records = read(path)
        self._lines = [json_bytes(record) for record in self._records]

    @property
    def records(self) -> tuple[dict[str, Any], ...]:
        """What has been written so far."""
        return tuple(self._records)

    def append(self, record: Mapping[str, Any]) -> None:
        """Add one record; when this returns, it is on the disk."""
        line = json_bytes(record)
        write_bytes(self.path, b"".join(self._lines) + line)
        self._lines.append(line)
        self._records.append(json.loads(line))

    def extend(self, records: Iterable[Mapping[str, Any]]) -> None:
        """Add several records in one writing."""
        lines = [json_bytes(record) for record in records]
        write_bytes(self.path, b"".join((*self._lines, *lines)))
        self._lines += lines
        self._records += [json.loads(line) for line in lines]

    def create(self) -> None:
        """Write the file even when nothing has been added."""
        write_bytes(self.path, b"".join(self._lines))


def read(path: Path) -> list[dict[str, Any]]:
    """Return the records of a journal; a last line that was torn off is left out, a missing file has none.

    Raises
    ------
    AssistError
        E0603 when a line other than the last is damaged.
    """
    try:
        lines = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return []
    except OSError as error:
        raise AssistError("E0601", f"{str(path)!r} cannot be read", where=error.strerror) from error
    lines, torn = lines[:-1], lines[-1]  # what follows the last newline was never finished
    records = []
    for number, line in enumerate([*lines, torn] if torn else lines, 1):
        try:
            record = json.loads(line)
            if not isinstance(record, dict):
                raise ValueError("not an object")
            records.append(record)
        except (ValueError, RecursionError) as error:
            if number >= len(lines):
                break
            raise AssistError(
                "E0603",
                f"{str(path)!r} is damaged",
                where=f"line {number} is not a JSON object",
                help="train again into another folder, or into this one with --overwrite",
            ) from error
    return records
