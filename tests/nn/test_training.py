from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from automl_assist.nn.architecture import Architecture
from automl_assist.nn.forward import first_weights, network_outputs
from automl_assist.nn.training import Recipe, Rows, _program, train

NETWORK = Architecture(numbers=2, plain=0, levels=(), outputs=1, hidden=(16,), activation="mish", frequencies=0)
RECIPE = Recipe("squared", 12, 16, 0.1, 0.01, 0.1, 0.0)
NUMBERS = np.random.default_rng(0).normal(size=(120, 2)).astype(np.float32)
TARGET = NUMBERS[:, 0] * NUMBERS[:, 1]
EMPTY = np.zeros((120, 0), np.float32), np.zeros((120, 0), np.int32)


def _train(recipe: Recipe = RECIPE, rows: int = 90, seconds: float | None = None, seed: int = 0, judge=None):
    start = first_weights(NETWORK, NUMBERS[:rows], EMPTY[0][:rows], EMPTY[1][:rows], seed)
    held_out = {"numbers": NUMBERS[90:]}
    judge = judge or (lambda outputs: (float(np.mean((outputs[:, 0] - TARGET[90:]) ** 2)),))
    train_rows = Rows({"numbers": NUMBERS[:rows]}, TARGET[:rows])
    return train(NETWORK, start, train_rows, held_out, judge, recipe, seed=seed, seconds=seconds, padded_rows=96)


def test_it_learns_and_is_repeatable():
    recipe = dataclasses.replace(RECIPE, epochs=60)
    trained = _train(recipe)
    outputs = network_outputs(NETWORK, trained.weights, NUMBERS[90:], EMPTY[0][90:], EMPTY[1][90:])[:, 0]
    assert np.mean((outputs - TARGET[90:]) ** 2) < 0.3 * TARGET[90:].var()
    again = _train(recipe)
    assert all(np.array_equal(trained.weights[name], array) for name, array in again.weights.items())
    other = _train(recipe, seed=1)
    assert not np.array_equal(trained.weights["head/kernel"], other.weights["head/kernel"])


def test_folds_and_hyper_parameters_share_one_program():
    _train()
    program, _ = _program(NETWORK, "squared", "adamw", "one_wave")
    before = program._cache_size()
    _train(dataclasses.replace(RECIPE, learning_rate=0.01, dropout=0.4, weight_decay=0.001, epochs=3), rows=83, seed=5)
    assert program._cache_size() == before


def test_the_best_epoch_is_kept_and_the_later_of_equals():
    losses = iter([3.0, 1.0, 1.0] + [2.0] * 20)
    assert _train(judge=lambda outputs: (next(losses),)).best_epoch == 3


def test_patience():
    losses = iter([1.0] + [2.0] * 20)
    trained = _train(dataclasses.replace(RECIPE, patience=4), judge=lambda outputs: (next(losses),))
    assert trained.epochs == 5 and trained.stopped == "no better on held-out rows"


def test_time_runs_out():
    trained = _train(dataclasses.replace(RECIPE, epochs=100_000), seconds=0.5)
    assert trained.stopped == "time" and 1 <= trained.epochs < 100_000


def test_a_diverging_network_ends_with_finite_weights():
    trained = _train(
        dataclasses.replace(RECIPE, learning_rate=1e30), judge=lambda outputs: (float(np.nan_to_num(outputs, nan=1e300).max()),)
    )
    assert all(np.isfinite(array).all() for array in trained.weights.values())


@pytest.mark.parametrize("rows", [3, 20])
def test_fewer_rows_than_a_batch(rows):
    assert _train(rows=rows).epochs == 12
