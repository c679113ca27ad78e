"""Text that reads as numbers: thousands separators, decimal comma, currency and units, and how many cells are readable."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import pandas as pd

from automl_assist.profile import _notations as notations, _remarks as remarks

STYLE_SAMPLE = 5000  # distinct values looked at to find the style; all of them are then read with it
AFFIX_SHARE = 0.9  # of the cells with something before or after the number, this share must have the same

SPACES = " \u00a0\u2009\u202f"
# Codes of ISO 4217 that are no other word, and what people write for them; any letters before a dollar are a country
CODES = """AED AFN AMD ARS AUD AZN BAM BDT BGN BHD BOB BRL BWP BYN CAD CHF CLP CNY COP CRC CZK DKK DOP DZD EGP ETB EUR GBP GEL GHS GTQ HKD
HNL HRK HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KRW KWD KZT LBP LKR MAD MDL MKD MMK MNT MUR MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PEN
PHP PKR PLN PYG QAR RON RSD RUB SAR SEK SGD THB TND TRY TTD TWD TZS UAH UGX USD UYU UZS VND XAF XOF ZAR ZMW"""
CURRENCY = re.compile(
    rf"[A-Z]{{0,2}}\$|[€£¥₹₽₩₺₪₫฿₴₦₱₲₡₸₼₾]|{'|'.join(CODES.split())}|Rs\.?|kr\.?|Kr\.?|zł|Rp\.?|RM|S?Fr\.|Kč|Ft|TL|грн|\u0440\u0443\u0431\.?"
)
# Right behind letters 1,234.50, with a blank between also 1.234 and 12.50, are amounts of money: codes are not written so
GROUPED = re.compile(r"\d{1,3}(?:[,'\u2019]\d{3})+(?:\.\d\d)?")
AMOUNT = re.compile(r"\d{1,3}(?:[.,'\u2019]\d{3})+(?:[.,]\d\d)?|\d{1,3}(?:[ \u00a0\u202f]?\d{3})*[.,]\d\d")
ADDRESS = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}", re.ASCII)  # of a computer
FILES = {"png", "jpg", "jpeg", "gif", "bmp", "webp", "tif", "tiff", "pgm", "ppm", "csv", "txt", "pdf", "wav"}  # 12.png is a name
NOT_A_UNIT = {"am", "pm", "st", "nd", "rd", "th", "e", "a", "b", "c", "d", "f", "x", "xx", "xxx", "ad", "bc"} | FILES
AFFIXED = re.compile(
    r"[+-]?\s*(?P<before>[^\W\d_]{1,3}\.?\$?|[^\w\s.,+'\"()/:;|-]{1,2})?\s*"
    r"(?P<number>[+-]?\d(?:[\d.,'\u2019 \u00a0\u2009\u202f]*[\d.,'\u2019])?|[+-]?\.\d+)"  # no blank behind it: a text may have thousands
    r"([eE][+-]?\d+)?\s*(?P<after>%|°?[^\W\d_]{1,12}\.?(/\d{0,4}[^\W\d_]{1,5})?[²³]?|[^\w\s.,+'\"()/:;|-]{1,2}|[\"\u2033])?"
)
CENTS_BEFORE_SIGN = re.compile(r"[.,]\d\d\s?-$")  # no code ends so
BOTH = ".,"  # instead of one decimal mark
# (1,234.50), with a currency or unit inside or outside, or 1,234.50-: below zero, as in ledgers
ACCOUNTING = re.compile(
    r"(?P<before>[^\s\d()+-]{1,4}\s?)?\(\s*(?P<inner>[^\s()+-][^()]*?)\s*\)(?P<after>\s?[^\s\d()+-]{1,4})?"
    r"|(?P<plain>[^\s()+-][^()]*?)\s*-"
)
# 1,234.50 DR, as banks write what is owed to them, and 1.234,50 S beside 12,00 H as German ones do
SIDES = re.compile(r"(?P<number>.*\d)\s?(?:(?P<owed>DR|Dr|dr|(?<=[.,]\d\d )S)|CR|Cr|cr|(?<=[.,]\d\d )H)\.?")
SIDES_SHARE = 0.9
# (decimal mark, thousands separator) and what a number then looks like
STYLES: dict[tuple[str, str | None], re.Pattern[str]] = {
    (".", None): re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII),
    (".", ","): re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d{1,2}(,\d{2})+,\d{3}|\d+)(\.\d*)?", re.ASCII),  # lakhs and crores, too
    (",", None): re.compile(r"[+-]?\d*,?\d+([eE][+-]?\d+)?", re.ASCII),
    (",", "."): re.compile(r"[+-]?(\d{1,3}(\.\d{3})+|\d+)(,\d*)?", re.ASCII),
    (".", " "): re.compile(r"[+-]?(\d{1,3}([ \u00a0\u2009\u202f]\d{3})+|\d+)(\.\d*)?", re.ASCII),
    (",", " "): re.compile(r"[+-]?(\d{1,3}([ \u00a0\u2009\u202f]\d{3})+|\d+)(,\d*)?", re.ASCII),
    # both marks are used for both: the last one of a cell is then its decimal mark, and 1.234 alone is not read
    (BOTH, None): re.compile(
        r"[+-]?(\d{1,3}(,\d{3})+\.\d+|\d{1,3}(\.\d{3})+,\d+|\d{1,3}(,\d{3}){2,}|\d{1,3}(\.\d{3}){2,}|\d+([.,](\d{1,2}|\d{4,}))?)", re.ASCII
    ),
    (".", "'"): re.compile(r"[+-]?(\d{1,3}(['\u2019]\d{3})+|\d+)(\.\d*)?", re.ASCII),
}
LASTING = re.compile(
    r"duration|elapsed|runtime|dauer|laufzeit|fahrzeit|(^|[_\W])(took|durée|duree|duración|lap|laptime|pace|split)([_\W]|$)", re.IGNORECASE
)
SHORTEST_WORD = 3  # letters of a unit with a plural: "ms" are no several "m"
FEWEST_TOGETHER = 100  # texts that are tried as one
# Letters behind a number that stand for a power of ten; "m" is a metre where nothing else says millions
MAGNITUDES = {
    mark: power
    for power, marks in (
        (3, "k th thousand"),
        (5, "lakh lakhs lac lacs"),
        (6, "m mn mm mln mio million"),
        (7, "cr crore crores"),
        (9, "bn b mrd billion"),
        (12, "t tn trillion"),
    )
    for mark in marks.split()
} | {"%": -2}
SURELY = {"k", "K", "M", "mn", "mln", "bn"}  # that need no other one beside them, only numbers without one
MAGNITUDE = re.compile(r"(?P<number>.*\d[.,]?)\s?(?P<mark>[^\W\d_]{1,8}|%)\.?")
MARKED_DECIMAL = re.compile(r".*\d[.,]\d{1,2}\s?[^\W\d_]")
BARE = re.compile(r"[+-]?\d*[.,]?\d+", re.ASCII)
USUAL = {3, 5, 6, 7}  # powers one of which stands beside others: 5B beside 3T may be seats
SCALED_SHARE = 0.02  # of the cells have such a letter, and as many another one, or none
FRACTION = re.compile(r"(?P<sign>[+-]?)(?P<whole>\d*)(?:\s?(?P<one>[¼½¾⅐-⅞])|(?<=\d)\s(?P<over>\d{1,2})/(?P<under>\d{1,2}))")
ARABIC = {"\u066b": ".", "\u066c": ","}  # the decimal mark and the thousands separator
SURE = 0.98  # of the cells: what one decimal mark reads so far needs no second one
# Ways to write one currency, the usual one first
CURRENCIES = (
    ("€", "EUR", "Euro", "euro", "Euros", "euros"), ("$", "US$", "USD"), ("£", "GBP"), ("¥", "JPY"), ("₹", "INR", "Rs.", "Rs"),
    ("₽", "RUB"), ("zł", "PLN"), ("Fr.", "CHF", "SFr."), ("kr", "kr.", "Kr", "Kr."), ("Rp", "IDR", "Rp."), ("RM", "MYR"), ("R$", "BRL"),
    ("Kč", "CZK"), ("Ft", "HUF"), ("TL", "TRY", "₺"),
)  # fmt: skip
# currencies of countries where a point stands between thousands
WITH_POINTS = re.compile(
    r"€|[Ee]uros?|EUR|TL|TRY|\u20ba|kr\.?|Kr\.?|DKK|NOK|SEK|ISK|Rp\.?|IDR|R\$|BRL|z\u0142|PLN|K\u010d|CZK|Ft|HUF|COP|CLP|ARS|PYG|CRC|VND|\u20ab|RON|RSD"
)
FEWEST_POINTED = 3
ALSO = {way: tuple(sorted(ways, key=len, reverse=True)) for ways in CURRENCIES for way in ways}
ZERO = re.compile(r"(?P<unit>[^\s\d.,+'()-]{1,4})\s*-|-\s*(?P<behind>[^\s\d.,+'()-]{1,4})")  # "$ -", as spreadsheets show zero
STARTS, ENDS = frozenset("+-\u2212.,0123456789"), frozenset("0123456789.,")  # of every number in one of these styles
SEPARATOR_NAMES = {",": "comma", ".": "point", " ": "blank", "'": "apostrophe"}


@dataclass(frozen=True)
class NumberStyle:
    """How the numbers of one column are written."""

    decimal: str = "."
    thousands: str | None = None
    affix: str | None = None
    ledger: bool = False  # numbers below zero stand in parentheses or before their sign
    scaled: bool = False  # 1.2k is 1200
    notation: str | None = None  # of cells that are one number, though not written as one

    @property
    def plain(self) -> bool:
        """Whether a number is what every program calls one."""
        return self == NumberStyle()

    @property
    def digits_alone(self) -> bool:
        """Whether whole numbers are nothing but digits, whatever the decimal mark."""
        return replace(self, decimal=".").plain

    @property
    def points_are_groups(self) -> bool:
        """Whether 1.234 is a thousand and more."""
        return self.thousands == "."


def read_numbers(values: np.ndarray, style: NumberStyle) -> np.ndarray:
    """Return float64 of shape (d,): NaN where a text is no number in this style, infinite where it says so."""
    if not len(values):
        return np.empty(0)
    if style.points_are_groups or notations.is_whole(style.notation):
        numbers = np.full(len(values), math.nan)
    else:
        numbers = np.array(pd.to_numeric(values, errors="coerce"), dtype=float)
        if style.plain and not np.isnan(numbers).any():
            return numbers
    left = np.flatnonzero(np.isnan(numbers))
    texts = values[left].tolist()
    if (together := _read_together(texts, style)) is not None:
        numbers[left] = together
    elif style.affix or style.ledger or style.scaled or style.notation:
        numbers[left] = [_read(text, style) for text in texts]
    else:  # most texts are told by their ends
        numbers[left] = [
            _read(text, style) if (text[:1] in STARTS and text[-1:] in ENDS) or not text.isascii() else math.nan for text in texts
        ]
    return numbers


def _read_together(texts: list[str], style: NumberStyle) -> list[float] | None:
    """Return the numbers of texts that are numbers in this style, all of them, or None: at once they take a third of the time."""
    if style.ledger or style.scaled or style.notation or style.decimal == BOTH or len(texts) < FEWEST_TOGETHER:
        return None
    plain = [strip_affix(text, style.affix) for text in texts] if style.affix else texts
    joined = "\n".join(plain)
    if not joined.isascii() or joined.count("\n") != len(plain) - 1:
        return None
    one = STYLES[style.decimal, style.thousands].pattern
    if sum(1 for _ in re.finditer(rf"^(?:{one})$", joined, re.ASCII | re.MULTILINE)) != len(plain):
        return None
    for mark in written(style.thousands) if style.thousands else "":
        joined = joined.replace(mark, "")
    return list(map(float, (joined.replace(",", ".") if style.decimal == "," else joined).split("\n")))


def _read(text: str, style: NumberStyle) -> float:
    if style.notation:
        if notations.is_whole(style.notation):
            return notations.read(text, style.notation)
        text = remarks.without_remark(text, style.notation)
    if style.ledger and not ZERO.fullmatch(text):
        text = signed(text)
    power = 0
    if style.scaled:
        text, power = without_magnitude(text)
    if style.affix:
        if _is_zero(text, style.affix):
            return 0.0
        text = strip_affix(text, style.affix)
    if not text.isascii():
        text = _plain_digits(text)
    if "\u2212" in text:
        text = text.replace("\u2212", "-")
    if not STYLES[style.decimal, style.thousands].fullmatch(text):
        return _with_fraction(text)
    if power and "e" not in text.lower():  # as one literal, so that 1.1M is 1100000 to the last digit
        text = _without_groups(text, style)
        return float(f"{text}e{power}")
    if style.decimal == BOTH:
        point = text.rfind(".") > text.rfind(",")
        if text.count("." if point else ",") > 1:
            return float(text.replace("." if point else ",", ""))
        return float(text.replace(",", "") if point else text.replace(".", "").replace(",", "."))
    return float(_without_groups(text, style))


def _with_fraction(text: str) -> float:
    """Return 5.5 of ``5 1/2`` or ``5½``; NaN of other texts."""
    found = FRACTION.fullmatch(text)
    if not found:
        return math.nan
    if found["one"]:
        part = unicodedata.numeric(found["one"])
    else:
        over, under = int(found["over"]), int(found["under"])
        if not 0 < over < under:
            return math.nan
        part = over / under
    number = int(found["whole"] or 0) + part
    return -number if found["sign"] == "-" else number


def _without_groups(text: str, style: NumberStyle) -> str:
    """Return a number with nothing between its thousands and the point before its decimals."""
    for mark in written(style.thousands) if style.thousands else "":
        text = text.replace(mark, "")
    return text.replace(",", ".") if style.decimal == "," else text


def without_magnitude(text: str) -> tuple[str, int]:
    """Return a number without the letters behind it that stand for a power of ten, and the power."""
    found = MAGNITUDE.fullmatch(text)
    power = MAGNITUDES.get(found["mark"].lower(), 0) if found else 0
    return (found["number"], power) if found and power else (text, 0)


def _is_scaled(texts: Sequence[str], weights: Sequence[int]) -> bool:
    """Whether letters behind some of the numbers are powers of ten: two of them, one that others lack, or one behind amounts of money."""
    marks: Counter[str] = Counter()
    for text, weight in zip(texts, weights, strict=True):
        found = MAGNITUDE.fullmatch(text)
        if found and found["mark"].lower() not in MAGNITUDES:
            return False  # a unit
        marks[found["mark"] if found else ""] += weight
    least = SCALED_SHARE * marks.total()
    if "%" in marks:
        return len(marks) == 2 and min(marks.values()) >= least and _are_shares(texts)
    powers = {MAGNITUDES[mark.lower()] for mark, n in marks.items() if mark and n >= least}
    if len(powers) > 1:
        return not powers.isdisjoint(USUAL)
    if powers and not marks[""] and all(CURRENCY.match(text.lstrip("+-")) for text in texts):
        return True  # $1.5M
    if not powers or marks[""] < least:
        return False
    scaled = [(found["mark"], text) for text in texts if (found := MAGNITUDE.fullmatch(text))]
    return any(mark in SURELY and MARKED_DECIMAL.match(text) for mark, text in scaled)  # 14K beside 18 is gold


def _are_shares(texts: Sequence[str]) -> bool:
    """Whether numbers beside percentages are shares of one, as 0.3 beside 30 %: none is above one, and most percentages are."""
    bare = [float(text.replace(",", ".")) for text in texts if BARE.fullmatch(text)]
    marked = [float(text.rstrip("% ").replace(",", ".")) for text in texts if BARE.fullmatch(text.rstrip("% ")) and text.endswith("%")]
    return bool(bare and marked) and max(map(abs, bare)) <= 1 and float(np.median(np.abs(marked))) > 1


def signed(text: str) -> str:
    """Return a number of a ledger with its sign in front."""
    if text[-1:] in "Rr.SH" and (side := SIDES.fullmatch(text)):
        return ("-" if side["owed"] else "") + side["number"]
    found = ACCOUNTING.fullmatch(text) if "(" in text or text.endswith("-") else None
    return "-" + (found["plain"] or f"{found['before'] or ''}{found['inner']}{found['after'] or ''}") if found else text


def _plain_digits(text: str) -> str:
    """Return a text with the digits of other scripts, and those of full width, as 0 to 9."""
    return "".join(str(unicodedata.digit(c)) if c.isdecimal() else ARABIC.get(c, c) for c in text)


@lru_cache(maxsize=256)
def ways_of(affix: str) -> tuple[str, ...]:
    """Return every way to write a currency or unit, the longest first; a word has its singular and its plural, as in English: 1 review."""
    if affix in ALSO or not affix.isalpha() or not affix.islower() or len(affix) < SHORTEST_WORD:
        return ALSO.get(affix, (affix,))
    if affix.endswith("ies"):
        return (affix, affix[:-3] + "y")
    return (affix, affix[:-1]) if affix.endswith("s") else (affix + "s", affix)


def strip_affix(text: str, affix: str) -> str:
    """Return the text without the currency sign or unit at either end, in any way to write it; a sign before it stays."""
    for way in ways_of(affix):
        if text.endswith(way):
            return text[: -len(way)].rstrip()
        sign = text[:1] if text[:1] in "+-\u2212" else ""
        rest = text[len(sign) :].lstrip()
        if rest.startswith(way):
            return sign + rest[len(way) :].lstrip()
    return text


def _is_zero(text: str, affix: str) -> bool:
    """Whether a cell holds a dash and a currency sign."""
    found = ZERO.fullmatch(text) if affix in ALSO else None
    return found is not None and (found["unit"] or found["behind"]) in ALSO[affix]


def find_style(values: np.ndarray, counts: np.ndarray, prior_decimal: str, name: str = "") -> NumberStyle:
    """Return the style that reads most of the values; on a tie the plain one, or the file's decimal mark.

    A column is taken for durations, angles and the like, or rid of bounds and uncertainties, where more of it is then a number; its
    `name` may say that 3:45 is no time of day.
    """
    if len(values) > STYLE_SAMPLE:
        values, counts = values[:STYLE_SAMPLE], counts[:STYLE_SAMPLE]  # by their hashes: a fair choice
    weights = counts.tolist()
    style, read = _style_of(list(values), weights, prior_decimal)
    if read == sum(weights):
        return style
    if notation := notations.find_whole(list(values), weights, LASTING.search(name) is not None):
        other = NumberStyle(notation=notation)
    elif notation := remarks.find_remark(list(values), weights):
        rest = [remarks.without_remark(text, notation) for text in values]
        other = replace(_style_of(rest, weights, prior_decimal)[0], notation=notation)
    else:
        return style
    return other if _weight_read(values, weights, other) > _weight_read(values, weights, style) else style


def _weight_read(values: np.ndarray, weights: Sequence[int], style: NumberStyle) -> int:
    return int(np.array(weights)[~np.isnan(read_numbers(values, style))].sum())


def _style_of(values: Sequence[str], weights: Sequence[int], prior_decimal: str) -> tuple[NumberStyle, int]:
    """Return the style for numbers that are written as such, and how many cells are at least read by it."""
    if all(map(ADDRESS.fullmatch, values)):
        return NumberStyle(), 0
    ledger = _is_ledger(values)
    plain = [signed(v) for v in values] if ledger else list(values)
    scaled = not ledger and _is_scaled(plain, weights)
    plain = [without_magnitude(text)[0] for text in plain] if scaled else plain
    affix = _common_affix(plain)
    texts = [strip_affix(v, affix) for v in plain] if affix else plain
    if not all(map(str.isascii, texts)):
        texts = [text if text.isascii() else _plain_digits(text) for text in texts]
    marks = set("".join(texts))  # a style with a mark that no text has reads no more than the one without
    if any(text.count(".") > 1 for text in texts):
        marks.add(",")  # 1.234.567 has points between its thousands, and so have 12.345 and 1.234 beside it
    order = sorted(_possible(marks, prior_decimal), key=lambda s: (s[0] == BOTH, s[0] != prior_decimal, s[1] is not None))
    readable = {s: sum(c for t, c in zip(texts, weights, strict=True) if STYLES[s].fullmatch(t)) for s in order}
    decimal, thousands = max(order, key=lambda s: readable[s])
    if decimal == BOTH:
        single = max(order[:-1], key=lambda s: readable[s])
        if readable[single] >= SURE * readable[BOTH, None]:
            decimal, thousands = single
    if (decimal, thousands) == (",", None) and prior_decimal != "," and _all_groups(texts):
        decimal, thousands = ".", ","
    if (decimal, thousands) == (".", None) and affix and WITH_POINTS.fullmatch(affix) and _all_thousands(texts):
        decimal, thousands = ",", "."
    return NumberStyle(decimal, thousands, affix, ledger, scaled), readable.get((decimal, thousands), 0)


def _possible(marks: set[str], prior_decimal: str) -> Iterator[tuple[str, str | None]]:
    """Yield the styles that may read more than another one can among texts of these characters."""
    for decimal, thousands in STYLES:
        if decimal == BOTH or ((decimal == prior_decimal or decimal in marks) and (thousands is None or marks & set(written(thousands)))):
            yield decimal, thousands


def written(thousands: str) -> str:
    """Return every character that stands for a thousands separator."""
    return SPACES if thousands == " " else "'\u2019" if thousands == "'" else thousands


def _is_ledger(values: Sequence[str]) -> bool:
    """Whether some numbers are written as those below zero are in ledgers; all of them in parentheses, not all before their sign."""
    sides = [side for side in (SIDES.fullmatch(v) for v in values if v[-1:] in "Rr.SH") if side]
    if len(sides) >= SIDES_SHARE * len(values):  # with one side alone it may as well be crores
        return 0 < sum(side["owed"] is not None for side in sides) < len(sides)
    ends = [v for v in values if ("(" in v or v.endswith("-")) and ACCOUNTING.fullmatch(v) and v[0] not in "+-" and not ZERO.fullmatch(v)]
    if ends and (all(map(remarks.YEAR_IN_BRACKETS.fullmatch, values)) or any(map(remarks.NO_CENTS.fullmatch, ends))):
        return False
    all_may_be = len(ends) < len(values) or all("(" in v or CENTS_BEFORE_SIGN.search(v) for v in ends)
    return bool(ends) and all_may_be and all(any(c.isdigit() for c in v) for v in ends)


def _all_groups(texts: list[str]) -> bool:
    """Whether every comma stands before exactly three digits: 1,234 is then a thousand and more."""
    return all(re.fullmatch(r"[+-]?[1-9]\d{0,2},\d{3}", t) for t in texts if "," in t)


def _all_thousands(texts: list[str]) -> bool:
    """Whether a point stands before three digits, mostly behind two or more: 30.123 EUR is a salary, and 1.789 EUR a litre of fuel."""
    pointed = [text for text in texts if "." in text]
    grouped = all(re.fullmatch(r"[+-]?[1-9]\d{0,2}\.\d{3}", text) for text in pointed)
    return grouped and len(pointed) >= FEWEST_POINTED and sum(text.index(".") > 1 for text in pointed) > 0.5 * len(pointed)


def _is_money(match: re.Match[str]) -> bool:
    """Whether a number behind letters is written as amounts are, and not as numbers in codes."""
    apart = match.start("number") > match.end("before")
    return (AMOUNT if apart else GROUPED).fullmatch(match["number"]) is not None


def _common_affix(values: Sequence[str]) -> str | None:
    """Return the one currency sign or unit that stands beside most numbers, if there is one."""
    found: Counter[str] = Counter()
    numbers: set[str] = set()
    for match in map(AFFIXED.fullmatch, values):
        if not match or not (match["before"] or match["after"]):
            continue
        if match["before"] and match["after"]:
            continue
        affix = match["before"] or match["after"]
        if match["before"] and affix[0].isalpha() and not CURRENCY.fullmatch(affix) and not _is_money(match):
            continue
        if match["after"] and affix.lower().rstrip(".") in NOT_A_UNIT and not CURRENCY.fullmatch(affix):
            continue
        found[affix] += 1
        numbers.add(match["number"])
    if not found:
        return None
    together = Counter({affix: sum(found[way] for way in ways_of(affix)) for affix in found})
    affix, n = min(together.items(), key=lambda f: (-f[1], -found[f[0]], f[0]))
    usual = n >= AFFIX_SHARE * found.total() and (len(numbers) >= 3 or CURRENCY.fullmatch(affix) or affix == "%")
    return affix if usual else None
