"""The kernel machine's shortcuts are exact: rows left out without solving again, and distances of embedded levels."""

from __future__ import annotations

import numpy as np

from automl_assist.models import kernel
from automl_assist.models._selection import Clock


def test_left_out_predictions_are_those_of_a_fit_without_the_row():
    rng = np.random.default_rng(0)
    rows, wanted = rng.normal(size=(30, 3)), rng.normal(size=(30, 1))
    nothing = np.zeros((30, 0), np.int32)
    distance = kernel.squared_distances(rows, nothing, rows, nothing)
    likeness = kernel.similarity("laplace", distance, 2.0)
    for _, reach, penalty, _, left_out in kernel._path("laplace", distance, 2.0, wanted, (1.0,), (1e-2, 1.0), Clock.start(None)):
        others = np.arange(30) != 7
        weights = np.linalg.solve(likeness[np.ix_(others, others)] + penalty * np.eye(29), wanted[others])
        assert reach == 1.0 and np.allclose(likeness[7, others] @ weights, left_out[7], atol=1e-6)


def test_levels_count_as_columns_of_zero_and_one():
    rng = np.random.default_rng(1)
    dense, codes = rng.normal(size=(12, 2)), rng.integers(0, 4, (12, 3)).astype(np.int32)
    columns = np.concatenate([dense, *(np.eye(4)[c][:, 1:] for c in codes.T)], axis=1)
    expected = ((columns[:, None] - columns) ** 2).sum(axis=2)
    assert np.allclose(kernel.squared_distances(dense, codes, dense, codes), expected, atol=1e-9)


def test_the_curve_through_scores_rises_and_fits():
    rng = np.random.default_rng(2)
    scores = rng.uniform(-1, 2, 4_000)
    second = rng.random(4_000) < 1 / (1 + np.exp(-(3 * scores - 1)))
    slope, offset = kernel._platt(scores, second)
    assert abs(slope - 3) < 0.3 and abs(offset + 1) < 0.3
    assert kernel._platt(-scores, second)[0] == 0.0
