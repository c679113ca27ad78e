"""What every fold would make of the same rows, made once.

An encoding that looks at no target, and at each row by itself, is the same for a row in whichever fold it stands. Workers that have mapped
the rows share what one of them has made as a file beside these; elsewhere the last encoding is kept in memory.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np

FILES = 8  # at most, of one set of rows; of 2,000 pictures each takes some 50 MB
PREFIX = "made-"


class Encodings:
    """Arrays made of one set of rows.

    Parameters
    ----------
    folder : Path, optional
        Where files are shared with other processes; it has to be writable.
    """

    def __init__(self, folder: Path | None = None):
        self.folder = folder
        self._lock = threading.Lock()
        self._last: tuple[str, np.ndarray] | None = None

    def get(self, key: str, make: Callable[[], np.ndarray]) -> np.ndarray:
        """Return the array under `key`, an identifier for files; made now if nobody has made it yet."""
        with self._lock:  # the fold models of a member may ask at once
            if self._last is None or self._last[0] != key:
                self._last = None  # two at a time might not fit into memory
                self._last = key, make() if self.folder is None else self._shared(self.folder, key, make)
            return self._last[1]

    def _shared(self, folder: Path, key: str, make: Callable[[], np.ndarray]) -> np.ndarray:
        path = folder / f"{PREFIX}{key}.npy"
        if not path.is_file():
            made = make()
            beside = path.with_name(f"{path.name}.tmp-{os.getpid()}")
            with beside.open("wb") as file:
                np.save(file, made, allow_pickle=False)
            os.replace(beside, path)
            older = sorted(folder.glob(f"{PREFIX}*.npy"), key=os.path.getmtime)
            for old in older[:-FILES]:
                with contextlib.suppress(OSError):  # another worker was quicker; whoever has mapped it keeps it
                    old.unlink()
            return made
        return np.load(path, mmap_mode="r", allow_pickle=False)
