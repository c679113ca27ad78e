"""The functions of the network for tables that stand in for slower ones."""

import numpy as np

from automl_assist.nn.compilation import prepare

prepare()

import keras  # noqa: E402  after the backend is chosen

from automl_assist.nn import tabular  # noqa: E402


def test_the_cosine_of_a_turn_is_the_cosine() -> None:
    turns = np.linspace(-20, 20, 100_001, dtype=np.float32)
    assert np.abs(np.asarray(tabular.cosine(turns)) - np.cos(2 * np.pi * turns.astype(float))).max() < 2e-6


def test_mish_is_keras_mish_also_far_out() -> None:
    x = np.concatenate([np.linspace(-60, 60, 10_001), [-1e30, 1e30]]).astype(np.float32)
    np.testing.assert_allclose(np.asarray(tabular.mish(x)), np.asarray(keras.activations.mish(x)), rtol=2e-5, atol=1e-6)


def test_what_dropout_draws_is_even_within_a_draw_and_unlike_the_draw_before() -> None:
    draw = keras.random.SeedGenerator(3)
    drawn = np.stack([np.asarray(tabular.evenly((256, 256), draw)).ravel() for _ in range(40)])
    counts = np.stack([np.histogram(x, bins=16, range=(0, 1))[0] for x in drawn])
    expected = drawn.shape[1] / 16
    chi_squared = ((counts - expected) ** 2 / expected).sum(axis=1)  # 15 degrees of freedom: mean 15, standard deviation 5.5
    assert 10 < chi_squared.mean() < 20
    between = np.corrcoef(drawn) - np.eye(len(drawn))
    assert np.abs(between).max() < 5 / drawn.shape[1] ** 0.5
    ahead = [np.corrcoef(x[:-step], x[step:])[0, 1] for x in drawn[:5] for step in (1, 2, 255, 256, 257)]
    assert np.abs(ahead).max() < 5 / drawn.shape[1] ** 0.5
