"""Thresholds are those that trying every cut would find, and costs give the one that decision theory says."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, f1_score, matthews_corrcoef

from automl_assist.evaluation.assessment import choose_threshold
from automl_assist.evaluation.thresholds import best_threshold

FIGURES = {"best_f1": f1_score, "best_balanced_accuracy": balanced_accuracy_score, "best_mcc": matthews_corrcoef}


@pytest.mark.parametrize("kind", FIGURES)
@pytest.mark.parametrize("seed", range(5))
def test_no_other_cut_is_better(kind, seed):
    rng = np.random.default_rng(seed)
    positive = rng.random(120) < 0.25
    p = np.clip(0.3 * positive + rng.random(120), 0, 1.3).round(2) / 1.3  # rounded, so that scores tie
    cut = best_threshold(kind, positive, p)
    best = max(FIGURES[kind](positive, p >= other) for other in np.unique(p))
    assert FIGURES[kind](positive, p >= cut) == pytest.approx(best)


def test_a_threshold_by_costs_by_number_and_of_none():
    y, p = np.array([0, 1, 1]), np.array([[0.9, 0.1], [0.4, 0.6], [0.2, 0.8]])
    assert choose_threshold("costs", y, p, {"false_alarm": 1.0, "miss": 4.0}) == pytest.approx(0.2)
    assert choose_threshold(0.35, y, p) == 0.35
    assert choose_threshold("half", y, p) is None
    assert choose_threshold("best_f1", np.zeros(3, int), p) is None
    assert choose_threshold(0.35, y, np.ones((3, 3)) / 3) is None
