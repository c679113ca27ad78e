"""Classes as the cells of a file name them."""

import pandas as pd

from automl_assist.preprocessing.target import class_spellings, target_codes
from automl_assist.schema import Column

COLUMN = Column("y", 0, "category", 0, 2, "")


def test_a_class_is_known_by_its_looks():
    cells = pd.Series(["café", "cafe\u0301", "CAFÉ", " Thé ", "none", None, "lait"], dtype=object)
    assert target_codes(cells, COLUMN, "binary", ("Thé", "café")).tolist() == [1, 1, 1, 0, -1, -1, -1]


def test_classes_that_differ_in_case_stay_two():
    assert target_codes(pd.Series(["a", "A", "b", "B"]), COLUMN, "multiclass", ("A", "a", "b")).tolist() == [1, 0, 2, 2]


def test_a_class_that_is_a_number_is_known_however_it_is_written():
    cells = pd.Series(["1.0", "2", "02", "2.5", "inf", "1_0", None], dtype=object)
    assert target_codes(cells, COLUMN, "multiclass", ("1", "2", "10")).tolist() == [0, 1, 1, -1, -1, -1, -1]
    assert target_codes(cells, COLUMN, "multiclass", ("1", "2", "02")).tolist() == [0, 1, 2, -1, -1, -1, -1]


def test_predictions_are_written_as_the_file_writes_its_classes_where_it_is_consistent():
    cells = pd.Series([" <=50K", " >50K", " <=50K", "no ", "no", None, "cafe\u0301"], dtype=object)
    names = ("<=50K", ">50K", "café", "no")
    assert class_spellings(cells, COLUMN, names) == (" <=50K", " >50K", "cafe\u0301", "no")
    assert target_codes(cells, COLUMN, "multiclass", names).tolist() == [0, 1, 0, 3, 3, -1, 2]


def test_yes_and_no_are_known_in_any_words():
    cells = pd.Series(["1", "0", "TRUE", "false", "Y", "n", "1.0", "maybe", None], dtype=object)
    assert target_codes(cells, COLUMN, "binary", ("No", "Yes")).tolist() == [1, 0, 1, 0, 1, 0, -1, -1, -1]
    assert target_codes(pd.Series(["yes", "no", "1.0", "2"]), COLUMN, "binary", ("0", "1")).tolist() == [1, 0, 1, -1]
    assert target_codes(pd.Series(["1", "no"]), COLUMN, "binary", ("no", "sometimes")).tolist() == [-1, 0]
    assert target_codes(pd.Series(["1", "true"]), COLUMN, "multiclass", ("no", "yes", "perhaps")).tolist() == [-1, -1]
