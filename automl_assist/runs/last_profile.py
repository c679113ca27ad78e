"""What was last profiled in this folder, so that ``assist train --auto`` needs no argument."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from automl_assist.errors import AssistError, Exit
from automl_assist.records import from_json, to_json
from automl_assist.runs.files import write_json, write_text
from automl_assist.schema import Options

FOLDER = Path(".assist")
NAME = "last-profile.json"
SCHEMA = "assist.last-profile/1"


@dataclass(frozen=True)
class LastProfile:
    """The file, as it was, and what the user said about it."""

    path: str
    sha256: str
    options: Options


def remember(path: str, sha256: str, options: Options) -> bool:
    """Note the file last profiled; False when this folder may not be written, which spoils nothing else."""
    state = {"schema": SCHEMA, "path": path, "sha256": sha256, "options": to_json(options)}
    with suppress(AssistError, OSError):
        make_folder()
        write_json(FOLDER / NAME, state)
        return True
    return False


def make_folder() -> None:
    """Make the folder for notes, which no repository around it is to take up: what they quote may be private."""
    FOLDER.mkdir(exist_ok=True)
    ignored = FOLDER / ".gitignore"
    if not ignored.exists():
        write_text(ignored, "*\n")


def recall() -> LastProfile:
    """Return what was last profiled in this folder.

    Raises
    ------
    AssistError
        E0312 when nothing was, or the note cannot be read.
    """
    place = FOLDER / NAME
    help = "name the file: assist train DATA --auto\nor first: assist profile DATA"
    try:
        state = json.loads(place.read_bytes())
        if state["schema"] != SCHEMA:
            raise ValueError(f"schema {state['schema']!r}")
        return LastProfile(str(state["path"]), str(state["sha256"]), from_json(Options, state["options"]))
    except FileNotFoundError as error:
        raise AssistError("E0312", "no file has been profiled in this folder", help=help, exit_code=Exit.USAGE) from error
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise AssistError(
            "E0312", "the note of what was last profiled cannot be read", where=str(place), help=help, exit_code=Exit.USAGE
        ) from error


def sha256_of(path: Path) -> str | None:
    """Return the digest of a regular file, or None when it cannot be read."""
    with suppress(OSError):
        if path.is_file():
            with open(path, "rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
    return None
