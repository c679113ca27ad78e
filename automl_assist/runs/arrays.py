"""A look at the headers of ``.npy`` and ``.npz`` files before NumPy sees them.

A header can name a type that only unpickling fills, or a shape of a petabyte. Both are read from the first bytes with the
standard library alone, so that neither costs memory or runs anything.
"""

from __future__ import annotations

import ast
import math
import re
import struct
import zipfile
from pathlib import Path
from typing import IO

MOST_HEADER_BYTES = 64 << 10  # NumPy writes 118 for a plain array
PLAIN_TYPE = re.compile(r"[<>|=][biufcSU](\d{1,6})")
BYTES_PER_CHARACTER = 4  # of NumPy's U types


def problem_of_arrays(path: Path) -> str | None:
    """Return what makes the arrays in `path` unsafe to load, or None; files that are neither .npy nor .npz have none."""
    if path.suffix == ".npy":
        with open(path, "rb") as file:
            return _problem_of_array(file, path.stat().st_size)
    if path.suffix == ".npz":
        return _problem_of_archive(path)
    return None


def _problem_of_archive(path: Path) -> str | None:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            names = [member.filename for member in members]
            if len(set(names)) != len(names):
                return "holds a name twice"
            for member in members:
                with archive.open(member) as file:
                    problem = _problem_of_array(file, member.file_size)
                if problem:
                    return problem
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        return f"is not an archive of arrays ({type(error).__name__})"
    return None


def _problem_of_array(file: IO[bytes], size: int) -> str | None:
    start = file.read(8)
    if len(start) < 8 or start[:6] != b"\x93NUMPY" or start[6] not in (1, 2, 3):
        return "holds something that is not an array"
    width = 2 if start[6] == 1 else 4
    raw = file.read(width)
    length = struct.unpack("<H" if width == 2 else "<I", raw)[0] if len(raw) == width else MOST_HEADER_BYTES + 1
    if length > MOST_HEADER_BYTES:
        return "holds an array with an endless header"
    try:
        header = ast.literal_eval(file.read(length).decode("utf-8").strip())
        described, shape = header["descr"], header["shape"]
    except (ValueError, SyntaxError, KeyError, TypeError, MemoryError, RecursionError):
        return "holds an array whose header cannot be read"
    kind = PLAIN_TYPE.fullmatch(described) if isinstance(described, str) else None
    if kind is None:
        return "holds an array of objects, which only a pickle can fill; it is not loaded"
    if not isinstance(shape, tuple) or not all(isinstance(n, int) and n >= 0 for n in shape):
        return "holds an array without a shape"
    item = int(kind[1]) * (BYTES_PER_CHARACTER if described[1] == "U" else 1)
    if 8 + width + length + math.prod(shape) * item != size:
        return "holds an array whose shape does not fit its size"
    return None
