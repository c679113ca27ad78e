"""What kind of column it is, decided on all of its values, with the evidence in words."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from automl_assist.profile import _notations as notations, _remarks as remarks, _strings as strings
from automl_assist.profile._cells import YEARS, Cells, among
from automl_assist.profile._code_numbers import code_reason
from automl_assist.profile._dates import CENTURY, EXCEL, DateForm, find_form, fits_form, may_be_dates, numbers_as_dates, read_dates
from automl_assist.profile._numbers import BOTH, SEPARATOR_NAMES, STYLE_SAMPLE, NumberStyle, find_style, read_numbers
from automl_assist.profile.privacy import quote
from automl_assist.sources import EXACT_INTEGERS

NUMBER_SHARE = 0.9  # of the cells that hold something: three words in a hundred numbers are mistakes, half a column is not
STATE_SHARE, STATE_WORDS, STATE_NUMBERS = 0.5, 2, 10  # numbers with a word for a state among them: share, words, different numbers
FEWEST_NUMBERS = 3  # distinct ones, to call other cells unreadable
NUMBER_SAMPLE = 300  # distinct values looked at before all are read
PROBED, PROBED_TOP = 1000, 200  # distinct values, by their hashes and by their counts, that are read before thousands are
DIGIT = re.compile(r"\d")
POWER = re.compile(r"(?P<digits>\d+)[eE]\d+", re.ASCII)
FEW_LEVELS = 6  # whole or stepped numbers of so few values are mostly codes (types, ratings, switches)
FEW_LEVELS_ROWS = 100  # and only where there are rows enough to say so
FEW_WHOLE_ROWS, ROWS_A_LEVEL = 40, 8  # of whole numbers fewer do, with so many for each of them
CODE_LEVELS = 60  # of a column that its own name calls a code
ID_SHARE = 0.95  # different values, of a column called an id
FEWEST_IDS = 10
FEWEST_MARKS, MARKED_SHARE = 10, 0.05  # rows with the only value of a column, and rows without, that make it a mark

NO_DATE = re.compile(  # how MySQL, .NET and others write none
    r"(0000[-/.]00?[-/.]00?|00?[-/.]00?[-/.]0000)([ T]0{1,2}:00(:00(\.0+)?)?)?|\\?/Date\(-62135596800000([+-]0000)?\)\\?/"
)
FAR_YEAR = re.compile(r"(?<!\d)([3-9]\d{3}|0\d{3})(?!\d)")
LONGEST_DATE, MOST_FAR = 32, 3  # characters; different values that stand for "no end" or "no begin"
LEAST_IN_RANGE = 0.3  # of the cells hold dates of our times, for a column to be one of dates

YES_AND_NO = """true/false yes/no y/n t/f on/off ja/nein ja/nej ja/nee oui/non vrai/faux sí/no si/no sì/no wahr/falsch verdadero/falso
vero/falso verdadeiro/falso sim/não sim/nao да/нет так/ні tak/nie ano/ne evet/hay\u0131r evet/hayir はい/いいえ 是/否 예/아니오 예/아니요
doğru/yanl\u0131ş doğru/yanliş var/yok waar/onwaar sand/falsk sant/falskt sann/usann tosi/epätosi
prawda/fałsz pravda/nepravda igaz/hamis истина/ложь adevărat/fals da/ne áno/nie taip/ne jā/nē jah/ei ja/nei igen/nem
kyllä/ei \u03bd\u03b1\u03b9/\u03cc\u03c7\u03b9 نعم/لا כן/לא हाँ/नहीं da/nu có/không j/n ✓/✗ ✔/✘ ☑/☐"""
BOOLEANS = tuple((yes, no) for yes, _, no in (pair.partition("/") for pair in YES_AND_NO.split()))
MOST_WORDS = 12  # different cells of a column of yes and no, with those that mean nothing
# Cells that mean "nothing here" where the rest of the column says so.
MISSING_WORDS = """? - -- --- . .. ... * / \\n n/a na n.a. n.a nan -nan +nan nil null none (null) <na> #n/a #na #value! #div/0! #ref! #num!
#name? #null! #error! #spill! #calc! #field! #unknown! #getting_data loading... #nv #wert! #bezug! #zahl! #valeur! #nom? #nombre! #n/d
#¡valor! #¡ref! #¡num! #¡div/0! #¿nombre? #valore! #rif! #waarde! #verw! #getal! #naam?
nd n.d. <lod <loq <mdl lod bdl bql blq b.d.l. bld n.n. k.a. s/d \u043d/\u0434 undefined unknown unk missing unspecified tbd
nodata (blank) (none) [null] : :c :z"""
STATA = [f".{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"]
MISSING_PHRASES = """not available,not applicable,not detected,not measured,not recorded,not reported,not known,no data,no answer
k. a.,: c,: z,keine angabe,sin dato,sin datos,brak danych,нет данных,veri yok,< lod,< loq"""
MISSING = frozenset([*MISSING_WORDS.split(), *STATA, *re.split("[,\n]", MISSING_PHRASES)])
CERTAINLY_MISSING = frozenset(
    ["null", "nan", "-nan", "<na>", "(null)", "\\n", "[null]", "nat", *(w for w in MISSING_WORDS.split() if w[0] == "#" and w != "#na")]
)
ID_NAME = re.compile(
    r"(^|[_\W])(id|ids|uuid|guid|idx|index|key|no|nr|serial|barcode|isbn|ean|gtin|upc|imei|mrn|ssn|vin|sku|asin|badge|hash|rownames?|row_?num|row_?number)([_\W]|$)|(?-i:[a-z](Id|ID|Key|UUID|Nr|No)$)|^unnamed"
    r"|(^|[_\W])(case|resp|respondent|user|cust|customer|client|member|subj|subject|patient|pers|person|student|pupil|emp|employee|order|item|"
    r"row|rec|record|sample|trans|transaction|invoice|household|hh)(id|no|nr|num|number)$",
    re.IGNORECASE,
)
MEASURED_NAME = re.compile(
    r"(^|[_\W])(years?|yr|ages?|time|t|date|days?|weeks?|months?|quarter|period|hours?|minutes?|seconds?|steps?|rank|ranking|score|distance|depth|"
    r"dose)([_\W\d]|$)",
    re.IGNORECASE,
)
FIRST_NUMBERS = (0, 1)  # that rows are counted from
CODE_NAME = re.compile(
    r"(^|[_\W])(code|codes|zip|zipcode|postcode|postal|plz|type|class|category|cat|cluster|segment|dept|department|fips)([_\W\d]|$)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Understood:
    """The kind of a column and everything needed to read the next file alike."""

    kind: str
    evidence: str
    missing_tokens: tuple[str, ...] = ()
    style: NumberStyle = field(default_factory=NumberStyle)
    dates: DateForm | None = None
    true_token: str | None = None
    false_token: str | None = None
    unread: int = 0  # cells that could not be read as the kind
    infinite: int = 0
    numbers: np.ndarray | None = None  # of each distinct value, where they are numbers
    times: np.ndarray | None = None  # of each distinct value, where all are dates


def understand(
    name: str, cells: Cells, *, decimal: str = ".", dayfirst: bool | None = None, kind: str | None = None, is_target: bool = False,
    before: Understood | None = None,
) -> Understood:  # fmt: skip
    """Decide the kind of one column.

    Parameters
    ----------
    name : str
        Names decide nothing alone; they tip the scale between an identifier, a code and a quantity.
    decimal : str
        The decimal mark of the file.
    dayfirst : bool, optional
        What the user says about 03/04/2021.
    kind : str, optional
        The kind the user gave: then only how it is read is decided.
    is_target : bool
        A target keeps its numbers as numbers; whether they are classes is for the task to say.
    before : Understood, optional
        What was understood of a sample of these cells: what has been read then is not read again.
    """
    found = _understand(name, cells, decimal, dayfirst, kind, is_target, before)
    return _as_mark(found, cells) if found.kind == "constant" and not kind and not is_target else found


def _understand(
    name: str, cells: Cells, decimal: str, dayfirst: bool | None, kind: str | None, is_target: bool, before: Understood | None
) -> Understood:
    if not len(cells.values):
        return Understood(kind or "empty", "it holds no value in any row" if kind is None else f"you said it is {kind}; it holds no value")
    if not cells.is_text:
        return _typed(name, cells, kind, is_target)
    attempts: tuple[Callable[[], Understood | None], ...] = (
        lambda: _boolean(cells),
        lambda: _number(name, cells, decimal, kind, is_target, before),
        lambda: _date(cells, dayfirst, kind, before),
    )
    if kind:
        wanted = {"boolean": attempts[:1], "number": attempts[1:2], "integer": attempts[1:2], "datetime": attempts[2:]}.get(kind, ())
        found = next((u for attempt in wanted if (u := attempt())), None)
        return _as_given(cells, kind, found, decimal)
    if (given := next((u for attempt in attempts if (u := attempt())), None)) is not None:
        return given
    tokens = _tokens(cells, CERTAINLY_MISSING)
    rest = _without(cells, tokens)
    if len(rest.values) <= 1:
        return Understood("constant" if len(rest.values) else "empty", _constant_evidence(rest), tokens)
    words, evidence = strings.kind_of_text(rest, ID_NAME.search(name) is not None)
    return Understood(words, evidence + _token_note(tokens), tokens)


def _as_mark(found: Understood, cells: Cells) -> Understood:
    """Return a column of one value as a category where other rows are empty: a box that is ticked or not, as surveys write them."""
    filled = int(cells.counts[~among(cells.values, found.missing_tokens)].sum())
    fewer = min(filled, cells.total - filled)
    if fewer < max(FEWEST_MARKS, MARKED_SHARE * cells.total):
        return found
    said = f"one value in {filled:,} of {cells.total:,} rows and nothing in the others: whether it is there is what it says"
    return replace(found, kind="category", evidence=said)


def _without(cells: Cells, tokens: tuple[str, ...]) -> Cells:
    """Return distinct values and counts without missing tokens; the codes are left as they are."""
    if not tokens:
        return cells
    return cells.keeping(~among(cells.values, tokens))


def _constant_evidence(cells: Cells) -> str:
    if not len(cells.values):
        return "it holds nothing but marks for a missing value"
    value = quote(map(str, cells.values))
    return f"all {cells.filled:,} filled rows hold the same value" + (f", {value}" if value and cells.filled >= 10 else "")


def _tokens(cells: Cells, known: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(v for v in cells.values.tolist() if len(v) <= 14 and v.lower() in known))


def _token_note(tokens: tuple[str, ...]) -> str:
    return f"; {', '.join(map(repr, tokens[:5]))} read as missing" if tokens else ""


def _boolean(cells: Cells) -> Understood | None:
    """Two words that mean yes and no, in any letters; marks for missing beside them."""
    if len(cells.values) > MOST_WORDS:
        return None
    tokens = _tokens(cells, MISSING)
    rest = _without(cells, tokens)
    words = {v.lower() for v in rest.values}
    for yes, no in BOOLEANS:
        if words == {yes, no}:
            said = f"all {rest.filled:,} filled cells are {yes!r} or {no!r}" + _token_note(tokens)
            return Understood("boolean", said, tokens, true_token=yes, false_token=no)
    return None


def _read_as_numbers(cells: Cells, decimal: str, before: Understood | None, name: str) -> tuple[np.ndarray, NumberStyle]:
    """Return the number that each distinct value is, NaN where it is none, and how they are written."""
    values, known = cells.values, None if before is None else before.numbers
    if before is not None and known is not None and STYLE_SAMPLE < len(known) <= len(values):  # the same values, and a few more behind
        return np.concatenate([known, read_numbers(values[len(known) :], before.style)]), before.style
    style = NumberStyle()
    numbers = read_numbers(values, style)
    strange = np.isnan(numbers)
    if decimal == "," or strange.any():
        tried = np.array([v.lower() not in MISSING for v in values.tolist()]) if strange.any() else np.ones(len(values), dtype=bool)
        if decimal == "," or (strange & tried).any():
            style = find_style(values[tried], cells.counts[tried], decimal, name)
            numbers = numbers if style.plain else read_numbers(values, style)
    return numbers, style


def _number(name: str, cells: Cells, decimal: str, kind: str | None, is_target: bool, before: Understood | None) -> Understood | None:
    values, counts = cells.values, cells.counts
    if not kind and (not _worth_reading(values, decimal) or _without_numbers(cells, decimal, name)):
        return None
    numbers, style = _read_as_numbers(cells, decimal, before, name)
    strange = np.isnan(numbers)
    tokens = tuple(sorted(v for v in values[strange] if v.lower() in MISSING)) if strange.any() else ()
    token_rows = int(counts[among(values, tokens)].sum())
    readable, unread = int(counts[~strange].sum()), int(counts[strange].sum()) - token_rows
    share = readable / max(1, readable + unread)
    if (share < NUMBER_SHARE or not readable) and not kind and not _words_among(strange, values, numbers, share):
        return None
    if unread and (~strange).sum() < FEWEST_NUMBERS and not kind:
        return None
    finite = np.isfinite(numbers)
    infinite = int(counts[np.isinf(numbers)].sum())
    bare, plain = values[finite], style.digits_alone
    if style.notation == "guarded":  # the more so where zeros are kept
        bare = np.array([remarks.without_remark(v, style.notation) for v in bare], dtype=object)
        plain = replace(style, notation=None).digits_alone
    coded = not kind and plain and _is_code(bare, counts[finite], numbers[finite])
    if coded and not (numbers_as_dates(name, numbers[finite]) or "").startswith("epoch"):
        return None
    note = _number_note(values[strange & ~among(values, tokens)], readable, unread, infinite, tokens, style)
    decided, why = _number_kind(name, cells, numbers, is_target, style) if not kind else ("number", "")
    return Understood(
        decided,
        why + note,
        tokens,
        style,
        _dates_of(decided, name, numbers),
        _switch(decided, values, numbers, 1.0),
        _switch(decided, values, numbers, 0.0),
        unread,
        infinite,
        numbers,
    )


def _words_among(strange: np.ndarray, values: np.ndarray, numbers: np.ndarray, share: float) -> bool:
    """Whether the column holds numbers and one or two words that stand for a state, such as "Calm" among speeds of wind."""
    words = sum(v.lower() not in MISSING for v in values[strange])
    return share >= STATE_SHARE and words <= STATE_WORDS and len(np.unique(numbers[~strange])) >= STATE_NUMBERS


def _switch(kind: str, values: np.ndarray, numbers: np.ndarray, value: float) -> str | None:
    return min((str(v) for v, n in zip(values, numbers, strict=True) if n == value), default=None) if kind == "boolean" else None


def _dates_of(kind: str, name: str, numbers: np.ndarray) -> DateForm | None:
    return DateForm(numbers_as_dates(name, numbers[np.isfinite(numbers)]) or "epoch_s") if kind == "datetime" else None


def _worth_reading(values: np.ndarray, decimal: str) -> bool:
    """Whether a sample of the values holds enough digits to try the whole column."""
    if len(values) <= NUMBER_SAMPLE:
        return any(any(map(str.isdigit, v[:40])) for v in values) or any(v.lower() in ("inf", "-inf") for v in values)
    sample = values[:: max(1, len(values) // NUMBER_SAMPLE)]
    with_digits = sum(DIGIT.search(v, 0, 40) is not None or (not v.isascii() and any(map(str.isdigit, v[:40]))) for v in sample.tolist())
    return with_digits > 0.5 * len(sample)


def _without_numbers(cells: Cells, decimal: str, name: str) -> bool:
    """Whether of many values none of a fair choice is a number, nor any of the most frequent ones: then the others need not be read."""
    if len(cells.values) <= 2 * (PROBED + PROBED_TOP):
        return False
    some = np.union1d(np.arange(PROBED), np.argpartition(-cells.counts, PROBED_TOP)[:PROBED_TOP])
    few = Cells(cells.values[some], cells.codes, cells.counts[some])
    return bool(np.isnan(_read_as_numbers(few, decimal, None, name)[0]).all())


def _is_code(values: np.ndarray, counts: np.ndarray, numbers: np.ndarray) -> bool:
    """Whether digits are names: leading zeros, longer than a number can be, or around an E as in no number."""
    powers = [found for found in map(POWER.fullmatch, values[:NUMBER_SAMPLE].tolist()) if found]
    if powers and len(powers) == len(values[:NUMBER_SAMPLE]) and sum(len(found["digits"]) > 1 for found in powers) > 0.5 * len(powers):
        return True  # programs and people write one digit before a power of ten, and most of them a sign or a point
    places = np.flatnonzero(numbers == np.floor(numbers))  # where all characters may be digits
    zeros = [i for i, v in zip(places.tolist(), values[places].tolist(), strict=True) if v[0] == "0" and len(v) > 1 and v.isdigit()]
    if zeros:
        rest = counts[zeros].sum()
        same_length = len({len(v) for v in values}) == 1
        if same_length or rest > 0.02 * counts.sum():
            return True
    return (
        bool(len(numbers))
        and float(np.abs(numbers).max()) >= EXACT_INTEGERS
        and all(v.lstrip("+-").isdigit() for v in values[:NUMBER_SAMPLE])
    )


def _number_kind(name: str, cells: Cells, numbers: np.ndarray, is_target: bool, style: NumberStyle) -> tuple[str, str]:
    """Return the kind of a column of numbers, and why where it is not obvious."""
    finite = np.isfinite(numbers)
    found, counts = numbers[finite], cells.counts[finite]
    distinct, filled = _different(cells, found), int(counts.sum())
    whole = bool((found == np.floor(found)).all())
    if distinct <= 1:
        return "constant" if distinct else "empty", ""
    if style.affix is None and style.notation is None:
        form = numbers_as_dates(name, found)
        if form == EXCEL:
            return "datetime", "its name and its numbers are those of days as spreadsheets count them; "
        if whole and (reason := _identifies(name, cells, found, distinct, filled)):
            return "identifier", reason
        if form:
            return "datetime", "its whole numbers are dates; "
        different = distinct >= ID_SHARE * filled
        if whole and style.plain and (reason := code_reason(found, all_different=different)):
            return "identifier" if different else "category", reason
    if not is_target and style.plain:
        if len(found) and bool(((found == 0.0) | (found == 1.0)).all()) and found.min() < found.max():
            return "boolean", "every value is 0 or 1; "
        if coded := _coded(name, found, counts, distinct, whole, filled):
            return "category", coded
    return ("integer" if whole else "number"), ""


def _different(cells: Cells, numbers: np.ndarray) -> int:
    """Return how many different numbers there are: of a sample's, those that were seen and those that must stand beside them."""
    seen = len(np.unique(numbers))
    return seen + max(0, cells.distinct - len(cells.values))


def _identifies(name: str, cells: Cells, found: np.ndarray, distinct: int, filled: int) -> str:
    if distinct < FEWEST_IDS or distinct < ID_SHARE * filled or found.min() < 0:
        return ""
    named = ID_NAME.search(name)
    # years, ages and ranks stand in many a table once each and without gaps as well: they say something
    counted = found.min() in FIRST_NUMBERS and not MEASURED_NAME.search(name)
    if (named or counted) and distinct == filled == cells.total and found.max() - found.min() + 1 == distinct:
        return f"its {distinct:,} whole numbers are all different and without gaps, as numbers of rows are; "
    return f"{distinct:,} of its {filled:,} values are different, and its name says that they are numbers of something; " if named else ""


def _coded(name: str, found: np.ndarray, counts: np.ndarray, distinct: int, whole: bool, filled: int) -> str:
    """Return why a column of numbers is one of codes, or an empty string."""
    if whole and distinct <= CODE_LEVELS and CODE_NAME.search(name):
        return f"{distinct} different whole numbers, and its name says that they are codes; "
    least = max(FEW_WHOLE_ROWS, ROWS_A_LEVEL * distinct) if whole else FEW_LEVELS_ROWS
    if distinct > FEW_LEVELS or filled < least:
        return ""
    return f"only {distinct} different numbers in {filled:,} rows, so each is taken for a level; "


def _number_note(odd: np.ndarray, readable: int, unread: int, infinite: int, tokens: tuple[str, ...], style: NumberStyle) -> str:
    """Return the evidence for numbers: how many cells read so, what the others hold, and how they are written."""
    parts = [f"{readable:,} of {readable + unread:,} filled cells read as numbers"]
    if unread:
        shown = quote(sorted(odd))
        parts.append(f"{unread:,} do{'es' if unread == 1 else ''} not{': ' + shown if shown else ''}")
    if infinite:
        parts.append(f"{infinite:,} are infinite and count as missing")
    if tokens:
        parts.append(f"{', '.join(map(repr, tokens[:5]))} read as missing")
    if style.thousands:
        parts.append(f"the {SEPARATOR_NAMES[style.thousands]} is a thousands separator")
    if style.decimal == ",":
        parts.append("the comma is the decimal mark")
    if style.decimal == BOTH:
        parts.append("comma and point are both used as decimal marks: the last one of a cell was taken for it")
    if style.affix:
        parts.append(f"{style.affix!r} was taken off")
    if style.scaled:
        parts.append("signs behind them were taken for what they say: k for thousands, M for millions, % for hundredths and the like")
    if style.notation:
        parts.append(notations.described(style.notation))
    if style.ledger:
        parts.append("numbers in parentheses, before their sign or before DR are below zero")
    return "; ".join(parts)


def _date(cells: Cells, dayfirst: bool | None, kind: str | None, before: Understood | None) -> Understood | None:
    if not kind and not may_be_dates(cells.values):
        return None
    none = sorted(v for v in cells.values.tolist() if "0000" in v and len(v) <= LONGEST_DATE and NO_DATE.fullmatch(v))
    tokens = (*_tokens(cells, MISSING), *none)
    rest = _without(cells, tokens)
    if not len(rest.values):
        return None
    form = find_form(rest.values, dayfirst)
    if form is None:
        return None
    known = before.times if before is not None and before.dates == form and before.times is not None else ()
    known = known if not tokens and len(known) <= len(rest.values) else ()  # the same values, and a few more behind
    parsed = read_dates(rest.values[len(known) :], form.format)
    parsed = np.concatenate([known, parsed]) if len(known) else parsed
    if far := _far_dates(rest.values[np.isnat(parsed)], form.format):  # 9999-12-31 for "no end"
        tokens, parsed, rest = (*tokens, *far), parsed[~among(rest.values, far)], _without(rest, far)
    unread = int(rest.counts[np.isnat(parsed)].sum())
    if not len(rest.values) or unread > 0.1 * rest.filled or rest.filled < LEAST_IN_RANGE * cells.filled:
        return None
    forms = [CENTURY.sub("", one) for one in form.format.split("|")]
    parts = [f"{rest.filled - unread:,} of {rest.filled:,} filled cells read as dates written {' or '.join(forms[:3])}"]
    if since := CENTURY.search(form.format):
        parts.append(f"years of two digits are those from {since[1]} on")
    if form.undecided:
        parts.append("day and month cannot be told apart by the values; --dayfirst says that the day stands first")
    if unread:
        parts.append(f"{unread:,} cannot be read or lie outside the years {YEARS[0]} to {YEARS[1]} and count as missing")
    times = None if tokens else parsed
    return Understood("datetime", "; ".join(parts) + _token_note(tokens), tokens, dates=form, unread=unread, times=times)


def _far_dates(values: np.ndarray, forms: str) -> tuple[str, ...]:
    """Return the few values that are dates of years which no clock of ours can hold, such as 9999."""
    far = sorted(v for v in values if any(fits_form(v, form) for form in forms.split("|")) and FAR_YEAR.search(v))
    return tuple(far) if len(far) <= MOST_FAR else ()


def _typed(name: str, cells: Cells, kind: str | None, is_target: bool) -> Understood:
    """Decide a column whose file says that it holds numbers or times."""
    if cells.values.dtype.kind == "M":
        if len(cells.values) == 1 and not kind:
            return Understood("constant", _constant_evidence(cells))
        return Understood(kind or "datetime", f"the file says that its {cells.filled:,} filled cells are times", dates=DateForm("ISO8601"))
    infinite = int(cells.counts[np.isinf(cells.values)].sum())
    note = f"the file says that its {cells.filled:,} filled cells are numbers" + (
        f"; {infinite:,} are infinite and count as missing" if infinite else ""
    )
    decided, why = _number_kind(name, cells, cells.values, is_target, NumberStyle())
    if decided == "datetime" and kind in (None, "datetime"):
        return Understood("datetime", why + note, dates=_dates_of("datetime", name, cells.values))
    return Understood(kind or decided, (f"you said it is {kind}; " if kind else why) + note, infinite=infinite, numbers=cells.values,
                      true_token="1" if decided == "boolean" else None, false_token="0" if decided == "boolean" else None)  # fmt: skip


def _as_given(cells: Cells, kind: str, found: Understood | None, decimal: str) -> Understood:
    """Return the kind that the user gave, with how its cells are read."""
    if found is None and kind == "boolean":
        numbers = read_numbers(cells.values, NumberStyle())
        if set(numbers) == {0.0, 1.0}:
            true, false = (_switch("boolean", cells.values, numbers, n) for n in (1.0, 0.0))
            return Understood(kind, "you said it is boolean", true_token=true, false_token=false)
        ordered = [v for _, v in sorted(zip(-cells.counts, cells.values, strict=True))]
        return Understood(kind, "you said it is boolean", true_token=ordered[1] if len(ordered) > 1 else None, false_token=ordered[0])
    if found is None:
        dates = DateForm("ISO8601") if kind == "datetime" else None
        unread = cells.filled if kind == "datetime" else 0
        return Understood(kind, f"you said it is {kind}", dates=dates, style=NumberStyle(decimal), unread=unread)
    values = dict(vars(found))
    values.update(kind=kind, evidence=f"you said it is {kind}; {found.evidence}")
    return Understood(**values)
