from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from automl_assist.preprocessing import Coding
from automl_assist.preprocessing.coding import LARGEST_VOCABULARY
from automl_assist.rules.encoding import MOST_DATE_PAIRS
from automl_assist.schema import Column
from tests.preprocessing.tables import columns, table


def _one(name: str, kind: str, train: object, new: object) -> tuple[Coding, object]:
    column = [Column(name, 0, kind, 0, 0, "")]
    coding = Coding.fit(pd.DataFrame({name: train}), column)
    return coding, coding.transform(pd.DataFrame({name: new}))


def test_codes_are_places_in_the_vocabulary_and_negative_otherwise():
    coding, features = _one("c", "category", ["b", "a", "b", None], ["a", "b", None, "z"])
    assert coding.columns[0].vocabulary == ("b", "a")
    assert features.categories[:, 0].tolist() == [1, 0, -1, -2]
    assert coding.unseen(pd.DataFrame({"c": ["a", "z", "z", None]})) == {"c": 2}
    assert features.cardinalities == (2,)


def test_the_rest_beyond_the_largest_vocabulary_is_unseen():
    values = [str(k) for k in range(LARGEST_VOCABULARY + 5)]
    coding, features = _one("c", "category", values + values[-5:], values)
    assert len(coding.columns[0].vocabulary) == LARGEST_VOCABULARY
    assert (features.categories == -2).sum() == 5
    assert (features.categories[-5:] >= 0).all()  # seen twice, so kept


def test_only_the_parts_of_dates_that_vary_and_their_differences():
    typed = table(50)
    features = Coding.fit(typed, columns("from", "until")).transform(typed)
    names = features.number_names
    assert "from: hour" not in names and "from: weekday sine" in names
    days = features.numbers[:, names.index("until - from: days")]
    assert np.array_equal(days, (typed["until"] - typed["from"]).dt.days)


def test_pairs_of_dates_are_capped():
    typed = pd.DataFrame({f"d{k}": pd.to_datetime(["2024-01-01", "2025-06-01"]) for k in range(8)})
    features = Coding.fit(typed, [Column(c, 0, "datetime", 0, 0, "") for c in typed]).transform(typed)
    assert sum(" - " in name for name in features.number_names) == MOST_DATE_PAIRS


def test_dates_with_missing_cells_and_time_zones():
    stamps = pd.to_datetime(pd.Series(["2024-01-01T10:00Z", None, "2024-01-02T12:00Z"]), utc=True)
    _, features = _one("d", "datetime", stamps, stamps)
    assert np.isnan(features.numbers[1]).all() and not np.isnan(features.numbers[[0, 2]]).any()


def test_large_numbers_and_infinity():
    _, features = _one("x", "number", [1.0, 2.0], [1e300, -1e300, np.inf, np.nan])
    assert np.isfinite(features.numbers[:2]).all() and np.isnan(features.numbers[2:]).all()
    assert features.numbers.dtype == np.float32 and features.numbers.flags.c_contiguous


def test_counts_of_a_text():
    _, features = _one("t", "text", ["x"], ["AB c1", None])
    assert features.numbers.tolist() == [[5.0, 2.0, pytest.approx(0.2), pytest.approx(0.4)], [0.0, 0.0, 0.0, 0.0]]
    assert features.texts[:, 0].tolist() == ["AB c1", ""]


def test_json_there_and_back():
    typed = table(40)
    coding = Coding.fit(typed, columns())
    again = Coding.from_json(json.loads(json.dumps(coding.to_json())))
    assert again == coding


@pytest.mark.parametrize(
    "data",
    [
        None,
        {},
        {"columns": "x"},
        {"columns": [{"name": "a"}]},
        {"columns": [{"name": "a", "role": "eval", "vocabulary": [], "parts": [], "circular": True}]},
        {"columns": [{"name": "a", "role": "category", "vocabulary": ["x", "x"], "parts": [], "circular": True}]},
        {"columns": [{"name": "a", "role": "date", "vocabulary": [], "parts": ["century"], "circular": True}]},
    ],
)
def test_other_json_is_refused(data):
    with pytest.raises(ValueError):
        Coding.from_json(data)


def test_a_row_is_coded_as_it_is_among_others():
    typed = table(60)
    coding = Coding.fit(typed.iloc[:30], columns())
    together = coding.transform(typed)
    for k in (0, 35, 59):
        alone = coding.transform(typed.iloc[[k]])
        assert np.array_equal(alone.numbers, together.numbers[[k]], equal_nan=True)
        assert np.array_equal(alone.categories, together.categories[[k]])


def test_no_rows():
    typed = table(30)
    features = Coding.fit(typed, columns()).transform(typed.iloc[:0])
    assert len(features) == 0 and features.categories.shape == (0, 3)
    assert len(Coding.fit(typed.iloc[:0], columns()).transform(typed)) == 30


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.one_of(st.none(), st.text(max_size=8)), min_size=1, max_size=30),
    st.lists(st.one_of(st.none(), st.text(max_size=8)), max_size=10),
)
def test_any_strings_are_categories(train, new):
    _, features = _one("c", "category", pd.Series(train, dtype=object), pd.Series(new, dtype=object))
    seen = {v for v in train if v is not None}
    expected = [-1 if v is None else (0 if v in seen else -2) for v in new]
    assert [min(c, 0) for c in features.categories[:, 0].tolist()] == expected
