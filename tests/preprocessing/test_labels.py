"""Cells that join several labels: which are learned, how they are spread over columns, and how answers are joined again."""

import pandas as pd
import pytest

from automl_assist.errors import AssistError
from automl_assist.preprocessing.labels import Labels

CELLS = pd.Series(["red; blue", "blue", "red", None, "", "green;red"] * 12 + ["Quetzalcoatlus"])


def test_frequent_labels_are_learned_and_rare_ones_are_not_kept():
    labels, others = Labels.learn(CELLS, "colour")
    assert (labels.names, labels.mark, others) == (("red", "blue", "green"), ";", 1)


def test_a_column_for_each_label_and_nothing_known_of_empty_cells():
    labels, _ = Labels.learn(CELLS, "colour")
    spread = labels.spread(CELLS.to_frame("colour").assign(size=1))
    assert list(spread.columns) == ["size", "colour: red", "colour: blue", "colour: green"]
    assert spread["colour: red"].tolist()[:6] == ["yes", "no", "yes", None, None, "yes"]


@pytest.mark.parametrize("cell", ["a|b", "a,b", "['a', 'b']", "[a, b]", "a ; b"])
def test_marks_and_brackets(cell):
    labels, _ = Labels.learn(pd.Series([cell, "a", "b", "c"] * 10), "x")
    assert set(labels.names) == {"a", "b", "c"}


def test_rows_of_which_no_label_is_learned_are_counted():
    labels, _ = Labels.learn(CELLS, "colour")
    assert labels.strange(pd.Series(["red; mauve", "mauve", "ochre;mauve", "", None, "blue"])) == (2, 4)


@pytest.mark.parametrize("form", [str.upper, lambda cell: cell.replace(";", ","), lambda cell: f"[{cell.replace(';', ', ')}]"])
def test_a_later_file_may_join_the_same_labels_in_another_way(form):
    labels, _ = Labels.learn(CELLS, "colour")
    later = CELLS.map(lambda cell: form(cell) if isinstance(cell, str) else cell)
    plain, other = (labels.spread(labels.as_learned(cells).to_frame("colour")) for cells in (CELLS, later))
    pd.testing.assert_frame_equal(plain, labels.spread(CELLS.to_frame("colour")))
    pd.testing.assert_frame_equal(other, plain)


def test_labels_that_differ_in_case_stay_two_and_marks_in_their_names_part_nothing():
    labels = Labels("x", ";", ("A", "a", "b, c"))
    assert labels.as_learned(pd.Series(["A", "a;B, C", "b"])).tolist() == ["A", "a;b, c", "b"]
    assert labels.as_learned(pd.Series(["b, c", "A"])).tolist() == ["b, c", "A"]


def test_answers_are_joined_as_the_cells_were():
    labels = Labels("colour", "|", ("red", "blue"))
    answers = pd.DataFrame(
        {
            "colour: red": ["yes", "no"],
            "probability_colour: red": [0.9, 0.2],
            "colour: blue": ["yes", "no"],
            "probability_colour: blue": [0.8, 0.1],
        }
    )
    joined = labels.joined(answers)
    assert joined["colour"].tolist() == ["red|blue", ""]
    assert list(joined.columns) == ["colour", "probability_red", "probability_blue"]


def test_the_columns_of_a_plan_lead_back_to_the_labels():
    labels, _ = Labels.learn(CELLS, "colour")
    assert Labels.named(CELLS.to_frame("colour"), labels.columns) == labels
    assert Labels.named(CELLS.to_frame("colour"), ("colour", "size")) is None


def test_labels_that_are_all_rare_are_refused():
    with pytest.raises(AssistError, match="no label"):
        Labels.learn(pd.Series(["a;b", "c;d", "e;f"] * 3), "x")
