"""What every metric must do."""

import math

import numpy as np
import pytest

from automl_assist.evaluation.scoring import score
from automl_assist.metrics import metrics
from automl_assist.schema import TASKS


def perfect_and_worse(m, task):
    """Return truth, a perfect prediction and a worse one, in the form that the metric needs."""
    rng = np.random.default_rng(0)
    if m.needs == "value":
        y = rng.poisson(3.0, size=60).astype(float)  # not negative, so that every metric of values is defined
        return y, y.copy(), y + rng.uniform(0.5, 2.0, size=60)
    k = 2 if task == "binary" else 3
    y = np.arange(60) % k
    perfect = np.eye(k)[y]
    worse = np.full((60, k), 1 / k) + 0.1 * rng.random((60, k))
    return y, perfect, worse / worse.sum(axis=1, keepdims=True)


CASES = [(name, task) for name, m in metrics().items() for task in m.tasks]


@pytest.mark.parametrize(("name", "task"), CASES)
def test_the_optimum_is_reached_by_the_truth_and_a_worse_prediction_is_worse(name, task):
    m = metrics()[name]
    y, perfect, worse = perfect_and_worse(m, task)
    best = score(m, y, perfect)
    assert best == pytest.approx(m.optimum, abs=1e-9)
    assert m.better(best, score(m, y, worse))
    assert m.loss(best) < m.loss(score(m, y, worse))


@pytest.mark.parametrize("name", list(metrics()))
def test_names_tasks_and_words(name):
    m = metrics()[name]
    assert set(m.tasks) <= set(TASKS)
    assert m.needs in ("probability", "label", "value")
    assert m.plain.endswith(".")
    assert len(m.plain) > 40
    assert m.loss(math.nan) == math.inf
    assert math.isnan(m.compute(np.array([]), np.array([])))
