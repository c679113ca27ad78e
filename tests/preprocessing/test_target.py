"""Classes as the cells of a file name them."""

import pandas as pd

from automl_assist.preprocessing.target import target_codes
from automl_assist.schema import Column

COLUMN = Column("y", 0, "category", 0, 2, "")


def test_a_class_is_known_by_its_looks():
    cells = pd.Series(["café", "cafe\u0301", "CAFÉ", " Thé ", "none", None, "lait"], dtype=object)
    assert target_codes(cells, COLUMN, "binary", ("Thé", "café")).tolist() == [1, 1, 1, 0, -1, -1, -1]


def test_classes_that_differ_in_case_stay_two():
    assert target_codes(pd.Series(["a", "A", "b", "B"]), COLUMN, "multiclass", ("A", "a", "b")).tolist() == [1, 0, 2, 2]
