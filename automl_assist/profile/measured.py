"""Cells that hold quantities and yet are no number: amounts in several units, and several numbers at once.

Nearly every such cell differs from every other one, and still none of them names its row.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from automl_assist.profile._numbers import CURRENCY
from automl_assist.profile.units import UNIT_OF

WITH_UNIT = re.compile(
    rf"[+-]?[\d.,]*\d\s*({CURRENCY.pattern}|[^\W\d_]{{1,10}}\.?(?:/[^\W\d_]{{1,5}})?|°[CF]|%)|({CURRENCY.pattern})\s*[\d.,]*\d"
)
UNITS_SHARE = 0.8  # of the cells are a number and a unit
COMMON_UNIT = 0.02  # of the cells
MOST_UNITS = 12
FIRST_LOOK = 40  # cells, half of which must hold quantities before all are looked at

NUMBER = r"[+-]?\d+(?:\.\d+)?"
# a mark that stands between numbers and is none of a date, a span or a version; the same one in all cells
SEVERAL = re.compile(rf"[\[({{]?\s*({NUMBER})(\s*[/xX\u00d7*,;|:]\s*)({NUMBER})(?:\2({NUMBER}))?\s*[\])}}]?\s*([^\W\d_]{{0,6}})")
SPANS = "-\u2013"
SPAN = re.compile(rf"(\d{{1,3}}(?:\.\d+)?)(\s?[{SPANS}]\s?)(\d{{1,3}}(?:\.\d+)?)()\s*([^\W\d_]{{0,6}})")  # from and to
FEWEST_WIDTHS = 5
GROUP = re.compile(r"\d{3}(?:\.\d+)?")
SEVERAL_SHARE = 0.9  # of the cells
FEWEST_VALUES = 20  # different cells: fewer are shapes and formats such as 16:9
YEARS = (1800, 2100)


def unit_of(cell: str) -> str | None:
    """Return the unit or currency that stands beside the one number of a cell."""
    found = WITH_UNIT.fullmatch(cell)
    return next(group for group in found.groups() if group) if found else None


def is_known(unit: str | None) -> bool:
    """Whether a unit is one of the table of units, or a currency."""
    return unit is not None and (unit.lower() in UNIT_OF or unit in ("%", "°C", "°F") or CURRENCY.fullmatch(unit) is not None)


def common_units(cells: Sequence[str], fewest: int = 1) -> list[tuple[str, int]]:
    """Return the units of a column that mixes several, the commonest first, with their cells; nothing where it mixes none.

    One letter alone is a unit where it is a known one: ``12A`` is a seat.
    """
    units = Counter(filter(None, map(unit_of, cells)))
    least = max(COMMON_UNIT * len(cells), fewest)
    common = [(unit, count) for unit, count in sorted(units.items(), key=lambda u: (-u[1], u[0])) if count >= least]
    known = all(len(unit) > 1 or not unit.isalpha() or unit.lower() in UNIT_OF for unit, _ in common)
    return common if known and 2 <= len(common) <= MOST_UNITS and units.total() >= UNITS_SHARE * len(cells) else []


def is_several(cell: str) -> bool:
    """Whether a cell holds two or three numbers and nothing else."""
    return SEVERAL.fullmatch(cell) is not None or SPAN.fullmatch(cell) is not None


def several_numbers(cells: Sequence[str]) -> tuple[str, int, int] | None:
    """Return the mark that stands between the numbers of a cell, how many these are, and how many cells have them; or None."""
    found = [match for match in map(SEVERAL.fullmatch, cells) if match] or [match for match in map(SPAN.fullmatch, cells) if match]
    if len(found) < SEVERAL_SHARE * len(cells) or len(set(cells)) < FEWEST_VALUES:
        return None
    mark, count = Counter(match[2].strip().lower() for match in found).most_common(1)[0]
    parts = [match.group(1, 3, 4) for match in found if match[2].strip().lower() == mark]
    sizes = {sum(bool(part) for part in numbers) for numbers in parts}
    first = [float(numbers[0]) for numbers in parts]
    if mark == "," and all(match[2] == "," and GROUP.fullmatch(match[3]) for match in found):
        return None  # between thousands
    if mark in SPANS:
        widths = [round(float(match[3]) - float(match[1]), 6) for match in found]
        if sum(width >= 0 for width in widths) < SEVERAL_SHARE * len(found) or len(set(widths)) < FEWEST_WIDTHS:
            return None  # 3-1 is the result of a game, and bands of one width say one number
    dated = mark in "/:" and (sizes != {2} or all(YEARS[0] <= number <= YEARS[1] and number.is_integer() for number in first))
    if count < SEVERAL_SHARE * len(cells) or len(sizes) != 1 or dated or len(set(first)) < FEWEST_VALUES / 4:
        return None
    return mark, sizes.pop(), count


def quantities(cells: Sequence[str]) -> str:
    """Return what quantities different cells of a column hold, in words; an empty string where they hold none."""
    some = cells[:FIRST_LOOK]
    if len(cells) < FEWEST_VALUES or sum(is_several(cell) or unit_of(cell) is not None for cell in some) < UNITS_SHARE / 2 * len(some):
        return ""
    if units := common_units(cells):
        return f"amounts in several units ({', '.join(unit for unit, _ in units[:4])})"
    if several := several_numbers(cells):
        return f"{several[1]} numbers in each cell, parted by {several[0]!r}"
    return ""
