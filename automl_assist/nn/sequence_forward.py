"""A trained network of series in plain NumPy, and its first weights; ``tests/nn`` hold it to the Keras model."""

from __future__ import annotations

import numpy as np

from automl_assist.nn.forward import Weights
from automl_assist.nn.sequence_architecture import PARTS, TAPS, SequenceArchitecture
from automl_assist.nn.text_forward import dense, gated

CHUNK_VALUES = 4_000_000  # of the widest array of a chunk of rows: 16 MB


def sequence_outputs(
    architecture: SequenceArchitecture, weights: Weights, series: np.ndarray, there: np.ndarray, plain: np.ndarray, codes: np.ndarray
) -> np.ndarray:
    """Return logits or values.

    Parameters
    ----------
    series : ndarray of float32, shape (n, steps, channels)
    there : ndarray of int32, shape (n, steps)
    plain, codes : ndarray of shape (n, r), (n, q)

    Returns
    -------
    ndarray of float64, shape (n, outputs)
    """
    size = max(1, CHUNK_VALUES // (architecture.steps * len(TAPS) * max(architecture.channels, architecture.stream)))
    outputs = np.empty((len(series), architecture.outputs))
    read = _convolutions if architecture.kind == "convolution" else _states
    for start in range(0, len(series), size):
        rows = slice(start, start + size)
        blocks = [*read(architecture, weights, series[rows], there[rows] > 0), plain[rows].astype(np.float32)]
        blocks += [weights[f"levels_{k}/table"][codes[rows, k]] for k in range(len(architecture.levels))]
        hidden = np.maximum(dense(weights, "hidden", np.concatenate(blocks, axis=1)), 0)
        outputs[rows] = dense(weights, "head", hidden)
    return outputs


def first_sequence_weights(architecture: SequenceArchitecture, seed: int) -> dict[str, np.ndarray]:
    """Return float32 weights to start from: normal, biases zero, and a head that looks at nothing."""
    rng = np.random.default_rng(seed)
    weights: dict[str, np.ndarray] = {}
    for name, shape in architecture.weight_shapes().items():
        if name.endswith("/bias") or name == "head/kernel":
            weights[name] = np.zeros(shape, np.float32)
        else:
            spread = 1.0 if name.split("/")[0].startswith(("levels", "hidden", "onward", "backward")) else 2.0**0.5
            weights[name] = (rng.standard_normal(shape, np.float32) * np.float32(spread)).astype(np.float32)
    return weights


def _convolutions(architecture: SequenceArchitecture, weights: Weights, series: np.ndarray, there: np.ndarray) -> list[np.ndarray]:
    inside = there[:, :, None].astype(np.float32)
    stream = np.maximum(dense(weights, "first", _taps(series, 1)), 0) * inside
    for k in range(architecture.blocks):
        x = dense(weights, f"narrow_{k}", stream) * inside
        made = np.maximum(dense(weights, f"block_{k}", _taps(x, 2 ** (k + 1))), 0)
        stream = (stream + made) * np.float32(0.5**0.5) * inside
    return [_parts(stream, there)]


def _taps(x: np.ndarray, distance: int) -> np.ndarray:
    reach, steps = distance * TAPS[-1], x.shape[1]
    padded = np.pad(x, ((0, 0), (reach, reach), (0, 0)))
    return np.concatenate([padded[:, reach + place * distance : reach + place * distance + steps] for place in TAPS], axis=2)


def _parts(x: np.ndarray, there: np.ndarray) -> np.ndarray:
    inside = there.astype(np.float32)
    number = np.maximum(inside.sum(axis=1, keepdims=True), 1)
    part = np.floor((np.cumsum(inside, axis=1) - np.float32(0.5)) * (np.float32(PARTS) / number))
    found = [x.max(axis=1)]
    for k in range(PARTS):
        weight = inside * (part == k)
        found.append(np.einsum("ntd,nt->nd", x, weight / np.maximum(weight.sum(axis=1, keepdims=True), 1)))
    return np.concatenate(found, axis=1)


def _states(architecture: SequenceArchitecture, weights: Weights, series: np.ndarray, there: np.ndarray) -> list[np.ndarray]:
    x = np.tanh(dense(weights, "steps", series))
    return [gated(architecture.features, weights, way, x, there) for way in ("onward", "backward")]
