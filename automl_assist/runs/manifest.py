"""The manifest of a model folder: what belongs to it, byte for byte.

A model file may come from anywhere, so nothing in the folder is opened before :func:`verify_model` has seen that it is a plain
file, listed, of the listed size and digest, and of a kind that cannot run code when it is read. There is no pickle here, and
a folder that holds one is refused.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any, NoReturn

from automl_assist import __version__
from automl_assist.errors import AssistError
from automl_assist.runs.arrays import problem_of_arrays
from automl_assist.runs.files import write_json

NAME = "manifest.json"
SCHEMA = "assist.model"
SCHEMA_VERSION = 1
MOST_MANIFEST_BYTES = 8 << 20  # ours have some hundred bytes a file
MOST_FILES = 10_000
CODE_INSIDE = (".pkl", ".pickle", ".joblib", ".dill", ".h5", ".hdf5", ".keras", ".pt", ".pth")  # loaders of these can run code
TRAIN_AGAIN = "train again: assist train DATA --target COLUMN --out ANOTHER"


def write_manifest(folder: Path, facts: Mapping[str, Any]) -> dict[str, Any]:
    """List every file below `folder` with digest and size, add `facts`, write ``manifest.json`` and return it.

    Parameters
    ----------
    folder : Path
        Finished but for the manifest.
    facts : mapping
        Whatever a reader needs before the files, such as the task; may not use the manifest's own keys.
    """
    files = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and p != folder / NAME):
        with open(path, "rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        files.append({"name": path.relative_to(folder).as_posix(), "sha256": digest, "size": path.stat().st_size})
    own = {"schema": f"{SCHEMA}/{SCHEMA_VERSION}", "version": __version__, "files": files}
    taken = set(own) & set(facts)
    if taken:
        raise ValueError(f"the manifest has its own {sorted(taken)[0]!r}")
    manifest = own | dict(facts)
    write_json(folder / NAME, manifest)
    return manifest


def verify_model(folder: Path) -> dict[str, Any]:
    """Return the manifest of a model folder whose every file is what the manifest says.

    Raises
    ------
    AssistError
        E0601 something is missing, E0602 not a model of ours or of a kind that can run code, E0603 damaged, E0604 written by a
        newer assist, E0605 a file that is not listed, a link, or a name that leads out of the folder.
    """
    if folder.is_symlink():
        _refuse("E0605", folder, "the model folder is a link", "copy the folder itself beside the report")
    if not folder.is_dir():
        _refuse("E0601", folder, "there is no such folder")
    manifest = read_manifest(folder)
    listed = {entry["name"]: entry for entry in manifest["files"]}
    _refuse_strangers(folder, set(listed))
    for name, entry in listed.items():
        _check_file(folder, name, entry)
    return manifest


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest alone, its shape checked; see :func:`verify_model`."""
    path = folder / NAME
    _need_plain_file(folder, path, NAME)
    try:
        if path.stat().st_size > MOST_MANIFEST_BYTES:
            _refuse("E0602", folder, f"{NAME} has more than {MOST_MANIFEST_BYTES >> 20} MB")
        text = path.read_bytes().decode("utf-8")
        manifest = json.loads(text, object_pairs_hook=_without_duplicates, parse_constant=_no_constant)
    except UnicodeDecodeError:
        _refuse("E0602", folder, f"{NAME} is not text (a pickle is never loaded)")
    except (ValueError, RecursionError):
        _refuse("E0603", folder, f"{NAME} is not JSON")
    except OSError as error:
        _refuse("E0601", folder, f"{NAME}: {error.strerror}")
    if not isinstance(manifest, dict):
        _refuse("E0602", folder, f"{NAME} is not an object")
    _check_schema(folder, manifest)
    _check_entries(folder, manifest.get("files"))
    return manifest


def check_schema_number(value: object, name: str, known: int) -> str | None:
    """Return ``"foreign"`` or ``"newer"`` when the schema id `value` is not ``name/1`` to ``name/known``, else None."""
    match = re.fullmatch(re.escape(name) + r"/(\d{1,9})", value) if isinstance(value, str) else None
    if match is None:
        return "foreign"
    return "newer" if int(match[1]) > known else None


def _check_schema(folder: Path, manifest: Mapping[str, Any]) -> None:
    state = check_schema_number(manifest.get("schema"), SCHEMA, SCHEMA_VERSION)
    if state == "foreign":
        _refuse("E0602", folder, f"{NAME} names no {SCHEMA} schema")
    if state == "newer":
        _refuse(
            "E0604",
            folder,
            f"written by a newer version of assist ({str(manifest.get('version'))[:40]!r}), this is {__version__}",
            "pip install --upgrade automl-assist",
        )


def _check_entries(folder: Path, files: object) -> None:
    if not isinstance(files, list) or len(files) > MOST_FILES:
        _refuse("E0602", folder, f"{NAME} lists no files, or more than {MOST_FILES:,}")
    names = set()
    for entry in files:
        if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
            _refuse("E0602", folder, f"{NAME} lists something without a name")
        name, digest, size = entry["name"], entry.get("sha256"), entry.get("size")
        if not _stays_inside(name):
            _refuse("E0605", folder, f"{NAME} lists {name[:80]!r}, a name that leads out of the folder")
        if name in names or name == NAME:
            _refuse("E0605", folder, f"{NAME} lists {name[:80]!r} twice")
        if name.lower().endswith(CODE_INSIDE):
            _refuse("E0602", folder, f"{name[:80]!r} is of a kind that can run code when it is loaded; it is not opened")
        if not isinstance(digest, str) or not re.fullmatch(r"[0-9a-f]{64}", digest):
            _refuse("E0602", folder, f"{NAME} has no sha256 of {name[:80]!r}")
        if not isinstance(size, int) or isinstance(size, bool) or size < 0:
            _refuse("E0602", folder, f"{NAME} has no size of {name[:80]!r}")
        names.add(name)


def _stays_inside(name: str) -> bool:
    parts = name.split("/")
    usual = all(part not in ("", ".", "..") for part in parts) and len(name) <= 400 and name.isprintable()
    return usual and "\\" not in name and ":" not in name and not PurePosixPath(name).is_absolute()


def _refuse_strangers(folder: Path, listed: set[str]) -> None:
    """Walk what is really there: no links, nothing but folders and listed files."""
    for top, folders, names in os.walk(folder):
        for name in (*folders, *names):
            path = Path(top, name)
            inside = path.relative_to(folder).as_posix()
            mode = path.lstat().st_mode
            if stat.S_ISLNK(mode):
                _refuse("E0605", folder, f"{inside[:80]!r} is a link")
            if not stat.S_ISDIR(mode) and inside != NAME and inside not in listed:
                code = "E0602" if inside.lower().endswith(CODE_INSIDE) else "E0605"
                _refuse(code, folder, f"{inside[:80]!r} is not listed in {NAME}", f"take it out of {folder}, or {TRAIN_AGAIN}")


def _check_file(folder: Path, name: str, entry: Mapping[str, Any]) -> None:
    path = folder / name
    _need_plain_file(folder, path, name)
    try:
        if path.stat().st_size != entry["size"]:
            _refuse("E0603", folder, f"{name!r} is damaged: {path.stat().st_size:,} bytes instead of {entry['size']:,}")
        with open(path, "rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != entry["sha256"]:
                _refuse("E0603", folder, f"{name!r} was changed or damaged: its sha256 does not match")
        problem = problem_of_arrays(path)
    except OSError as error:
        _refuse("E0601", folder, f"{name!r}: {error.strerror}")
    if problem:
        _refuse("E0602", folder, f"{name!r} {problem}")


def _need_plain_file(folder: Path, path: Path, name: str) -> None:
    try:
        mode = path.lstat().st_mode
    except OSError:
        _refuse("E0601", folder, f"{name!r} is missing")
    if stat.S_ISLNK(mode):
        _refuse("E0605", folder, f"{name!r} is a link")
    if not stat.S_ISREG(mode):
        _refuse("E0605", folder, f"{name!r} is not a regular file")


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _no_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} in JSON")


def _refuse(code: str, folder: Path, where: str, help: str = TRAIN_AGAIN) -> NoReturn:
    raise AssistError(code, f"the model in {str(folder)!r} cannot be used", where=where, help=help)
