"""The convolutional network: NumPy computes what Keras does, and training learns."""

import numpy as np
import pytest

from automl_assist.nn.compilation import prepare

prepare()
from automl_assist.nn.image_architecture import ImageArchitecture  # noqa: E402
from automl_assist.nn.image_forward import first_image_weights, image_outputs  # noqa: E402
from automl_assist.nn.image_training import ImageRecipe, changed, train_image  # noqa: E402


def pictures(n=96, side=16, channels=3):
    """Bright squares in the upper or the lower half."""
    rng = np.random.default_rng(0)
    x = rng.integers(0, 90, (n, side, side, channels), dtype=np.uint8)
    y = rng.integers(0, 2, n)
    for k in range(n):
        top, left = rng.integers(0, side // 2 - 4) + (side // 2 if y[k] else 0), rng.integers(0, side - 4)
        x[k, top : top + 4, left : left + 4] += 120
    return x, y


@pytest.mark.parametrize("size", [(16, 16, 3), (13, 18, 1)])
def test_numpy_computes_what_keras_does(size):
    architecture = ImageArchitecture(*size, filters=8, stages=(6, 8), plain=2, outputs=3)
    rng = np.random.default_rng(1)
    x, plain = rng.integers(0, 256, (5, *size), dtype=np.uint8), rng.standard_normal((5, 2)).astype(np.float32)
    weights = first_image_weights(architecture, x, 0)
    for name, array in weights.items():
        if name.startswith("head") or name.endswith(("mean", "beta")):
            weights[name] = rng.standard_normal(array.shape).astype(np.float32)
        if name.endswith(("gamma", "variance")):
            weights[name] = rng.uniform(0.5, 2, array.shape).astype(np.float32)
    model = architecture.build()
    for variable in model.variables:
        if (name := variable.path.replace("moving_", "")) in weights:
            variable.assign(weights[name])
    shown = model({"pictures": x.astype(np.float32) / 255, "plain": plain}, training=False)
    assert np.allclose(np.asarray(shown), image_outputs(architecture, weights, x, plain), atol=1e-3, rtol=1e-3)


def test_training_learns_where_the_square_is():
    x, y = pictures()
    architecture = ImageArchitecture(16, 16, 3, filters=16, stages=(16, 16), plain=0, outputs=2)
    recipe = ImageRecipe("cross_entropy", 0.0, (), 30, 16, 0.01, 0.1, 0.1, 0.0, mirror=True, shift=0.0)
    trained = train_image(
        architecture, first_image_weights(architecture, x, 0), x, np.empty((96, 0), np.float32), y, recipe, seed=0, seconds=None
    )
    fresh, truth = pictures(60)
    found = image_outputs(architecture, trained.weights, fresh, np.empty((60, 0), np.float32)).argmax(axis=1)
    assert (found == truth).mean() > 0.9
    assert trained.stopped == "all epochs"


def test_pictures_are_moved_and_mirrored_only_where_that_is_wanted():
    x, _ = pictures(20)
    rng = np.random.default_rng(0)
    assert np.array_equal(changed(x, False, 0.0, rng), x)
    mirrored = changed(x, True, 0.0, rng)
    same = [np.array_equal(a, b) for a, b in zip(mirrored, x, strict=True)]
    turned = [np.array_equal(a, b[:, ::-1]) for a, b in zip(mirrored, x, strict=True)]
    assert 3 < sum(same) < 17 and all(a or b for a, b in zip(same, turned, strict=True))
    assert changed(x, False, 0.2, rng).shape == x.shape
