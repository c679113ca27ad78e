"""From values to places on a chart: a linear scale with round ticks."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from automl_assist.report._filters import MINUS

LARGEST = 1e300  # larger values would overflow when subtracted
COMPACT_FROM = 1e6
SUFFIXES = ((1e12, "T"), (1e9, "B"), (1e6, "M"))


@dataclass(frozen=True)
class Scale:
    """Places from `start` to `stop` for values from `low` to `high`."""

    low: float
    high: float
    start: float
    stop: float
    ticks: tuple[tuple[float, str], ...]

    def at(self, value: float | None) -> float:
        """Return the place of `value`, within the chart, to a tenth of a unit."""
        if value is None or not math.isfinite(value):
            return round(self.start, 1)
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return round(self.start + share * (self.stop - self.start), 1)


def scale(low: float, high: float, start: float, stop: float, count: int = 5) -> Scale:
    """Return a scale with about `count` round ticks between `low` and `high`."""
    low, high = (min(max(float(v), -LARGEST), LARGEST) for v in (low, high))
    if high - low <= 1e-12 * max(abs(low), abs(high), 1e-280):
        room = abs(low) * 0.05 or 0.5
        low, high = low - room, high + room
    return Scale(low, high, start, stop, _ticks(low, high, max(count, 2)))


def _ticks(low: float, high: float, count: int) -> tuple[tuple[float, str], ...]:
    raw = (high - low) / count
    power = 10.0 ** math.floor(math.log10(raw))
    step = next((m * power for m in (1, 2, 5, 10) if m * power >= raw * 0.999), 10 * power)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    places = [i * step for i in range(first, min(last, first + 4 * count) + 1)]
    largest = max(abs(low), abs(high))
    return tuple((place, tick_text(place, step, largest)) for place in places)


def tick_text(value: float, step: float, largest: float) -> str:
    """Return the label of a tick, with the decimals and the suffix that its neighbours have too."""
    if abs(value) < step / 2:
        return "0"
    size = max(largest, step)
    if size >= 1e15 or step < 1e-6:
        return f"{value:.3g}".replace("e+", "e").replace("-", MINUS)
    for factor, suffix in SUFFIXES:
        if size >= factor >= COMPACT_FROM:
            decimals = max(0, math.ceil(-math.log10(step / factor) - 1e-9))
            if decimals <= 3:
                return f"{value / factor:.{decimals}f}{suffix}".replace("-", MINUS)
    decimals = max(0, math.ceil(-math.log10(step) - 1e-9))
    return f"{value:,.{decimals}f}".replace("-", MINUS)


def extent(values: Iterable[float | None], *, room: float = 0.05, within: Sequence[float | None] = (None, None)) -> tuple[float, float]:
    """Return the range of the finite values, widened on both sides by a share of it, but not beyond `within`."""
    finite = [min(max(v, -LARGEST), LARGEST) for v in values if v is not None and math.isfinite(v)]
    if not finite:
        return 0.0, 1.0
    low, high = min(finite), max(finite)
    more = (high - low) * room or abs(low) * room or 0.5
    floor, ceiling = within
    return (
        max(low - more, floor) if floor is not None and floor <= low else low - more,
        min(high + more, ceiling) if ceiling is not None and ceiling >= high else high + more,
    )
