"""Dates with the day of the week before them, and quarters and weeks as reports write them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from automl_assist.profile._cells import Cells
from automl_assist.profile._date_writing import style_of, written_dates
from automl_assist.profile._dates import is_clock
from automl_assist.profile._kinds import understand
from automl_assist.schema import Column

DAYS = pd.date_range("2021-01-04", periods=90, freq="11D")  # a Monday, and the first day of a week of its year
GERMAN = ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So")
SPANISH = ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic")
TURKISH = ("Ocak", "ŞUBAT", "Mart", "NİSAN", "May\u0131s", "Haz", "Temmuz", "Ağu", "EYLÜL", "Ekim", "Kas\u0131m", "Aral\u0131k")
FINNISH = ("tammi", "helmi", "maalis", "huhti", "touko", "kesä", "heinä", "elo", "syys", "loka", "marras", "joulu")
GREEK = (
    "Ιανουαρίου", "Φεβρουαρίου", "Μαρτίου", "Απριλίου", "Μαΐου", "Ιουνίου",
    "Ιουλίου", "Αυγούστου", "Σεπτεμβρίου", "Οκτωβρίου", "Νοεμβρίου", "Δεκεμβρίου",
)  # fmt: skip
POLISH = ("stycznia", "lutego", "marca", "kwietnia", "maja", "czerwca", "lipca", "sierpnia", "września", "października", "lis", "gru")
RUSSIAN = ("января", "фев", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября", "декабря")
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
        lambda day: f"{day.day} {TURKISH[day.month - 1]} {day.year}",
        lambda day: f"{day.day}. {FINNISH[day.month - 1]}kuuta {day.year}",
        lambda day: f"{day.day} {GREEK[day.month - 1]} {day.year}",
        lambda day: f"{day.day} {POLISH[day.month - 1]} {day.year}",
        lambda day: f"{day.day} {RUSSIAN[day.month - 1]} {day.year} \u0433.",
    ],
)
def test_words_in_dates_are_read(written):
    assert list(_read([written(day) for day in DAYS])[1]) == list(DAYS)


@pytest.mark.parametrize(
    "form",
    [
        "%Y. %m. %d.", "%d. %m. %Y", "%d-%m-%Y 00.00", "%d/%m/%Y 00h00", "%Y-%m-%d_00-00-00", "%Y%m%d_000000", "%Y-%m-%dT000000Z",
        "%Y:%m:%d 00:00:00", "%Y-%m-%d 00:00:00,000", "%Y-%-m-%-d", "%Y-%-m-%-d 0:00",
    ],
)  # fmt: skip
def test_days_as_devices_programs_and_countries_write_them(form):
    assert list(_read(list(DAYS.strftime(form)))[1]) == list(DAYS)


@pytest.mark.parametrize("form", ["%Y%m%d%H%M", "%Y%m%d%H"])
def test_hours_and_minutes_without_marks_between_them(form):
    texts = list(pd.date_range("2021-01-04", periods=90, freq="3h").strftime(form))
    found = understand("MESS_DATUM", Cells.of(pd.Series(texts, dtype=object)))  # as weather services have it
    assert found.kind == "datetime"
    assert found.dates.format == form


@pytest.mark.parametrize("form", ["%-I:%M %p", "%I.%M", "%-I%p", "%-H:%M Uhr"])
def test_times_of_day_with_words_are_no_amounts(form):
    times = pd.date_range("2021-01-04", periods=90, freq="67min").strftime(form)
    times = [text.replace("AM", "a.m.").replace("PM", "p.m.") if ":" in form else text for text in times]
    found = understand("when", Cells.of(pd.Series(times, dtype=object)))
    assert (found.kind == "datetime") == ("." not in form), found.evidence
    assert found.dates is None or is_clock(found.dates.format)


@pytest.mark.parametrize(("form", "first"), [
    ("H{h} {y}", None), ("{y}-H{h}", None), ("{h}H{s:02d}", None), ("{h}H {y}", None), ("FY{s:02d} H{h}", 1), ("{y}-S{h}", None),
    ("{y}/{z:02d}", 1),     ("{y}-{z:02d}", 1), ("{y}/{u}", 1), ("FY{s:02d}/{z:02d}", 1), ("FY{y}", 1), ("FY {y}-{z:02d}", 1),
])  # fmt: skip
def test_halves_and_financial_years_are_read_and_written(form, first):
    first = None if "{h}" in form else first
    starts = pd.DatetimeIndex([f"{y}-{m:02d}-01" for y in range(2003, 2024) for m in ((1, 7) if first is None else (1,))])
    texts = [form.format(y=d.year, s=d.year % 100, h=(d.month + 5) // 6, u=d.year + 1, z=(d.year + 1) % 100) for d in starts]
    found, times = _read(texts)
    assert list(times) == list(starts)
    column = Column("when", 0, "datetime", 0, len(texts), "", date_format=found.dates.format)
    seconds = times.to_numpy().astype("datetime64[s]").astype(float)
    assert written_dates(seconds, column, style_of(texts, column)).tolist() == texts


@pytest.mark.parametrize("texts", [
    [f"{i % 2 + 1}H{i * 7 % 60:02d}" for i in range(60)],  # how long it took, as the French write it
    [f"{2000 + i % 20}/{(i * 7) % 100:02d}" for i in range(60)],  # numbers of invoices
    [f"H{i % 4} {2000 + i}" for i in range(60)],
])  # fmt: skip
def test_what_looks_like_halves_and_financial_years(texts):
    found = understand("code", Cells.of(pd.Series(texts, dtype=object)))
    assert found.kind != "datetime", found.evidence


def test_months_beside_a_slash_are_no_financial_years():
    texts = [f"{year}/{month:02d}" for year in (2009, 2010, 2011) for month in range(1, 13)]
    assert list(_read(texts)[1]) == list(pd.date_range("2009-01-01", periods=36, freq="MS"))


@pytest.mark.parametrize("form", ["/Date({})/", "/Date({}+0100)/", "\\/Date({})\\/"])
def test_milliseconds_in_json_of_old_programs(form):
    texts = [form.format(int(day.timestamp() * 1000)) for day in DAYS]
    found, times = _read(texts)
    assert list(times) == list(DAYS)
    column = Column("when", 0, "datetime", 0, len(texts), "", date_format=found.dates.format)
    seconds = times.to_numpy().astype("datetime64[s]").astype(float)
    assert written_dates(seconds, column, style_of(texts, column)).tolist() == texts


def test_the_first_day_of_the_first_year_stands_for_none():
    none = "/Date(-62135596800000)/"
    found = understand("when", Cells.of(pd.Series([*(f"/Date({int(day.timestamp())}000)/" for day in DAYS), *[none] * 30], dtype=object)))
    assert (found.kind, found.missing_tokens) == ("datetime", (none,))


def test_seconds_with_parts_of_them_are_moments_by_their_name():
    stamps = pd.Series([f"{1_635_161_913.693 + 61.7 * i:.3f}" for i in range(40)], dtype=object)
    assert understand("ts", Cells.of(stamps)).kind == "datetime"
    assert understand("flow", Cells.of(stamps)).kind == "number"


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
