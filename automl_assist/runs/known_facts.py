"""The facts of the data set last profiled in this folder, so that a plan for it is made without reading it again."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from automl_assist import __version__
from automl_assist.errors import AssistError
from automl_assist.records import from_json, to_json
from automl_assist.runs.files import write_text
from automl_assist.runs.last_profile import FOLDER, make_folder, sha256_of
from automl_assist.schema import Finding, Message, Options, Profile

NAME = "facts.json"
SCHEMA = "assist.facts/1"
MOST_BYTES = 30_000_000  # of such a note: one of 2,000 columns has a third of it
MISFITS = (ValueError, KeyError, TypeError, RecursionError)  # of facts that a note cannot hold, and of notes that hold none
CODE = Path(__file__).resolve().parent.parent
READERS = ("duckdb", "numpy", "pandas")  # libraries whose next version may see something else in the same file


@dataclass(frozen=True)
class KnownFacts:
    """What was found out about a file, and with which options."""

    profile: Profile
    findings: tuple[Finding, ...]
    messages: tuple[Message, ...]
    options: Options


def keep(facts: KnownFacts | None) -> bool:
    """Note the facts of a file in place of earlier ones, or forget those with None.

    False where more than the file decides them, where they cannot be noted exactly and where this folder may not be written.
    """
    place = FOLDER / NAME
    with suppress(AssistError, ImportError, OSError, *MISFITS):
        place.unlink(missing_ok=True)
        if facts is None:
            return False
        beyond = any(column.kind == "image" for column in facts.profile.columns)  # pictures may change while their names stay
        text = json.dumps({"schema": SCHEMA, "readers": _readers(), "facts": to_json(facts)})
        fits = len(text) <= MOST_BYTES and from_json(KnownFacts, json.loads(text)["facts"]) == facts
        if beyond or not fits or not os.path.isfile(facts.profile.reading.path):
            return False
        make_folder()
        write_text(place, text)
        return True
    return False


def recall(path: str) -> KnownFacts | None:
    """Return the facts of a file, or None unless it was the last one profiled here and neither it nor this program has changed since."""
    place = FOLDER / NAME
    with suppress(ImportError, OSError, *MISFITS):
        if not os.path.isfile(path):
            return None
        state = json.loads(place.read_bytes())
        if state["schema"] != SCHEMA or state["facts"]["profile"]["reading"]["path"] != path or state["readers"] != _readers():
            return None
        facts = from_json(KnownFacts, state["facts"])
        reading = facts.profile.reading
        if reading.size_bytes == os.path.getsize(path) and reading.sha256 == sha256_of(Path(path)):
            return facts
    return None


def _readers() -> str:
    """Return a digest of all that reads and profiles: this program's files, by size and time of change, and the libraries under it."""
    digest = hashlib.sha256()
    versions = (f"{name} {metadata.version(name)}" for name in READERS)
    for part in (__version__, sys.version, *versions, *sorted(_files(str(CODE)))):
        digest.update(f"{part}\n".encode())
    return digest.hexdigest()


def _files(folder: str) -> Iterator[str]:
    for entry in os.scandir(folder):
        if entry.is_dir():
            if entry.name != "__pycache__":
                yield from _files(entry.path)
        else:
            about = entry.stat()
            yield f"{entry.path} {about.st_size} {about.st_mtime_ns}"
