"""Two units of one quantity where their ranges meet: told by the column beside that names them, or by two heaps and the column's own name.

Two heaps alone say nothing, for men and women make two as well: they must lie as far apart as two units of the quantity that the name
speaks of, and have the same shape.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from automl_assist.profile.units import WORTH

DEGREES = {"c": 1, "celsius": 1, "\u00b0c": 1, "degc": 1, "f": 2, "fahrenheit": 2, "\u00b0f": 2, "degf": 2}
MASSES, LENGTHS = (2.204623, 1000.0, 28.3495, 453.592), (2.54, 3.28084, 12.0, 30.48)  # how many times one unit is the other
DISTANCES, TIMES = (1.609344, 3.28084, 3.6), (60.0, 24.0, 1000.0)
NAMED_SO = {  # what a name speaks of
    "weight|mass|wt": MASSES,
    "height|length|width|waist|hip|depth|diameter|size|thickness|tall": LENGTHS,
    "distance|mileage|speed|range|odometer|elevation|altitude": DISTANCES,
    "duration|elapsed|runtime|time": TIMES,
}
TEMPERATURE = re.compile(r"(^|[_\W])(temp|temperature|fever)([_\W]|$)", re.IGNORECASE)
UNIT_NAME = re.compile(r"(^|[_\W])(units?|uom|measure)([_\W]|$)", re.IGNORECASE)
FEWEST_ROWS = 200
FEWEST_IN_HEAP = 30
SMALLEST_HEAP = 0.05  # of the rows
VALLEY = 0.5  # of the lower heap's height, between the two
OFF = 0.06  # in logarithms of e, that the distance of the heaps may differ from that of the units
ALIKE = 0.2  # of the spread, that the quantiles of the heaps may differ when one is brought to the other's unit
BESIDE_OFF = 0.25  # in logarithms of e, where a column beside names the units


def units_beside(values: np.ndarray, named: np.ndarray) -> list[tuple[str, int]] | None:
    """Return the units that a column beside names, with their rows, where the numbers differ as those units do.

    Parameters
    ----------
    values : (n,) array of float
    named : (n,) array of str or None
        Cells of the column that may name units.
    """
    words = pd.Series(named, dtype=object).str.strip().str.lower()
    known = np.isfinite(values) & words.notna().to_numpy()
    counts = words[known].value_counts()
    levels = [str(level) for level in counts.index if counts[level] >= FEWEST_IN_HEAP]
    if not 2 <= len(levels) <= 6 or counts[levels].sum() < 0.9 * counts.sum():
        return None
    middle = {level: float(np.median(values[known & (words == level).to_numpy()])) for level in levels}
    told = [(level, int(counts[level])) for level in levels]
    if set(levels) <= set(DEGREES) and len({DEGREES[level] for level in levels}) == 2:
        celsius = [middle[level] if DEGREES[level] == 1 else (middle[level] - 32) / 1.8 for level in levels]
        return told if max(celsius) - min(celsius) < 0.25 * max(1.0, float(np.ptp(list(middle.values())))) else None
    for sizes in WORTH:
        if set(levels) <= set(sizes) and len({sizes[level] for level in levels}) > 1 and min(middle.values()) > 0:
            scaled = [np.log(middle[level] * sizes[level]) for level in levels]
            return told if max(scaled) - min(scaled) <= BESIDE_OFF else None
    return None


def units_by_name(name: str, values: np.ndarray) -> tuple[int, str] | None:
    """Return how many of the numbers stand in the rarer unit, and how the units differ; None where one heap, or a name of no quantity."""
    plain = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name)
    if len(values) < FEWEST_ROWS:
        return None
    if TEMPERATURE.search(plain):
        heaps = _heaps(values)
        if heaps is not None and _same_shape((heaps[1] - 32) / 1.8, heaps[0], shifted=False):
            return min(map(len, heaps)), "degrees Fahrenheit beside degrees Celsius"
        return None
    factors = next((f for words, f in NAMED_SO.items() if re.search(rf"(^|[_\W])({words})([_\W]|$)", plain, re.IGNORECASE)), None)
    if factors is None or values.min() <= 0:
        return None
    heaps = _heaps(np.log(values))
    if heaps is None:
        return None
    low, high = heaps
    apart = float(np.median(high) - np.median(low))
    factor = min(factors, key=lambda f: abs(np.log(f) - apart))
    if abs(np.log(factor) - apart) > OFF or not _same_shape(high - np.log(factor), low, shifted=True):
        return None
    return min(len(low), len(high)), f"about {factor:.3g} times as {'large' if len(high) < len(low) else 'small'}"


def _heaps(values: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """Return the values of two heaps with a valley between them, lower first."""
    first, last = np.quantile(values, (0.002, 0.998))
    if not last > first:
        return None
    inner = values[(values >= first) & (values <= last)]
    edges = np.linspace(first, last, 129)
    counts = np.histogram(inner, edges)[0].astype(float)
    spread = min(float(inner.std()), float(np.subtract(*np.quantile(inner, (0.75, 0.25)))) / 1.34)
    width = 0.6 * 0.9 * spread * len(inner) ** -0.2 / (edges[1] - edges[0])  # Silverman's rule, narrower since there may be two heaps
    reach = np.arange(-64, 65)
    height = np.convolve(counts, np.exp(-0.5 * (reach / max(width, 0.5)) ** 2), mode="same")
    peaks = [i for i in range(len(height)) if height[i] == height[max(0, i - 3) : i + 4].max() and height[i] > 0.02 * height.max()]
    if len(peaks) < 2:
        return None
    a, b = sorted(sorted(peaks, key=lambda i: -height[i])[:2])
    valley = a + int(np.argmin(height[a : b + 1]))
    if height[valley] > VALLEY * min(height[a], height[b]):
        return None
    cut = edges[valley]
    low, high = values[values < cut], values[values >= cut]
    return (low, high) if min(len(low), len(high)) >= max(FEWEST_IN_HEAP, SMALLEST_HEAP * len(values)) else None


def _same_shape(one: np.ndarray, other: np.ndarray, *, shifted: bool) -> bool:
    """Whether two heaps in the same unit look alike: their quantiles, and their middles too where nothing was fitted to these."""
    at = np.linspace(0.15, 0.85, 8)
    first, second = np.quantile(one, at), np.quantile(other, at)
    spread = max(float(np.ptp(first)), float(np.ptp(second)), 1e-12)
    if shifted:
        first, second = first - np.median(one), second - np.median(other)
    return float(np.abs(first - second).max()) <= ALIKE * spread and min(np.ptp(first), np.ptp(second)) > 0.6 * spread
