"""Later files without the names of their columns: what is said, and their columns by their places."""

from __future__ import annotations

import pandas as pd
import pytest

from automl_assist.schema import Column, Reading
from automl_assist.serving.headless import by_place, nothing_known
from automl_assist.sources import Table

COLUMNS = [Column("age", 1, "integer", 0, 9, ""), Column("city", 3, "category", 0, 9, "")]  # the first names rows, and is not learned from
TARGET = Column("y", 2, "boolean", 0, 2, "", true_token="yes", false_token="no")
TRAINED = Reading("t.csv", "t.csv", "csv", "", 1, 9, 4)


def _file(*names: str, header: bool = False) -> Table:
    reading = Reading("n.csv", "n.csv", "csv", "", 1, 1, len(names), header=header)
    return Table(pd.DataFrame([["x"] * len(names)], columns=list(names)), reading)


@pytest.mark.parametrize(
    ("width", "named"),
    [(4, ["c0", "age", "y", "city"]), (3, ["c0", "age", "city"]), (2, ["c0", "c1"]), (5, ["c0", "c1", "c2", "c3", "c4"])],
)
def test_columns_without_names_are_taken_in_the_order_of_training(width, named):
    placed = by_place(_file(*(f"c{k}" for k in range(width))), TRAINED, COLUMNS, [TARGET])
    assert list(placed.frame.columns) == named
    assert [m.code for m in placed.messages] == (["W0711"] if "age" in named else [])
    with_names = by_place(_file(*(f"c{k}" for k in range(width)), header=True), TRAINED, COLUMNS, [TARGET])
    assert "age" not in with_names.frame.columns and not with_names.messages


@pytest.mark.parametrize(
    ("first", "hinted"),
    [
        (["r1", "31", "no", "Oslo"], True),
        (["r1", "31", "Oslo"], True),
        (["3", "3_2", "Oslo"], True),  # a reader tells names apart that come twice
        (["id", "years", "Oslo"], False),
        (["r1", "31"], False),
    ],
)
def test_a_first_row_of_values_is_told_with_what_to_do(first, hinted):
    error = nothing_known(_file(*first).frame, TRAINED, COLUMNS, [TARGET])
    assert error.code == "E0702" and ("--no-header" in error.help) is hinted
