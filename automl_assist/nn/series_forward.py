"""A trained network for series in plain NumPy, and its first weights; ``tests/nn`` hold it to the Keras model."""

from __future__ import annotations

import numpy as np

from automl_assist.nn.forward import Weights
from automl_assist.nn.series_architecture import SeriesArchitecture


def series_outputs(architecture: SeriesArchitecture, weights: Weights, window: np.ndarray, plain: np.ndarray) -> np.ndarray:
    """Return values of shape (n, horizon), float64.

    Parameters
    ----------
    window, plain : ndarray of shape (n, L), (n, r)
    """
    w = {name: np.asarray(array, np.float64) for name, array in weights.items()}
    read = window if architecture.kind == "window" else _last_state(architecture.features, w, window)
    x = np.maximum(_dense(w, "hidden", np.concatenate([read, plain], axis=1)), 0)
    if architecture.kind == "window":
        x = np.maximum(_dense(w, "second", x), 0)
    return _dense(w, "straight", window) + _dense(w, "head", x)


def first_series_weights(architecture: SeriesArchitecture, seed: int) -> dict[str, np.ndarray]:
    """Return float32 weights to start from: normal, biases zero, and an answer that looks at nothing."""
    rng = np.random.default_rng(seed)
    still = ("head/kernel", "straight/kernel")
    return {
        name: np.zeros(shape, np.float32) if name.endswith("/bias") or name in still else rng.standard_normal(shape).astype(np.float32)
        for name, shape in architecture.weight_shapes().items()
    }


def _last_state(f: int, weights: Weights, window: np.ndarray) -> np.ndarray:
    recurrent = weights["onward/recurrent"] / np.sqrt(f)
    state = np.zeros((len(window), f))
    for k in range(window.shape[1]):
        made = window[:, k, None] * weights["onward/kernel"] + weights["onward/bias"]
        gates = 1 / (1 + np.exp(-np.clip(made[:, : 2 * f] + state @ recurrent[:, : 2 * f], -60, 60)))
        update, reset = gates[:, :f], gates[:, f:]
        candidate = np.tanh(made[:, 2 * f :] + reset * (state @ recurrent[:, 2 * f :]))
        state = state + (1 - update) * (candidate - state)
    return state


def _dense(weights: Weights, layer: str, values: np.ndarray) -> np.ndarray:
    return values @ weights[f"{layer}/kernel"] / np.sqrt(values.shape[1]) + weights[f"{layer}/bias"]
