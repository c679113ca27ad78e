"""Columns with other names than in training."""

import pandas as pd
import pytest

from automl_assist.schema import Column
from automl_assist.serving.names import alone_as, named_as


def _column(kind):
    return Column("known", 0, kind, 0, 3, "")


@pytest.mark.parametrize(
    ("kind", "frame", "found"),
    [
        ("text", {"review": ["good", "bad"]}, "review"),
        ("text", {"review": ["good", "bad"], "stars": ["5", "1"]}, "review"),  # the answers beside it are none of its columns
        ("text", {"review": ["good", "bad"], "title": ["a", "b"]}, None),  # which of them nobody can tell
        ("text", {"known": ["good"], "review": ["bad"]}, None),
        ("image", {"file": ["a.png", "b.JPG", None], "size": ["1", "2", "3"]}, "file"),
        ("image", {"file": ["a.png"], "mask": ["b.png"]}, None),
        ("image", {"file": ["a", "b"]}, None),
        ("number", {"height": ["1", "2"]}, None),  # any other number would do
    ],
)
def test_the_only_text_or_column_of_pictures_is_known_by_what_it_holds(kind, frame, found):
    table, renamed = alone_as(pd.DataFrame(frame), [_column(kind)], "stars")
    assert renamed == ({} if found is None else {found: "known"})
    assert ("known" in table.columns) == (found is not None or "known" in frame)


def test_names_are_equal_without_case_and_marks_unless_two_are():
    assert named_as(pd.DataFrame(columns=["Unit price"]), ["unit_price"])[1] == {"Unit price": "unit_price"}
    assert named_as(pd.DataFrame(columns=["Unit price", "UNIT-PRICE"]), ["unit_price"])[1] == {}
