"""Dates written as a file writes them, so that what comes after its last row reads like its rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from automl_assist.profile import _date_periods as periods
from automl_assist.profile._date_words import MONTHS, part_named
from automl_assist.profile._dates import (
    AS_NUMBERS,
    BUDDHIST,
    BUDDHIST_YEARS,
    CENTURY,
    EPOCH,
    EXCEL,
    EXCEL_EPOCH,
    ISO,
    WORDED,
    common_era,
    fits_form,
)
from automl_assist.profile.zones import OFFSET, UTC
from automl_assist.schema import Column

DAY = 86_400.0
MONTH = re.compile(r"\d{4}-\d{2}")
CLOCK = re.compile(r"\d(?P<mark>[T ])\d{1,2}(:\d{2}(?P<seconds>:\d{2}(?P<fraction>[.,]\d+)?)?)?")
ONE_DIGIT = re.compile(r"(?<!\d)\d(?!\d)")
PADDED = re.compile(r"(?<!\d)0(\d)(?!\d)")
LONG_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
DATE_TIME = re.compile(r"[ T,]")  # what stands between a date and its time of day


NAMED = {
    "month": tuple(words.split()[0].capitalize() for words in MONTHS.values()),
    "quarter": ("Q1", "Q2", "Q3", "Q4"),
}


@dataclass(frozen=True)
class DateStyle:
    """How the dates of a column are written.

    Attributes
    ----------
    form : str
        As in ``Column.date_format``, one of them where there are several.
    pattern : str
        Of ISO 8601 a pattern of ``strftime``; of weeks, quarters and the like one with ``{y}``, ``{w}``, ``{q}``.
    offset : str
        An example of how the distance from UTC is written, such as ``Z`` or `` +0100``; empty for none.
    fraction : str
        Of a second, such as ``.000``.
    short_date, short_hour : bool
        Days and months, and hours, below ten have one digit.
    words : tuple of str
        The names of the months or quarters, in their order, of a column that holds these alone; empty for numbers.
    """

    form: str = ISO
    pattern: str = ""
    offset: str = ""
    fraction: str = ""
    short_date: bool = False
    short_hour: bool = False
    words: tuple[str, ...] = ()


def words_of(texts: Sequence[object], part: str | None) -> tuple[str, ...]:
    """Return the names of months or quarters as a column writes them; empty where it holds others, or numbers."""
    if part not in NAMED:
        return ()
    seen = {number: str(text).strip() for text in texts if (number := part_named(text, part)) is not None}
    if not seen:
        return ()
    short = max(map(len, seen.values())) <= len(NAMED[part][0][:3])
    return tuple(seen.get(number, name[:3] if short else name) for number, name in enumerate(NAMED[part], 1))


def style_of(texts: Sequence[str], column: Column) -> DateStyle:
    """Return how the dates of a column are written, from its latest cells; the last of them says most."""
    forms = [CENTURY.sub("", form) for form in (column.date_format or ISO).split("|")]
    texts = [text.strip() for text in texts if isinstance(text, str) and text.strip()]
    if not texts:
        return DateStyle(forms[0])
    if forms[0].startswith(BUDDHIST):
        common = replace(column, date_format="|".join(form.removeprefix(BUDDHIST) for form in forms))
        style = style_of([common_era(text) for text in texts], common)
        return replace(style, form=BUDDHIST + style.form)
    last = texts[-1]
    form = next((form for form in forms if fits_form(last, form)), forms[0])
    if form in periods.PATTERNS:
        return DateStyle(form, periods.pattern_of(last, form))
    parts = [DATE_TIME.split(text, maxsplit=1) for text in texts]
    numbered = "%b" not in form and "%B" not in form
    short_date = form != ISO and numbered and any(ONE_DIGIT.search(part[0]) for part in parts)
    short_hour = any(len(part) > 1 and re.match(r"\s*\d:", part[1]) for part in parts)
    if form != ISO:
        return DateStyle(form, short_date=short_date, short_hour=short_hour)
    clock, offset = CLOCK.search(last), OFFSET.search(last)
    if MONTH.fullmatch(last) or clock is None:
        return DateStyle(form, "%Y-%m" if MONTH.fullmatch(last) else "%Y-%m-%d")
    pattern = f"%Y-%m-%d{clock['mark']}%H:%M" + (":%S" if clock["seconds"] else "")
    return DateStyle(form, pattern, offset["offset"] if offset else "", clock["fraction"] or "", short_hour=short_hour)


def written_dates(clock: np.ndarray, column: Column, style: DateStyle, offsets: np.ndarray | None = None) -> np.ndarray:
    """Return dates in the style of a column, of shape (n,): text, or numbers where the column holds numbers.

    What cannot be written in that form stands as an ISO date, with its time of day where one has any.

    Parameters
    ----------
    clock : ndarray of shape (n,)
        What the clock shows, as seconds since 1970, or numbers.
    offsets : ndarray of shape (n,), optional
        By how many seconds that clock is ahead of UTC.
    """
    if column.kind != "datetime":
        whole = bool((clock == np.floor(clock)).all())
        return clock.astype(np.int64) if whole else np.round(clock, 9)
    form = style.form
    if form.startswith(BUDDHIST):
        common = written_dates(clock, column, replace(style, form=form.removeprefix(BUDDHIST)), offsets)
        return np.array([LONG_YEAR.sub(lambda year: str(int(year[0]) + BUDDHIST_YEARS), text, count=1) for text in common], dtype=object)
    if form in EPOCH:
        return np.rint(clock * EPOCH[form]).astype(np.int64)
    if form == EXCEL:
        days = clock / DAY + EXCEL_EPOCH
        return days.astype(np.int64) if not (clock % DAY).any() else np.round(days, 9)
    dates = pd.DatetimeIndex(np.rint(clock * 1e3).astype("int64").astype("datetime64[ms]"))
    if form in AS_NUMBERS:
        return dates.strftime(form).to_numpy().astype(np.int64)
    if form in periods.PATTERNS:
        return np.array([periods.written(d, style.pattern) for d in dates], dtype=object)
    if form == ISO and style.pattern:
        return _in_iso(dates, style, np.zeros(len(dates)) if offsets is None else offsets)
    if form == ISO or form.startswith(WORDED):
        return np.array(dates.strftime("%Y-%m-%d" if not (clock % DAY).any() else "%Y-%m-%d %H:%M:%S"), dtype=object)
    return np.array([_shortened(text, style) for text in dates.strftime(form)], dtype=object)


def _in_iso(dates: pd.DatetimeIndex, style: DateStyle, offsets: np.ndarray) -> np.ndarray:
    texts = []
    for date, text, offset in zip(dates, dates.strftime(style.pattern), offsets, strict=True):
        digits = len(style.fraction) - 1
        part = style.fraction[0] + f"{date.microsecond:06d}".ljust(digits, "0")[:digits] if style.fraction else ""
        texts.append(_shortened(text, style) + part + _offset_text(int(offset) // 60, style.offset))
    return np.array(texts, dtype=object)


def _offset_text(minutes: int, like: str) -> str:
    """Return an offset from UTC as `like` is written; one that ``Z`` cannot say, or hours alone, is written in full."""
    bare = like.strip()
    if not bare or (bare in ("Z", UTC) and not minutes):
        return like
    colon = ":" if ":" in bare or bare in ("Z", UTC) else ""
    hours = f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}"
    short = len(bare) == 3 and bare != UTC and minutes % 60 == 0
    return like[: len(like) - len(bare)] + (hours if short else f"{hours}{colon}{abs(minutes) % 60:02d}")


def _shortened(text: str, style: DateStyle) -> str:
    found = DATE_TIME.search(text)
    place = found.end() if found else len(text)
    date, clock = text[:place], text[place:]
    if style.short_date:
        date = PADDED.sub(r"\1", date)
    return date + (re.sub(r"^(\s*)0(\d:)", r"\1\2", clock) if style.short_hour else clock)
