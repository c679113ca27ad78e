"""Probabilities are made as sure as held-out rows show that they should be, and only where they show it."""

import numpy as np
import pytest

from automl_assist.evaluation.calibration import LEAST, sharpened, sharpness


def _drawn(rows: int, classes: int = 3, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return classes drawn with probabilities, and these."""
    rng = np.random.default_rng(seed)
    p = rng.dirichlet(np.ones(classes), rows)
    return (p.cumsum(axis=1) < rng.random((rows, 1))).sum(axis=1), p


@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_what_was_too_sure_or_not_sure_enough_is_put_right(factor: float) -> None:
    y, p = _drawn(4_000)
    found = sharpness(y, sharpened(p, factor), 2.0)
    assert found == pytest.approx(1 / factor, rel=0.1)
    np.testing.assert_allclose(sharpened(sharpened(p, factor), 1 / factor), p, atol=1e-3)  # but for what is nearly nothing


def test_what_is_right_already_and_what_few_rows_suggest_stays() -> None:
    changed = [sharpness(*_drawn(300, seed=seed), 2.0) != 1.0 for seed in range(40)]
    assert sum(changed) <= 6  # two standard errors, about one in twenty


def test_the_order_of_rows_by_a_class_stays_and_so_does_the_likeliest_class() -> None:
    _, p = _drawn(500, classes=2)
    less = sharpened(p, 0.4)
    assert (np.argsort(less[:, 1], kind="stable") == np.argsort(p[:, 1], kind="stable")).all()
    _, p = _drawn(500, classes=5)
    assert (sharpened(p, 3.0).argmax(axis=1) == p.argmax(axis=1)).all()


def test_certain_and_wrong_is_made_as_doubtful_as_allowed() -> None:
    y = np.tile([0, 1], 500)
    p = np.tile([[1.0, 0.0]], (1_000, 1))
    assert sharpness(y, p, 2.0) == pytest.approx(LEAST, rel=1e-3)
    assert np.isfinite(np.log(sharpened(p, LEAST))).all()
