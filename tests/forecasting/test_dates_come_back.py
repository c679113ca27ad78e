"""What comes after the last row is dated as the rows are: in their form, by their clock, on the next step of the calendar."""

import numpy as np
import pandas as pd
import pytest

from automl_assist import planning
from automl_assist.forecasting._panel import form_of, last_steps, place_rows, times
from automl_assist.schema import Options

BERLIN = pd.date_range("2023-10-20", "2024-03-30 23:00", freq="h", tz="Europe/Berlin")
NEW_YORK = pd.date_range("2024-03-01", "2024-11-02", freq="D", tz="America/New_York")
HOURS = pd.date_range("2024-01-01", periods=480, freq="h")
MONTHS = pd.date_range("2015-01-31", periods=72, freq="ME")
LONG_AGO = pd.date_range("1958-01-01", "1977-12-01", freq="MS")
WEEKS = pd.date_range("1990-01-01", periods=104, freq="7D")
QUARTERS = pd.period_range("2004Q1", periods=40, freq="Q")
CASES = {
    "weeks of ISO 8601": ({"week": WEEKS.strftime("%G W%V")}, [("1992 W01",), ("1992 W02",)]),
    "weeks with a dash": ({"week": WEEKS.strftime("%G-W%V")}, [("1992-W01",)]),
    "quarters": ({"when": [f"{q.year} Q{q.quarter}" for q in QUARTERS]}, [("2014 Q1",), ("2014 Q2",)]),
    "quarters first": ({"when": [f"q{q.quarter}/{q.year}" for q in QUARTERS]}, [("q1/2014",)]),
    "ends of months": ({"date": MONTHS.strftime("%Y-%m-%d")}, [("2021-01-31",), ("2021-02-28",)]),
    "names of months": ({"date": MONTHS.strftime("%b %Y")}, [("Jan 2021",)]),
    "unpadded days": ({"date": [f"{d.month}/{d.day}/{d.year} 0:00" for d in HOURS[::24]]}, [("1/21/2024 0:00",)]),
    "seconds with a fraction": ({"ts": HOURS.strftime("%Y-%m-%dT%H:%M:%S.000Z")}, [("2024-01-21T00:00:00.000Z",)]),
    "a fixed offset": ({"ts": [f"{h:%Y-%m-%d %H:%M} -0530" for h in HOURS]}, [("2024-01-21 00:00 -0530",)]),
    "the night clocks move": (
        {"ts": [t.isoformat() for t in BERLIN]},
        [("2024-03-31T00:00:00+01:00",), ("2024-03-31T01:00:00+01:00",), ("2024-03-31T03:00:00+02:00",)],
    ),
    "days of a place": (
        {"ts": [t.isoformat() for t in NEW_YORK]},
        [("2024-11-03T00:00:00-04:00",), ("2024-11-04T00:00:00-05:00",)],
    ),
    "days and hours apart": (
        {"Date": HOURS.strftime("%d/%m/%Y"), "Time": HOURS.strftime("%H.%M.%S")},
        [("21/01/2024", "00.00.00"), ("21/01/2024", "01.00.00")],
    ),
    "the hour as a number": ({"date": HOURS.strftime("%Y-%m-%d"), "hour": HOURS.hour}, [("2024-01-21", 0), ("2024-01-21", 1)]),
    "the month by its name": ({"year": MONTHS.year, "month": MONTHS.strftime("%b")}, [(2021, "Jan"), (2021, "Feb")]),
    "the quarter by its name": ({"year": QUARTERS.year, "quarter": [f"Q{q.quarter}" for q in QUARTERS]}, [(2014, "Q1"), (2014, "Q2")]),
    "years of the Buddhist era": ({"date": [f"{d.day}/{d.month}/{d.year + 543}" for d in HOURS[::24]]}, [("21/1/2567",), ("22/1/2567",)]),
    "years of two digits": ({"date": LONG_AGO.strftime("%b-%y")}, [("Jan-78",), ("Feb-78",)]),
    "seconds since 1970": ({"timestamp": HOURS.astype("datetime64[s]").astype("int64")}, [(1705795200,), (1705798800,)]),
    "no time at all": ({}, [(73,), (74,)]),
}


@pytest.mark.parametrize("case", CASES)
def test_dates_come_back_as_they_were_written(case, tmp_path):
    columns, expected = CASES[case]
    n = len(next(iter(columns.values()))) if columns else 72
    values = 20 + np.sin(np.arange(n)) + np.random.default_rng(0).normal(0, 0.1, n)
    pd.DataFrame({**columns, "sold": values.round(2)}).to_csv(tmp_path / "t.csv", index=False)
    options = Options(target="sold", task=None if columns else "forecast")
    understood = planning.understand(str(tmp_path / "t.csv"), options, None)
    assert understood.profile.modality.name == "forecast", understood.profile.modality
    form = form_of(understood.profile, understood.table.frame, understood.typed, planning.decide(understood, options).settings)
    rows = place_rows(understood.table.frame, understood.typed, form)
    assert np.array_equal(np.unique(rows.step), np.arange(n) + rows.step.min()), "every row stands on a step of its own"
    ahead = times(form, last_steps(rows)[0] + 1 + np.arange(len(expected)))
    assert list(zip(*ahead.values(), strict=True)) == expected
