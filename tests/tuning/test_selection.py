"""Which candidates are chosen with which weights, and members that together answer within the time that was asked for."""

from __future__ import annotations

import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from automl_assist.evaluation.calibration import applied
from automl_assist.metrics import metric
from automl_assist.schema import Calibration
from automl_assist.tuning.candidates import Candidate, FittedFold
from automl_assist.tuning.selection import Combining, calibrated, looked_at, quick_enough, select, select_within


def _candidate(number: int, ms: float, family: str = "lightgbm") -> Candidate:
    folds = {k: FittedFold(k, Path("."), 0.5, 1.0, ms / 2, 1.0, {}) for k in range(2)}
    return Candidate(number, family, family, {}, "portfolio", fitted=folds)


def _choose(pool: Any) -> Any:
    """Take all but the baseline, the later the more."""
    members = tuple(c for c in pool if c.family != "baseline")
    return SimpleNamespace(members=members, weights=tuple(c.number / sum(m.number for m in members) for c in members))


def _chosen(candidates: list[Candidate], most: float) -> list[int]:
    return [c.number for c in select_within(candidates, most, _choose).members]


def test_members_fit_together_and_the_dear_ones_go_first():
    candidates = [_candidate(1, 6), _candidate(2, 50), _candidate(3, 7), _candidate(4, 9)]
    assert _chosen(candidates, 0.0) == [1, 2, 3, 4]
    assert _chosen(candidates, 100.0) == [1, 2, 3, 4]
    assert _chosen(candidates, 20.0) == [4, 3]
    assert _chosen(candidates, 15.0) == [4, 1]


def test_where_nothing_is_quick_enough_the_quickest_answers():
    slow = [_candidate(1, 30), _candidate(2, 20), _candidate(3, 0.1, "baseline")]
    assert [c.number for c in quick_enough(slow, 10.0)] == [2]
    assert [c.number for c in quick_enough(slow[2:], 10.0)] == [3]
    assert _chosen(slow, 10.0) == [2]


def _predicting(number: int, family: str, folder: Path, error: np.ndarray, fitted: int) -> Candidate:
    """Return a candidate of two folds of 300 rows, all of them 0, that errs by `error` and has `fitted` of its folds."""
    folds = {}
    for k in range(fitted):
        own = folder / f"{number}-{k}"
        own.mkdir()
        np.save(own / "valid.npy", error[300 * k : 300 * (k + 1)])
        np.save(own / "test.npy", np.zeros(5))
        folds[k] = FittedFold(k, own, float(np.sqrt((error[300 * k : 300 * (k + 1)] ** 2).mean())), 1.0, 1.0, 1.0, {})
    return Candidate(number, family, family, {}, "portfolio", fitted=folds)


@pytest.mark.parametrize(
    ("whole_first", "size", "joined", "rows"), [(3, 1.1, {1, 2}, 600), (0, 1.1, {1}, 600), (3, 0.2, {1, 2}, 300), (3, 5, {1}, 600)]
)
def test_single_folds_join_where_they_help(whole_first, size, joined, rows, tmp_path):
    noise = np.random.default_rng(0).normal(size=(3, 600))
    candidates = [
        _predicting(1, "linear", tmp_path, noise[0], 2),
        _predicting(2, "lightgbm", tmp_path, size * noise[1], 1),
        _predicting(3, "linear", tmp_path, 9 * noise[2], 1),
    ]
    parts = [(np.arange(300, 600), np.arange(300)), (np.arange(300), np.arange(300, 600))]
    told = {"steps": 20, "seed": 0, "whole_first": whole_first, "clearly": 1.0}
    found = select(candidates, np.zeros(600), parts, metric("rmse"), Combining(**told))
    assert {c.number for c in found.members} == joined
    assert sum(found.weights) == pytest.approx(1)
    assert (len(found.held_out), found.complete) == (
        rows,
        rows == 600,
    )  # where single folds weigh more, the first fold stands behind it alone
    assert (found.held_out[300:] == noise[0, 300:rows]).all(), "of other rows the complete ones are known alone"
    better = np.sqrt((found.held_out[:300] ** 2).mean()) < 0.85 * candidates[0].fitted[0].score
    assert better == (len(joined) > 1)


@pytest.mark.parametrize(("asked", "weight", "rows"), [(200, 0.06, 300), (301, 0.5, 600)])
def test_on_few_rows_single_folds_get_half_of_the_weight_at_most(asked, weight, rows, tmp_path):
    noise = np.random.default_rng(0).normal(size=(2, 600))
    candidates = [_predicting(1, "linear", tmp_path, noise[0], 2), _predicting(2, "lightgbm", tmp_path, 0.2 * noise[1], 1)]
    parts = [(np.arange(300, 600), np.arange(300)), (np.arange(300), np.arange(300, 600))]
    told = {"steps": 50, "seed": 0, "clearly": 1.0, "first_fold_rows": asked}
    found = select(candidates, np.zeros(600), parts, metric("rmse"), Combining(**told))
    shares = {c.number: w for c, w in zip(found.members, found.weights, strict=True)}
    assert shares[1] == pytest.approx(weight, abs=0.005) and len(found.held_out) == rows


def test_folds_drawn_twice_hold_each_row_twice(tmp_path):
    noise = np.random.default_rng(0).normal(size=(2, 1200))
    candidates = [_predicting(1, "linear", tmp_path, 5 * noise[0], 4), _predicting(2, "lightgbm", tmp_path, 0.1 * noise[1], 1)]
    halves = [np.arange(300), np.arange(300, 600), np.arange(0, 600, 2), np.arange(1, 600, 2)]
    parts = [(np.setdiff1d(np.arange(600), half), half) for half in halves]
    found = select(candidates, np.zeros(600), parts, metric("rmse"), Combining(steps=20, seed=0))
    assert {c.number for c in found.members} == {2} and not found.complete


def test_the_family_that_leads_does_not_crowd_out_the_others():
    losses = {number: 0.2 + number / 1_000 for number in range(40)}
    pool = [_candidate(number, 1, "mlp" if number < 30 else "linear" if number < 35 else "extra_trees") for number in losses]
    losses[32] = math.nan
    seen = looked_at(pool, 12, lambda c: losses[c.number])
    assert [c.number for c in seen] == [0, 1, 2, 3, 30, 31, 33, 34, 35, 36, 37, 38]
    assert looked_at(pool, 50, lambda c: losses[c.number]) == pool


def test_who_has_another_fold_but_not_the_first_does_not_count(tmp_path):
    baseline, other = _predicting(1, "baseline", tmp_path, np.ones(600), 2), _predicting(2, "lightgbm", tmp_path, np.ones(600) / 2, 2)
    del other.fitted[0]
    folds = [(np.arange(300, 600), np.arange(300)), (np.arange(300), np.arange(300, 600))]
    chosen = select([baseline, other], np.zeros(600), folds, metric("rmse"), Combining(steps=3, seed=0))
    assert [c.number for c in chosen.members] == [1]


def test_what_is_tested_is_calibrated_as_its_held_out_rows_are(tmp_path):
    rng = np.random.default_rng(0)
    odds = rng.normal(size=(900, 1)) * [[0.0, 3.0]]
    p = np.exp(odds) / np.exp(odds).sum(axis=1, keepdims=True)
    y = (rng.random(900) < p[:, 1]).astype(int)
    timid = applied(Calibration(0.25, 0.5), p)
    candidate = _predicting(1, "linear", tmp_path, timid, 3)
    for fold in candidate.fitted.values():
        np.save(fold.folder / "test.npy", timid[:40])
    folds = [(np.setdiff1d(np.arange(900), part), part) for part in np.split(np.arange(900), 3)]
    chosen = select([candidate], y, folds, metric("roc_auc"), Combining(steps=3, seed=0))
    made = calibrated(chosen, y, "platt", 1.5, seed=0)
    assert made.calibration.power == pytest.approx(4, rel=0.3)
    np.testing.assert_allclose(made.held_out, p[made.rows], atol=0.1)
    np.testing.assert_allclose(made.test_prediction(), p[:40], atol=0.1)
    assert calibrated(chosen, y, "none", 1.5, seed=0).test_prediction().tolist() == chosen.test_prediction().tolist()
