"""One quantity in two units in the same column.

Heights in metres and in centimetres, weights in kilograms and pounds: the numbers fall into two far groups of the same shape, one a
known factor of the other. Where units are written beside the numbers, they are counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
import pandas as pd

from automl_assist.checks._check import Check, CheckContext, Hit
from automl_assist.checks._rows import examples, sample
from automl_assist.checks._units import UNIT_NAME, units_beside, units_by_name
from automl_assist.checks._unread import unread
from automl_assist.checks._wording import counted, grouped, named, on_a_sample, quoted
from automl_assist.profile.measured import UNITS_SHARE, WITH_UNIT, common_units, is_known, unit_of
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
FEWEST_ENTITIES, FEWEST_EACH = 3, 5  # how many a column names, and rows of each on average
MOST_ASTRAY = 0.1  # of the smaller group, that stand in the other one than most rows of their entity
CLOSER = 0.5  # of the variance of the logarithms in the larger group is that within its entities, at most
MOST_QUOTED = 4


def _find(context: CheckContext) -> Iterator[Hit]:
    rows = sample(len(context.typed))
    if len(rows) < FEWEST_ROWS:
        return
    hits = []
    for column in context.profile.columns:
        if column.name not in context.typed or column.distinct < FEWEST_VALUES:
            continue
        if column.kind in NUMERIC_KINDS:
            hit = _beside(context, column) or _numbers(context, column, rows) or _overlapping(context, column, rows)
        else:
            hit = _written(context, column, rows)
        if hit:
            hits.append(hit)
    yield from grouped(hits, "seem to mix units")


def _beside(context: CheckContext, column: Column) -> Hit | None:
    """Find a few amounts in another unit than nearly all others, which were not read: three prices in euros among those in dollars."""
    if column.affix is None:
        return None
    strange = next((found.strange for found in unread(context, (column.kind,)) if found.column is column), None)
    if strange is None:
        return None
    units = Counter(filter(is_known, map(unit_of, (str(cell).strip() for cell in context.raw[column.name][strange]))))
    if not units:
        return None
    shown = ", ".join(f"{quoted(unit)} ({count:,})" for unit, count in sorted(units.items(), key=lambda u: (-u[1], u[0]))[:MOST_QUOTED])
    message = (
        f"Column {named(column.name)} mixes units: {counted(units.total(), 'cell')} of {len(context.typed):,}{on_a_sample(context)} "
        f"stand in {shown}, the others in {quoted(column.affix)}; those cells count as missing."
    )
    return Hit(message, (column.name,), examples(context, strange), "bring all values to one unit and write plain numbers")


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
    if min(len(np.unique(low)), len(np.unique(high))) < FEWEST_IN_GROUP or _entities_differ(context, column, rows, float(high[0])):
        return None
    message = (
        f"Column {named(column.name)} seems to mix units: {counted(min(len(low), len(high)), 'row')} of {len(values):,}"
        f"{on_a_sample(context)} stand apart from the others, about {factor:g} times as "
        f"{'large' if len(high) < len(low) else 'small'}, "
        "with nothing between (two scales of one quantity)."
    )
    return Hit(message, (column.name,), fix="bring all values to one unit")


def _entities_differ(context: CheckContext, column: Column, rows: np.ndarray, cut: float) -> bool:
    """Whether another column names what has the large values and what the small ones, each closer to itself than to the others there.

    So it is with countries in many years and with products at many dates. Units are no such thing: those of one shop that weighs in pounds
    are spread as widely as those of all others.
    """
    values = np.abs(context.values[column.name][rows])
    logs = np.log(np.where(values > 0, values, np.nan))
    high = logs >= cut
    for other in context.profile.columns:
        if other.name == column.name or other.name not in context.raw or not FEWEST_ENTITIES <= other.distinct <= len(rows) / FEWEST_EACH:
            continue
        codes = pd.factorize(context.raw[other.name][rows])[0]
        held = np.isfinite(logs) & (codes >= 0)
        sizes, above = np.bincount(codes[held]), np.bincount(codes[held], weights=high[held])
        lost = float(np.minimum(above, sizes - above).sum())
        if lost > MOST_ASTRAY * min(high[held].sum(), (~high[held]).sum()):
            continue
        larger = held & (high == (high[held].mean() > 0.5))
        middle = np.bincount(codes[larger], weights=logs[larger]) / np.maximum(np.bincount(codes[larger]), 1)
        if float((logs[larger] - middle[codes[larger]]).var()) <= CLOSER * float(logs[larger].var()):
            return True
    return False


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
    held = [c.strip() for c in cells if isinstance(c, str)]
    if not (common := common_units(held, LEAST_SEEN)):
        return None
    shown = ", ".join(f"{quoted(unit)} ({count:,})" for unit, count in common[:MOST_QUOTED])
    message = f"Column {named(column.name)} mixes units: {shown} in {counted(len(held), 'cell')}; it is taken as {column.kind}."
    return Hit(message, (column.name,), fix="bring all values to one unit and write plain numbers")


CHECK = Check("F114", "Several units in one column", "warning", _find)
