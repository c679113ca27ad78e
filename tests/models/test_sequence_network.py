"""Networks of series as families: they learn an order of events, take what stands beside, and come back from disk."""

from dataclasses import replace

import numpy as np
import pytest

from automl_assist.models import FitRequest, families
from automl_assist.preprocessing import Features
from automl_assist.preprocessing.series import LENGTH
from automl_assist.schema import Problem

VALUES = {
    "sequence_cnn": {"learning_rate": 0.02, "dropout": 0.1, "weight_decay": 0.02, "features": 16, "blocks": 1},
    "sequence_rnn": {"learning_rate": 0.02, "dropout": 0.1, "weight_decay": 0.02, "features": 32},
}


@pytest.mark.parametrize("name", VALUES)
def test_an_order_of_events_is_learned_saved_and_loaded(name, tmp_path):
    rng, n = np.random.default_rng(0), 80
    target = np.arange(n) % 2
    block = rng.normal(0, 0.3, (n, 1, 20)).astype(np.float32)
    block[:, 0, 4] += np.where(target, 3, -3)
    block[:, 0, 12] += np.where(target, -3, 3)
    block[::4, :, 17:] = np.nan
    features = Features(
        rng.normal(size=(n, 1)).astype(np.float32),
        np.empty((n, 0), np.int32),
        np.empty((n, 0), object),
        (),
        ("age",),
        (),
        (),
        {"series": block},
    )
    problem = Problem("binary", 2, "log_loss", n, 1, 0, 0, {}, {"series": (1, 20)})
    inside, outside = np.arange(60), np.arange(60, n)
    family = families()[name]
    model = family.fit(
        FitRequest(features.take(inside), target[inside], features.take(outside), target[outside], problem, VALUES[name], 0, None, 1, 60)
    )
    found = model.predict(features.take(outside))
    assert (found.argmax(axis=1) == target[outside]).mean() > 0.9
    model.save(tmp_path)
    assert np.allclose(family.load(tmp_path).predict(features.take(outside)), found, atol=1e-6)


def test_the_length_of_series_is_not_told_as_a_number():
    rng, n = np.random.default_rng(0), 40
    block = rng.normal(size=(n, 1, 12)).astype(np.float32)
    numbers = np.column_stack([rng.normal(size=n), np.arange(n)]).astype(np.float32)
    features = Features(
        numbers, np.empty((n, 0), np.int32), np.empty((n, 0), object), (), ("age", LENGTH), (), (), {"series": block}
    )  # fmt: skip
    problem = Problem("binary", 2, "log_loss", n, 2, 0, 0, {"sequence.network": {"most_epochs": 1, "least_epochs": 1}}, {"series": (1, 12)})
    request = FitRequest(features, np.arange(n) % 2, features, np.arange(n) % 2, problem, VALUES["sequence_cnn"], 0, None, 1, n)
    model = families()["sequence_cnn"].fit(request)
    longer = replace(features, numbers=numbers * np.array([1, 50], np.float32))
    assert np.allclose(model.predict(features), model.predict(longer))
