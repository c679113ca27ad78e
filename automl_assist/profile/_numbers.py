"""Text that reads as numbers: thousands separators, decimal comma, currency and units, and how many cells are readable."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass

import numpy as np
import pandas as pd

STYLE_SAMPLE = 5000  # distinct values looked at to find the style; all of them are then read with it
AFFIX_SHARE = 0.9  # of the cells with something before or after the number, this share must have the same

SPACES = " \u00a0\u202f"
CURRENCY = re.compile(r"(US|A|C|NZ|HK|R)?\$|[€£¥₹₽₩₺₪₫฿₴₦]|USD|EUR|GBP|CHF|JPY|CNY|INR|SEK|NOK|DKK|PLN|CZK|AUD|CAD|BRL|Rs\.?|kr\.?|zł")
NOT_A_UNIT = {"am", "pm", "st", "nd", "rd", "th", "e", "a", "b", "c", "d", "f", "x", "ad", "bc"}
AFFIXED = re.compile(
    r"[+-]?\s*(?P<before>[^\W\d_]{1,3}\.?\$?|[^\w\s.,+'\"()/:;|-]{1,2})?\s*(?P<number>[+-]?\d[\d.,'\u2019 \u00a0\u202f]*|[+-]?\.\d+)"
    r"([eE][+-]?\d+)?\s*(?P<after>%|°?[^\W\d_]{1,12}\.?(/[^\W\d_]{1,5})?[²³]?|[^\w\s.,+'\"()/:;|-]{1,2})?"
)
# (decimal mark, thousands separator) and what a number then looks like
STYLES: dict[tuple[str, str | None], re.Pattern[str]] = {
    (".", None): re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII),
    (".", ","): re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)(\.\d*)?", re.ASCII),
    (",", None): re.compile(r"[+-]?\d*,?\d+([eE][+-]?\d+)?", re.ASCII),
    (",", "."): re.compile(r"[+-]?(\d{1,3}(\.\d{3})+|\d+)(,\d*)?", re.ASCII),
    (".", " "): re.compile(r"[+-]?(\d{1,3}([ \u00a0\u202f]\d{3})+|\d+)(\.\d*)?", re.ASCII),
    (",", " "): re.compile(r"[+-]?(\d{1,3}([ \u00a0\u202f]\d{3})+|\d+)(,\d*)?", re.ASCII),
    (".", "'"): re.compile(r"[+-]?(\d{1,3}(['\u2019]\d{3})+|\d+)(\.\d*)?", re.ASCII),
}
STARTS, ENDS = frozenset("+-\u2212.,0123456789"), frozenset("0123456789.,")  # of every number in one of these styles
SEPARATOR_NAMES = {",": "comma", ".": "point", " ": "blank", "'": "apostrophe"}


@dataclass(frozen=True)
class NumberStyle:
    """How the numbers of one column are written."""

    decimal: str = "."
    thousands: str | None = None
    affix: str | None = None

    @property
    def plain(self) -> bool:
        """Whether a number is what every program calls one."""
        return self == NumberStyle()

    @property
    def points_are_groups(self) -> bool:
        """Whether 1.234 is a thousand and more."""
        return self.thousands == "."


def read_numbers(values: np.ndarray, style: NumberStyle) -> np.ndarray:
    """Return float64 of shape (d,): NaN where a text is no number in this style, infinite where it says so."""
    if not len(values):
        return np.empty(0)
    if style.points_are_groups:
        numbers = np.full(len(values), math.nan)
    else:
        numbers = np.array(pd.to_numeric(values, errors="coerce"), dtype=float)
        if style.plain and not np.isnan(numbers).any():
            return numbers
    left = np.flatnonzero(np.isnan(numbers))
    texts = values[left].tolist()
    if style.affix:
        numbers[left] = [_read(text, style) for text in texts]
    else:  # most texts are told by their ends
        numbers[left] = [_read(text, style) if text[:1] in STARTS and text[-1:] in ENDS else math.nan for text in texts]
    return numbers


def _read(text: str, style: NumberStyle) -> float:
    if style.affix:
        text = strip_affix(text, style.affix)
    if "\u2212" in text:
        text = text.replace("\u2212", "-")
    if not STYLES[style.decimal, style.thousands].fullmatch(text):
        return math.nan
    if style.thousands:
        for mark in SPACES if style.thousands == " " else "'\u2019" if style.thousands == "'" else style.thousands:
            text = text.replace(mark, "")
    return float(text.replace(",", ".") if style.decimal == "," else text)


def strip_affix(text: str, affix: str) -> str:
    """Return the text without the currency sign or unit at either end; a sign before it stays."""
    if text.endswith(affix):
        return text[: -len(affix)].rstrip()
    sign = text[:1] if text[:1] in "+-" else ""
    rest = text[len(sign) :].lstrip()
    return sign + rest[len(affix) :].lstrip() if rest.startswith(affix) else text


def find_style(values: np.ndarray, counts: np.ndarray, prior_decimal: str) -> NumberStyle:
    """Return the style that reads most of the values; on a tie the plain one, or the file's decimal mark."""
    if len(values) > STYLE_SAMPLE:
        values, counts = values[:STYLE_SAMPLE], counts[:STYLE_SAMPLE]  # by their hashes: a fair choice
    affix = _common_affix(values)
    texts = [strip_affix(v, affix) for v in values] if affix else list(values)
    order = sorted(STYLES, key=lambda s: (s[0] != prior_decimal, s[1] is not None))
    readable = {s: sum(int(c) for t, c in zip(texts, counts, strict=True) if STYLES[s].fullmatch(t)) for s in order}
    decimal, thousands = max(order, key=lambda s: readable[s])
    if (decimal, thousands) == (",", None) and prior_decimal != "," and _all_groups(texts):
        decimal, thousands = ".", ","
    return NumberStyle(decimal, thousands, affix)


def _all_groups(texts: list[str]) -> bool:
    """Whether every comma stands before exactly three digits: 1,234 is then a thousand and more."""
    return all(re.fullmatch(r"[+-]?[1-9]\d{0,2},\d{3}", t) for t in texts if "," in t)


def _common_affix(values: np.ndarray) -> str | None:
    """Return the one currency sign or unit that stands beside most numbers, if there is one."""
    found: Counter[str] = Counter()
    numbers: set[str] = set()
    for text in values:
        match = AFFIXED.fullmatch(text)
        if not match or not (match["before"] or match["after"]):
            continue
        if match["before"] and match["after"]:
            continue
        affix = match["before"] or match["after"]
        if match["before"] and not CURRENCY.fullmatch(affix) and affix[0].isalpha():
            continue
        if match["after"] and affix.lower().rstrip(".") in NOT_A_UNIT and not CURRENCY.fullmatch(affix):
            continue
        found[affix] += 1
        numbers.add(match["number"])
    if not found:
        return None
    affix, n = min(found.items(), key=lambda f: (-f[1], f[0]))
    usual = n >= AFFIX_SHARE * found.total() and (len(numbers) >= 3 or CURRENCY.fullmatch(affix) or affix == "%")
    return affix if usual else None
