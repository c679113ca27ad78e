"""A folder of class folders of images, listed as a table of path and label; no picture is opened.

Layouts: ``cat/1.png`` and ``train/cat/1.png``, where ``train``, ``test`` and the like are all that stands at the top. Links are not
followed: what they point to may lie outside the folder that was named.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator

from automl_assist.schema import Reading, ReadOptions
from automl_assist.sources._class_folders import Found, listed, table_of
from automl_assist.sources._source import Input, Source, Table

DEEPEST = 4  # folders: those of a split, of the classes, one around them, and one that is too deep


def _read(source: Input, options: ReadOptions, like: Reading | None) -> Table:
    listing, parts = listed(_files(source.file, "", 0))
    rows = sorted([(path, size) for path, _, size in listing.images] + listing.loose)
    fingerprint = hashlib.sha256("\n".join(f"{path}\0{size}" for path, size in rows).encode("utf-8", "replace")).hexdigest()
    return table_of(source, listing, parts, fingerprint, "image_folder", like)


def _files(root: str, below: str, depth: int) -> Iterator[Found]:
    """Yield what stands below a folder; links are named, not followed."""
    with os.scandir(os.path.join(root, below)) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            path = f"{below}/{entry.name}" if below else entry.name
            if entry.is_dir(follow_symlinks=False):
                if depth < DEEPEST:
                    yield from _files(root, path, depth + 1)
            else:
                regular = entry.is_file(follow_symlinks=False)
                yield Found(path, entry.stat(follow_symlinks=False).st_size if regular else 0, regular)


SOURCE = Source("image_folder", "folder of class folders of images", (), _read, folder=True)
