"""Dates with the day of the week before them, and quarters and weeks as reports write them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from automl_assist.profile._cells import Cells
from automl_assist.profile._date_writing import style_of, written_dates
from automl_assist.profile._kinds import understand
from automl_assist.schema import Column

DAYS = pd.date_range("2021-01-04", periods=90, freq="11D")  # a Monday, and the first day of a week of its year
GERMAN = ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So")
SPANISH = ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic")
FRENCH = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


def _read(texts):
    cells = Cells.of(pd.Series(texts, dtype=object))
    found = understand("when", cells)
    assert found.kind == "datetime", found.evidence
    return found, pd.DatetimeIndex(cells.spread(found.times, np.datetime64("NaT")))


@pytest.mark.parametrize(
    "written",
    [
        lambda day: day.strftime("%a %d/%m/%Y"),
        lambda day: day.strftime("%A, %m/%d/%Y"),
        lambda day: day.strftime("%Y-%m-%d %a"),
        lambda day: day.strftime("%d/%b/%y %I:%M %p"),
        lambda day: day.strftime("%d/%b/%y"),
        lambda day: f"{day.day}/{SPANISH[day.month - 1]}/{day:%y}",
        lambda day: f"{GERMAN[day.weekday()]}, {day:%d.%m.%Y}",
        lambda day: f"{FRENCH[day.weekday()]} {day:%d/%m/%Y}",
    ],
)
def test_words_in_dates_are_read(written):
    assert list(_read([written(day) for day in DAYS])[1]) == list(DAYS)


@pytest.mark.parametrize(
    "form",
    ["FY{y} Q{q}", "FY{s:02d}-Q{q}", "Q{q} FY{s:02d}", "Q{q}'{s:02d}", "{q}Q{s:02d}", "{q}Q{y}", "{y}-Q{q}", "Q{q} {y}"],
)
def test_quarters_are_read_and_written(form):
    texts = [form.format(y=day.year, s=day.year % 100, q=day.quarter) for day in DAYS]
    found, times = _read(texts)
    assert list(times) == list(DAYS.to_period("Q").start_time)
    column = Column("when", 0, "datetime", 0, len(texts), "", date_format=found.dates.format)
    seconds = times.to_numpy().astype("datetime64[s]").astype(float)
    assert written_dates(seconds, column, style_of(texts, column)).tolist() == texts


@pytest.mark.parametrize("form", ["CW{w} {y}", "Week {w}, {y}", "Wk {w:02d} {y}"])
def test_weeks_are_read(form):
    parts = [day.isocalendar() for day in DAYS]
    times = _read([form.format(y=part.year, w=part.week) for part in parts])[1]
    assert list(times) == [day - pd.Timedelta(days=day.weekday()) for day in DAYS]


@pytest.mark.parametrize("form", ["Sat {i}", "so {i} do {i}", "{q}Q{r}", "Q{q}-{i:02d}"])
def test_words_and_codes_are_no_dates(form):
    texts = [form.format(i=i, q=i % 4 + 1, r=i % 6) for i in range(90)]
    assert understand("code", Cells.of(pd.Series(texts, dtype=object))).kind != "datetime"


@pytest.mark.parametrize(
    ("years", "first", "last"),
    [
        (range(1958, 1978), 1958, 1977),  # torn apart at 68 by those who read them one by one
        (range(1949, 1961), 1949, 1960),
        (range(1931, 2006), 1931, 2005),
        ((1945, 1960, 1972, 1988, 2001), 1945, 2001),
        (range(1995, 2025), 1995, 2024),
        (range(2024, 2061), 2024, 2060),  # what bonds have
    ],
)
@pytest.mark.parametrize("form", ["%b-%y", "%d/%m/%y", "%d %b %y 08:30"])
def test_years_of_two_digits_stay_together(years, first, last, form):
    days = pd.to_datetime([f"{year}-{month:02d}-{day}" for year in years for month, day in ((1, 13), (5, 27), (10, 14))])
    found, times = _read(list(days.strftime(form)))
    assert (times.year.min(), times.year.max()) == (first, last)
    assert ("years of two digits" in found.evidence) == (first < 1969)


def test_all_years_of_two_digits_begin_where_posix_has_it():
    _, times = _read([f"13/05/{year % 100:02d}" for year in range(1969, 2069)])
    assert (times.year.min(), times.year.max()) == (1969, 2068)


def test_years_of_two_digits_of_a_leap_day_are_moved():
    _, times = _read(["29-Feb-60", "01-Mar-64", "28-Feb-65", "31-Dec-71"])
    assert list(times.strftime("%Y-%m-%d")) == ["1960-02-29", "1964-03-01", "1965-02-28", "1971-12-31"]
