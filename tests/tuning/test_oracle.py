"""What is proposed after the list: steps around the best, of which those that lie among good trials are tried."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from automl_assist.models import families
from automl_assist.rules._portfolios import proven_settings
from automl_assist.rules._spaces import USUAL
from automl_assist.schema import Problem

PROBLEM = Problem("regression", 0, "rmse", 1_000, 5, 0, 0)
LISTED = proven_settings("lightgbm", {name: of for name, of in USUAL["lightgbm"].items() if name not in ("linear_leaves", "log_target")})


def _loss(values, leaves=64, columns=0.5):
    """Least at a learning rate of 0.02, and so many leaves and columns."""
    off = abs(math.log(values["learning_rate"] / 0.02)) + abs(math.log2(values["num_leaves"] / leaves))
    return off + 4 * abs(values["feature_fraction"] - columns)


def _searched(folder, monkeypatch, seed, trials=40, *, lies=(), **local_search):
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    from automl_assist.tuning.proposers import OracleProposer

    problem = replace(PROBLEM, settings={"local_search": local_search, "portfolio": {"lightgbm": LISTED}})
    proposer = OracleProposer([families()["lightgbm"]], problem, seed, folder)
    losses = []
    for _ in range(trials):
        candidate = proposer.ask()
        loss = _loss(candidate.values, *lies)
        proposer.tell(candidate, loss)
        losses += [loss] if candidate.origin == "search" else []
    return losses


@pytest.mark.parametrize("lies", [(64, 0.5), (6, 0.9)])
def test_a_model_of_the_trials_chooses_better_steps_than_chance(tmp_path, monkeypatch, lies):
    chosen = [_searched(tmp_path / f"model {seed}", monkeypatch, seed, lies=lies) for seed in range(2)]
    drawn = [_searched(tmp_path / f"chance {seed}", monkeypatch, seed, lies=lies, modelled_from=10**5) for seed in range(2)]
    assert all(len(losses) >= 25 for losses in chosen + drawn)
    assert np.mean(chosen) < 0.85 * np.mean(drawn)
    assert chosen[0] == _searched(tmp_path / "again", monkeypatch, 0, lies=lies), "the same seed proposes the same"


def test_the_plan_says_how_steps_are_taken(tmp_path, monkeypatch):
    usual = _searched(tmp_path / "usual", monkeypatch, 0, 30)
    edits = {"changed": 0.9, "step": 0.4, "modelled_from": 10**5, "drawn": 2, "boldness": 9.0, "reach": 0.01, "noise": 5.0, "first": 0.1}
    for name, value in edits.items():
        assert _searched(tmp_path / name, monkeypatch, 0, 30, **{name: value}) != usual, name
