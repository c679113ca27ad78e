"""DuckDB as we use it: no extensions fetched, no SQL built from names, plain NumPy arrays back."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import duckdb


def connect() -> duckdb.DuckDBPyConnection:
    """Return a private in-memory database that never fetches or loads extensions by itself."""
    import duckdb

    return duckdb.connect(
        config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false", "allow_community_extensions": "false"}
    )


@contextlib.contextmanager
def plain_path(file: str) -> Iterator[str]:
    """Yield an absolute path that DuckDB takes for one file: characters of its file patterns are hidden behind a link."""
    path = os.path.abspath(file)
    if not any(c in path for c in "*?[]{}"):
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="assist-") as folder:
        link = os.path.join(folder, "table")
        os.symlink(path, link)
        yield link


def quoted(name: str) -> str:
    """Return a name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return text as an SQL string."""
    return "'" + text.replace("'", "''") + "'"


def to_frame(columns: list[Any], names: list[str]) -> pd.DataFrame:
    """Return arrays (masked where NULL) as a frame of object columns of str and None, other types untouched."""
    return frame_of([_plain(values) for values in columns], names)


def frame_of(arrays: list[np.ndarray], names: list[str], index: pd.Index | None = None) -> pd.DataFrame:
    """Return a frame of the arrays as they are: pandas would make its own kind of str of text, and takes seconds for wide tables."""
    by_type: dict[Any, list[int]] = {}
    for position, values in enumerate(arrays):
        by_type.setdefault(values.dtype, []).append(position)
    parts = [pd.DataFrame({i: arrays[i] for i in places}, index=index, dtype=kind, copy=False) for kind, places in by_type.items()]
    frame = parts[0] if len(parts) == 1 else pd.concat(parts, axis=1) if parts else pd.DataFrame(index=index)
    if len(parts) > 1:
        frame = frame[list(range(len(arrays)))]
    frame.columns = pd.Index(names, dtype=object)
    return frame


def _plain(values: Any) -> Any:
    if not isinstance(values, np.ma.MaskedArray):
        return values
    if values.dtype == object:
        plain = np.array(values.data, dtype=object)  # filled(None) would put a question mark: None stands for the default there
        plain[np.ma.getmaskarray(values)] = None
        return plain
    if values.dtype.kind in "iuf":
        return np.ma.filled(values.astype(float), np.nan)
    return values.filled(np.datetime64("NaT")) if values.dtype.kind == "M" else _plain(values.astype(object))
