"""The ridge of many figures: leave-one-out without leaving out, and probabilities that are never certain of few rows."""

import numpy as np
import pytest

from automl_assist.models._ridge import fit_ridge, standardised


@pytest.mark.parametrize("width", [6, 90])
def test_it_is_ridge_regression_and_its_penalty_is_the_best_left_out(width):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(40, width)).astype(np.float32)
    means, scales = x.mean(axis=0), 1 / x.std(axis=0)
    y = (x[:, 0] + rng.normal(size=40))[:, None] + 5

    def direct(rows, penalty):
        z = standardised(x, means, scales).astype(float)
        size = (z**2).sum() / len(z)
        middle, centre = y[rows].mean(axis=0), z[rows].mean(axis=0)
        w = np.linalg.solve(
            (z[rows] - centre).T @ (z[rows] - centre) + penalty * size * np.eye(width), (z[rows] - centre).T @ (y[rows] - middle)
        )
        return (z - centre) @ w + middle

    errors = {}
    for penalty in (1e-2, 1.0, 100.0):
        errors[penalty] = np.mean([(y[k] - direct(np.delete(np.arange(40), k), penalty)[k]) ** 2 for k in range(40)])
    head = fit_ridge(x, y, means, scales, None, tuple(errors))
    assert head.penalty == min(errors, key=errors.get)
    assert np.allclose(head.outputs(x), direct(np.arange(40), head.penalty), atol=1e-3)


def test_probabilities_are_never_certain_of_few_rows():
    rng = np.random.default_rng(0)
    codes = np.arange(20) % 2
    x = (rng.normal(size=(20, 50)) * 0.01 + codes[:, None]).astype(np.float32)
    goal = np.where(codes[:, None] == np.arange(2), 1.0, -1.0)
    head = fit_ridge(x, goal, x.mean(axis=0), 1 / x.std(axis=0), codes, (1e-3, 1e-2, 1e-1, 1.0), (0.5, 40.0))
    found = head.probabilities(x)
    assert np.array_equal(found.argmax(axis=1), codes)
    assert 0.9 < found.max(axis=1).min() < found.max() < 0.999
