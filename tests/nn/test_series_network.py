"""The networks for series: NumPy computes what Keras does, and they learn."""

import numpy as np
import pytest

from automl_assist.nn.compilation import prepare
from automl_assist.nn.series_architecture import KINDS, SeriesArchitecture
from automl_assist.nn.series_forward import first_series_weights, series_outputs

prepare()


@pytest.mark.parametrize("kind", KINDS)
def test_numpy_and_keras_agree(kind):
    architecture = SeriesArchitecture(kind, 9, 4, 16, 5, 3)
    rng = np.random.default_rng(0)
    weights = {name: rng.normal(0, 1, shape).astype(np.float32) for name, shape in architecture.weight_shapes().items()}
    window, plain = rng.normal(size=(7, 9)).astype(np.float32), rng.normal(size=(7, 4)).astype(np.float32)
    model = architecture.build()
    for variable, array in zip(model.trainable_variables, weights.values(), strict=True):
        variable.assign(array)
    expected = np.asarray(model({"window": window, "plain": plain}))
    np.testing.assert_allclose(series_outputs(architecture, weights, window, plain), expected, atol=1e-4)


@pytest.mark.parametrize("kind", KINDS)
def test_it_learns_the_mean_of_a_window(kind):
    from automl_assist.nn.training import Recipe, Rows, train

    architecture = SeriesArchitecture(kind, 6, 0, 16, 8, 2)
    rng = np.random.default_rng(0)
    window = rng.normal(size=(600, 6)).astype(np.float32)
    target = np.column_stack([window.mean(axis=1), window[:, -1]])
    rows = Rows({"window": window[:500]}, target[:500])
    recipe = Recipe("absolute", 30, 50, 0.03, 0.0, 0.0, 0.0)
    trained = train(
        architecture, first_series_weights(architecture, 0), rows, {"window": window[500:]},
        lambda o: (float(np.abs(o - target[500:]).mean()),),
        recipe, seed=0, seconds=None, padded_rows=500,
    )  # fmt: skip
    found = series_outputs(architecture, trained.weights, window[500:], np.empty((100, 0)))
    assert np.abs(found - target[500:]).mean() < 0.2 * np.abs(target[500:]).mean()


def test_impossible_sizes_are_refused():
    with pytest.raises(ValueError, match="sizes"):
        SeriesArchitecture("window", 0, 0, 1, 1, 1)
    with pytest.raises(ValueError, match="architecture"):
        SeriesArchitecture.from_json({"kind": "window"})
