"""Networks of series as families: they learn an order of events, take what stands beside, and come back from disk."""

import numpy as np
import pytest

from automl_assist.models import FitRequest, families
from automl_assist.preprocessing import Features
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
