"""What is proposed after the list: steps around the best, of which those that lie among good trials are tried."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from automl_assist.models import families
from automl_assist.schema import Problem

PROBLEM = Problem("regression", 0, "rmse", 1_000, 5, 0, 0)


def _loss(values):
    """Least at a learning rate of 0.02, few leaves and few columns."""
    return (
        abs(math.log(values["learning_rate"] / 0.02)) + abs(math.log2(values["num_leaves"] / 8)) + 4 * abs(values["feature_fraction"] - 0.5)
    )


def _searched(folder, monkeypatch, seed, trials=40, **local_search):
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    from automl_assist.tuning.proposers import OracleProposer

    problem = replace(PROBLEM, settings={"local_search": local_search})
    proposer = OracleProposer([families()["lightgbm"]], problem, seed, folder)
    losses = []
    for _ in range(trials):
        candidate = proposer.ask()
        loss = _loss(candidate.values)
        proposer.tell(candidate, loss)
        losses += [loss] if candidate.origin == "search" else []
    return losses


@pytest.mark.parametrize("seed", [0, 1])
def test_a_model_of_the_trials_chooses_better_steps_than_chance(tmp_path, monkeypatch, seed):
    chosen = _searched(tmp_path / "model", monkeypatch, seed)
    drawn = _searched(tmp_path / "chance", monkeypatch, seed, modelled_from=10**9)
    assert len(chosen) == len(drawn) >= 25
    assert np.mean(chosen) < 0.85 * np.mean(drawn)
    assert chosen == _searched(tmp_path / "again", monkeypatch, seed), "the same seed proposes the same"


def test_the_plan_says_how_steps_are_taken(tmp_path, monkeypatch):
    usual = _searched(tmp_path / "usual", monkeypatch, 0, 30)
    for name, value in {"changed": 0.9, "step": 0.4, "modelled_from": 10**6, "drawn": 2, "good": 0.9, "reach": 0.01}.items():
        assert _searched(tmp_path / name, monkeypatch, 0, 30, **{name: value}) != usual, name
