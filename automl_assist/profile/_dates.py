"""Text that reads as dates: ISO and some thirty other forms, day and month told apart by the data or said to be undecided."""

from __future__ import annotations

import calendar
import datetime
import re
import warnings
from collections import Counter
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import pandas as pd

from automl_assist.profile import _date_words
from automl_assist.profile._cells import MOMENT, as_moments
from automl_assist.profile._date_periods import FINANCIAL, LAST_SHORT, PATTERNS, are_financial, first_moment

MARKS = frozenset("-/.:,")
SAMPLE = 80  # distinct values on which every form is tried
READABLE_SHARE = 0.95  # of the cells: below it the column is no column of dates
FORM_SHARE = 0.02  # of the sample, to count as one of several forms

ISO = "ISO8601"
BUDDHIST = "Buddhist era: "  # before a form whose years are those of this era
BUDDHIST_YEARS = 543  # more than those of the common era
BUDDHIST_YEAR = re.compile(r"(?<!\d)2[45]\d{2}(?!\d)")
# Before a form with years of two digits, where they are not those from 1969 to 2068: the first of the hundred that they mean.
CENTURY = re.compile(r"from (\d{4}): ")
LATEST_FIRST = 2040  # no column of such years begins later: who writes of 2050 writes of earlier years too
WORDED = "in words: "  # before a form that is read after names of months, zones and the like have been made plain
DAY_FIRST = ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%y", "%d-%m-%y", "%d.%m.%y")
MONTH_FIRST = ("%m/%d/%Y", "%m-%d-%Y", "%m.%d.%Y", "%m/%d/%y", "%m-%d-%y", "%m.%d.%y")
TWIN = dict(zip(DAY_FIRST, MONTH_FIRST, strict=True)) | dict(zip(MONTH_FIRST, DAY_FIRST, strict=True))
OTHER = (
    "%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y/%m", "%m/%Y", "%d-%b-%Y", "%d-%b-%y", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y",
    "%b %d %Y", "%B %d %Y", "%d. %B %Y", "%d. %b %Y", "%d%b%Y", "%d/%b/%Y", "%d/%b/%y", "%b-%y", "%b-%Y", "%b %Y", "%B %Y", "%B, %Y",
    "%Y-%b-%d", "%Y-%b", "%Y %b", "%A, %B %d, %Y", "%m-%Y", "%YM%m", "%Y M%m", "%Y. %m. %d.", "%Y. %m. %d", "%d. %m. %Y",
)  # fmt: skip
TIMES = (
    "", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f", " %I:%M %p", " %I:%M:%S %p", " %I:%M%p", " %I:%M:%S%p", "T%H:%M:%S", ", %H:%M", ", %H:%M:%S",
    ":%H:%M:%S %z", ":%H:%M:%S", " %H.%M", " %H.%M.%S", " %Hh%M", "_%H-%M-%S", "_%H:%M:%S",
)  # fmt: skip
POINTED_CLOCK = "%H.%M.%S"
LIKE_POINTED_CLOCK = re.compile(r"\d{2}\.\d{2}\.\d{2}")  # 9.11.2 is a version
WHOLE = (
    "%a, %d %b %Y %H:%M:%S %z", "%a, %d %b %Y %H:%M:%S GMT", "%a %b %d %H:%M:%S %Y", "%a %b %d %H:%M:%S UTC %Y", "%Y%m%d %H:%M",
    "%Y%m%d %H:%M:%S", "%Y-%m-%d %I:%M %p", "%Y-%m-%d %I:%M:%S %p", "%Y-%m-%d-%H.%M.%S", "%Y-%m-%d-%H.%M.%S.%f", "%d-%b-%y %I.%M.%S.%f %p",
    "%Y:%m:%d %H:%M:%S", "%Y%m%d_%H%M%S", "%Y%m%d-%H%M%S", "%Y-%m-%d_%H-%M-%S", "%Y-%m-%d_%H:%M:%S", "%Y-%m-%d %H-%M-%S",
    "%Y-%m-%dT%H-%M-%S", "%Y-%m-%dT%H%M%SZ", "%Y-%m-%d %H.%M.%S", "%H:%M:%S", "%H:%M", POINTED_CLOCK, "%I:%M %p", "%I:%M:%S %p", "%I:%M%p",
)  # fmt: skip
LIKE_ISO = re.compile(
    r"[+-]?\d{4}-(0[1-9]|1[0-2])(-\d{2})?([T ]\d{1,2}(:\d{2}(:\d{2}([.,]\d+)?)?)?\s?(Z|UTC|[+-]\d{2}(:?\d{2})?)?)?|\d{8}T\d{4,6}Z?"
)
# The words of these forms: names in English, letters before and behind times, quarters, halves, years and weeks.
NAMES = (*calendar.month_name, *calendar.month_abbr, *calendar.day_name, *calendar.day_abbr)
LETTERS = "t z am pm utc gmt q h hy s fy ay w kw cw wk week m date"
WORDS = frozenset([*map(str.lower, NAMES), *LETTERS.split()])
SHORT_YEAR = "%y"
FEWEST_SKIPPED = 3  # years in a row that do not occur, to tell where years of two digits begin
LIKE_DATE = re.compile(
    r"\d{1,4}[-/.]\s?(\d{1,2}|[A-Za-z]{3,9})([-/.].*)?|\d{1,2}\.?\s[A-Za-z]{3,9}\.?,?\s\d{2,4}.*|[A-Za-z]{3,9}\.?,?[\s-].*\d.*|\d{1,2}[A-Za-z]{3}\d{2,4}.*"
    r"|\d{1,2}:\d{2}.*|\d{1,2}[/-]\d{4}|\d{8}[ _-]\d{2}:?\d{2}.*|\d{4}:\d{2}:\d{2} .*|\d{4}\s?([A-Za-z]{3,9}|[Mm]\d{1,2})"
)
COMPACT = "%Y%m%d"
COMPACT_TIME, COMPACT_MINUTE, COMPACT_HOUR = "%Y%m%d%H%M%S", "%Y%m%d%H%M", "%Y%m%d%H"
COMPACT_MONTH = "%Y%m"
EPOCH = {"epoch_s": 1, "epoch_ms": 1000, "epoch_us": 10**6, "epoch_ns": 10**9}
EXCEL = "excel"  # days since the last but one day of 1899, and parts of a day
EXCEL_EPOCH = 25_569  # the first day of 1970
EXCEL_DAYS = (30_000, 60_000)  # 1982 to 2064
DATE_NAME = re.compile(
    r"(^|[_\W])(date|datum|fecha|dato|datetime|timestamp|dob)([_\W]|$)|(?<!up)(?<!candi)(?<!man)(date|datum)$", re.IGNORECASE
)
TIME_NAME = re.compile(
    r"(^|[_\W])(ts|time|timestamp|epoch|date|datetime|created|updated|modified|at|unix|when|zeit|zeitstempel|datum|fecha|hora|heure|clock|seen"
    r"|logged|occurred|expires|started|ended)([_\W]|$)|(time|stamp|date|At|Ts)$",
    re.IGNORECASE,
)
EPOCH_SECONDS = (3.0e8, 4.1e9)  # 1979 to 2099
COMPACT_RANGE = (19000101, 21001231)
MONTH_RANGE = (190001, 210012)
COMPACT_DAYS = {  # forms of numbers with the digits of a day and more, and between which they lie
    COMPACT: COMPACT_RANGE,
    COMPACT_TIME: (19000101_000000, 21001231_235959),
    COMPACT_MINUTE: (19000101_0000, 21001231_2359),
    COMPACT_HOUR: (19000101_00, 21001231_23),
}
AS_NUMBERS = (*EPOCH, EXCEL, *COMPACT_DAYS, COMPACT_MONTH)
MONTH_NAME = re.compile(r"(^|[_\W])(month|monat|mois|mes|period|yyyymm|ym|date)([_\W]|$)", re.IGNORECASE)
FEWEST_MONTHS, FEWEST_COMPACT_MONTHS = 3, 13  # with and without such a name: so many are of more than one year, and skip 13 to 99
EVEN_SECONDS = 60  # whole minutes apart, all of them: numbers of no other origin are
EPOCH_RECENT = (9.4e8, 2.1e9)  # 1999 to 2036, where nothing but the values says that they are seconds
FEWEST_COMPACT = 10  # eight-digit numbers that are all days of the calendar: by chance one number in thirty is one


@dataclass(frozen=True)
class DateForm:
    """How the dates of a column are written, and whether day and month could not be told apart."""

    format: str
    undecided: bool = False
    out_of_range: int = 0


def read_dates(values: np.ndarray, format: str) -> np.ndarray:
    """Return datetime64[us] of shape (d,): NaT where a text is no date in this form; several forms are separated by ``|``."""
    if format in AS_NUMBERS:
        numbers = np.array(pd.to_numeric(values, errors="coerce"), dtype=float)
        return _from_numbers(numbers, format)
    found = np.full(len(values), np.datetime64("NaT"), dtype=MOMENT)
    for one in format.split("|"):
        left = np.flatnonzero(np.isnat(found))
        if len(left):
            found[left] = _read_form(values[left], one)
    return found


def _from_numbers(numbers: np.ndarray, format: str) -> np.ndarray:
    if format in (*COMPACT_DAYS, COMPACT_MONTH):
        low, high = COMPACT_DAYS.get(format, MONTH_RANGE)
        texts = [str(int(n)) if np.isfinite(n) and low <= n < high + 1 else None for n in numbers]
        return as_moments(pd.to_datetime(pd.Series(texts, dtype=object), format=format, errors="coerce").to_numpy())
    seconds = (numbers - EXCEL_EPOCH) * 86_400.0 if format == EXCEL else numbers / EPOCH[format]
    inside = np.isfinite(seconds) & (np.abs(seconds) < 9.0e9)
    out = np.full(len(numbers), np.datetime64("NaT"), dtype=MOMENT)
    out[inside] = (seconds[inside] * 1e3).round().astype("int64").astype("datetime64[ms]").astype(MOMENT)
    return out


def _read_form(values: np.ndarray, form: str) -> np.ndarray:
    if since := CENTURY.match(form):
        return _within(_read_form(values, form[since.end() :]), int(since[1]))
    if form in PATTERNS:
        return as_moments(np.array([first_moment(v, form) for v in values], dtype=MOMENT))
    if form.startswith(BUDDHIST):
        values, form = np.array([common_era(v) for v in values], dtype=object), form.removeprefix(BUDDHIST)
    texts = pd.Series(values, dtype=object)
    if form.startswith(WORDED):
        texts, form = pd.Series([_date_words.plain(v) for v in values], dtype=object), form.removeprefix(WORDED)
    if form == ISO:
        like = map(LIKE_ISO.fullmatch, values.tolist())
        plain = [(v if v[-1] != "C" else v[:-3].rstrip() + "Z").replace(",", ".") if m else None for v, m in zip(values, like, strict=True)]
        texts = pd.Series(plain, dtype=object)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            parsed = pd.to_datetime(texts, format=form, errors="coerce", utc=True)
        except (ValueError, OverflowError):  # a year that no clock of pandas can hold, even with coerce
            parsed = pd.Series([pd.to_datetime(t, format=form, errors="coerce", utc=True) for t in texts], dtype="datetime64[us, UTC]")
    return as_moments(parsed.dt.tz_localize(None).to_numpy())


def _within(moments: np.ndarray, first: int) -> np.ndarray:
    """Return the moments moved by a hundred years where they are not in the hundred that begin with the year `first`."""
    out, known = moments.copy(), np.flatnonzero(~np.isnat(moments))
    months = moments[known].astype("datetime64[M]")
    years = months.astype("datetime64[Y]").astype(np.int64) + 1970
    moved = months + 1_200 * ((years < first).astype(np.int64) - (years >= first + 100))
    out[known] += moved.astype(MOMENT) - months.astype(MOMENT)
    return out


def common_era(text: str) -> str:
    """Return a date with its year counted as most of the world does: 2567 is 2024; another text as it stands, with what no form reads."""
    plain, times = BUDDHIST_YEAR.subn(lambda found: str(int(found[0]) - BUDDHIST_YEARS), text)
    return plain if times == 1 else f"?{text}"


def is_clock(forms: str | None) -> bool:
    """Whether dates in these forms are times of day, without a day."""
    return forms is not None and all(form.removeprefix(WORDED).startswith(("%H", "%I")) for form in forms.split("|"))


def find_form(values: np.ndarray, dayfirst: bool | None) -> DateForm | None:
    """Return how the texts are written as dates, or None when most are none.

    Parameters
    ----------
    values : ndarray of str
        Distinct values.
    dayfirst : bool, optional
        What the user says about 03/04/2021; None lets the values decide.
    """
    sample = list(values if len(values) <= SAMPLE else values[np.random.default_rng(0).choice(len(values), SAMPLE, replace=False)])
    dated = [v for v in sample if len(v) <= 40 and _may_be_date(v)]
    if len(dated) < 0.9 * len(sample) or not dated:
        return None
    if all(len(BUDDHIST_YEAR.findall(v)) == 1 for v in dated):  # of years that no table is from
        common = find_form(np.array([common_era(v) for v in values], dtype=object), dayfirst)
        return replace(common, format="|".join(BUDDHIST + form for form in common.format.split("|"))) if common else None
    forms: list[str] = []
    left = dated
    while left and len(forms) < 6:
        form, n = _best_form(left, dayfirst)
        if form is None or n < max(1, FORM_SHARE * len(sample)):
            break
        forms.append(form)
        left = [v for v in left if not fits_form(v, form)]
    if not forms or len(left) > 0.1 * len(sample):
        return None
    forms, undecided = _day_or_month(forms, values, dayfirst)
    first = _first_year([form for form in forms if SHORT_YEAR in form], values)
    return DateForm("|".join(form if first is None or SHORT_YEAR not in form else f"from {first}: {form}" for form in forms), undecided)


def _first_year(forms: list[str], values: np.ndarray) -> int | None:
    """Return the first of the hundred years that years of two digits mean; None for those that are read without being told, from 1969 on.

    They begin behind the longest stretch of years that do not occur: 58 to 77 are not torn apart, of which 68 would be 2068 and 69 be 1969.
    """
    if not forms:
        return None
    moments = read_dates(values, "|".join(forms))
    years = moments[~np.isnat(moments)].astype("datetime64[Y]").astype(np.int64) + 1970
    short = np.unique(years % 100)
    gaps = np.diff(short, append=short[:1] + 100)
    if not len(short) or gaps.max() < FEWEST_SKIPPED:
        return None
    start = int(short[(int(gaps.argmax()) + 1) % len(short)])
    first = start + (2000 if start <= LAST_SHORT else 1900)
    if first > LATEST_FIRST or first + 100 - gaps.max() > 2000 + LAST_SHORT:
        first -= 100
    return first if (years < first).any() or (years >= first + 100).any() else None


def in_century_of(forms: str, own: str) -> str:
    """Return forms whose years of two digits mean those that they mean in the forms of training."""
    learned = [CENTURY.match(form) for form in own.split("|") if SHORT_YEAR in form]
    if not learned:
        return forms
    before = next((since[0] for since in learned if since), "")
    bare = [CENTURY.sub("", form) for form in forms.split("|")]
    return "|".join(before + form if SHORT_YEAR in form else form for form in bare)


def may_be_dates(values: np.ndarray) -> bool:
    """Whether about as many of some of the texts look like dates as :func:`find_form` asks for, marks for missing among them."""
    some = values[:: max(1, len(values) // SAMPLE)].tolist()
    return len(values) <= 2 * SAMPLE or sum(len(v) <= 40 and _may_be_date(v) for v in some) > 0.5 * len(some)


def _may_be_date(text: str) -> bool:
    if not any(c.isdigit() for c in text):
        return False
    return any(like.fullmatch(text) for like in (LIKE_DATE, LIKE_ISO, *PATTERNS.values())) or _date_words.has_words(text)


def _best_form(texts: list[str], dayfirst: bool | None) -> tuple[str | None, int]:
    """Return the form that reads the most texts."""
    if are_financial(texts):
        return FINANCIAL, len(texts)
    if all(LIKE_ISO.fullmatch(t) for t in texts):
        return ISO, len(texts)
    numeric = (*DAY_FIRST, *MONTH_FIRST) if dayfirst else (*MONTH_FIRST, *DAY_FIRST)
    candidates = [ISO, *PATTERNS, *(f + t for f in (*numeric, *OTHER) for t in TIMES), *WHOLE]
    written = [t for t in texts if _words_of_dates(t)]
    probe = texts[:3]
    best, most = None, 0
    for form in candidates:
        if most >= len(texts) or not any(fits_form(t, form) for t in (probe if most else written)):
            continue
        n = sum(fits_form(t, form) for t in written)
        if n > most:
            best, most = form, n
    if most < len(texts) and any(_date_words.has_words(t) for t in texts):
        for form in (WORDED + f for f in _date_words.forms(numeric)):
            n = sum(fits_form(t, form) for t in texts)
            if n > most:
                best, most = form, n
    return best, most


def fits_form(text: str, form: str) -> bool:
    """Whether a text is a date in this form."""
    if form.startswith(BUDDHIST):
        text, form = common_era(text), form.removeprefix(BUDDHIST)
    form = CENTURY.sub("", form)
    if form == ISO:
        return LIKE_ISO.fullmatch(text) is not None
    if form in PATTERNS:
        return first_moment(text, form) is not None
    if form == POINTED_CLOCK and not LIKE_POINTED_CLOCK.fullmatch(text):
        return False
    if form.startswith(WORDED):
        text, form = _plain_words(text), form.removeprefix(WORDED)
    if any(text.count(mark) < n for mark, n in _marks(form)):
        return False
    try:
        datetime.datetime.strptime(text, form)
    except ValueError:
        return False
    return True


def _words_of_dates(text: str) -> bool:
    """Whether every word of a text may stand in a form that is not in words: in "street 12" none does, whatever the form."""
    return all(word in WORDS or word.removesuffix("t") in WORDS for word in re.findall(r"[^\W\d_]+", text.lower()))


@lru_cache(maxsize=2048)
def _marks(form: str) -> tuple[tuple[str, int], ...]:
    """Return which marks a date in a form has at least, and how often: seen before the costly attempt to read it."""
    return tuple(Counter(c for c in re.sub(r"%.", "", form) if c in MARKS).items())


@lru_cache(maxsize=512)
def _plain_words(text: str) -> str:
    return _date_words.plain(text)


def _day_or_month(forms: list[str], values: np.ndarray, dayfirst: bool | None) -> tuple[list[str], bool]:
    """Choose between 3 April and 4 March by all values: the form that reads more; on a tie what the user or the points say."""
    undecided, out = False, []
    for form in forms:
        before = WORDED if form.startswith(WORDED) else ""
        base = next((f for f in TWIN if form.startswith(before + f)), None)
        if base is None:
            out.append(form)
            continue
        twin = before + TWIN[base] + form[len(before + base) :]
        if twin in forms:  # both occur: values that only one of them reads decide cell by cell
            out.append(form)
            continue
        mine, other = (int((~np.isnat(_read_form(values, f))).sum()) for f in (form, twin))
        if mine != other:
            out.append(form if mine > other else twin)
            continue
        day_form, month_form = (form, twin) if base in DAY_FIRST else (twin, form)
        undecided = undecided or dayfirst is None
        by_points = base in ("%d.%m.%Y", "%m.%d.%Y", "%d.%m.%y", "%m.%d.%y")
        out.append(day_form if dayfirst or (dayfirst is None and by_points) else month_form)
    return out, undecided


def numbers_as_dates(name: str, numbers: np.ndarray) -> str | None:
    """Return the form of numbers that are dates: days such as 20210131, seconds since 1970, or the days that spreadsheets count."""
    if not len(numbers):
        return None
    low, high = float(numbers.min()), float(numbers.max())
    if low >= EXCEL_DAYS[0] and high <= EXCEL_DAYS[1] and len(numbers) >= FEWEST_COMPACT and DATE_NAME.search(name):
        return EXCEL
    named = TIME_NAME.search(name) is not None
    if (numbers != np.floor(numbers)).any():  # seconds with parts of them, as logs have
        return "epoch_s" if named and low >= EPOCH_RECENT[0] and high <= EPOCH_RECENT[1] else None
    for form, (first, last) in COMPACT_DAYS.items():
        if low >= first and high <= last and (named or len(numbers) >= FEWEST_COMPACT):
            return form if not np.isnat(_from_numbers(numbers, form)).any() else None
    months = len(np.unique(numbers)) >= (FEWEST_MONTHS if MONTH_NAME.search(name) else FEWEST_COMPACT_MONTHS)
    if low >= MONTH_RANGE[0] and high <= MONTH_RANGE[1] and months:
        return COMPACT_MONTH if not np.isnat(_from_numbers(numbers, COMPACT_MONTH)).any() else None
    for form, factor in EPOCH.items():
        if named and low >= EPOCH_SECONDS[0] * factor and high <= EPOCH_SECONDS[1] * factor:
            return form
        recent = low >= EPOCH_RECENT[0] * factor and high <= EPOCH_RECENT[1] * factor and len(numbers) >= FEWEST_COMPACT
        if recent and np.gcd.reduce((numbers - low).astype(np.int64)) % (EVEN_SECONDS * factor) == 0 and high > low:
            return form
    return None
