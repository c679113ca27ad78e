"""One process at a time in a run folder.

The lock is the kernel's (`flock`): it ends with the process that holds it, however that ends, so a lock file that was left
behind by a crash locks nobody out.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from pathlib import Path

from automl_assist.errors import AssistError, Exit
from automl_assist.runs.files import saying_where

NAME = "run.lock"


class Lock:
    """The exclusive lock of a run folder, held from :meth:`acquire` to :meth:`release`."""

    def __init__(self, folder: Path):
        self.path = folder / NAME
        self._descriptor: int | None = None

    def acquire(self) -> None:
        """Take the lock or say who has it.

        Raises
        ------
        AssistError
            E0904 when another process works in this folder, E0905 when the folder may not be written.
        """
        while self._descriptor is None:
            with saying_where(self.path):
                descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                holder = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip()
                os.close(descriptor)
                raise AssistError(
                    "E0904",
                    f"{str(self.path.parent)!r} is in use by another assist",
                    where=f"locked by process {holder}" if holder.isdigit() else f"{NAME} is locked",
                    help="wait until it ends, or choose another folder with --out",
                    exit_code=Exit.BAD_RUN,
                ) from error
            if self._is_the_file(descriptor):
                os.ftruncate(descriptor, 0)
                os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
                self._descriptor = descriptor
            else:  # removed by its last holder between open and flock: take the new one
                os.close(descriptor)

    def release(self) -> None:
        """Give the lock back and remove its file; without effect when it is not held."""
        if self._descriptor is None:
            return
        with suppress(OSError):
            self.path.unlink()
        os.close(self._descriptor)
        self._descriptor = None

    def _is_the_file(self, descriptor: int) -> bool:
        try:
            return os.path.samestat(os.fstat(descriptor), os.stat(self.path))
        except OSError:
            return False
