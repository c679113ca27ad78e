"""Every loss that a plan may name works for a network of texts too, on the scale of the target."""

from __future__ import annotations

import numpy as np
import pytest

from automl_assist.models import FitRequest, families
from automl_assist.nn.compilation import prepare
from automl_assist.preprocessing import Features
from automl_assist.rules.network import CLASS_LOSSES, VALUE_LOSSES
from automl_assist.schema import Problem
from automl_assist.tuning.proposers import Defaults

prepare()
ROWS, HELD_OUT = 240, 120
WORDS = ("none", "few", "some", "many", "very")


def request(task, loss):
    """Return a fold in which the number of times that a word stands in a text tells the target."""
    rng = np.random.default_rng(0)
    n = ROWS + HELD_OUT
    level = rng.integers(0, 5, n)
    texts = np.array([[" ".join([WORDS[k]] * 3 + list(rng.choice(["ask", "tell", "send"], 4)))] for k in level], dtype=object)
    y = (level >= 3).astype(np.int64) if task == "binary" else rng.poisson(np.exp(0.7 * level)).astype(float)
    features = Features(np.empty((n, 0), np.float32), np.empty((n, 0), np.int32), texts, (), (), (), ("note",))
    metric, classes = ("log_loss", 2) if task == "binary" else ("rmse", 0)
    problem = Problem(task, classes, metric, ROWS, 0, 0, 1, {"network.loss": loss})
    values = Defaults({})
    families()["text_bag"].declare_space(values, problem)
    inside, outside = np.arange(ROWS), np.arange(ROWS, n)
    return FitRequest(features.take(inside), y[inside], features.take(outside), y[outside], problem, values.values, 0, None, 1, ROWS)


@pytest.mark.parametrize("loss", VALUE_LOSSES)
def test_losses_of_values(loss):
    asked = request("regression", loss)
    predicted = families()["text_bag"].fit(asked).predict(asked.valid_features)
    truth = asked.valid_target
    assert ((predicted - truth) ** 2).mean() < 0.5 * truth.var()


@pytest.mark.parametrize("loss", CLASS_LOSSES)
def test_losses_of_classes(loss):
    asked = request("binary", loss)
    predicted = families()["text_bag"].fit(asked).predict(asked.valid_features)
    assert ((predicted[:, 1] > 0.5) == asked.valid_target).mean() > 0.9
