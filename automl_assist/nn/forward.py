"""A trained tabular network in plain NumPy: what the Keras layers compute, and the weights they start from.

Predicting this way needs no Keras, no compilation and no fixed batch size. It computes in 64 bits, so that a row alone and the
same row among others agree to the last digits that matter. ``tests/nn`` hold it to the Keras model.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from automl_assist.nn.architecture import Architecture

SELU_ALPHA, SELU_SCALE = 1.6732632423543772, 1.0507009873554805  # Klambauer et al. 2017
CHUNK_VALUES = 4_000_000  # of the widest array of a chunk of rows: 32 MB
WAVE_SD = 0.1  # spread of the first frequencies, RealMLP's default
KINK_ROWS = 5  # RealMLP's "he+5" biases: each kink starts among five random rows

Weights = Mapping[str, np.ndarray]


def network_outputs(architecture: Architecture, weights: Weights, numbers: np.ndarray, plain: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Return logits or values.

    Parameters
    ----------
    architecture : Architecture
    weights : mapping of str to ndarray
        By the names of `Architecture.weight_shapes`.
    numbers, plain, codes : ndarray of shape (n, numbers), (n, plain), (n, len(levels))

    Returns
    -------
    ndarray of float64, shape (n, outputs)
    """
    doubled = {name: np.asarray(array, np.float64) for name, array in weights.items()}
    widest = max(architecture.numbers * architecture.frequencies, architecture.input_width, *architecture.hidden)
    size = max(1, CHUNK_VALUES // widest)
    outputs = np.empty((len(numbers), architecture.outputs))
    for start in range(0, len(numbers), size):
        rows = slice(start, start + size)
        values = _inputs(architecture, doubled, numbers[rows], plain[rows], codes[rows]) * doubled["scale/weight"]
        for k in range(len(architecture.hidden)):
            values = _bend(architecture.activation, _dense(doubled, f"hidden_{k}", values), doubled[f"bend_{k}/slope"])
        outputs[rows] = _dense(doubled, "head", values)
    return outputs


def first_weights(
    architecture: Architecture, numbers: np.ndarray, plain: np.ndarray, codes: np.ndarray, seed: int, wave_sd: float = WAVE_SD
) -> dict[str, np.ndarray]:
    """Return float32 weights to start from, fitted to a sample of training rows as RealMLP does it.

    Kernels are drawn and then divided so that every neuron starts at unit variance over the rows; biases are such that every
    kink starts inside the data; the head is zero, so that training starts from an answer that looks at nothing.
    """
    rng = np.random.default_rng(seed)
    weights: dict[str, np.ndarray] = {}
    for name, shape in architecture.weight_shapes().items():
        part = name.split("/")[1]
        if part in ("weight", "slope"):
            weights[name] = np.ones(shape)
        elif name == "waves/frequency":
            weights[name] = rng.normal(0, wave_sd, shape)
        elif name == "waves/phase":
            weights[name] = rng.uniform(-np.pi, np.pi, shape)
        elif name in ("waves/kernel", "waves/bias"):
            weights[name] = rng.uniform(-1, 1, shape) / np.sqrt(architecture.frequencies)
        elif name == "head/kernel" or part == "bias":
            weights[name] = np.zeros(shape)
        else:
            weights[name] = rng.normal(size=shape)
    values = _inputs(architecture, weights, numbers, plain, codes)
    for k in range(len(architecture.hidden)):
        kernel = weights[f"hidden_{k}/kernel"]
        spread = _dense(weights, f"hidden_{k}", values).std(axis=0)
        kernel /= np.where(spread > 1e-6, spread, 1.0)
        before = _dense(weights, f"hidden_{k}", values)
        shares = rng.exponential(size=(before.shape[1], KINK_ROWS))
        shares /= shares.sum(axis=1, keepdims=True)
        chosen = rng.integers(0, len(before), shares.shape)
        weights[f"hidden_{k}/bias"] = -(before[chosen, np.arange(before.shape[1])[:, None]] * shares).sum(axis=1)
        values = _bend(architecture.activation, _dense(weights, f"hidden_{k}", values), weights[f"bend_{k}/slope"])
    return {name: array.astype(np.float32) for name, array in weights.items()}


def _inputs(architecture: Architecture, weights: Weights, numbers: np.ndarray, plain: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Return embedded numbers, plain columns and embedded categories side by side, shape (n, input_width)."""
    rows = len(numbers)
    blocks = [np.asarray(numbers, np.float64)]
    if architecture.embeds_numbers:
        waves = np.cos(2 * np.pi * numbers[:, :, None] * weights["waves/frequency"] + weights["waves/phase"])
        # a product of matrices for each number: (p, n, frequencies) @ (p, frequencies, made)
        made = np.matmul(waves.transpose(1, 0, 2), weights["waves/kernel"]).transpose(1, 0, 2) + weights["waves/bias"]
        blocks = [np.concatenate([numbers[:, :, None], made], axis=2).reshape(rows, -1)]
    blocks.append(np.asarray(plain, np.float64))
    blocks += [weights[f"levels_{k}/table"][codes[:, k]] for k in range(len(architecture.levels))]
    return np.concatenate(blocks, axis=1)


def _dense(weights: Weights, layer: str, values: np.ndarray) -> np.ndarray:
    return values @ weights[f"{layer}/kernel"] / np.sqrt(values.shape[1]) + weights[f"{layer}/bias"]


def _bend(activation: str, values: np.ndarray, slope: np.ndarray) -> np.ndarray:
    """Return x + slope (f(x) - x), the parametric activation."""
    if activation == "selu":
        bent = SELU_SCALE * np.where(values > 0, values, SELU_ALPHA * np.expm1(np.minimum(values, 0)))
    else:
        bent = values * np.tanh(np.logaddexp(0, values))
    return values + slope * (bent - values)
