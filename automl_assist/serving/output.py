"""Predictions as a table, and the table as CSV, Parquet or JSON Lines."""

from __future__ import annotations

import io
import json
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from automl_assist.errors import AssistError
from automl_assist.serving.bundle import Bundle
from automl_assist.serving.predictor import Prediction, Predictor
from automl_assist.serving.several import column_names

# A spreadsheet runs a cell that begins like this (OWASP, CSV injection); the last four are the full-width forms.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "\uff1d", "\uff0b", "\uff0d", "\uff20")
FORMATS = (".csv", ".parquet", ".jsonl")
MANY_ROWS = 10_000  # of a CSV: fewer are written before DuckDB would have begun


def prediction_table(predictor: Predictor, prediction: Prediction, coverage: float) -> pd.DataFrame:
    """Return the columns that the contract names, one row for each input row."""
    if prediction.label is not None:
        table = pd.DataFrame({"prediction": pd.Series(prediction.label, dtype=object)})
        for code, name in enumerate(predictor.bundle.answers):
            table[f"probability_{name}"] = prediction.raw[:, code]
        return table
    half = predictor.half_width(coverage)
    lowest = -np.inf if predictor.bundle.lowest is None else predictor.bundle.lowest
    return pd.DataFrame(
        {
            "prediction": prediction.raw,
            "lower": np.maximum(prediction.raw - half, lowest),
            "upper": np.maximum(prediction.raw + half, lowest),
        }
    )


def joined(tables: Sequence[pd.DataFrame], bundles: Sequence[Bundle]) -> pd.DataFrame:
    """Return the table of a single target as it is, and those of several side by side under the names of their targets."""
    if len(tables) == 1:
        return tables[0]
    named = []
    for table, bundle in zip(tables, bundles, strict=True):
        names = column_names(bundle.target.name, bundle.task, bundle.answers)
        named.append(table[list(names)].rename(columns=names))
    return pd.concat(named, axis=1)


def to_csv(table: pd.DataFrame, *, raw: bool = False) -> tuple[str, int]:
    """Return the table as CSV, and how many text cells were defused with a leading apostrophe."""
    defused = 0
    if not raw:
        table = table.copy()
        for name in [name for name in table.columns if not pd.api.types.is_numeric_dtype(table[name])]:
            found = [cell for cell in pd.unique(table[name]) if isinstance(cell, str) and cell.startswith(FORMULA_STARTS)]
            if found:
                risky = table[name].isin(found)
                defused += int(risky.sum())
                table.loc[risky, name] = "'" + table.loc[risky, name]
        headers = ["'" + name if name.startswith(FORMULA_STARTS) else name for name in table.columns]
        table.columns = pd.Index(headers)
    if len(table) >= MANY_ROWS and (cells := _plain_cells(table)) is not None:
        return _by_pandas(table.head(0)) + _by_duckdb(cells, "csv", header=False).decode(), defused
    return _by_pandas(table), defused


def _by_pandas(table: pd.DataFrame) -> str:
    text = io.StringIO()
    table.to_csv(text, index=False, lineterminator="\n")
    return text.getvalue()


def _plain_cells(table: pd.DataFrame) -> pd.DataFrame | None:
    """Return the cells under names of ours, or None where DuckDB would write one in another way than pandas does."""
    for kind, name in zip(table.dtypes, table.columns, strict=True):
        if kind == np.dtype(object):
            for cell in pd.unique(table[name]):
                if not isinstance(cell, str) or not cell or "#" in cell or "\r" in cell or not cell.isprintable():
                    return None
        elif kind != np.float64:
            return None
    return table.set_axis([f"c{k}" for k in range(table.shape[1])], axis=1)


def require_ending(path: Path) -> None:
    """Refuse a file of another format than predictions are written in.

    Raises
    ------
    AssistError
        E0411
    """
    if path.suffix.lower() not in FORMATS:
        raise AssistError(
            "E0411", f"{str(path)!r} has no ending that is known", help=f"end the name of --out in one of {', '.join(FORMATS)}"
        )


def encode(table: pd.DataFrame, path: Path, *, raw_csv: bool) -> tuple[bytes, int]:
    """Return the bytes of the table in the format that the ending of `path` names, and the number of defused cells.

    Raises
    ------
    AssistError
        E0411 for another ending.
    """
    require_ending(path)
    ending = path.suffix.lower()
    if ending == ".jsonl":
        records = table.to_dict(orient="records")
        return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records).encode("utf-8", "backslashreplace"), 0
    if ending == ".parquet":
        return _by_duckdb(table, "parquet"), 0
    text, defused = to_csv(table, raw=raw_csv)
    return text.encode("utf-8", "backslashreplace"), defused


def _by_duckdb(table: pd.DataFrame, format: str, **options: Any) -> bytes:
    """Return the table as DuckDB writes it, with all cores and for Parquet without another library, to a file of its own."""
    import duckdb

    with tempfile.TemporaryDirectory() as folder:
        place = os.path.join(folder, "predictions")
        with duckdb.connect(config={"autoinstall_known_extensions": False, "autoload_known_extensions": False}) as connection:
            connection.register("predictions", table)
            getattr(connection.table("predictions"), f"write_{format}")(place, **options)
        return Path(place).read_bytes()
