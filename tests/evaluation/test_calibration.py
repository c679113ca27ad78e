"""Probabilities are made as sure as held-out rows show that they should be, and only where they show it."""

import numpy as np
import pytest

from automl_assist.evaluation.calibration import applied, calibration_of
from automl_assist.schema import POWERS, UNCHANGED, Calibration


def _drawn(rows: int, classes: int = 3, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return classes drawn with probabilities, and these."""
    rng = np.random.default_rng(seed)
    p = rng.dirichlet(np.ones(classes), rows)
    return (p.cumsum(axis=1) < rng.random((rows, 1))).sum(axis=1), p


@pytest.mark.parametrize("power", [0.5, 2.0])
def test_what_was_too_sure_or_not_sure_enough_is_put_right(power: float) -> None:
    y, p = _drawn(4_000)
    assert calibration_of(y, applied(Calibration(power), p), "temperature", 2.0).power == pytest.approx(1 / power, rel=0.1)
    np.testing.assert_allclose(
        applied(Calibration(1 / power), applied(Calibration(power), p)), p, atol=1e-3
    )  # but for what is nearly nothing


def test_a_shift_of_two_classes_is_found_too_where_it_is_asked_for() -> None:
    y, p = _drawn(4_000, classes=2)
    shown = applied(Calibration(0.5, -1.0), p)
    calibration = calibration_of(y, shown, "platt", 2.0)
    assert (calibration.power, calibration.shift) == (pytest.approx(2.0, rel=0.15), pytest.approx(2.0, rel=0.15))
    assert applied(calibration, shown).mean(axis=0) == pytest.approx(np.bincount(y) / len(y), abs=0.005)
    assert calibration_of(y, shown, "temperature", 2.0).shift == 0.0
    assert calibration_of(y, shown, "none", 2.0) == UNCHANGED
    assert calibration_of(*_drawn(4_000), "platt", 2.0).shift == 0.0  # of three classes there is none


def test_what_is_right_already_stays() -> None:
    changed = [calibration_of(*_drawn(300, classes=2, seed=seed), "platt", 1.5) != UNCHANGED for seed in range(60)]
    assert sum(changed) <= 4  # about one in ninety


def test_the_order_of_rows_by_a_class_stays_and_so_does_the_likeliest_class() -> None:
    _, p = _drawn(500, classes=2)
    less = applied(Calibration(0.4, 1.2), p)
    assert (np.argsort(less[:, 1], kind="stable") == np.argsort(p[:, 1], kind="stable")).all()
    _, p = _drawn(500, classes=5)
    assert (applied(Calibration(3.0), p).argmax(axis=1) == p.argmax(axis=1)).all()


def test_certain_and_wrong_is_made_as_doubtful_as_allowed_and_many_rows_are_sampled() -> None:
    y, p = np.tile([0, 1], 15_000), np.tile([[1.0, 0.0]], (30_000, 1))
    assert calibration_of(y, p, "temperature", 2.0).power == pytest.approx(POWERS[0])
    assert np.isfinite(np.log(applied(Calibration(POWERS[0]), p))).all()
    assert calibration_of(y[:1], p[:1], "platt", 0.0) == UNCHANGED


def test_no_file_can_ask_for_what_is_no_calibration() -> None:
    for power, shift in ((0.0, 0.0), (float("nan"), 0.0), (1.0, 1e9), (-1.0, 0.0), (1.0, float("nan"))):
        with pytest.raises(ValueError, match="calibrated"):
            Calibration(power, shift)


@pytest.mark.parametrize(("rows", "classes"), [(30, 2), (30, 3), (200, 2)])
def test_nobody_is_surer_than_the_held_out_rows_allow(rows: int, classes: int) -> None:
    y = np.arange(rows) % classes
    p = np.where(np.arange(classes) == y[:, None], 1 - 1e-6 * (classes - 1), 1e-6)
    by = calibration_of(y, p, "temperature", 1.5, 0.5)
    given = applied(by, p)
    assert given.max() == pytest.approx((rows + 0.5) / (rows + 1), abs=1e-4)
    assert given.sum(axis=1) == pytest.approx(1.0)
    assert calibration_of(y, p, "none", 1.5).doubt == 0.0


def test_doubt_changes_neither_the_order_of_rows_nor_the_likeliest_class() -> None:
    _, p = _drawn(500, classes=2)
    less = applied(Calibration(doubt=0.1), p)
    assert (np.argsort(less[:, 1], kind="stable") == np.argsort(p[:, 1], kind="stable")).all()
    _, p = _drawn(500, classes=5)
    assert (applied(Calibration(doubt=0.4), p).argmax(axis=1) == p.argmax(axis=1)).all()
    with pytest.raises(ValueError, match="calibrated"):
        Calibration(doubt=0.9)
