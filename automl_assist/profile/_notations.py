"""Cells that are one number, though not written as one: durations, angles, amounts with their units, powers, fractions, parts of a whole.

A notation reads a whole cell (``26:30:00``, ``1 h 30 min``, ``52°31'N``, ``5'11"``), or is the name of a remark, which is taken off. Its
name is stored with the column, so that later files read alike.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from functools import lru_cache, partial

from automl_assist.profile._date_periods import HALF_YEAR
from automl_assist.profile._remarks import FEWEST_LOOKED, FEWEST_PARTS, LOOKED_AT, NUMBER, SHARE, readable
from automl_assist.profile.units import DAY, LONG_WORDS, METRES, QUANTITIES, SECONDS, UNIT_OF

LONG_SHARE, FEWEST_LONG = 0.01, 2  # of the cells, and how many different ones, show that a clock does not show the time of day
FEWEST_UNPADDED = 20  # different ones with seconds, all before ten and none with a zero before its hour: a day has later hours too
ODD_MINUTES = 0.1  # of the cells have minutes below 10 or from 50: durations do, results of games such as 31:28 do not

AMOUNT = r"\d+(?:[.,]\d+)?"
PIECE = re.compile(rf"({AMOUNT})\s?([^\W\d_]{{1,12}})\.?")
AGED = re.compile(r"\s(?:ago|old)$|^(?:vor|hace|il y a)\s", re.IGNORECASE)  # around amounts of time
BETWEEN = re.compile(r"\s*(?:,|&|and|und|et|y|e)?\s*", re.IGNORECASE)
FRENCH = re.compile(r"(\d{1,3})\s?[hH]\s?([0-5]\d)")
ISO = re.compile(
    r"P(?:(?P<year>\d+)Y)?(?:(?P<month>\d+)M)?(?:(?P<week>\d+)W)?(?:(?P<d>\d+)D)?"
    r"(?:T(?:(?P<h>\d+)H)?(?:(?P<min>\d+)M)?(?:(?P<s>\d+(?:[.,]\d+)?)S)?)?"
)
CLOCK = re.compile(
    r"(?P<sign>[-+\u2212]?)(?:(?P<days>\d+)\s?(?:d|days?|tage?n?|jours?)[, ]\s*)?(?P<first>\d{1,6}):(?P<second>[0-5]\d)"
    r"(?::(?P<third>[0-5]\d))?(?P<part>[.,]\d{1,9})?",
    re.IGNORECASE,
)
PACE = re.compile(
    r"(?P<minutes>\d{1,3}):(?P<seconds>[0-5]\d(?:[.,]\d{1,3})?)\s?(?:min|mins|minutes)?\s?(?:/|per )\s?(?:1 ?)?"
    r"(?P<distance>km|mi|[15]00 ?m)(?:les?)?\.?",
    re.IGNORECASE,
)
DISTANCES = {"km": 1.0, "mi": 1.609344, "500m": 0.5, "100m": 0.1}  # in kilometres; of runners, rowers and swimmers
MINUTE_MARKS, SECOND_MARKS = "'\u2019\u2032\u00b4", '"\u201d\u2033'
PRIMES = re.compile(
    rf"(?P<sign>-?)(?P<first>\d{{1,3}})\s?[{MINUTE_MARKS}]\s?"
    rf"(?:(?P<second>\d{{1,2}}(?:\.\d+)?)\s?(?:[{SECOND_MARKS}]|''|\u2019\u2019)?)?"
)
DEGREES = re.compile(
    rf"(?P<before>[NSEWO])?\s?(?P<sign>[-+\u2212]?)(?P<whole>\d{{1,3}}(?:[.,]\d+)?)\s?(?P<mark>[°º\u02da])?\s?"
    rf"(?:(?P<minutes>\d{{1,2}}(?:[.,]\d+)?)\s?[{MINUTE_MARKS}]?\s?"
    rf"(?:(?P<seconds>\d{{1,2}}(?:[.,]\d+)?)\s?(?:[{SECOND_MARKS}]|'')?)?)?\s?(?P<after>[NSEWO])?"
)
RAISED = str.maketrans("\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079\u207a\u207b\u2212", "0123456789+--")
POWERS = re.compile(  # 1.2 x 10^4, with the power raised or not
    rf"(?:(?P<value>{NUMBER})\s?[xX*\u00d7\u00b7\u22c5]\s?)?10(?:(?:\^|\*\*)\s?(?P<power>[-+\u2212]?\d{{1,3}})"
    "|(?P<raised>[\u207a\u207b]?[\u2070\u00b9\u00b2\u00b3\u2074-\u2079]{1,3}))"
)
PARTS = re.compile(r"(?:(?P<whole>\d{1,3})(?:\s|\s?-\s?))?(?P<over>\d{1,2})/(?P<under>[2-9]|10|12|16|32|64)|(?P<bare>\d{1,3})", re.ASCII)
OUT_OF = re.compile(rf"(?P<value>{NUMBER})\s?(?:/|out of|of|von|sur)\s?(?P<most>\d{{1,5}})(?:\s[^\d]*)?", re.IGNORECASE)


def read(text: str, notation: str) -> float:
    """Return the number that a cell is in a notation which reads whole cells; NaN of other cells."""
    name, _, unit = notation.partition(":")
    return READERS[name](text, unit)


def is_whole(notation: str | None) -> bool:
    """Whether a notation reads whole cells, so that nothing else is to be taken off."""
    return notation is not None and notation.partition(":")[0] in READERS


def find_whole(texts: Sequence[str], weights: Sequence[int], lasting: bool) -> str | None:
    """Return the notation that reads whole cells of a column, or None.

    Parameters
    ----------
    texts : sequence of str
        Different cells, without marks for missing.
    weights : sequence of int
        Rows of each.
    lasting : bool
        The name of the column speaks of a duration, so that 3:45 is no time of day.
    """
    some = texts[:LOOKED_AT]
    for like, find in FINDERS:
        if sum(map(bool, map(like, some))) < FEWEST_LOOKED * len(some):
            continue
        notation = find(texts, weights, lasting)
        if notation and readable(texts, weights, partial(_reads, notation)):
            return notation
    return None


def _reads(notation: str, text: str) -> bool:
    return not math.isnan(read(text, notation))


def described(notation: str) -> str:
    """Return how a notation was read, in words."""
    name, _, unit = notation.partition(":")
    unit = LONG_WORDS.get(unit, unit)
    return {
        "clock": f"they are durations, read in {unit}" if unit else "they are durations, read in units of their first part",
        "units": f"amounts with their units, all read in {unit}",
        "degrees": "they are angles, read in degrees; south and west are below zero",
        "pace": f"they are paces, read in minutes for each {unit}",
        "primes": "they are feet and inches, read in feet" if unit else "they are minutes and seconds, read in units of their first part",
        "guarded": "what keeps spreadsheets from reading them was taken off",
        "bound": "of those with <, >, + or a word for about beside them the bare number was taken",
        "powers": "they are written as powers of ten",
        "parts": "they are written as fractions",
        "out_of": f"they are so many out of {unit}",
        "uncertain": "the number was taken without the uncertainty behind it",
        "behind": f"{unit.strip()!r} behind them was taken off",
        "stars": "stars for footnotes or significance were taken off",
        "levels": "letters for high and low were taken off",
        "flagged": "signs for footnotes and letters for estimated, provisional and the like were taken off",
        "no_cents": "dashes that stand for no cents were taken off",
        "brackets": "they are years in parentheses",
    }[name]


def as_learned(notation: str | None, before: str | None, affix: str | None) -> str | None:
    """Return the notation of a later file with the unit of the numbers that were learned from; None where that cannot be known.

    Parameters
    ----------
    notation : str, optional
        How the later file writes the column.
    before, affix : str, optional
        The notation, or the unit taken off, in the file that was learned from.
    """
    if notation in (None, before, "powers"):
        return notation
    name, _, unit = notation.partition(":")
    if name in ("units", "clock"):
        learned = (before or "").partition(":")[2] or UNIT_OF.get((affix or "").lower().rstrip("."))
        quantity = next(q for q in QUANTITIES if (unit or "h") in q)
        return f"{name}:{learned}" if learned in quantity else None
    if name == "pace":  # of any distance, each of which is read as the one of training
        return before if (before or "").startswith(name) else None
    if name == "degrees":
        return notation if (before or name).startswith(name) else None
    return None if is_whole(notation) or is_whole(before) else notation


def in_another_unit(texts: Sequence[str], learned: str | None) -> str | None:
    """Return the notation that reads amounts as so many of the unit that was learned from; None where all or none of them are in it."""
    before = UNIT_OF.get((learned or "").lower().rstrip("."))
    units = {UNIT_OF.get(word.lower()) for text in texts for _, word in _pieces(text)} - {before}
    alike = units and any({before, *units} <= set(quantity) for quantity in QUANTITIES)
    return f"units:{before}" if alike else None


def _number(text: str) -> float:
    return float(text.replace(",", "."))


# --- clocks


def _clock(texts: Sequence[str], weights: Sequence[int], lasting: bool) -> str | None:
    found = [(m, w) for m, w in zip(map(CLOCK.fullmatch, texts), weights, strict=True) if m]
    if len(found) < SHARE * len(texts):
        return None
    total = sum(w for _, w in found)
    short = [(m, w) for m, w in found if not m["third"]]
    if any(m["days"] for m, _ in found):
        return "clock:h" if len(short) < len(found) else None
    long = [(m, w) for m, w in found if int(m["first"]) > 24 or (int(m["first"]) == 24 and int(m["second"]) > 0)]
    lasts = len(long) >= FEWEST_LONG and sum(w for _, w in long) >= LONG_SHARE * total
    if not short:
        unpadded = len(found) >= FEWEST_UNPADDED and all(len(m["first"]) == 1 for m, _ in found)
        return "clock:h" if lasts or lasting or unpadded else None
    if any(m["part"] for m, _ in short):  # 1:23.456
        return "clock:min"
    if len(short) < len(found):
        return "clock:min" if lasts and any(not m["third"] for m, _ in long) else None
    odd = sum(w for m, w in short if not 10 <= int(m["second"]) < 50)
    return "clock" if (lasts or lasting) and odd >= ODD_MINUTES * total else None


def _read_clock(text: str, unit: str) -> float:
    found = CLOCK.fullmatch(text)
    if not found:
        return _read_units(text, unit) if unit and any(map(str.isalpha, text)) else math.nan
    first, second, third = int(found["first"]), int(found["second"]), int(found["third"] or 0)
    last = float("0" + found["part"].replace(",", ".")) if found["part"] else 0.0
    if found["third"]:
        seconds = 3600 * first + 60 * second + third + last
    elif unit == "min" or found["part"]:
        seconds = 60 * first + second + last
    else:
        seconds = 3600 * first + 60 * second
    seconds += DAY * int(found["days"] or 0)
    number = seconds / SECONDS[unit or "h"]
    return -number if found["sign"] in ("-", "\u2212") else number


def _pace(texts: Sequence[str], weights: Sequence[int], lasting: bool) -> str | None:
    found: Counter[str] = Counter()
    for text, weight in zip(texts, weights, strict=True):
        if match := PACE.fullmatch(text):
            found[_distance(match)] += weight
    return f"pace:{max(found, key=lambda distance: (found[distance], distance))}" if found else None


def _distance(match: re.Match[str]) -> str:
    return match["distance"].lower().replace(" ", "")


def _read_pace(text: str, distance: str) -> float:
    found = PACE.fullmatch(text)
    if not found:
        return math.nan
    minutes = int(found["minutes"]) + float(found["seconds"].replace(",", ".")) / 60
    return minutes * DISTANCES[distance] / DISTANCES[_distance(found)]


# --- amounts with units


@lru_cache(maxsize=4096)
def _pieces(text: str) -> tuple[tuple[float, str], ...]:
    """Return the amounts of a cell with their units as written, nothing where it is no sequence of such."""
    if (french := FRENCH.fullmatch(text)) is not None:
        return (float(french[1]), "h"), (float(french[2]), "min")
    if len(text) > 2 and text[0] == "P" and (iso := ISO.fullmatch(text)) is not None:
        return tuple((_number(value), unit) for unit, value in iso.groupdict().items() if value)
    pieces, place = [], 0
    text = AGED.sub("", text.removeprefix("-"))
    while place < len(text):
        found = PIECE.match(text, place)
        if not found:
            return ()
        if re.fullmatch(r"\d{1,3},\d{3}", found[1]):  # a thousand, or a broken number
            return ()
        pieces.append((_number(found[1]), found[2]))
        place = found.end()
        if place < len(text):
            between = BETWEEN.match(text, place)
            place = between.end() if between else place
    return tuple(pieces)


def _quantity_of(words: set[str], base: str) -> dict[str, float]:
    """Return what each unit as written is worth in the base unit, or nothing where they are of several quantities."""
    quantity = next((q for q in QUANTITIES if base in q), None)
    if quantity is None:
        return {}
    worth = {}
    for word in words:
        unit = UNIT_OF.get(word.lower())
        if unit == "m" and quantity is SECONDS:
            unit = "month" if base in ("year", "month", "week") else "min"
        if unit not in quantity:
            return {}
        worth[word] = quantity[unit] / quantity[base]
    return worth


def _units(texts: Sequence[str], weights: Sequence[int], lasting: bool) -> str | None:
    if all(map(HALF_YEAR.fullmatch, texts)):
        return None
    held: Counter[str] = Counter()
    words: set[str] = set()
    compound = False
    for text, weight in zip(texts, weights, strict=True):
        if text == "0" or not (pieces := _pieces(text)):
            continue
        compound = compound or len(pieces) > 1
        for word in {word for _, word in pieces}:
            held[word] += weight
            words.add(word)
    if not words or (len(words) < 2 and not compound):
        return None  # one unit is taken off like a sign of a currency
    units = {UNIT_OF.get(word.lower()) for word in words}
    if None in units or {"m", "M"} <= words:
        return None
    quantities = [q for q in QUANTITIES if units - {"m"} <= set(q) and ("m" not in units or q is SECONDS or q is METRES)]
    if len(quantities) != 1:
        return None
    weighed: Counter[str] = Counter()
    for word, n in held.items():
        weighed[str(UNIT_OF[word.lower()])] += n
    if quantities[0] is SECONDS and "m" in weighed:
        dated = not {"year", "week", "month"}.isdisjoint(weighed) and {"h", "s", "min", "ms"}.isdisjoint(weighed)
        weighed["month" if dated else "min"] += weighed.pop("m")
    return "units:" + max(weighed, key=lambda unit: (weighed[unit], quantities[0][unit]))


def _read_units(text: str, unit: str) -> float:
    if text == "0":
        return 0.0
    pieces = _pieces(text)
    if not pieces:
        return _read_clock(text, unit) if ":" in text and unit in SECONDS else math.nan
    worth = _quantity_of({word for _, word in pieces}, unit)
    if not worth:
        return math.nan
    number = sum(amount * worth[word] for amount, word in pieces)
    return -number if text[0] == "-" else number


# --- angles, feet and inches


def _degrees(texts: Sequence[str], weights: Sequence[int], lasting: bool) -> str | None:
    found = [m for m in map(DEGREES.fullmatch, texts) if m]
    if len(found) < SHARE * len(texts):
        return None
    ways = Counter(way for m in found for way in (m["before"], m["after"]) if way)
    marked = sum(m["mark"] is not None for m in found) >= SHARE * len(found)
    one_axis = len(ways) <= 2 and (set(ways) <= {"N", "S"} or set(ways) <= {"E", "W", "O"})
    if not one_axis or not (marked or (len(ways) == 2 and ways.total() >= SHARE * len(found))):
        return None
    return "degrees:O" if {"O", "E"} <= set(ways) else "degrees"  # O is Ost, but Ouest and Oeste beside E


def _read_degrees(text: str, unit: str) -> float:
    found = DEGREES.fullmatch(text)
    if not found or (found["before"] and found["after"]):
        return math.nan
    way = found["before"] or found["after"] or ""
    if found["minutes"] and not found["mark"] and not way:
        return math.nan
    minutes, seconds = _number(found["minutes"] or "0"), _number(found["seconds"] or "0")
    number = _number(found["whole"]) + minutes / 60 + seconds / 3600
    if number > 360 or minutes >= 60 or seconds >= 60:
        return math.nan
    return -number if found["sign"] in ("-", "\u2212") or way in ("S", "W", unit or "-") else number


def _primes(texts: Sequence[str], weights: Sequence[int], lasting: bool) -> str | None:
    found = [m for m in map(PRIMES.fullmatch, texts) if m]
    if len(found) < SHARE * len(texts) or not any(m["second"] for m in found):
        return None
    largest = max(_number(m["second"]) for m in found if m["second"])
    return None if largest >= 60 else "primes" if largest >= 12 or lasting else "primes:ft"


def _read_primes(text: str, unit: str) -> float:
    found = PRIMES.fullmatch(text)
    if not found:
        return math.nan
    number = int(found["first"]) + _number(found["second"] or "0") / (12 if unit == "ft" else 60)
    return -number if found["sign"] else number


def _powers(texts: Sequence[str], weights: Sequence[int], lasting: bool) -> str:
    return "powers"


def _read_powers(text: str, unit: str) -> float:
    found = POWERS.fullmatch(text)
    if not found:  # 950 beside 1.2 x 10^4
        return _number(text) if re.fullmatch(NUMBER, text, re.ASCII) else math.nan
    power = (found["power"] or found["raised"]).translate(RAISED)
    return float(f"{(found['value'] or '1').replace(',', '.')}e{power}")


def _parts(texts: Sequence[str], weights: Sequence[int], lasting: bool) -> str | None:
    """Tell fractions such as 3/4 and 1 1/2, of several parts and none to be shortened, from 3/4 and 4/4 of the same whole and from days."""
    found = [m for m in map(PARTS.fullmatch, texts) if m and m["under"]]
    proper = all(int(m["over"]) < int(m["under"]) and math.gcd(int(m["over"]), int(m["under"])) == 1 for m in found)
    return "parts" if proper and len(found) >= FEWEST_PARTS and len({m["under"] for m in found}) > 1 else None


def _read_parts(text: str, unit: str) -> float:
    found = PARTS.fullmatch(text)
    if not found:
        return math.nan
    return float(found["bare"]) if found["bare"] else int(found["whole"] or 0) + int(found["over"]) / int(found["under"])


def _out_of(texts: Sequence[str], weights: Sequence[int], lasting: bool) -> str | None:
    found = [m for m in map(OUT_OF.fullmatch, texts) if m]
    most, n = Counter(m["most"] for m in found).most_common(1)[0]
    fits = all(0 <= _number(m["value"]) <= int(most) for m in found if m["most"] == most)
    return f"out_of:{most}" if fits and n >= max(FEWEST_PARTS, SHARE * len(found)) else None


def _read_out_of(text: str, unit: str) -> float:
    found = OUT_OF.fullmatch(text)
    return _number(found["value"]) if found and found["most"] == unit else math.nan


FINDERS: tuple[tuple[Callable[[str], object], Callable[[Sequence[str], Sequence[int], bool], str | None]], ...] = (
    (CLOCK.fullmatch, _clock), (_pieces, _units), (DEGREES.fullmatch, _degrees), (PRIMES.fullmatch, _primes), (PACE.fullmatch, _pace),
    (POWERS.fullmatch, _powers), (PARTS.fullmatch, _parts), (OUT_OF.fullmatch, _out_of),
)  # fmt: skip
READERS: dict[str, Callable[[str, str], float]] = {
    "clock": _read_clock,
    "units": _read_units,
    "degrees": _read_degrees,
    "primes": _read_primes,
    "pace": _read_pace,
    "powers": _read_powers,
    "out_of": _read_out_of,
    "parts": _read_parts,
}
