"""A folder of class folders of images, listed as a table of path and label; no picture is opened.

Layouts: ``cat/1.png`` and ``train/cat/1.png``, where ``train``, ``test`` and the like are all that stands at the top. Links are not
followed: what they point to may lie outside the folder that was named.
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from automl_assist.errors import AssistError
from automl_assist.schema import Reading, ReadOptions
from automl_assist.sources._engine import frame_of
from automl_assist.sources._source import Input, Notes, Source, Table

IMAGES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".tif", ".tiff", ".pgm", ".ppm")
PARTS = frozenset(["train", "training", "val", "valid", "validation", "test", "testing"])  # a split made by whoever made the folder
FEWEST_CLASSES = 2
SHOWN = 3


@dataclass
class _Listing:
    images: list[tuple[str, str, int]] = field(default_factory=list)  # path, label, bytes
    empty: list[str] = field(default_factory=list)
    loose: list[str] = field(default_factory=list)  # pictures outside every class folder
    foreign: list[str] = field(default_factory=list)


def _read(source: Input, options: ReadOptions, like: Reading | None) -> Table:
    listing, parts = _list(source.file)
    labels = Counter(label for _, label, _ in listing.images)
    if len(labels) < FEWEST_CLASSES:
        raise _no_classes(source, labels, listing)
    notes = Notes()
    notes.assume(f"It is a folder of {len(labels):,} class folders with {len(listing.images):,} images; each folder's name is the label.")
    notes.assume("Its fingerprint is that of the names and sizes of the files, not of every byte.")
    if parts:
        notes.assume(f"The folders {', '.join(map(repr, parts))} are parts of one data set and were read together.")
    for files, what in (
        (listing.empty, "empty image"),
        (listing.loose, "image outside every class folder"),
        (listing.foreign, "other file"),
    ):
        if files:
            shown = ", ".join(repr(f[:60]) for f in sorted(files)[:SHOWN])
            notes.warn("W0115", f"{len(files):,} {what}{'s' if len(files) > 1 else ''} left out: {shown}", "remove or move them")
    rows = sorted(listing.images)
    fingerprint = hashlib.sha256("\n".join(f"{path}\0{size}" for path, _, size in rows).encode()).hexdigest()
    columns = [np.array([row[i] for row in rows], dtype=object) for i in (0, 1)]
    reading = Reading(
        source.path,
        source.name,
        "image_folder",
        fingerprint,
        sum(size for *_, size in rows),
        len(rows),
        2,
        assumptions=tuple(notes.assumptions),
    )
    return Table(frame_of(columns, ["path", "label"]), reading, tuple(notes.messages))


def _list(root: str) -> tuple[_Listing, tuple[str, ...]]:
    """Return the images below a folder, and the parts into which it is split."""
    top = sorted(entry.name for entry in _visible(root) if entry.is_dir(follow_symlinks=False))
    parts = tuple(top) if top and all(name.lower() in PARTS for name in top) and any(_has_folders(root, name) for name in top) else ()
    listing = _Listing()
    for part in parts or ("",):
        _list_classes(root, part, listing)
    return listing, parts


def _has_folders(root: str, name: str) -> bool:
    return any(entry.is_dir(follow_symlinks=False) for entry in _visible(os.path.join(root, name)))


def _visible(folder: str) -> Iterator[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        yield from (entry for entry in entries if not entry.name.startswith("."))


def _list_classes(root: str, part: str, listing: _Listing) -> None:
    for entry in _visible(os.path.join(root, part)):
        name = f"{part}/{entry.name}" if part else entry.name
        if entry.is_dir(follow_symlinks=False):
            for file in _visible(entry.path):
                _sort_in(file, f"{name}/{file.name}", entry.name, listing)
        elif entry.is_file(follow_symlinks=False) and entry.name.lower().endswith(IMAGES):
            listing.loose.append(_printable(name))
        else:
            listing.foreign.append(_printable(name))


def _sort_in(file: os.DirEntry[str], path: str, label: str, listing: _Listing) -> None:
    if not file.is_file(follow_symlinks=False) or not file.name.lower().endswith(IMAGES) or not _is_text(path):
        listing.foreign.append(_printable(path))
    elif not (size := file.stat(follow_symlinks=False).st_size):
        listing.empty.append(path)
    else:
        listing.images.append((path, label, size))


def _printable(path: str) -> str:
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _is_text(path: str) -> bool:
    """Whether a name can be written into a table: file systems allow bytes that are no UTF-8."""
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _no_classes(source: Input, labels: Counter[str], listing: _Listing) -> AssistError:
    found = f"{len(labels)} of its folders hold" if len(labels) != 1 else f"only its folder {next(iter(labels))[:60]!r} holds"
    return AssistError(
        "E0103",
        f"{source.name} is a folder, not a regular file, and no folder of class folders of images",
        where=f"{source.path}: {found} images" + (f"; {len(listing.loose):,} images lie beside the folders" if listing.loose else ""),
        help="give a CSV, Parquet, JSON Lines or Excel file, or a folder with one folder of images for each class",
    )


SOURCE = Source("image_folder", "folder of class folders of images", (), _read, folder=True)
