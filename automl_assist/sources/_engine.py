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

EXACT_INTEGERS = 2.0**53  # above it float64 cannot tell neighbours apart


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
    """Return a frame of the arrays as they are: pandas would make its own kind of str of text, and takes seconds for wide tables.

    The columns of one type lie in one block: as a block each, thousands of them cost pandas a third of a second at every choice of rows.
    """
    by_type: dict[Any, list[int]] = {}
    for position, values in enumerate(arrays):
        by_type.setdefault(values.dtype, []).append(position)
    parts = [
        pd.DataFrame(_block([arrays[i] for i in places]).T, index=index, columns=places, dtype=kind, copy=False)
        for kind, places in by_type.items()
    ]
    frame = parts[0] if len(parts) == 1 else pd.concat(parts, axis=1) if parts else pd.DataFrame(index=index)
    if len(parts) > 1:
        frame = frame[list(range(len(arrays)))]
    frame.columns = pd.Index(names, dtype=object)
    return frame


def arrays_of(frame: pd.DataFrame) -> dict[str, np.ndarray]:
    """Return the columns of a frame as arrays by name: out of a frame of thousands of columns one by one takes 30 microseconds each."""
    by_type: dict[Any, list[int]] = {}
    for position, kind in enumerate(frame.dtypes):
        by_type.setdefault(kind, []).append(position)
    arrays: list[Any] = [None] * frame.shape[1]
    for places in by_type.values():
        some = frame if len(by_type) == 1 else frame.iloc[:, places]
        for position, values in zip(places, some.to_numpy().T, strict=True):
            arrays[position] = values
    return dict(zip(frame.columns, arrays, strict=True))


def _block(arrays: list[np.ndarray]) -> np.ndarray:
    return arrays[0][None] if len(arrays) == 1 else np.stack(arrays)


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
