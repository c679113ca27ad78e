"""The shape of a modality: what it adds to the flow."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from automl_assist.schema import Column, Message, Options, Profile

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from automl_assist.preprocessing import Features


class RowCoding(Protocol):
    """From typed columns to arrays; the coding of an example depends on no other example."""

    def transform(self, typed: pd.DataFrame) -> Features:
        """Return the examples as arrays."""

    def unseen(self, typed: pd.DataFrame) -> dict[str, int]:
        """Return, by column, how many cells hold a category that training never saw; only columns with any."""

    def to_json(self) -> dict[str, Any]:
        """Return the coding as plain JSON data."""


@dataclass(frozen=True)
class Examples:
    """What is learned from or predicted, one row each: often the rows of the table, sometimes several of them together.

    Attributes
    ----------
    cells, typed
        Target, features and the columns of the split, as read and as typed; one row an example, numbered from 0.
    example_of
        For each row of the table the number of its example, -1 for none, of shape (n,); None where they are the same.
    notes
        What was left out or repaired on the way.
    made
        Columns of `typed` that the arrangement made, such as one that holds a whole series in each cell; learned from beside the kept ones.
    """

    cells: pd.DataFrame
    typed: pd.DataFrame
    example_of: np.ndarray | None = None
    notes: tuple[Message, ...] = ()
    made: tuple[str, ...] = ()

    def without_rows(self) -> Examples:
        """Return what is known of the examples once they are encoded."""
        return replace(self, cells=self.cells.head(0).copy(), typed=self.typed.head(0).copy())

    def columns(self, kept: Sequence[Column]) -> tuple[str, ...]:
        """Return the names of the columns to learn from, where the plan keeps the columns `kept`."""
        return (*(c.name for c in kept), *self.made)


@dataclass(frozen=True)
class Tested:
    """A trained model and the locked test part, for what a modality has to say about both in the report.

    Attributes
    ----------
    predict
        ``predict(typed)`` returns probabilities (n, k) or values (n,): fast, from one fold model of each member.
    typed, target, prediction
        The test examples, their truth (codes or values) and the predictions of the whole ensemble.
    development, development_target
        The examples that were learned from.
    classes
        Names by code; empty for numbers.
    until
        When to be done, on the clock of ``time.monotonic``.
    """

    predict: Callable[[pd.DataFrame], np.ndarray]
    typed: pd.DataFrame
    target: np.ndarray
    prediction: np.ndarray
    development: pd.DataFrame
    development_target: np.ndarray
    columns: tuple[Column, ...]
    classes: tuple[str, ...]
    task: str
    settings: Mapping[str, Any]
    arrangement: Mapping[str, Any]
    sensitive: bool
    seed: int
    until: float


def _nothing(_: Tested) -> dict[str, Any]:
    return {}


def _no_arrangement(profile: Profile, options: Options, settings: Mapping[str, Any]) -> dict[str, Any]:
    return {}


def _as_they_are(cells: pd.DataFrame, typed: pd.DataFrame, arrangement: Mapping[str, Any], folder: Path) -> Examples:
    return Examples(cells, typed)


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
        ``learn_coding(typed, columns, settings)`` learns how examples become arrays, from the development examples alone.
    restore_coding
        ``restore_coding(data)`` returns the coding that ``to_json`` wrote; ValueError for anything else.
    plan_arrangement
        ``plan_arrangement(profile, options, settings)`` returns as plain JSON data how rows become examples: decided once, kept with
        the model. Under ``columns`` it names those that it needs of every table, beside the ones that are learned from.
    arrange
        ``arrange(cells, typed, arrangement, folder)`` makes the examples; `folder` is what relative paths in cells start from. Columns of
        the target and of the split may be absent in new rows.
    by_column
        Whether shuffling one column at a time says what drives the predictions.
    explain
        ``explain(tested)`` returns what the report shows for this modality alone, plain JSON data, under ``insight``.
    """

    name: str
    title: str
    families: tuple[str, ...]
    learn_coding: Callable[[pd.DataFrame, Sequence[Column], Mapping[str, Any]], RowCoding]
    restore_coding: Callable[[Any], RowCoding]
    plan_arrangement: Callable[[Profile, Options, Mapping[str, Any]], dict[str, Any]] = field(default=_no_arrangement)
    arrange: Callable[[pd.DataFrame, pd.DataFrame, Mapping[str, Any], Path], Examples] = field(default=_as_they_are)
    by_column: bool = True
    explain: Callable[[Tested], dict[str, Any]] = field(default=_nothing)
