"""Rows are on one side of a line, never on both."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

from automl_assist.evaluation.splits import Lines, folds, hold_out

KINDS = st.sampled_from(["random", "stratified", "group", "time"])


def lines_of(kind, n, classes, seed):
    rng = np.random.default_rng(seed)
    return Lines(kind, {"random": np.empty(0, np.int64), "time": rng.permutation(n)}.get(kind, rng.integers(0, max(classes, 1), n)))


@given(KINDS, st.integers(30, 200), st.integers(3, 12), st.integers(2, 8), st.integers(0, 5))
def test_parts_are_disjoint_and_repeatable(kind, n, classes, k, seed):
    lines = lines_of(kind, n, classes, seed)
    dev, test = hold_out(n, lines, 0.2, seed)
    assert sorted([*dev, *test]) == list(range(n))
    assert len(dev)
    assert len(test)
    parts = folds(len(dev), lines.take(dev), k, seed)
    held = np.concatenate([valid for _, valid in parts])
    assert len(held) == len(set(held))
    if kind != "time":
        assert sorted(held) == list(range(len(dev)))
    one_group_left = kind == "group" and len(np.unique(lines.codes[dev])) < 2  # nothing can be done: the training refuses it
    for train, valid in parts:
        assert not set(train) & set(valid)
        assert len(train) or one_group_left
        assert len(valid)
    again = folds(len(dev), lines.take(dev), k, seed)
    assert all((a == c).all() and (b == d).all() for (a, b), (c, d) in zip(parts, again, strict=True))


@given(st.integers(60, 200), st.integers(3, 9), st.integers(0, 5))
def test_groups_stay_together(n, groups, seed):
    lines = lines_of("group", n, groups, seed)
    dev, test = hold_out(n, lines, 0.2, seed)
    assert not set(lines.codes[dev]) & set(lines.codes[test])
    for train, valid in folds(len(dev), lines.take(dev), 5, seed):
        assert not set(lines.codes[dev][train]) & set(lines.codes[dev][valid])


@given(st.integers(30, 200), st.integers(2, 8), st.integers(0, 5))
def test_time_only_looks_back(n, k, seed):
    lines = lines_of("time", n, 0, seed)
    dev, test = hold_out(n, lines, 0.2, seed)
    assert lines.codes[dev].max() < lines.codes[test].min()
    for train, valid in folds(len(dev), lines.take(dev), k, seed):
        assert lines.codes[dev][train].max() < lines.codes[dev][valid].min()


@given(st.integers(2, 6), st.integers(0, 5))
def test_every_fold_gets_its_share_of_each_class(k, seed):
    codes = np.repeat([0, 1, 2], [100, 40, 12])
    dev, test = hold_out(152, Lines("stratified", codes), 0.25, seed)
    assert np.bincount(codes[test]).tolist() == [25, 10, 3]
    for _, valid in folds(len(dev), Lines("stratified", codes[dev]), k, seed):
        counts = np.bincount(codes[dev][valid], minlength=3)
        assert np.abs(counts - np.array([75, 30, 9]) / k).max() <= 1


def test_a_class_of_one_row_is_learned_from():
    codes = np.array([0] * 59 + [1])
    dev, _ = hold_out(60, Lines("stratified", codes), 0.2, 0)
    assert 59 in dev


def test_groups_forward_in_time_stay_whole_and_never_look_ahead():
    rng = np.random.default_rng(0)
    groups = rng.integers(0, 30, 300)
    rank = np.argsort(np.argsort(rng.random(300) + groups * 0.05))
    ends = np.array([rank[groups == g].max() for g in groups])
    lines = Lines("group_time", ends)
    dev, test = hold_out(300, lines, 0.2, 0)
    assert 0.15 < len(test) / 300 < 0.25
    assert not set(groups[dev]) & set(groups[test])
    assert rank[dev].max() < ends[test].min()
    parts = folds(len(dev), lines.take(dev), 5, 0)
    assert len(parts) == 5
    for train, valid in parts:
        assert not set(groups[dev][train]) & set(groups[dev][valid])
        assert rank[dev][train].max() < ends[dev][valid].min()


@pytest.mark.parametrize("groups", [2, 3, 4])
def test_few_groups_forward_in_time(groups):
    lines = Lines("group_time", np.repeat(np.arange(groups), 5))
    assert [len(rows) for rows in hold_out(5 * groups, lines, 0.2, 0)] == [5 * groups - 5, 5]
    assert [(len(a), len(b)) for a, b in folds(5 * groups, lines, 5, 0)] == [(5 * k, 5) for k in range(1, groups)]
