"""A mistyped year at either end of a series does not move its forecast, and gaps between rows are no mistakes."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

from automl_assist import planning
from automl_assist.forecasting._panel import _strays, form_of, last_steps, place_rows, times
from automl_assist.schema import Options

DAYS = pd.date_range("2022-01-01", periods=300).strftime("%Y-%m-%d").to_list()


@pytest.mark.parametrize(("far", "row"), [(["2099-12-31"], 301), (["1922-01-01"], 301), (["1802-01-02", "2222-01-02"], 301), ([], None)])
def test_it_is_left_out_and_said(tmp_path, far, row):
    values = np.random.default_rng(0).normal(50, 5, 300 + len(far)).round(2)
    pd.DataFrame({"day": DAYS + far, "sold": values}).to_csv(tmp_path / "t.csv", index=False)
    options = Options(target="sold")
    understood = planning.understand(str(tmp_path / "t.csv"), options, None)
    form = form_of(understood.profile, understood.table.frame, understood.typed, planning.decide(understood, options).settings)
    rows = place_rows(understood.table.frame, understood.typed, form)
    assert times(form, last_steps(rows))["day"].tolist() == ["2022-10-27"]
    assert len(rows.step) == 300
    assert [m.code for m in rows.messages] == ["W0310"] * bool(far)
    assert not far or f"row {row}" in rows.messages[0].message


@pytest.mark.parametrize(("lost", "said"), [(1, "1 row has no time and was left out"), (3, "3 rows have no time and were left out")])
def test_rows_without_a_time_are_told(tmp_path, lost, said):
    pd.DataFrame({"day": DAYS, "sold": np.random.default_rng(0).normal(50, 5, 300).round(2)}).to_csv(tmp_path / "t.csv", index=False)
    options = Options(target="sold")
    understood = planning.understand(str(tmp_path / "t.csv"), options, None)
    form = form_of(understood.profile, understood.table.frame, understood.typed, planning.decide(understood, options).settings)
    untimed = understood.typed.assign(day=understood.typed["day"].where(understood.typed.index >= lost))
    rows = place_rows(understood.table.frame, untimed, form)
    assert (len(rows.step), [m.message for m in rows.messages]) == (300 - lost, [said])


@pytest.mark.parametrize(("again", "said"), [([], None), (["a"], "1 row repeats a time of its"), (["a", "a", "b"], "3 rows repeat")])
def test_rows_that_repeat_a_time_of_their_series_are_told(tmp_path, again, said):
    values = np.random.default_rng(0).normal(50, 5, 600).round(2)
    table = pd.DataFrame({"shop": ["a"] * 300 + ["b"] * 300, "day": DAYS * 2, "sold": values})
    table.to_csv(tmp_path / "t.csv", index=False)
    options = Options(target="sold")
    understood = planning.understand(str(tmp_path / "t.csv"), options, None)
    form = form_of(understood.profile, understood.table.frame, understood.typed, planning.decide(understood, options).settings)
    places = [*range(600), *(k + 300 * (shop == "b") for k, shop in enumerate(again))]
    rows = place_rows(understood.table.frame.iloc[places], understood.typed.iloc[places], form)
    assert [(m.code, said in m.message) for m in rows.messages] == ([("W0312", True)] if said else [])
    empty = place_rows(understood.table.frame.iloc[places], understood.typed.iloc[places].assign(sold=np.nan), form)
    assert not empty.messages, "rows without a value have no mean"


@given(st.lists(st.integers(0, 400), min_size=20, max_size=200), st.integers(1, 10**6))
def test_no_row_within_the_reach_of_others_is_left_out(steps, width):
    stamps = np.array(steps, float) * width
    stray = _strays(stamps, 0.01)
    assert stray.sum() <= 2 * max(1, len(stamps) // 100)
    kept = stamps[~stray]
    reach = kept.max() - kept.min()
    assert all(min(abs(kept - far)) > reach / 2 for far in stamps[stray])


@pytest.mark.parametrize("gap", [30, 290])
def test_a_pause_of_the_series_is_kept(gap):
    stamps = np.concatenate([np.arange(300.0), 300 + gap + np.arange(3.0)])
    assert not _strays(stamps, 0.01).any()
