"""Rows without the names of their columns: the columns of training by their places."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from automl_assist.errors import AssistError
from automl_assist.profile import cast
from automl_assist.schema import NUMERIC_KINDS, Column, Message, Reading
from automl_assist.serving.wording import listed
from automl_assist.sources import FOLDERS, Table

AGAIN = re.compile(r"_\d+$")  # what a reader puts behind a name that comes twice
TELLING = (*NUMERIC_KINDS, "boolean", "datetime")  # kinds whose cells are no names of columns


def by_place(table: Table, trained: Reading, columns: Sequence[Column], targets: Sequence[Column]) -> Table:
    """Return the rows of a file without names with those of training, where it has as many columns; the targets may be left out.

    Parameters
    ----------
    table : Table
    trained : Reading
        How the data of the training was read.
    columns, targets : sequence of Column
        What the model reads, and what it learned.
    """
    if not trained.header or table.reading.header or table.reading.format in FOLDERS:
        return table
    places = _places(table.frame.shape[1], trained, columns, targets)
    if not places:
        return table
    names = [places.get(k, str(name)) for k, name in enumerate(table.frame.columns)]
    said = Message("W0711", "the file has no names of columns, and its columns are taken in the order of training")
    return replace(table, frame=table.frame.set_axis(names, axis=1), messages=(*table.messages, said))


def nothing_known(frame: pd.DataFrame, trained: Reading, columns: Sequence[Column], targets: Sequence[Column]) -> AssistError:
    """Return the error of a file that has none of the columns of training, with what to do where its first row is no row of names."""
    here = list(map(str, frame.columns))
    help = "give the kind of file the model was trained on"
    places = _places(len(here), trained, columns, targets) if trained.header else {}
    if places and _are_cells(here, places, columns):
        help = "its first row looks like values and not like names; with --no-header the columns are taken in the order of training"
    return AssistError(
        "E0702",
        "none of the model's columns is in this data",
        where=f"the model learned from {listed([c.name for c in columns])}; here are {listed(here)}",
        help=help,
    )


def _places(width: int, trained: Reading, columns: Sequence[Column], targets: Sequence[Column]) -> dict[int, str]:
    """Return the names of training by their places in a file of `width` columns; nothing where these are not as many."""
    known = {column.position: column.name for column in (*columns, *targets)}
    if width == trained.columns:
        return known
    answers = {column.position for column in targets}
    if width != trained.columns - len(answers):
        return {}
    left = [place for place in range(trained.columns) if place not in answers]
    return {k: known[place] for k, place in enumerate(left) if place in known}


def _are_cells(names: Sequence[str], places: dict[int, str], columns: Sequence[Column]) -> bool:
    """Whether what stands where names should reads as numbers, dates or yes and no in every column of those."""
    at = {name: k for k, name in places.items()}
    telling = [column for column in columns if column.kind in TELLING and column.name in at]
    row = {column.name: [names[at[column.name]]] for column in telling}
    plain = {name: [AGAIN.sub("", cell) for cell in cells] for name, cells in row.items()}
    readings = [cast(pd.DataFrame(cells), telling)[0].notna().all(axis=0) for cells in (row, plain)]
    return bool(telling) and bool((readings[0] | readings[1]).all())
