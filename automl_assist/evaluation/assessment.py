"""The test: every figure of the finished model on the locked part, with its interval, beside baseline and linear model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from automl_assist.evaluation.charts import classification_charts, regression_charts
from automl_assist.evaluation.scoring import difference_intervals, interval, score
from automl_assist.evaluation.thresholds import FIGURES, best_threshold, threshold_of_costs
from automl_assist.metrics import metric
from automl_assist.schema import CLASSIFICATION

UNKNOWN = "it cannot be computed from these rows, such as where they hold one class only"


@dataclass(frozen=True)
class TestPart:
    """Truth and predictions on the locked rows.

    Attributes
    ----------
    y
        Class codes or values, shape (n,).
    model
        The ensemble's predictions, shape (n, k) or (n,).
    references
        Predictions of the models that it is compared with, by name: ``baseline``, ``linear``.
    """

    __test__ = False  # not a test case, whatever pytest makes of the name

    y: np.ndarray
    model: np.ndarray
    references: Mapping[str, np.ndarray]


def choose_threshold(
    kind: str | float | None, y: np.ndarray, held_out: np.ndarray, costs: Mapping[str, float] | None = None
) -> float | None:
    """Return the threshold on the second class, None for the most probable class.

    Parameters
    ----------
    kind : str, float or None
        The plan's choice: a number as it is, ``costs``, or a figure that is made best on held-out development rows.
    """
    if held_out.ndim != 2 or held_out.shape[1] != 2:
        return None
    if isinstance(kind, int | float):
        return float(kind)
    if kind == "costs":
        return threshold_of_costs(costs["false_alarm"], costs["miss"]) if costs else None
    if kind not in FIGURES or not (y == 1).any():
        return None
    return best_threshold(kind, y == 1, held_out[:, 1])


def measured(names: Sequence[str], part: TestPart, threshold: float | None, *, seed: int, until: float) -> list[dict[str, Any]]:
    """Return one record for each metric: value, 95 % interval, and the references' values.

    The first metric is the headline and gets its resamples before the others.
    """
    records = []
    for name in names:
        m = metric(name)
        cut = threshold if m.needs == "label" else None
        ci = interval(m, part.y, part.model, threshold=cut, seed=seed, until=until)
        value = score(m, part.y, part.model, cut)
        records.append(
            {
                "name": name,
                "title": m.title,
                "value": value,
                **({} if np.isfinite(value) else {"reason": UNKNOWN}),
                "ci95": list(ci) if ci else None,
                **{who: score(m, part.y, prediction) for who, prediction in part.references.items()},
                "higher_is_better": m.higher_is_better,
                "optimum": m.optimum,
                "plain": m.plain,
            }
        )
    return records


def gains(name: str, part: TestPart, *, seed: int, until: float) -> dict[str, list[float] | None]:
    """Return, for each reference, the 95 % interval of how much better the model is on the same rows; above 0 means better."""
    m = metric(name)
    found = difference_intervals(m, part.y, part.model, list(part.references.values()), seed=seed, until=until)
    return {who: list(ci) if ci else None for who, ci in zip(part.references, found, strict=True)}


def charts(
    task: str,
    part: TestPart,
    classes: Sequence[str],
    threshold: float | None,
    threshold_reason: str,
    half_width: float,
    coverage: float,
    seed: int,
) -> dict[str, Any]:
    """Return the charts that fit the task."""
    if task in CLASSIFICATION:
        return classification_charts(part.y, part.model, list(classes), threshold, threshold_reason)
    return regression_charts(part.y, part.model, half_width, coverage, seed)
