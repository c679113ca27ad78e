"""The shape of a modality: what it adds to the flow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from automl_assist.schema import Column

if TYPE_CHECKING:
    import pandas as pd

    from automl_assist.preprocessing import Coding


@dataclass(frozen=True)
class Modality:
    """A kind of data.

    Attributes
    ----------
    name, title
        As in plans and on the command line, and in words.
    families
        The model families that can learn from it.
    learn_coding
        ``learn_coding(typed, columns)`` learns how rows become arrays, from the development rows alone.
    """

    name: str
    title: str
    families: tuple[str, ...]
    learn_coding: Callable[[pd.DataFrame, Sequence[Column]], Coding]
