"""The rows that have a target in the order of time, series by series, whatever their order in the file."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from automl_assist.checks._check import CheckContext
from automl_assist.checks._goal import Goal, average_ranks, goal_of
from automl_assist.checks._layout import SURE

FEWEST_STAMPS = 30
MOST_ROWS = 250_000


@dataclass(frozen=True)
class Timeline:
    """Rows in the order of time.

    Attributes
    ----------
    name : str
        The column that orders them.
    goal : Goal
        Its rows and values are in that order.
    series : (n,) array of int
        Which series each row belongs to; equal ones stand side by side.
    stamps : (n,) array of float
    """

    name: str
    goal: Goal
    series: np.ndarray
    stamps: np.ndarray

    def neighbours(self, lag: int) -> np.ndarray:
        """Return the places that have a row `lag` steps later in the same series."""
        places: np.ndarray = np.flatnonzero(self.series[lag:] == self.series[:-lag])
        return places


def timelines(context: CheckContext) -> list[Timeline]:
    """Return a timeline for the columns that order the rows: those of the layout, or each column of dates."""
    if "timelines" not in context.known:
        context.known["timelines"] = _timelines(context)
    found: list[Timeline] = context.known["timelines"]
    return found


def _timelines(context: CheckContext) -> list[Timeline]:
    profile = context.profile
    goal = goal_of(context, fewest=FEWEST_STAMPS, most=MOST_ROWS)
    if goal is None:
        return []
    of_layout = list(profile.layout.get("time") or ())
    names = of_layout[:1]
    if not names and profile.time and (profile.time.given or profile.time.confidence >= SURE):
        names = [profile.time.name]
    names += [c.name for c in profile.features if c.kind == "datetime" and c.name not in names and not of_layout]
    series_names = list(profile.layout.get("series") or ()) or ([profile.series.name] if profile.series else [])
    series_names = [n for n in series_names if n in context.typed]
    series = np.zeros(len(goal.rows), int)
    for name in series_names:
        codes = pd.factorize(context.values[name][goal.rows])[0] + 1
        series = series * (int(codes.max()) + 1) + codes
    found = []
    for name in names:
        keys = [name, *(of_layout[1:] if name == (of_layout or [None])[0] else [])]
        if all(k in context.typed and context.values[k].dtype.kind in "fM" for k in keys):
            found.append(_timeline(context, name, keys, goal, series))
    return [timeline for timeline in found if len(np.unique(timeline.stamps)) >= FEWEST_STAMPS]


def persistence(context: CheckContext) -> float:
    """Return the share of a number's variance that its value one step earlier explains; 0 where the rows have no order in time.

    The variance of the numbers or that of their ranks, whichever is explained better.
    """
    explained = 0.0
    for line in timelines(context):
        places = line.neighbours(1)
        if not line.goal.classes and len(places) >= FEWEST_STAMPS:
            for values in (line.goal.values, average_ranks(line.goal.values)):
                error = float(((values[places + 1] - values[places]) ** 2).mean())
                explained = max(explained, 1 - error / max(float(values.var()), np.finfo(float).tiny))
    return explained


def _timeline(context: CheckContext, name: str, keys: list[str], goal: Goal, series: np.ndarray) -> Timeline:
    columns = [_numbers(context.typed[k])[goal.rows] for k in keys]
    there = np.flatnonzero(np.all([np.isfinite(c) for c in columns], axis=0))
    order = there[np.lexsort([*(c[there] for c in reversed(columns)), series[there]])]
    stamps = np.zeros(len(order))
    for column in columns:  # one key at a time: pairs of codes are factorized many times faster than an index of tuples
        codes = pd.factorize(column[order])[0]
        stamps = pd.factorize(stamps * (codes.max(initial=0) + 1) + codes)[0].astype(float)
    return Timeline(name, Goal(goal.name, goal.rows[order], goal.values[order], goal.classes), series[order], stamps)


def _numbers(held: pd.Series) -> np.ndarray:
    if held.dtype.kind == "M":
        return np.where(held.isna(), np.nan, held.astype("int64").to_numpy(float))
    return held.to_numpy(float)
