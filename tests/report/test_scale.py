from __future__ import annotations

from hypothesis import given, strategies as st

from automl_assist.report._scale import extent, scale

finite = st.floats(allow_nan=False, allow_infinity=False)


def test_ticks_are_round() -> None:
    assert [text for _, text in scale(0, 1, 0, 100).ticks] == ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]
    assert [text for _, text in scale(0, 2_400_000, 0, 100).ticks][:3] == ["0", "0.5M", "1.0M"]
    assert [text for _, text in scale(-120_000, 140_000, 0, 100).ticks][:2] == ["\u2212100,000", "0"]


def test_values_outside_stay_on_the_chart() -> None:
    assert scale(0, 1, 10, 110).at(7) == 110
    assert scale(0, 1, 110, 10).at(-3) == 110
    assert scale(0, 1, 10, 110).at(None) == 10


@given(finite, finite)
def test_any_range_gives_places_on_the_chart(a: float, b: float) -> None:
    made = scale(min(a, b), max(a, b), 50, 640)
    assert 1 <= len(made.ticks) <= 20 or made.high - made.low > 0
    assert all(50 <= made.at(value) <= 640 for value, _ in made.ticks)
    assert len({text for _, text in made.ticks}) >= len(made.ticks) - 1 or abs(a) > 1e6


@given(st.lists(finite | st.none()))
def test_extent_holds_every_value(values: list[float | None]) -> None:
    low, high = extent(values)
    assert low < high
    assert all(low <= max(min(v, 1e300), -1e300) <= high for v in values if v is not None)
