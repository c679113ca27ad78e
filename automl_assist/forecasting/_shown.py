"""What the report shows of a forecast: fans of backtests, errors by step, the series it does worst on; plain data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from automl_assist.forecasting._backtests import scores_by_series
from automl_assist.forecasting._intervals import Widths
from automl_assist.forecasting._past import Past
from automl_assist.metrics import Metric

RESAMPLES = 1_000
FEWEST_SERIES, FEWEST_UNITS = 10, 4  # for an interval of a figure, and of a gain
HISTORY_HORIZONS = 3  # shown before an origin, at least two seasons
MOST_POINTS = 160  # of a curve
WORST = 10
LEAST_NAMED = 10  # rows of a series whose name is shown (contract, section 5)


def record(m: Metric, value: float, each: np.ndarray | None, naive: float, seed: int) -> dict[str, Any]:
    """Return one figure of the test, with its interval over series where there are enough, beside that of the last season."""
    known = each[np.isfinite(each)] if each is not None else np.empty(0)
    ci = None
    if len(known) >= FEWEST_SERIES:
        drawn = np.random.default_rng(seed).integers(0, len(known), (RESAMPLES, len(known)))
        ci = [float(v) for v in np.quantile(known[drawn].mean(axis=1), (0.025, 0.975))]
    return {
        "name": m.name,
        "title": m.title,
        "value": value if np.isfinite(value) else None,
        "ci95": ci,
        "baseline": naive if np.isfinite(naive) else None,
        "linear": None,
        "higher_is_better": m.higher_is_better,
        "optimum": m.optimum,
        "plain": m.plain,
    }


def gain_interval(mine: np.ndarray, naive: np.ndarray, seed: int) -> list[float] | None:
    """Return the 95 % interval of how much smaller the figure is than that of the last season, over series and origins, (w, n) each."""
    gain = (naive - mine)[np.isfinite(naive - mine)]
    if len(gain) < FEWEST_UNITS:
        return None
    drawn = np.random.default_rng(seed).integers(0, len(gain), (RESAMPLES, len(gain)))
    return [float(v) for v in np.quantile(gain[drawn].mean(axis=1), (0.025, 0.975))]


def shown(
    past: Past,
    truth: np.ndarray,
    mixed: np.ndarray,
    naive: np.ndarray,
    scale: np.ndarray,
    wide: Widths,
    final: Widths,
    ahead: np.ndarray,
    names: Sequence[tuple[str, ...]],
    cuts: Sequence[int],
    coverage: float,
    *,
    named: bool,
) -> dict[str, Any]:
    """Return what the report shows.

    Parameters
    ----------
    truth, mixed, naive : ndarray of shape (w, n, h)
        What came, the forecast, and the last season again; the test first.
    wide, final : Widths
        From the backtests that chose, and from all.
    ahead : ndarray of shape (n, h)
        The forecast from the end.
    named : bool
        Series may be called by their names.
    """
    mine, base = scores_by_series(truth, mixed, scale, "mase"), scores_by_series(truth, naive, scale, "mase")
    scored = np.flatnonzero(np.isfinite(mine))
    lengths = np.isfinite(past.observed).sum(axis=1)

    def label(i: int) -> str:
        name = ", ".join(names[i])
        return name if name and named and lengths[i] >= LEAST_NAMED else f"series {i + 1}" if past.n > 1 else "the series"

    order = scored[np.argsort(-mine[scored])]
    typical = int(order[len(order) // 2]) if len(order) else 0
    fans = [
        _fan(past, truth[w, typical], mixed[w, typical], naive[w, typical], wide.half(coverage)[typical], typical, cut) | {"test": w == 0}
        for w, cut in enumerate(cuts)
    ]
    worst = [
        _fan(past, truth[0, i], mixed[0, i], naive[0, i], wide.half(coverage)[i], int(i), cuts[0]) | {"series": label(int(i)), "test": True}
        for i in order[:2]
        if past.n > 1 and int(i) != typical
    ]
    error, of_naive = (np.abs(truth - a) / scale[None, :, None] for a in (mixed, naive))
    return {
        "horizon": past.horizon,
        "frequency": past.frequency.name,
        "seasons": list(past.seasons),
        "series": past.n,
        "typical": label(typical),
        "fans": fans[::-1],
        "worst_fans": worst,
        "coverage": coverage,
        "next": _fan(past, None, ahead[typical], None, final.half(coverage)[typical], typical, 0),
        "by_step": [[k + 1, _mean(error[:, :, k]), _mean(of_naive[:, :, k])] for k in range(past.horizon)],
        "worst": [
            {"series": label(int(i)), "value": float(mine[i]), "baseline": float(base[i]), "steps": int(lengths[i])} for i in order[:WORST]
        ],
        "lost": int((mine[scored] > base[scored]).sum()),
        "scored": len(scored),
    }


def _mean(values: np.ndarray) -> float | None:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else None


def _fan(
    past: Past, truth: np.ndarray | None, ahead: np.ndarray, naive: np.ndarray | None, half: np.ndarray, i: int, cut: int
) -> dict[str, Any]:
    """Return one fan: steps counted from the origin, which is 0."""
    end = past.length - cut
    back = min(max(HISTORY_HORIZONS * past.horizon, 2 * past.season), MOST_POINTS, end)
    before = past.observed[i, end - back : end]
    places = np.arange(-back + 1, 1)
    steps = np.arange(1, past.horizon + 1)

    def points(x: np.ndarray, y: np.ndarray | None) -> list[list[float]]:
        if y is None:
            return []
        keep = np.flatnonzero(np.isfinite(y))
        if len(keep) > MOST_POINTS:
            keep = keep[np.unique(np.linspace(0, len(keep) - 1, MOST_POINTS).astype(int))]
        return [[int(x[k]), float(f"{y[k]:.6g}")] for k in keep]

    return {
        "before_end": cut,
        "history": points(places, before),
        "truth": points(steps, truth),
        "ahead": points(steps, ahead),
        "naive": points(steps, naive),
        "lower": points(steps, ahead - half),
        "upper": points(steps, ahead + half),
    }
