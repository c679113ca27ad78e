"""Members that together answer within the time that was asked for."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from automl_assist.tuning.candidates import Candidate, FittedFold
from automl_assist.tuning.selection import quick_enough, select_within


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
