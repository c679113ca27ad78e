"""What is proposed after the list: steps around the best, of which those that lie among good trials are tried."""

from __future__ import annotations

import math

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


def _searched(folder, monkeypatch, modelled_from, seed):
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    from automl_assist.tuning import oracle
    from automl_assist.tuning.proposers import OracleProposer

    monkeypatch.setattr(oracle, "MODELLED_FROM", modelled_from)
    proposer = OracleProposer([families()["lightgbm"]], PROBLEM, seed, folder)
    losses = []
    for _ in range(40):
        candidate = proposer.ask()
        loss = _loss(candidate.values)
        proposer.tell(candidate, loss)
        losses += [loss] if candidate.origin == "search" else []
    return losses


@pytest.mark.parametrize("seed", [0, 1])
def test_a_model_of_the_trials_chooses_better_steps_than_chance(tmp_path, monkeypatch, seed):
    chosen = _searched(tmp_path / "model", monkeypatch, 8, seed)
    drawn = _searched(tmp_path / "chance", monkeypatch, 10**9, seed)
    assert len(chosen) == len(drawn) >= 25
    assert np.mean(chosen) < 0.85 * np.mean(drawn)
    assert chosen == _searched(tmp_path / "again", monkeypatch, 8, seed), "the same seed proposes the same"
