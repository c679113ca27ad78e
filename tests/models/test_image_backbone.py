"""A network with weights from elsewhere: frozen, stored as arrays alone, and never fetched without a calm word when that fails."""

import numpy as np
import pytest

from automl_assist.errors import AssistError
from automl_assist.models import FitRequest, families
from automl_assist.nn import backbone
from automl_assist.rules.backbone import IMAGENET, named_backbone
from automl_assist.schema import Problem
from tests.models.test_image_families import SETTINGS, drawn


@pytest.fixture
def small(monkeypatch):
    """A tiny network in the place of one that would take long to build; it has no weights on this machine."""
    backbone.prepare()
    import keras

    def application(name, weights):
        if weights == IMAGENET:
            raise OSError("URL fetch failure on https://weights.example/small.h5")
        x = inputs = keras.Input((None, None, 3))
        for filters in (8, 16):
            x = keras.layers.Conv2D(filters, 3, strides=2, use_bias=False)(x)
            x = keras.layers.Dropout(0.2)(keras.layers.ReLU()(keras.layers.BatchNormalization()(x)))
        return keras.Model(inputs, keras.layers.GlobalMaxPooling2D()(x))

    monkeypatch.setattr(backbone, "_application", application)
    backbone._program.cache_clear()
    yield application
    backbone._program.cache_clear()


def test_names_and_files():
    assert named_backbone("mobilenet_v2") == ("MobileNetV2", IMAGENET)
    assert named_backbone("w/efficientnetv2-b0_notop.h5") == ("EfficientNetV2B0", "w/efficientnetv2-b0_notop.h5")
    assert named_backbone("cats.h5") is None and named_backbone("VGG") is None


def test_it_learns_and_is_stored_as_arrays(small, tmp_path):
    small("MobileNetV2", None).save_weights(tmp_path / "MobileNetV2.weights.h5")
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


def test_weights_that_are_not_there_or_do_not_fit(small, tmp_path):
    with pytest.raises(AssistError) as caught:
        backbone.pretrained_weights("MobileNetV2", IMAGENET)
    assert caught.value.exit_code == 8 and "weights.example" in caught.value.where
    (tmp_path / "MobileNetV2.h5").write_text("no weights")
    with pytest.raises(AssistError) as caught:
        backbone.pretrained_weights("MobileNetV2", str(tmp_path / "MobileNetV2.h5"))
    assert caught.value.code == "E0123" and caught.value.exit_code == 3
