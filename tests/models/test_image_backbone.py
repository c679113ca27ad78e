"""A network with weights from elsewhere: frozen or learning on, stored as arrays, never fetched without a calm word when that fails."""

import dataclasses

import numpy as np
import pytest

from automl_assist.errors import AssistError
from automl_assist.models import FitRequest, families
from automl_assist.models._selection import selection_loss
from automl_assist.nn import backbone, fine_tuning
from automl_assist.rules._backbones import IMAGENET, named_backbone
from automl_assist.schema import Problem
from tests.models.test_image_families import SETTINGS, drawn


@pytest.fixture
def small(monkeypatch):
    """A tiny network in the place of one that would take long to build; it has no weights on this machine."""
    backbone.prepare()
    import keras

    def application(include_top=False, weights=None, input_shape=None, pooling="avg"):
        if weights == IMAGENET:
            raise OSError("URL fetch failure on https://weights.example/small.h5")
        keras.utils.set_random_seed(0)
        x = inputs = keras.Input((None, None, 3))
        for filters in (8, 16):  # two layers each that can learn
            x = keras.layers.Conv2D(filters, 3, strides=2, use_bias=False)(x)
            x = keras.layers.Dropout(0.2)(keras.layers.ReLU()(keras.layers.BatchNormalization()(x)))
        model = keras.Model(inputs, keras.layers.GlobalMaxPooling2D()(x))
        if weights:
            model.load_weights(weights)
        return model

    monkeypatch.setattr(keras.applications, "MobileNetV2", application)
    compiled = (backbone._program, backbone._network, backbone._built, backbone._weights, fine_tuning._program)
    for kept in compiled:
        kept.cache_clear()
    yield application
    for kept in compiled:
        kept.cache_clear()


def test_names_and_files():
    assert named_backbone("mobilenet_v2") == ("MobileNetV2", IMAGENET)
    assert named_backbone("w/efficientnetv2-b0_notop.h5") == ("EfficientNetV2B0", "w/efficientnetv2-b0_notop.h5")
    assert named_backbone("cats.h5") is None and named_backbone("VGG") is None


def test_it_learns_and_is_stored_as_arrays(small, tmp_path):
    small().save_weights(tmp_path / "MobileNetV2.weights.h5")
    features, standing, _ = drawn()
    chosen = {"name": "MobileNetV2", "weights": str(tmp_path / "MobileNetV2.weights.h5")}
    problem = Problem("binary", 2, "log_loss", 150, 0, 0, 0, {**SETTINGS, "image.backbone": chosen}, {"pictures": (16, 16, 3)})
    inside, outside = np.arange(120), np.arange(120, 150)
    parts = features.take(inside), standing[inside], features.take(outside), standing[outside]
    family = families()["image_backbone"]
    model = family.fit(FitRequest(*parts, problem, {}, seed=0, seconds=None, threads=1, padded_rows=120))
    new, truth, _ = drawn(60, seed=1)
    assert (model.predict(new).argmax(axis=1) == truth).mean() > 0.8
    (tmp_path / "m").mkdir()
    model.save(tmp_path / "m")
    (tmp_path / "MobileNetV2.weights.h5").unlink()  # the run stands for itself
    assert np.allclose(family.load(tmp_path / "m").predict(new), model.predict(new), atol=1e-6)
    with pytest.raises(ValueError):
        backbone.describe("MobileNetV2", model.weights[:-1], np.zeros((1, 16, 16, 3), np.uint8))


def test_a_network_is_built_without_random_starts_and_with_the_weights_that_it_loads_itself(small, tmp_path):
    known = small()
    known.save_weights(tmp_path / "w.weights.h5")
    model, weights = backbone._application("MobileNetV2", str(tmp_path / "w.weights.h5"))
    assert all(np.array_equal(a, b) for a, b in zip(weights, known.get_weights(), strict=True))
    assert all(not np.asarray(variable.value).any() for variable in model.weights)
    assert backbone.describe("MobileNetV2", weights, np.full((1, 16, 16, 3), 200, np.uint8)).any()


@pytest.fixture
def tuning(small, tmp_path):
    """Fit the frozen and the tuned one on the same rows, and return both with their losses on the held-out rows."""
    path = tmp_path / "MobileNetV2.weights.h5"
    small().save_weights(path)
    features, standing, length = drawn()
    inside, outside = np.arange(120), np.arange(120, 150)

    def fit(task="binary", seconds=None, rate=3e-3, **changes):
        settings = {
            **SETTINGS,
            "image.backbone": {"name": "MobileNetV2", "weights": str(path)},
            "image.fine_tuning": {"epochs": 4, **changes},
        }
        target = length if task == "regression" else standing
        problem = Problem(task, 0 if task == "regression" else 2, "rmse" if task == "regression" else "log_loss", 150, 0, 0, 0, settings)
        parts = features.take(inside), target[inside], features.take(outside), target[outside]
        request = FitRequest(*parts, problem, {"learning_rate": rate, "weight_decay": 0.01}, 0, seconds, 1, 120)
        models = [families()[name].fit(request) for name in ("image_backbone", "image_fine_tuned")]
        return models, [selection_loss(problem, target[outside], model.predict(parts[2]))[0] for model in models]

    return fit


@pytest.mark.parametrize("task", ["binary", "regression"])
def test_learning_on_is_better_than_the_frozen_one(tuning, task, tmp_path):
    (frozen, tuned), (before, after) = tuning(task, layers=0.5)
    assert tuned.best_epoch > 0 and after < 0.95 * before
    learned = [not np.array_equal(a, b) for a, b in zip(frozen.weights, tuned.seen_with.weights, strict=True)]
    assert learned == [False] * 5 + [True, True, True, False, False], "the last layers, without their running means"
    new = drawn(20, seed=2)[0]
    (tmp_path / "m").mkdir()
    tuned.save(tmp_path / "m")
    (tmp_path / "MobileNetV2.weights.h5").unlink()
    assert np.allclose(families()["image_fine_tuned"].load(tmp_path / "m").predict(new), tuned.predict(new), atol=1e-6)


def test_without_time_or_without_gain_the_frozen_one_stays(tuning):
    (frozen, tuned), _ = tuning(seconds=20.0, start_seconds=60.0)
    assert (tuned.epochs, tuned.best_epoch) == (0, 0)
    new = drawn(20, seed=2)[0]
    assert np.array_equal(frozen.predict(new), tuned.predict(new))
    (frozen, tuned), _ = tuning(rate=5.0)  # far beyond what can be learned with
    assert tuned.epochs > 0 and tuned.best_epoch == 0
    assert np.array_equal(frozen.predict(new), tuned.predict(new))


def test_the_schedule_ends_in_time():
    pace = fine_tuning._Pace(0.0, 100.0)
    with pytest.MonkeyPatch.context() as patch:
        now = [20.0]
        patch.setattr(fine_tuning.time, "monotonic", lambda: now[0])
        pace.expect(5.0)
        assert pace.fitting(1, 10) > 10_000  # compiled, and nothing is known of a step yet
        now[0] = 25.0
        assert pace.fitting(6, 10) == 6 + 60 / 1.5  # a step takes a second, and a tenth of a look; one look is kept back


@pytest.mark.parametrize("change", [{"layers": 1.0}, {"epochs": 9}, {"batch_size": 8}, {"warm_up": 0.5}, {"fold_seconds": 300.0}])
def test_the_plan_is_followed(tuning, monkeypatch, change):
    told = []

    def look(*given, seconds, **_):
        told.append((dataclasses.asdict(given[-1]), round(seconds, -2)))
        raise ValueError("far enough")

    monkeypatch.setattr(fine_tuning, "fine_tune", look)
    for changes in ({}, change):
        with pytest.raises(ValueError, match="far enough"):
            tuning(seconds=900.0, **changes)
    assert told[0] != told[1]


def test_weights_that_are_not_there_or_do_not_fit(small, tmp_path):
    with pytest.raises(AssistError) as caught:
        backbone.pretrained_weights("MobileNetV2", IMAGENET)
    assert caught.value.exit_code == 8 and "weights.example" in caught.value.where
    (tmp_path / "MobileNetV2.h5").write_text("no weights")
    with pytest.raises(AssistError) as caught:
        backbone.pretrained_weights("MobileNetV2", str(tmp_path / "MobileNetV2.h5"))
    assert caught.value.code == "E0123" and caught.value.exit_code == 3
