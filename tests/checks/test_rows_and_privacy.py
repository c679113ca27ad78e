"""F401, F501 and F601: rows that repeat, data about people, rows in order of time."""

import random

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from automl_assist.checks._personal import holds_personal
from automl_assist.checks._rows import equal_rows
from automl_assist.checks._wording import quoted, share
from tests.checks.contexts import found, make_context, numbers, words


def test_every_row_twice():
    cells = {"a": numbers(120) * 2, "c": words(120, ["x", "y"]) * 2}
    (finding,) = found("F401", make_context(cells))
    assert "120 rows of 240" in finding.message
    assert "duplicate" in finding.message
    assert finding.severity == "warning"
    assert finding.rows[0] == 121


def test_an_identifier_does_not_hide_duplicates():
    cells = {"id": [f"r{i}" for i in range(240)], "a": numbers(120) * 2, "c": words(120, ["x", "y"]) * 2}
    (finding,) = found("F401", make_context(cells, kinds={"id": "identifier"}))
    assert "but identifiers" in finding.message


def test_headings_of_groups_between_rows_are_no_duplicates():
    cells = {"shop": [f"r{i}" for i in range(124)], "a": [*numbers(120), *[None] * 4], "c": [*words(120, ["x", "y"]), *[None] * 4]}
    assert found("F401", make_context(cells, kinds={"shop": "identifier"})) == []


def test_duplicates_by_chance_are_not_reported():
    assert found("F401", make_context({"a": words(500, list("abcd"), 1), "b": words(500, list("uvw"), 2)})) == []
    assert found("F401", make_context({"a": numbers(500)})) == []


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([0.0, -0.0, 1.5, None]), st.sampled_from(["a", "b", None])), min_size=1, max_size=30))
def test_equal_rows_are_those_that_pandas_finds(rows):
    frame = pd.DataFrame({"n": pd.Series([r[0] for r in rows], dtype=float), "s": pd.Series([r[1] for r in rows], dtype=object)})
    groups = equal_rows(frame, ["n", "s"])
    assert (pd.Series(groups).duplicated().to_numpy() == frame.duplicated().to_numpy()).all()


def test_equal_rows_with_dates_and_lists():
    when = pd.to_datetime(["2020-01-01", "2020-01-01", None, None])
    frame = pd.DataFrame({"t": when, "l": pd.Series([[1], [1], [2], [3]], dtype=object)})
    first, second, third, fourth = equal_rows(frame, ["t", "l"])
    assert first == second
    assert len({first, third, fourth}) == 3


PERSONAL = {
    "mail": ("e-mail addresses", [f"advperson{i % 40}@example.org" for i in range(120)]),
    "note": ("e-mail addresses", ["nothing here", *(["please write to advperson7@example.org soon"] * 2)] * 40),
    "tel": ("phone numbers", [f"+44 20 7946 {i:04}" for i in range(120)]),
    "us": ("phone numbers", [f"({200 + i}) 555-{i:04}" for i in range(120)]),
    "card": ("card numbers", ["4111 1111 1111 1111", "5500005555555559"] * 60),
    "iban": ("bank account numbers (IBAN)", ["DE89370400440532013000"] * 120),
}


@pytest.mark.parametrize("name", PERSONAL)
def test_personal_data_is_noticed_and_not_shown(name):
    kind, cells = PERSONAL[name]
    (finding,) = found("F501", make_context({name: cells, "a": numbers(120)}))
    assert kind in finding.message
    assert repr(name) in finding.message
    for cell in cells:
        assert cell not in finding.message + finding.fix


def test_other_numbers_and_dates_are_not_personal():
    draw = random.Random(0)
    cells = {
        "order": [f"4{draw.randrange(10**15):015}" for _ in range(300)],
        "date": [f"2020-01-{i % 28 + 1:02}" for i in range(300)],
        "stamp": [f"2021-06-01T12:{i % 60:02}:00+02:00" for i in range(300)],
        "uuid": [f"{draw.getrandbits(32):08x}-{draw.getrandbits(16):04x}-4{draw.getrandbits(12):03x}" for _ in range(300)],
        "at": ["meet @ noon", "a@b", "@handle"] * 100,
        "epoch": [str(1609459200000 + i * 86_400_000) for i in range(300)],
        "version": [f"1.{i}.{i % 7}" for i in range(300)],
    }
    assert found("F501", make_context(cells, kinds=dict.fromkeys(cells, "category"))) == []


@pytest.mark.parametrize("value", ["eve@example.org", "card 4111 1111 1111 1111", "DE89370400440532013000", "+44 20 7946 0958"])
def test_personal_values_are_not_quoted(value):
    assert holds_personal(value)
    assert value[-9:] not in quoted(value)


def test_quotes_are_short_and_plain():
    assert len(quoted("x" * 500)) < 40
    assert "\x1b" not in quoted("\x1b[31mred")


@pytest.mark.parametrize(
    ("part", "whole", "words"), [(3, 30_000, "0.01 %"), (29_997, 30_000, "99.99 %"), (1, 2, "50 %"), (0, 5, "0 %"), (5, 5, "100 %")]
)
def test_shares_do_not_round_to_none_or_all(part, whole, words):
    assert share(part, whole) == words


def test_rows_in_order_of_time():
    days = [str(np.datetime64("2020-01-01") + i // 2) for i in range(100)]
    kinds = {"day": "datetime"}
    (finding,) = found("F601", make_context({"day": days, "a": numbers(100)}, kinds=kinds))
    assert finding.fix == "--time day"
    assert "rising" in finding.message
    random.Random(0).shuffle(days)
    assert found("F601", make_context({"day": days, "a": numbers(100)}, kinds=kinds)) == []
