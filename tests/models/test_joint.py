"""The network of several inputs learns what no input tells alone, and obeys the plan."""

import numpy as np
import pytest

from automl_assist.models import FitRequest, families
from automl_assist.nn import training
from automl_assist.preprocessing import Features
from automl_assist.schema import Problem
from automl_assist.tuning.proposers import Defaults

ROWS, INSIDE = 400, 320
NAMES = (("size",), (), ("note",))


def rows():
    """A bright picture turns around what a number means; a good word counts beside."""
    rng = np.random.default_rng(0)
    bright, good, size = rng.integers(0, 2, ROWS), rng.integers(0, 2, ROWS), rng.normal(size=(ROWS, 1)).astype(np.float32)
    pixels = rng.integers(0, 90, (ROWS, 16, 16, 3), dtype=np.uint8)
    pixels[bright == 1, :8] += 120
    words = np.array(["all of it was good today", "all of it was bad today"], object)[good][:, None]
    features = Features(size, np.empty((ROWS, 0), np.int32), words, (), *NAMES, {"pictures": pixels})
    return features, (size[:, 0] * (2 * bright - 1) + (2 * good - 1) > 0).astype(int)


def fitted(settings=None):
    features, target = rows()
    problem = Problem("binary", 2, "log_loss", ROWS, 1, 0, 1, settings or {}, {"pictures": (16, 16, 3)})
    values = Defaults({})
    families()["joint"].declare_space(values, problem)
    inside, outside = np.arange(INSIDE), np.arange(INSIDE, ROWS)
    parts = features.take(inside), target[inside], features.take(outside), target[outside]
    return families()["joint"].fit(FitRequest(*parts, problem, values.values, seed=0, seconds=None, threads=1, padded_rows=INSIDE))


def test_it_learns_what_depends_on_two_of_them_together(tmp_path):
    features, target = rows()
    new, truth = features.take(np.arange(INSIDE, ROWS)), target[INSIDE:]
    model = fitted()
    said = model.predict(new)
    assert (said.argmax(axis=1) == truth).mean() > 0.9
    model.save(tmp_path)
    assert np.allclose(families()["joint"].load(tmp_path).predict(new), said, atol=1e-6)
    assert {"words", "components"} <= set(model.facts())
    with pytest.raises(ValueError):
        smaller = {"pictures": new.blocks["pictures"][:, :12, :12, :1]}
        model.predict(Features(new.numbers, new.categories, new.texts, (), *NAMES, smaller))


@pytest.mark.parametrize(
    "edit",
    [
        {"joint.network": {"epochs": 3}},
        {"joint.network": {"batch_size": 8}},
        {"joint.network": {"patience": 1}},
        {"joint.network": {"components": 4}},
        {"text.reading": {"bag": {"longest": 8}}},
        {"text.training": {"least_texts": 300}},
        {"network.architecture": {"activation": "mish"}},
    ],
    ids=str,
)
def test_an_edit_of_the_plan_is_followed(monkeypatch, edit):
    seen = []

    def look(architecture, weights, rows, held_out, judge, recipe, **_):
        seen.append((architecture, recipe, {name: array.sum() for name, array in rows.inputs.items()}))
        raise InterruptedError

    monkeypatch.setattr(training, "train", look)
    for settings in ({}, edit):
        with pytest.raises(InterruptedError):
            fitted(settings)
    assert seen[0] != seen[1]
