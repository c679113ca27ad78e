"""Intervals cover what they promise; thresholds and conformal widths are what they are defined to be."""

import time

import numpy as np
from hypothesis import given, strategies as st

from automl_assist.evaluation import scoring
from automl_assist.evaluation.conformal import residual_quantiles
from automl_assist.evaluation.scoring import difference_interval, difference_intervals, interval, labels
from automl_assist.evaluation.thresholds import best_threshold, precision_recall_f1
from automl_assist.metrics import metric


def test_the_interval_covers_the_true_figure_about_as_often_as_it_says():
    covered = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        y = rng.integers(0, 2, 150)
        p = np.where(rng.random(150) < 0.8, y, 1 - y)
        low, high = interval(metric("accuracy"), y, np.column_stack([1 - p, p]), seed=seed)
        covered += low <= 0.8 <= high
    assert 51 <= covered <= 60


def test_paired_differences_are_sharper_than_the_intervals_of_both():
    rng = np.random.default_rng(0)
    y = rng.normal(size=200)
    noise = rng.normal(size=200)
    low, high = difference_interval(metric("rmse"), y, y + noise, y + 1.1 * noise)
    assert 0 < low < 0.1 < high < 0.2


def test_no_interval_from_one_class():
    y = np.zeros(20, dtype=int)
    p = np.tile([0.6, 0.4], (20, 1))
    assert interval(metric("roc_auc"), y, p) is None


def test_no_interval_from_a_handful_of_rows():
    y, sure = np.array([0, 0, 1, 1] * 3), np.array([[0.9, 0.1], [0.9, 0.1], [0.1, 0.9], [0.1, 0.9]] * 3)
    guess = np.full_like(sure, 0.5)
    assert difference_interval(metric("roc_auc"), y, sure, guess) is not None
    assert difference_interval(metric("roc_auc"), y[:4], sure[:4], guess[:4]) is None  # by chance in one of six


def test_where_no_time_is_left_the_fewest_resamples_are_made_if_they_are_quick():
    def slow(rows):
        time.sleep(scoring.LEAST_S)
        return [1.0]

    assert scoring.resampled(lambda rows: [float(len(rows))], 1, 20, until=0.0) != [None]
    assert scoring.resampled(slow, 1, 20, until=0.0) == [None]
    seen = []

    def slow_at_first(rows):
        if not seen:
            time.sleep(2 * scoring.LEAST_S)  # as the first figure of its kind, which imports what it needs
        seen.append(rows)
        return [float(len(rows))]

    assert scoring.resampled(slow_at_first, 1, 20, until=0.0) != [None]


def test_where_no_time_is_left_resamples_without_a_figure_are_made_up_for():
    draws = iter(range(10**9))

    def half_defined(rows):
        return [float(len(rows)), float(len(rows)) if next(draws) % 2 else np.nan]

    assert None not in scoring.resampled(half_defined, 2, 20, until=0.0)


def test_all_references_are_compared_on_the_same_resamples():
    rng = np.random.default_rng(1)
    y = rng.normal(size=60)
    model, one, other = y + 0.5 * rng.normal(size=60), y + rng.normal(size=60), y + 2 * rng.normal(size=60)
    together = difference_intervals(metric("rmse"), y, model, [one, other], seed=3)
    assert difference_intervals(metric("rmse"), y, model, []) == []
    assert together == [difference_interval(metric("rmse"), y, model, reference, seed=3) for reference in (one, other)]


@given(st.lists(st.tuples(st.booleans(), st.sampled_from([0.1, 0.2, 0.35, 0.5, 0.8])), min_size=2, max_size=40))
def test_no_threshold_has_a_better_f1(rows):
    positive = np.array([r[0] for r in rows])
    if not positive.any():
        return
    p = np.array([r[1] for r in rows])
    chosen = precision_recall_f1(positive, p >= best_threshold("best_f1", positive, p))[2]
    assert chosen >= max(precision_recall_f1(positive, p >= cut)[2] for cut in [0.0, *p]) - 1e-12


@given(st.integers(20, 200), st.integers(0, 20))
def test_conformal_widths_hold_their_share_of_errors(n, seed):
    rng = np.random.default_rng(seed)
    y, prediction = rng.normal(size=n), rng.normal(size=n)
    levels = np.array([0.5, 0.8, 0.9])
    widths = residual_quantiles(y, prediction, levels)
    assert (np.diff(widths) >= 0).all()
    for level, width in zip(levels, widths, strict=True):
        assert (np.abs(y - prediction) <= width).mean() >= min(level, 1.0) - 1e-9


def test_labels():
    p = np.array([[0.6, 0.4], [0.3, 0.7]])
    assert labels(p).tolist() == [0, 1]
    assert labels(p, 0.35).tolist() == [1, 1]
