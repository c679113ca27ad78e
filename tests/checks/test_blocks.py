"""F120: labels that stand in the first row of each block only."""

import random

from automl_assist.checks import find_all
from tests.checks.contexts import make_context, numbers, words

N = 120


def codes(cells):
    """Return the code and the columns of what is found of gaps."""
    return [(finding.code, finding.columns) for finding in find_all(make_context(cells)) if finding.code in ("F103", "F120")]


def test_merged_labels_are_told_and_not_called_missing():
    cells = {
        "region": ["NSEW"[i // 30] if i % 30 == 0 else None for i in range(N)],
        "city": [f"c{i // 6}" if i % 6 == 0 else None for i in range(N)],
        "sales": numbers(N),
    }
    assert sorted(codes(cells)) == [("F120", ("city",)), ("F120", ("region",))]


def test_a_column_with_gaps_has_no_blocks():
    gaps = random.Random(1)
    cells = [f"n{i}" if gaps.random() < 0.3 else None for i in range(N)]
    assert codes({"note": cells, "sales": numbers(N), "c": words(N, ["x", "y"])}) == [("F103", ("note",))]
    behind = ["NSEW"[i // 30] if i % 30 == 0 else None for i in range(N)]
    assert codes({"sales": numbers(N), "note": behind}) == [("F103", ("note",))]
