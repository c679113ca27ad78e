"""Codes such as -999 or a question mark that stand for a missing value and were read as values.

A model takes them for amounts or for a category of their own, and means, scales and correlations are wrong. A code counts only
where it stands alone, far from every other value, and many times.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping

import numpy as np

from automl_assist.checks._check import Check, CheckContext, Hit
from automl_assist.checks._placeholders import SYMBOLS, WORDS, told_together
from automl_assist.checks._rows import sample
from automl_assist.checks._wording import counted, grouped, named, on_a_sample, option, quoted
from automl_assist.profile.privacy import LEAST_SEEN
from automl_assist.schema import NUMERIC_KINDS, Column

FEWEST = 5  # cells with the code
SURE, FEWEST_SURE = -999, 2  # such a code is enough where it stands twice
FEWEST_VALUES = 20  # different values, below which numbers are grades or answers, and -1 one of them
COMMON = 0.02  # of the cells; a cap such as 99999 has fewer, and zeros are amounts more often than codes
IMPOSSIBLE_GAP = 1 / 3  # of the median
ZERO_GAP = 0.25  # of the median: zeros closer to the other values are amounts
# What a sensor gives when it fails has no form of its own (-127, 85): it comes more often than any value that was measured, far from all.
TIMES_FURTHER = 10  # from zero than any of a few values is a code beside them
TIMES_OTHERS = 2  # as often as any other value
FAR_OFF = 2.0  # spreads of nine in ten of the others, from the nearest of them
MOSTLY = 0.4  # of the cells: what more of them hold is the usual state
MOST_LEVELS = 1_000  # of a column of words that is looked at
FAR_FUTURE = re.compile(r"(9999|2999|0001|0000)\D.*|.*\D(9999|2999|0001|0000)")  # years that no clock of a table reads
MINUS_ONE_GAP = 5.0  # of the smallest other value above -1, beyond which a few cells are enough
DATES = ("1900-01-01", "1899-12-30", "1899-12-31", "1970-01-01", "1601-01-01", "0001-01-01", "2099-12-31", "9999-12-31", "2100-01-01")
ANSWER_CODE = re.compile(r"-?(77+|88+|99+|9+[78])|-[789]")  # for "refused" and "does not know", beside answers on a scale
BESIDE = 2  # codes for several reasons stand next to one another: 99, 98 and 97
HIGHEST_ANSWER = 11
NUMBER = re.compile(r"-?\d+(\.0+)?")
YEAR = np.timedelta64(365, "D")


def _find(context: CheckContext) -> Iterator[Hit]:
    chosen = sample(len(context.typed))
    hits: list[Hit] = []
    signs: list[tuple[str, Hit]] = []
    for column in context.profile.columns:
        if column.name not in context.typed or column.distinct < 2:
            continue
        if column.kind in NUMERIC_KINDS:
            hit = _number(context, column, chosen)
        elif column.kind == "datetime":
            hit = _date(context, column, chosen)
        else:
            sign, hit = _symbol(context, column, chosen), None
            if sign:
                signs.append(sign)
        if hit:
            hits.append(hit)
    hits += told_together(signs, "hold it as a category of its own")
    yield from grouped(hits, "hold codes that seem to stand for missing values")


def _hit(context: CheckContext, column: Column, count: int, code: object, why: str, severity: str | None = None) -> Hit:
    message = (
        f"Column {named(column.name)} holds {_shown(code, count)} in {counted(count, 'cell')}{on_a_sample(context)}, {why}: "
        "it looks like a placeholder for a missing value in disguise."
    )
    fix = f"empty these cells, or {option('--kind', column.name, 'category')} if the code has a meaning"
    return Hit(message, (column.name,), fix=fix, severity=severity)


def _shown(code: object, count: int) -> str:
    """Return a code in quotes, or words for one that few cells hold."""
    return quoted(code) if count >= LEAST_SEEN else "a code"


def _fewest(code: float) -> int:
    """Return how many cells must hold a code."""
    return FEWEST_SURE if code <= SURE else FEWEST


def _is_code(value: float) -> bool:
    """Whether a number is -1 or one digit 9, 8 or 7 over and over, as codes for missing are."""
    digits = f"{abs(value):.0f}"
    if value != np.floor(value):
        return False
    return value == -1 or (value < 0 and set(digits) in ({"9"}, {"8"}, {"7"})) or (len(digits) >= 2 and set(digits) in ({"9"}, {"8"}))


def _number(context: CheckContext, column: Column, chosen: np.ndarray) -> Hit | None:
    facts = column.numbers
    if facts is None:
        return None
    values = context.values[column.name][chosen]
    values = values[np.isfinite(values)]
    if column.distinct < FEWEST_VALUES:
        return _answers(context, column, values) or _beside_few(context, column, values)
    if not (_is_code(facts.minimum) or _is_code(facts.maximum) or (facts.minimum == 0 and facts.zeros >= FEWEST)):
        return _failure(context, column, values)
    for code in (facts.minimum, facts.maximum):
        count = int((values == code).sum())
        rest = values[np.abs(values - code) > (BESIDE if code not in (0, -1) else 0)]
        if count < _fewest(code) or len(rest) < count or not (_is_code(code) or code == 0):
            continue
        low, high = float(rest.min()), float(rest.max())
        if code == 0 and code == facts.minimum:
            alone = low > ZERO_GAP * float(np.median(rest)) and high < 1 / ZERO_GAP * float(np.median(rest)) and low > 1
        elif code < 0:
            alone = (low >= 0 and (code != -1 or count >= 2 * FEWEST or low >= MINUS_ONE_GAP)) or low - code > np.quantile(rest, 0.99) - low
        else:
            alone = code - high > high - min(low, 0.0)
        if alone:
            why = f"alone {'below' if code == facts.minimum else 'above'} all other values, which reach from {low:,.6g} to {high:,.6g}"
            sure = code < 0 or (code > 0 and count >= COMMON * len(values)) or _impossible_zeros(count, rest)
            return _hit(context, column, count, f"{code:.0f}", why, None if sure else "info")
    return _failure(context, column, values)


def _answers(context: CheckContext, column: Column, values: np.ndarray) -> Hit | None:
    """Return the finding about a code for no answer beside answers on a scale."""
    counts = Counter(f"{value:.10g}" for value in values.tolist())
    codes = _scale(counts)
    code = max(codes, key=lambda value: (counts[value], value), default="")
    if counts[code] < FEWEST:
        return None
    answers = [float(value) for value in counts if value not in codes]
    return _hit(context, column, counts[code], code, f"beside answers from {min(answers):g} to {max(answers):g}")


def _beside_few(context: CheckContext, column: Column, values: np.ndarray) -> Hit | None:
    """Return the finding about a code such as -999 or 9999 far from the few values that there are."""
    known, counts = np.unique(values, return_counts=True)
    for place, rest in ((0, known[1:]), (-1, known[:-1])):
        code, count = float(known[place]), int(counts[place])
        if len(rest) < 2 or not _is_code(code) or abs(code) < -SURE or count < _fewest(code):
            continue
        if abs(code) > TIMES_FURTHER * np.abs(rest).max() and count <= MOSTLY * len(values):
            return _hit(
                context, column, count, f"{code:.0f}", f"far from all other values, which reach from {rest.min():,.6g} to {rest.max():,.6g}"
            )
    return None


def _failure(context: CheckContext, column: Column, values: np.ndarray) -> Hit | None:
    """Return the finding about a value that comes again among finely measured ones, far from all of them."""
    known, counts = np.unique(values, return_counts=True)
    if len(known) < FEWEST_VALUES:
        return None
    usual = int(counts[1:-1].max())  # of neither end, since both may be such values
    for place, beside, where in ((0, 1, "below"), (-1, -2, "above")):
        code, count = known[place], int(counts[place])
        low, high = np.quantile(values[values != code], (0.05, 0.95))
        far = abs(code - known[beside]) > FAR_OFF * (high - low) > 0
        if far and max(FEWEST, TIMES_OTHERS * usual) <= count <= MOSTLY * len(values):
            why = f"far {where} all other values, of which nine in ten reach from {low:,.6g} to {high:,.6g}"
            return _hit(context, column, count, f"{code:.10g}", why)
    return None


def _impossible_zeros(count: int, rest: np.ndarray) -> bool:
    """Whether zeros are some but not many and the other values lie close together, as no amount that may be none does."""
    return 0.01 * len(rest) <= count <= 0.2 * len(rest) and float(rest.min()) > IMPOSSIBLE_GAP * float(np.median(rest))


def _date(context: CheckContext, column: Column, chosen: np.ndarray) -> Hit | None:
    if context.values[column.name].dtype.kind != "M":
        return None
    values = context.values[column.name][chosen].astype("datetime64[D]")
    lost = context.raw[column.name][chosen[np.isnat(values)]] if column.name in context.cells else ()
    beyond = sum(isinstance(cell, str) and FAR_FUTURE.fullmatch(cell.strip()) is not None for cell in lost)
    if beyond >= FEWEST:
        return _hit(context, column, beyond, "a year such as 9999", "which no date of a table has")
    values = values[~np.isnat(values)]
    for code in DATES:
        same = values == np.datetime64(code)
        rest = values[~same]
        count = int(same.sum())
        if count < FEWEST or not len(rest):
            continue
        if np.abs(rest - np.datetime64(code)).min() > YEAR:
            return _hit(context, column, count, code, "more than a year from every other date")
    return None


def _symbol(context: CheckContext, column: Column, chosen: np.ndarray) -> tuple[str, Hit] | None:
    """Return the sign, word or number for missing that stands among the words of a column, and the finding."""
    if column.kind not in ("category", "boolean", "text", "identifier") or not 2 < column.distinct <= MOST_LEVELS:
        return None
    cells = context.values[column.name][chosen].astype(object)
    counts = Counter(cell for cell in cells.tolist() if isinstance(cell, str))
    numbers = sum(count for value, count in counts.items() if NUMBER.fullmatch(value))
    scale = _scale(counts) if numbers == sum(counts.values()) else frozenset()
    best: tuple[int, str] | None = None
    for value, count in counts.items():
        plain = value.strip().lower()
        if set(plain) == {"-"} and any(set(other.strip()) == {"+"} for other in counts):
            continue  # the result of a test, not a lack of one
        among_words = NUMBER.fullmatch(plain) is not None and numbers == count and _is_code(float(plain)) and len(plain) > 2
        if count >= FEWEST and (plain in SYMBOLS or plain in WORDS or among_words or value in scale):
            best = max(best or (0, ""), (count, value))
    if best is None:
        return None
    count, value = best
    message = (
        f"Column {named(column.name)} holds {_shown(value, count)} in {counted(count, 'cell')}{on_a_sample(context)}: it looks like a "
        "placeholder for a missing value in disguise, and is taken as a value."
    )
    return value.strip().lower(), Hit(message, (column.name,), fix="empty these cells, or keep them if the sign has a meaning")


def _scale(counts: Mapping[str, int]) -> frozenset[str]:
    """Return the numbers that stand for no answer, where the others are answers on a scale."""
    codes = frozenset(value for value in counts if ANSWER_CODE.fullmatch(value.strip()))
    answers = [float(value) for value in counts if value not in codes]
    return codes if len(answers) > 1 and min(answers) >= 0 and max(answers) <= HIGHEST_ANSWER else frozenset()


CHECK = Check("F116", "Placeholder for a missing value", "warning", _find)
