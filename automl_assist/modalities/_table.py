"""How the rows of an ordinary table become arrays: column by column, whatever stands in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from automl_assist.preprocessing import Coding
from automl_assist.schema import Column

if TYPE_CHECKING:
    import pandas as pd


def learn_coding(typed: pd.DataFrame, columns: Sequence[Column], settings: Mapping[str, Any]) -> Coding:
    """Learn vocabularies and date parts from the development rows."""
    return Coding.fit(typed, columns, settings)
