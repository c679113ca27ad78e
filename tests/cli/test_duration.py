from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from automl_assist.commands import _duration
from automl_assist.errors import AssistError


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("45s", 45),
        ("10m", 600),
        ("1h30m", 5400),
        ("90", 90),
        ("1.5m", 90),
        ("1h 30m", 5400),
        ("2d", 172_800),
        ("10min", 600),
        ("0.5", 0.5),
        ("1H", 3600),
    ],
)
def test_reads_what_people_write(text, seconds):
    assert _duration.parse(text) == seconds


@pytest.mark.parametrize(
    "text", ["", " ", "0", "0s", "-1", "-5m", "10x", "m", "s10", "1e9", "nan", "inf", "1h30", "99999999999999999999", "31d", "٣s" * 40]
)
def test_refuses_what_is_no_time(text):
    with pytest.raises(AssistError) as caught:
        _duration.parse(text)
    assert caught.value.code == "E0410"
    assert "45s, 10m, 1h30m" in caught.value.help


@given(st.text(max_size=12))
def test_any_text_is_a_time_or_an_error(text):
    try:
        assert 0 < _duration.parse(text) <= _duration.LONGEST_S
    except AssistError as error:
        assert error.exit_code == 2


@pytest.mark.parametrize(("seconds", "text"), [(0, "0:00"), (252.9, "4:12"), (3723, "1:02:03"), (-1, "0:00")])
def test_clock(seconds, text):
    assert _duration.clock(seconds) == text
