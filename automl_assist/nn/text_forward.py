"""A trained text network in plain NumPy, and its first weights; ``tests/nn`` hold it to the Keras model."""

from __future__ import annotations

import numpy as np

from automl_assist.nn.forward import Weights
from automl_assist.nn.text_architecture import SPANS, TextArchitecture

CHUNK_VALUES = 4_000_000  # of the widest array of a chunk of rows: 16 MB
FIRST_WORD = 0.2  # spread of the first word vectors: small, so that what is learned outweighs them soon


def text_outputs(architecture: TextArchitecture, weights: Weights, words: np.ndarray, plain: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Return logits or values.

    Parameters
    ----------
    words : ndarray of int32, shape (n, length)
    plain, codes : ndarray of shape (n, r), (n, q)

    Returns
    -------
    ndarray of float64, shape (n, outputs)
    """
    widest = architecture.length * max(architecture.width * max(SPANS), 3 * architecture.features)
    size = max(1, CHUNK_VALUES // widest)
    outputs = np.empty((len(words), architecture.outputs))
    for start in range(0, len(words), size):
        rows = slice(start, start + size)
        blocks = [*_read(architecture, weights, words[rows]), plain[rows].astype(np.float32)]
        blocks += [weights[f"levels_{k}/table"][codes[rows, k]] for k in range(len(architecture.levels))]
        hidden = np.maximum(dense(weights, "hidden", np.concatenate(blocks, axis=1)), 0)
        outputs[rows] = dense(weights, "head", hidden)
    return outputs


def first_text_weights(architecture: TextArchitecture, seed: int) -> dict[str, np.ndarray]:
    """Return float32 weights to start from: normal, biases zero, and a head that looks at nothing."""
    rng = np.random.default_rng(seed)
    weights: dict[str, np.ndarray] = {}
    for name, shape in architecture.weight_shapes().items():
        if name.endswith("/bias") or name == "head/kernel":
            weights[name] = np.zeros(shape, np.float32)
        else:
            spread = FIRST_WORD if name == "vectors/table" else 1.0
            weights[name] = (rng.standard_normal(shape, np.float32) * np.float32(spread)).astype(np.float32)
    return weights


def _read(architecture: TextArchitecture, weights: Weights, words: np.ndarray) -> list[np.ndarray]:
    """Return what the texts become, each of shape (n, …)."""
    if architecture.kind == "bag":
        return [bag(weights, words)]
    there = words > 0
    x = weights["vectors/table"][words] * there[:, :, None].astype(np.float32)
    if architecture.kind == "convolution":
        found = []
        for span in SPANS:
            padded = np.pad(x, ((0, 0), (0, span - 1), (0, 0)))
            beside = np.concatenate([padded[:, k : k + x.shape[1]] for k in range(span)], axis=2)
            found.append(np.maximum(dense(weights, f"span_{span}", beside), 0).max(axis=1))
        return found
    return [gated(architecture.features, weights, way, x, there) for way in ("onward", "backward")]


def bag(weights: Weights, words: np.ndarray) -> np.ndarray:
    """Return the sum of the vectors of each row's words, divided by the root of their number, of shape (n, width)."""
    there = words > 0
    x = weights["vectors/table"][words] * there[:, :, None].astype(np.float32)
    return np.asarray(x.sum(axis=1) / np.sqrt(np.maximum(there.sum(axis=1, keepdims=True), 1)).astype(np.float32))


def gated(f: int, weights: Weights, way: str, x: np.ndarray, there: np.ndarray) -> np.ndarray:
    """Return the largest of each state of a gated unit that reads (n, steps, d) one way, of shape (n, f)."""
    made = x @ weights[f"{way}/kernel"] / np.float32(np.sqrt(x.shape[2])) + weights[f"{way}/bias"]
    recurrent = weights[f"{way}/recurrent"] / np.float32(np.sqrt(f))
    state = np.zeros((len(x), f), np.float32)
    largest = state
    steps = range(x.shape[1]) if way == "onward" else range(x.shape[1] - 1, -1, -1)
    for k in steps:
        gates = _sigmoid(made[:, k, : 2 * f] + state @ recurrent[:, : 2 * f])
        update, reset = gates[:, :f], gates[:, f:]
        candidate = np.tanh(made[:, k, 2 * f :] + reset * (state @ recurrent[:, 2 * f :]))
        state = state + there[:, k, None] * (1 - update) * (candidate - state)
        largest = np.maximum(largest, state)
    return largest


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-np.clip(x, -60, 60)))


def dense(weights: Weights, layer: str, values: np.ndarray) -> np.ndarray:
    """Return values @ kernel / sqrt(width) + bias."""
    return values @ weights[f"{layer}/kernel"] / np.float32(np.sqrt(values.shape[-1])) + weights[f"{layer}/bias"]
