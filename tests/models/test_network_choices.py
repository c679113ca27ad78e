"""What the plan says of networks of series and of pictures reaches their architecture and their training."""

import numpy as np
import pytest

from automl_assist.models import FitRequest, families
from automl_assist.nn import image_training, training
from automl_assist.preprocessing import Features
from automl_assist.schema import Problem
from automl_assist.tuning.proposers import Defaults

ROWS = 60


class _FarEnoughError(Exception):
    pass


def begun(monkeypatch, name, settings):
    """Return the architecture, the recipe, the rows that are judged and the time, as the training of a network is given them."""
    rng = np.random.default_rng(0)
    sees = name == "image_cnn"
    block = rng.integers(0, 255, (ROWS, 16, 16, 3), dtype=np.uint8) if sees else rng.normal(size=(ROWS, 1, 20)).astype(np.float32)
    features = Features.of_blocks({"pictures" if sees else "series": block}, ROWS)
    target = np.arange(ROWS) % 2
    problem = Problem("binary", 2, "log_loss", ROWS, 0, 0, 0, settings, {"pictures" if sees else "series": block.shape[1:]})
    values = Defaults({})
    families()[name].declare_space(values, problem)
    seen = []

    def look(architecture, weights, *arguments, seconds=None, **_):
        recipe = next(a for a in arguments if isinstance(a, training.Recipe | image_training.ImageRecipe))
        held_out = 0 if sees else len(arguments[1]["series"])
        tens_of_seconds = None if seconds is None else round(seconds, -1)
        seen.append((architecture.to_json(), vars(recipe), held_out, tens_of_seconds))
        raise _FarEnoughError

    monkeypatch.setattr(image_training if sees else training, "train_image" if sees else "train", look)
    inside, outside = np.arange(40), np.arange(40, ROWS)
    with pytest.raises(_FarEnoughError):
        families()[name].fit(
            FitRequest(
                features.take(inside), target[inside], features.take(outside), target[outside], problem, values.values, 0, 900.0, 1, 40
            )
        )
    return seen[0]


@pytest.mark.parametrize(
    ("name", "topic", "value"),
    [
        ("sequence_cnn", "sequence.network", {"convolution_steps": 9}),
        ("sequence_rnn", "sequence.network", {"recurrent_steps": 9}),
        ("sequence_cnn", "sequence.network", {"batch_size": 8}),
        ("sequence_cnn", "sequence.network", {"gradient_steps": 200}),
        ("sequence_cnn", "sequence.network", {"most_epochs": 16}),
        ("sequence_cnn", "sequence.network", {"least_epochs": 90, "most_epochs": 90}),
        ("sequence_cnn", "sequence.network", {"patience_share": 0.5}),
        ("sequence_cnn", "sequence.network", {"hidden": 8}),
        ("sequence_cnn", "sequence.network", {"judged_rows": 10}),
        ("image_cnn", "image.network", {"epochs": 3}),
        ("image_cnn", "image.network", {"batch_size": 8}),
        ("image_cnn", "image.network", {"label_smoothing": 0.0}),
        ("image_cnn", "image.network", {"filters": 6}),
        ("image_cnn", "image.network", {"most_stages": 1}),
        ("image_cnn", "image.network", {"last_side": 10}),
        ("image_cnn", "image.network", {"halved_from": 16}),
        ("image_cnn", "image.network", {"fold_seconds": 30.0}),
    ],
)
def test_an_edit_is_followed(monkeypatch, name, topic, value):
    assert begun(monkeypatch, name, {topic: value}) != begun(monkeypatch, name, {})
