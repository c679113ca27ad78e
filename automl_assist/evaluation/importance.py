"""What a model's predictions rest on: how much worse they get when a column is shuffled (Breiman 2001)."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from automl_assist.evaluation.scoring import score
from automl_assist.metrics import Metric
from automl_assist.rules.answers import IMPORTANCE


def permutation_importance(
    predict: Callable[[pd.DataFrame], np.ndarray],
    frame: pd.DataFrame,
    y: np.ndarray,
    metric: Metric,
    columns: Sequence[str],
    *,
    seed: int,
    until: float,
    repeats: int = IMPORTANCE["repeats"],
    most_rows: int = IMPORTANCE["rows"],
) -> list[dict[str, object]]:
    """Return ``{"name", "drop", "ci95"}`` for each column measured before `until`, the most important first.

    `drop` is how much worse the metric gets, as a positive number, over shuffles of the column among the rows; `ci95` is the mean
    plus and minus twice its standard error, None after fewer than three shuffles. Whole rounds over all columns are made, so that
    when time runs out every column has been measured about equally often; `columns` come in order of expected importance.
    """
    rng = np.random.default_rng([seed, 5])
    if len(frame) > most_rows:
        rows = np.sort(rng.choice(len(frame), most_rows, replace=False))
        frame, y = frame.iloc[rows].reset_index(drop=True), y[rows]
    whole = metric.loss(score(metric, y, predict(frame)))
    drops: dict[str, list[float]] = {name: [] for name in columns}
    slowest = 0.0
    for name in [name for _ in range(repeats) for name in columns]:
        begun = time.monotonic()
        if begun + slowest > until:
            break
        shuffled = frame.assign(**{name: frame[name].to_numpy()[rng.permutation(len(frame))]})
        drops[name].append(metric.loss(score(metric, y, predict(shuffled))) - whole)
        slowest = max(slowest, time.monotonic() - begun)
    measured = [(name, np.array(values)) for name, values in drops.items() if values]
    measured.sort(key=lambda entry: -entry[1].mean())
    return [{"name": name, "drop": float(values.mean()), "ci95": _spread(values)} for name, values in measured]


def _spread(values: np.ndarray) -> list[float] | None:
    if len(values) < 3:
        return None
    error = 2 * values.std(ddof=1) / np.sqrt(len(values))
    return [float(values.mean() - error), float(values.mean() + error)]
