"""How values become text: figures with three digits and units, and text from the data made harmless and visible.

Everything that a template prints passes :func:`shown` (or a filter built on :func:`visible`), so no template can forget it.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from markupsafe import Markup, escape

from automl_assist.schema import are_settings

MISSING = "\u2013"  # a dash
NBSP = "\u00a0"
MINUS = "\u2212"
TIMES = "\u00d7"
DIGITS = 3
TRIM_BELOW = 0.1  # 0.018, not 0.0180; above, columns of figures line up
WHOLE_FROM = 1_000  # from here on a figure is shown without decimals
POWER_FROM, POWER_BELOW = 1e12, 1e-4  # beyond, as a power of ten
# Characters with no shape of their own that are not in the Unicode categories below: Hangul fillers and the blank of braille.
SHAPELESS = "\u115f\u1160\u3164\uffa0\u2800"
HIDDEN_CATEGORIES = ("Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp")
WIDE_LETTERS = frozenset("mwMW@%—")
NAME = re.compile(r"\S*\w[./_]\w")
OPTION = re.compile(r"(?<![\w-])(--[a-z][a-z-]*[a-z])")
LONGEST_LABEL = 60
BREAK = re.compile(r"(?<=\w)([_./-]+)(?=\w)")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


# --- text from the data


def visible(text: str) -> str:
    r"""Return `text` with control, bidirectional, zero-width and unpaired surrogate characters written out, such as ``\u202e``."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_spelt(c) if c in SHAPELESS or unicodedata.category(c) in HIDDEN_CATEGORIES else c for c in text)


def _spelt(character: str) -> str:
    plain = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}.get(character)
    code = ord(character)
    return plain or (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}")


def cut(text: str, limit: int) -> str:
    """Return `text` made visible, and cut after `limit` characters with the number of those left out."""
    text = str(text)
    if len(text) <= limit:
        return visible(text)
    return f"{visible(text[:limit])}… ({len(text) - limit:,} more)"


def prose(text: Any, limit: int) -> Markup:
    """Return sentences, which may have several lines and are longer than a name, escaped."""
    if text is None:
        return Markup(MISSING)
    kept = str(text)
    more = f"… ({len(kept) - limit:,} more)" if len(kept) > limit else ""
    lines = kept[:limit].replace("\r\n", "\n").split("\n")
    return Markup("\n").join(escape(visible(line)) for line in lines) + more


def breakable(text: Any, limit: int) -> Markup:
    """Return a name that may be broken after ``_``, ``.``, ``-`` and ``/``, and only then elsewhere."""
    return Markup(BREAK.sub(r"\1<wbr>", str(escape(cut(text, limit)))))


def sentence(text: Any, limit: int) -> Markup:
    """Return a reason or a fix as a sentence: with a capital, a full stop, and command line options that do not break."""
    written = str(text or "").strip()
    if not written:
        return Markup("")
    is_name = bool(NAME.match(written))  # of a file, which has no capital
    capital = written[0].upper() + written[1:] if written[0].islower() and not is_name else written
    ends = capital.startswith("--") or not (capital[-1].isalnum() or capital[-1] in ")'\"%>”")  # an option to paste stays as it is
    escaped = str(prose(capital if ends else capital + ".", limit))
    return Markup(OPTION.sub(r'<code class="option">\1</code>', escaped))


def shown(value: Any, limit: int) -> Any:
    """Return what a template prints for `value`: the environment's ``finalize``.

    Text is made visible and cut, None becomes a dash, whole numbers stay bare, and a float counts as a coordinate (two decimals):
    figures for people go through one of the filters.
    """
    if isinstance(value, Markup):
        return value
    if value is None:
        return MISSING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".") if math.isfinite(value) else MISSING
    return cut(value, limit)


def label(text: Any, units: float) -> str:
    """Return text for a place in a chart that is `units` average letters wide."""
    written = "(empty)" if text == "" else visible(str(text)[: int(units) + 1])
    kept: list[str] = []
    used = 0.0
    for character in written:
        used += _width(character)
        if used > units:
            return "".join(kept[: -1 if len(kept) > 1 else None]) + "…"
        kept.append(character)
    return "".join(kept) + ("…" if len(str(text)) > int(units) + 1 else "")


def width(text: Any) -> float:
    """Return how many average letters wide a text is in a chart."""
    return sum(map(_width, visible(str(text)[:LONGEST_LABEL])))


def _width(character: str) -> float:
    if unicodedata.east_asian_width(character) in "WF":
        return 2.0
    return 1.6 if character in WIDE_LETTERS else 1.25 if character.isupper() or ord(character) > 0x2000 else 1.0


def value_text(value: Any) -> str:
    """Return a setting of any shape in plain words: lists with commas, mappings as ``key value`` pairs."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return brief(value)
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return ", ".join(f"{str(k).replace('_', ' ')} {value_text(v)}" for k, v in value.items()) or "none"
    if are_settings(value):
        return f"{len(value)} setting{'s' if len(value) > 1 else ''}"
    if isinstance(value, Sequence):
        return ", ".join(value_text(v) for v in value) or "none"
    return json.dumps(value, default=str)


# --- figures


def number(value: float | None, sign: bool = False) -> str:
    """Return a figure with three significant digits, or without decimals from a thousand on."""
    if value is None or not math.isfinite(value):
        return MISSING
    plus = "+" if sign and value > 0 else ""
    size = abs(value)
    if size and (size >= POWER_FROM or size < POWER_BELOW):
        return plus + _power(value)
    if float(value).is_integer() or size >= WHOLE_FROM:
        return (plus + f"{value:,.0f}").replace("-", MINUS)
    digits = DIGITS
    while digits < 6 and size < 1 and float(f"{size:.{digits}g}") == 1:  # 0.9998 is not 1
        digits += 1
    text = f"{value:#.{digits}g}".rstrip(".")
    if size < TRIM_BELOW and "." in text:
        text = text.rstrip("0")
    return (plus + text).replace("-", MINUS)


def _power(value: float) -> str:
    mantissa, _, exponent = f"{value:.2e}".partition("e")
    raised = str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{mantissa.rstrip('0').rstrip('.')}{TIMES}10{raised}".replace("-", MINUS)


def brief(value: float | None) -> str:
    """Return a figure as short as it can be: for the ends of a small picture."""
    text = number(value)
    return text.rstrip("0").rstrip(".") if "." in text and TIMES not in text else text


def count(value: int | None) -> str:
    """Return a whole number with thousands separators."""
    return MISSING if value is None else f"{value:,}"


def counted(value: int, one: str, many: str | None = None) -> str:
    """Return ``1 row`` or ``2 rows``."""
    return f"{value:,}{NBSP}{one if value == 1 else many or one + 's'}"


def percent(share: float | None, decimals: int | None = None) -> str:
    """Return a share as a percentage; what is not all and not nothing never reads as 0 or 100.

    Without `decimals`, whole percentages have none and others one.
    """
    if share is None or not math.isfinite(share):
        return MISSING
    size = 100 * share
    if 0 < size < 0.1:
        return f"<0.1{NBSP}%"
    if 99.9 < size < 100:
        return f">99.9{NBSP}%"
    if decimals is None:
        decimals = 0 if abs(size - round(size)) < 1e-9 else 1
    text = f"{size:.{decimals}f}"
    return text.replace("-", MINUS) + f"{NBSP}%"


def duration(seconds: float | None) -> str:
    """Return a time span in the two largest units that matter."""
    if seconds is None or not math.isfinite(seconds):
        return MISSING
    if seconds < 1:
        return f"{1000 * seconds:.0f}{NBSP}ms" if seconds else f"0{NBSP}s"
    if seconds < 100:
        return f"{seconds:.3g}{NBSP}s"
    whole = round(seconds)
    if whole < 3600:
        return f"{whole // 60}{NBSP}min" + (f" {whole % 60}{NBSP}s" if whole % 60 else "")
    minutes = round(whole / 60)
    return f"{minutes // 60}{NBSP}h" + (f" {minutes % 60}{NBSP}min" if minutes % 60 else "")


def size(value: float | None, unit: float = 1.0) -> str:
    """Return a number of bytes (times `unit`) in kB, MB or GB of a thousand each."""
    if value is None or not math.isfinite(value):
        return MISSING
    bytes_ = value * unit
    for factor, name in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if bytes_ >= factor:
            return f"{bytes_ / factor:.3g}{NBSP}{name}"
    return f"{bytes_:.0f}{NBSP}bytes"


def moment(seconds: float | None) -> str:
    """Return seconds since 1970 as a date, with the time where it is not midnight."""
    if seconds is None or not math.isfinite(seconds):
        return MISSING
    try:
        when = EPOCH + timedelta(seconds=seconds)
    except OverflowError:
        return number(seconds)
    return f"{when:%Y-%m-%d}" if seconds % 86_400 == 0 else f"{when:%Y-%m-%d %H:%M}"


def interval(ci: Sequence[float | None] | None) -> str:
    """Return an interval as ``0.82 to 0.92``, or a dash."""
    if not ci or ci[0] is None or ci[1] is None:
        return MISSING
    return f"{number(ci[0])} to {number(ci[1])}"


def exact(value: float | None) -> str:
    """Return a figure with all its digits, for sorting; an empty string where there is none."""
    return "" if value is None else repr(value)


PICTURE = re.compile(r"data:image/(?:jpeg|png);base64,[A-Za-z0-9+/]{1,60000}={0,2}")


def picture(value: Any) -> Markup:
    """Return a picture written as text, whole; nothing for anything else: it becomes an address that a page loads."""
    return Markup(value) if isinstance(value, str) and PICTURE.fullmatch(value) else Markup("data:,")


FILTERS = {
    f.__name__: f for f in (label, value_text, number, brief, count, counted, percent, duration, size, moment, interval, exact, picture)
}
