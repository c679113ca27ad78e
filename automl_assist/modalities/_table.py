"""How the rows of an ordinary table become arrays: column by column, whatever stands in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from automl_assist.preprocessing import Coding
from automl_assist.preprocessing.pictures import PicturedCoding
from automl_assist.schema import Column

if TYPE_CHECKING:
    import pandas as pd


def learn_coding(typed: pd.DataFrame, columns: Sequence[Column], settings: Mapping[str, Any]) -> Coding | PicturedCoding:
    """Learn vocabularies and date parts from the development rows."""
    if "image.input" in settings and any(c.kind == "image" for c in columns):
        return PicturedCoding.fit(typed, columns, settings)
    return Coding.fit(typed, columns, settings)


def restore_coding(data: Any) -> Coding | PicturedCoding:
    """Return the coding that ``to_json`` wrote; ValueError for anything else."""
    return PicturedCoding.from_json(data) if isinstance(data, Mapping) and "pictures" in data else Coding.from_json(data)
