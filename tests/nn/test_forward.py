"""The NumPy network computes what the Keras model does."""

from __future__ import annotations

import numpy as np
import pytest

from automl_assist.nn.architecture import Architecture
from automl_assist.nn.compilation import prepare
from automl_assist.nn.forward import first_weights, network_outputs

CASES = [
    Architecture(numbers=3, plain=2, levels=(4, 12), outputs=3, hidden=(16, 16)),
    Architecture(numbers=3, plain=0, levels=(), outputs=1, hidden=(16,), activation="mish"),
    Architecture(numbers=2, plain=1, levels=(), outputs=2, hidden=(16, 8), frequencies=0),
    Architecture(numbers=0, plain=0, levels=(5,), outputs=2, hidden=(8,)),
    Architecture(numbers=0, plain=4, levels=(), outputs=1, hidden=(8, 8, 8), activation="mish"),
]


def _rows(architecture: Architecture, rows: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    codes = [rng.integers(0, size, rows) for size in architecture.levels]
    return (
        rng.normal(size=(rows, architecture.numbers)).astype(np.float32),
        rng.normal(size=(rows, architecture.plain)).astype(np.float32),
        np.column_stack(codes).astype(np.int32) if codes else np.zeros((rows, 0), np.int32),
    )


def _weights(architecture: Architecture) -> dict[str, np.ndarray]:
    """Return weights none of which is at its first, simple value."""
    rng = np.random.default_rng(2)
    start = first_weights(architecture, *_rows(architecture, 50), seed=0)
    return {name: (array + 0.3 * rng.normal(size=array.shape)).astype(np.float32) for name, array in start.items()}


@pytest.mark.parametrize("architecture", CASES)
def test_keras_and_numpy_agree(architecture):
    prepare()
    from automl_assist.nn.tabular import build

    rows, weights = _rows(architecture, 33), _weights(architecture)
    model = build(architecture)
    for variable in model.trainable_variables:
        variable.assign(weights[variable.path])
    inputs = {name: array for name, array in zip(("numbers", "plain", "codes"), rows, strict=True) if array.shape[1]}
    expected = np.asarray(model(inputs, training=False))
    assert np.allclose(network_outputs(architecture, weights, *rows), expected, atol=2e-5, rtol=2e-5)


@pytest.mark.parametrize("architecture", CASES)
def test_a_row_alone_and_among_others(architecture, monkeypatch):
    rows, weights = _rows(architecture, 40), _weights(architecture)
    together = network_outputs(architecture, weights, *rows)
    alone = np.vstack([network_outputs(architecture, weights, *(a[[k]] for a in rows)) for k in range(40)])
    assert np.abs(together - alone).max() < 1e-9
    monkeypatch.setattr("automl_assist.nn.forward.CHUNK_VALUES", 100)
    assert np.abs(network_outputs(architecture, weights, *rows) - together).max() < 1e-9
    assert network_outputs(architecture, weights, *(a[:0] for a in rows)).shape == (0, architecture.outputs)


def test_first_weights_give_every_neuron_unit_variance():
    architecture = Architecture(numbers=5, plain=0, levels=(), outputs=2, hidden=(32,), frequencies=0)
    numbers, plain, codes = _rows(architecture, 300)
    weights = first_weights(architecture, numbers, plain, codes, seed=3)
    before = numbers @ weights["hidden_0/kernel"] / np.sqrt(5)
    assert before.std(axis=0) == pytest.approx(np.ones(32), rel=1e-4)
    assert (network_outputs(architecture, weights, numbers, plain, codes) == 0).all()
