from __future__ import annotations

import math

import pytest
from hypothesis import given, strategies as st
from markupsafe import Markup

from automl_assist.report import _filters as f


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "\u2013"),
        (math.nan, "\u2013"),
        (0, "0"),
        (0.5, "0.500"),
        (0.871234, "0.871"),
        (0.0180, "0.018"),
        (12, "12"),
        (12.34, "12.3"),
        (123.4, "123"),
        (1234.5, "1,234"),
        (28412.7, "28,413"),
        (-0.25, "\u22120.250"),
        (0.99987, "0.9999"),
        (0.9999999, "1.00000"),
        (1.0, "1"),
        (3e13, "3\u00d710¹³"),
        (-2.5e-7, "\u22122.5\u00d710⁻⁷"),
    ],
)
def test_number(value: float | None, text: str) -> None:
    assert f.number(value) == text


@pytest.mark.parametrize(("value", "text"), [(42.5, "42.5"), (0.4, "0.4"), (120.0, "120"), (3e13, "3\u00d710¹³"), (0.25, "0.25")])
def test_brief(value: float, text: str) -> None:
    assert f.brief(value) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0, "0 %"),
        (1, "100 %"),
        (0.5, "50 %"),
        (0.123, "12.3 %"),
        (0.00001, "<0.1 %"),
        (0.99999, ">99.9 %"),
        (None, "\u2013"),
        (1.27, "127 %"),
        (0.29, "29 %"),
    ],
)
def test_percent(share: float | None, text: str) -> None:
    assert f.percent(share).replace("\u00a0", " ") == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (0.0341, "34 ms"),
        (4, "4 s"),
        (58.9, "58.9 s"),
        (60, "60 s"),
        (125, "2 min 5 s"),
        (3_600, "1 h"),
        (3_720, "1 h 2 min"),
        (None, "\u2013"),
    ],
)
def test_duration(seconds: float | None, text: str) -> None:
    assert f.duration(seconds).replace("\u00a0", " ") == text


@pytest.mark.parametrize(("value", "text"), [(12, "12 bytes"), (61_194, "61.2 kB"), (2.5e9, "2.5 GB"), (None, "\u2013")])
def test_size(value: float | None, text: str) -> None:
    assert f.size(value).replace("\u00a0", " ") == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.0, "1970-01-01"), (-1_821_398_400.0, "1912-04-14"), (90_000.0, "1970-01-02 01:00"), (1e300, "1\u00d710³⁰⁰"), (None, "\u2013")],
)
def test_moment(seconds: float | None, text: str) -> None:
    assert f.moment(seconds) == text


def test_hidden_characters_are_spelt_out() -> None:
    assert f.visible("a\u202eb\u200b\x00\ud800\n\u2028\U000e0041\u3164") == r"a\u202eb\u200b\x00\ud800\n\u2028\U000e0041\u3164"
    assert f.visible("Łódź 北京 😀 ä") == "Łódź 北京 😀 ä"


@given(st.text(st.characters(exclude_categories=())))
def test_any_text_becomes_visible_text(text: str) -> None:
    shown = f.visible(text)
    shown.encode("utf-8")
    assert f.visible(shown) == shown


def test_long_text_says_how_much_is_missing() -> None:
    assert f.cut("x" * 210, 200) == "x" * 200 + "… (10 more)"
    assert str(f.prose("<" * 5, 3)) == "&lt;&lt;&lt;… (2 more)"


def test_sentence_has_a_capital_and_keeps_options_whole() -> None:
    assert (
        str(f.sentence("more rows, or --time-budget <10m>", 99)) == 'More rows, or <code class="option">--time-budget</code> &lt;10m&gt;.'
    )
    assert str(f.sentence("--delimiter ,", 99)) == '<code class="option">--delimiter</code> ,'
    assert str(f.sentence("a.csv has ragged rows", 99)) == "a.csv has ragged rows."  # a file keeps its name
    assert str(f.sentence(None, 99)) == ""
    assert isinstance(f.sentence("x", 9), Markup)


@given(st.text(), st.integers(3, 40))
def test_label_fits(text: str, units: int) -> None:
    assert f.width(f.label(text, units).rstrip("…")) <= units


def test_settings_in_plain_words() -> None:
    assert f.value_text({"name": "adamw", "batch_size": 128, "flags": [True, None]}) == "name adamw, batch size 128, flags yes, none"


def test_names_break_where_words_end() -> None:
    assert str(f.breakable("fasting_sugar<b>-level", 99)) == "fasting_<wbr>sugar&lt;b&gt;-level"
