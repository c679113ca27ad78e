"""One quantity in two units in the same column.

Heights in metres and in centimetres, weights in kilograms and pounds: the numbers fall into two far groups of the same shape, one a
known factor of the other. Where units are written beside the numbers, they are counted.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import numpy as np

from automl_assist.checks._check import Check, CheckContext, Hit
from automl_assist.checks._rows import sample
from automl_assist.checks._units import UNIT_NAME, units_beside, units_by_name
from automl_assist.checks._wording import counted, grouped, named, on_a_sample, quoted
from automl_assist.profile.privacy import LEAST_SEEN
from automl_assist.schema import NUMERIC_KINDS, Column

FEWEST_ROWS = 100
FEWEST_VALUES = 30
FEWEST_IN_GROUP = 20
SMALLEST_GROUP = 0.01  # of the rows
FACTORS = (10, 100, 1_000, 1e6, 12, 24, 60, 1_440, 3_600, 1.609344, 2.204623, 2.54, 3.28084, 3.785412, 0.3048 * 100, 28.34952, 25.4, 4.184)
OFF = 0.15  # that the factor may differ between the medians of the groups, in logarithms of e
GAP = 0.25  # of the distance between the medians that lies empty between the groups
SHAPE = 2.0  # times that the spread of one group may be that of the other
MOST_ZEROS = 0.2
WITH_UNIT = re.compile(r"[+-]?[\d.,]*\d\s*([^\W\d_]{1,10}\.?(?:/[^\W\d_]{1,5})?|°[CF]|%|[$€£¥])|([$€£¥])\s*[\d.,]*\d")
UNITS_SHARE = 0.8  # of the cells are a number and a unit
COMMON_UNIT = 0.02  # of the cells


def _find(context: CheckContext) -> Iterator[Hit]:
    rows = sample(len(context.typed))
    if len(rows) < FEWEST_ROWS:
        return
    hits = []
    for column in context.profile.columns:
        if column.name not in context.typed or column.distinct < FEWEST_VALUES:
            continue
        if column.kind in NUMERIC_KINDS:
            hit = _numbers(context, column, rows) or _overlapping(context, column, rows)
        else:
            hit = _written(context, column, rows)
        if hit:
            hits.append(hit)
    yield from grouped(hits, "seem to mix units")


def _numbers(context: CheckContext, column: Column, rows: np.ndarray) -> Hit | None:
    facts = column.numbers
    if facts is None or facts.minimum < 0 < facts.maximum or facts.zeros > MOST_ZEROS * len(context.typed):
        return None
    values = np.abs(context.values[column.name][rows])  # all below zero is as good as all above, such as degrees west
    values = np.sort(values[np.isfinite(values) & (values > 0)])
    edge = max(FEWEST_IN_GROUP, int(SMALLEST_GROUP * len(values)))
    if len(values) < 2 * edge + FEWEST_VALUES:
        return None
    logs = np.log(values)
    steps = np.diff(logs)[edge - 1 : len(logs) - edge]
    cut = int(np.argmax(steps)) + edge
    low, high = logs[:cut], logs[cut:]
    apart = float(np.median(high) - np.median(low))
    if steps.max() < GAP * apart:
        return None
    spreads = [float(np.subtract(*np.quantile(g, (0.9, 0.1)))) for g in (low, high)]
    factor = min(FACTORS, key=lambda f: abs(np.log(f) - apart))
    if abs(np.log(factor) - apart) > OFF or min(spreads) <= 0 or max(spreads) > SHAPE * min(spreads):
        return None
    if min(len(np.unique(low)), len(np.unique(high))) < FEWEST_IN_GROUP:
        return None
    message = (
        f"Column {named(column.name)} seems to mix units: {counted(min(len(low), len(high)), 'row')} of {len(values):,}"
        f"{on_a_sample(context)} stand apart from the others, about {factor:g} times as "
        f"{'large' if len(high) < len(low) else 'small'}, "
        "with nothing between (two scales of one quantity)."
    )
    return Hit(message, (column.name,), fix="bring all values to one unit")


def _overlapping(context: CheckContext, column: Column, rows: np.ndarray) -> Hit | None:
    """Find units whose ranges meet, by a column beside that names them or by the column's own name."""
    held = context.values[column.name][rows]
    for other in context.profile.columns:
        if other.kind in ("category", "boolean") and UNIT_NAME.search(other.name) and other.name in context.cells:
            told = units_beside(held, context.raw[other.name][rows])
            if told:
                shown = ", ".join(f"{quoted(unit)} ({count:,})" for unit, count in told)
                message = (
                    f"Column {named(column.name)} mixes units: {named(other.name)} says {shown} in {counted(len(rows), 'row')}"
                    f"{on_a_sample(context)}, and the numbers differ as these units do."
                )
                return Hit(message, (column.name, other.name), fix=f"bring all values of {named(column.name)} to one unit")
    found = units_by_name(column.name, held[np.isfinite(held)])
    if found is None:
        return None
    count, how = found
    message = (
        f"Column {named(column.name)} seems to mix units: {counted(count, 'row')} of {len(rows):,}{on_a_sample(context)} make a heap of "
        f"their own, {how}, of the same shape as the other (two scales of one quantity)."
    )
    return Hit(message, (column.name,), fix="bring all values to one unit")


def _written(context: CheckContext, column: Column, rows: np.ndarray) -> Hit | None:
    if column.kind not in ("category", "text", "identifier") or column.name not in context.cells:
        return None
    cells = context.raw[column.name][rows]
    some = [c.strip() for c in cells[: FEWEST_VALUES * 2] if isinstance(c, str)]
    if sum(WITH_UNIT.fullmatch(c) is not None for c in some) < UNITS_SHARE / 2 * max(len(some), 1):
        return None
    units: Counter[str] = Counter()
    held = 0
    for cell in cells:
        if isinstance(cell, str):
            held += 1
            match = WITH_UNIT.fullmatch(cell.strip())
            if match:
                units[match.group(1) or match.group(2)] += 1
    common = [unit for unit, count in sorted(units.items(), key=lambda u: (-u[1], u[0])) if count >= max(COMMON_UNIT * held, LEAST_SEEN)]
    if len(common) < 2 or sum(units.values()) < UNITS_SHARE * held:
        return None
    shown = ", ".join(f"{quoted(unit)} ({units[unit]:,})" for unit in common[:4])
    message = f"Column {named(column.name)} mixes units: {shown} in {counted(held, 'cell')}; it is taken as {column.kind}."
    return Hit(message, (column.name,), fix="bring all values to one unit and write plain numbers")


CHECK = Check("F114", "Several units in one column", "warning", _find)
