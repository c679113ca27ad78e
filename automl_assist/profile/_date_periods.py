"""Dates that count parts of years, such as quarters, half-years, financial years and weeks, and milliseconds as old programs write them."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping

import numpy as np
import pandas as pd

QUARTER = "quarter"
WEEK = "week"  # of ISO 8601, with or without its day
HALF = "half-year"
FINANCIAL = "financial year"  # dated by the first day of the calendar year that it begins in, or is called after
STAMPED = "/Date(...)/"  # milliseconds since 1970, as in JSON of older .NET

LAST_SHORT = 68  # years from 69 on are of the last century, as POSIX has it
FEWEST_YEARS = 3  # different ones, all beside the next: 2010/11 alone may be a November
YEAR = r"(?:19|20)\d\d"

# Named by their first letter: y year, s the same in two digits, u and z the one after it, q quarter, h half, w week, d day, t milliseconds.
# A year of two digits stands behind FY or an apostrophe, or as in 1Q23.
PATTERNS = {
    QUARTER: re.compile(
        r"(?:FY ?)?(?P<y>\d{4})[ /-]?Q(?P<q>[1-4])|FY ?'?(?P<s2>\d\d)[ /-]?Q(?P<q2>[1-4])"
        r"|Q(?P<q3>[1-4])(?:[ /-]|[ /-]?FY ?)(?P<y3>\d{4})|Q(?P<q4>[1-4])(?:[ /-]?FY ?'?| ?')(?P<s4>\d\d)"
        r"|(?P<q5>[1-4])Q ?'?(?:(?P<y5>\d{4})|(?P<s5>\d\d))",
        re.IGNORECASE,
    ),
    WEEK: re.compile(
        r"(?P<y>\d{4})[ -]?(?:W|KW ?)(?P<w>\d{1,2})(?:(?<=\d\d)-?(?P<d>[1-7]))?"
        r"|(?:W|KW|CW|WK|WEEK)[ .]?(?P<w2>\d{1,2})(?:[ /-]|, ?)(?P<y2>\d{4})",
        re.IGNORECASE,
    ),
    HALF: re.compile(  # S for semester, as Eurostat has it
        rf"(?:FY ?)?(?P<y>{YEAR})[ /-]?(?:HY?|S)(?P<h>[12])|(?:HY?|S)(?P<h2>[12])(?:[ /-]|[ /-]?FY ?)(?P<y2>{YEAR})"
        rf"|FY ?'?(?P<s5>\d\d)[ /-]?HY?(?P<h5>[12])"
        rf"|HY?(?P<h3>[12])(?:[ /-]?FY ?'?| ?')(?P<s3>\d\d)|(?P<h4>[12])HY? ?'?(?:(?P<y4>{YEAR})|(?P<s4>\d\d))"
    ),
    FINANCIAL: re.compile(
        rf"(?:[FA]Y ?)?(?P<y>{YEAR})[/\u2013-](?:(?P<u>{YEAR})|(?P<z>\d\d))|[FA]Y ?'?(?P<s2>\d\d)[/\u2013-](?P<z2>\d\d)"
        rf"|FY ?(?P<y3>{YEAR})|FY ?'?(?P<s4>\d\d)"
    ),
    STAMPED: re.compile(r"\\?/Date\((?P<t>-?\d{8,14})(?:[+-]\d{4})?\)\\?/"),
}
# Halves with years of two digits, as durations of one or two hours are written in French, but that these have all minutes.
HALF_YEAR = re.compile(r"[12]H[ ']?[0-4]\d")


def first_moment(text: str, form: str) -> np.datetime64 | None:
    """Return when a period begins, datetime64[us]; None for a text that is none of this form."""
    found = PATTERNS[form].fullmatch(text)
    if found is None:
        return None
    parts = {name[0]: int(value) for name, value in found.groupdict().items() if value is not None}
    if form == STAMPED:
        return np.datetime64(1000 * parts["t"], "us")
    year = parts["y"] if "y" in parts else parts["s"] + (2000 if parts["s"] <= LAST_SHORT else 1900)
    if form == WEEK:
        return _in_week(year, parts)
    if form == FINANCIAL and not (parts.get("u", year + 1) == year + 1 and parts.get("z", (year + 1) % 100) == (year + 1) % 100):
        return None
    month = 3 * parts.get("q", 1) - 2 + 6 * (parts.get("h", 1) - 1)
    return np.datetime64(f"{year:04d}-{month:02d}-01", "us")


def _in_week(year: int, parts: Mapping[str, int]) -> np.datetime64 | None:
    """Return the day of an ISO week date, the week's first where it names none."""
    try:
        return np.datetime64(datetime.date.fromisocalendar(year, parts["w"], parts.get("d", 1)), "us")
    except ValueError:
        return None


def are_financial(texts: list[str]) -> bool:
    """Whether all texts are years beside the next, several of them, so that 2010/11 is no November."""
    return len(set(texts)) >= FEWEST_YEARS and all(first_moment(text, FINANCIAL) is not None for text in texts)


def pattern_of(text: str, form: str) -> str:
    """Return how a period is written: the text with its numbers named, as :func:`written` takes it."""
    found = PATTERNS[form].fullmatch(text)
    assert found is not None
    places = sorted((found.span(name), name[0]) for name, value in found.groupdict().items() if value is not None)
    for (begin, end), name in reversed(places):
        text = f"{text[:begin]}{{{name}{':02d' if name in 'wsz' and end - begin == 2 else ''}}}{text[end:]}"
    return text


def written(date: pd.Timestamp, pattern: str) -> str:
    """Return the period that a date lies in, by a pattern of :func:`pattern_of`."""
    year, week, day = date.isocalendar() if "{w" in pattern else (date.year, 0, 0)
    return pattern.format(
        y=year, s=year % 100, u=year + 1, z=(year + 1) % 100, q=date.quarter, h=(date.month + 5) // 6, w=week, d=day,
        t=round(date.timestamp() * 1000),
    )  # fmt: skip
