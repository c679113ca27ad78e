"""A trained convolutional network in plain NumPy, and its first weights; ``tests/nn`` hold it to the Keras model."""

from __future__ import annotations

import math

import numpy as np

from automl_assist.nn.forward import Weights
from automl_assist.nn.image_architecture import PATCH, STEP, ImageArchitecture

EPSILON = 1e-3  # as in the Keras model
CHUNK_VALUES = 2_000_000  # of the widest array of a chunk of pictures: 8 MB
SAMPLED = 20_000  # patches from which the whitening is learned
WHITENING = 1e-3  # added to the variances of patches
GELU = math.sqrt(2 / math.pi)


def image_outputs(architecture: ImageArchitecture, weights: Weights, pictures: np.ndarray, plain: np.ndarray) -> np.ndarray:
    """Return logits or values.

    Parameters
    ----------
    pictures : ndarray of uint8, shape (n, height, width, channels)
    plain : ndarray of float32, shape (n, r)

    Returns
    -------
    ndarray of float64, shape (n, outputs)
    """
    positions = (architecture.height // STEP) * (architecture.width // STEP)
    widest = positions * 9 * max(architecture.filters, *architecture.stages)
    size = max(1, CHUNK_VALUES // widest)
    outputs = np.empty((len(pictures), architecture.outputs))
    for start in range(0, len(pictures), size):
        rows = slice(start, start + size)
        x = pictures[rows].astype(np.float32) / 255
        x = _gelu(_convolved(x, weights["white/kernel"], STEP) + weights["white/bias"])
        for name, _, _, step in architecture.convolutions():
            scale = weights[f"{name}_norm/gamma"] / np.sqrt(weights[f"{name}_norm/variance"] + EPSILON)
            offset = weights[f"{name}_norm/beta"] - weights[f"{name}_norm/mean"] * scale
            x = _gelu(_convolved(_padded(x, step), weights[f"{name}/kernel"] * scale, step) + offset)
        seen = np.concatenate([x.mean(axis=(1, 2)), x.max(axis=(1, 2)), plain[rows]], axis=1)
        outputs[rows] = seen @ weights["head/kernel"] + weights["head/bias"]
    return outputs


def _padded(x: np.ndarray, step: int) -> np.ndarray:
    """Return pictures with the zeros that TensorFlow's rule ``same`` puts around them."""
    around = []
    for length in x.shape[1:3]:
        missing = max((math.ceil(length / step) - 1) * step + 3 - length, 0)
        around.append((missing // 2, missing - missing // 2))
    return np.pad(x, ((0, 0), *around, (0, 0)))


def _convolved(x: np.ndarray, kernel: np.ndarray, step: int) -> np.ndarray:
    side = kernel.shape[0]
    windows = np.lib.stride_tricks.sliding_window_view(x, (side, side), axis=(1, 2))[:, ::step, ::step]
    windows = windows.transpose(0, 1, 2, 4, 5, 3)  # channels last, as they lie in memory: copied in a third less time
    n, down, across = windows.shape[:3]
    flat = np.ascontiguousarray(windows).reshape(n * down * across, -1)
    return (flat @ kernel.reshape(flat.shape[1], -1)).reshape(n, down, across, -1)


def _gelu(x: np.ndarray) -> np.ndarray:
    return 0.5 * x * (1 + np.tanh(GELU * (x + 0.044715 * x * x * x)))


def whitening_filters(channels: int, most: int) -> int:
    """Return how many filters the first layer has: each direction of patches both ways."""
    return 2 * min(most // 2, PATCH**2 * channels)


def first_image_weights(architecture: ImageArchitecture, pictures: np.ndarray, seed: int) -> dict[str, np.ndarray]:
    """Return float32 weights to start from: a first layer that whitens patches, He's kernels, a head of zeros."""
    rng = np.random.default_rng([seed, 4])
    weights: dict[str, np.ndarray] = {}
    for name, shape in architecture.weight_shapes().items():
        part = name.split("/")[1]
        if part == "kernel" and name != "head/kernel":
            spread = math.sqrt(2 / math.prod(shape[:3]))
            weights[name] = (rng.standard_normal(shape, np.float32) * np.float32(spread)).astype(np.float32)
        else:
            weights[name] = (np.ones if part in ("gamma", "variance") else np.zeros)(shape, np.float32)
    kernel, bias = _whitening(architecture, pictures, rng)
    return weights | {"white/kernel": kernel, "white/bias": bias}


def _whitening(architecture: ImageArchitecture, pictures: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    n, height, width, channels = pictures.shape
    i = np.sort(rng.integers(0, n, SAMPLED))
    rows, columns = rng.integers(0, height - PATCH + 1, SAMPLED), rng.integers(0, width - PATCH + 1, SAMPLED)
    cut = np.stack([pictures[a, b : b + PATCH, c : c + PATCH] for a, b, c in zip(i, rows, columns, strict=True)])
    patches = cut.reshape(SAMPLED, -1).astype(np.float32) / 255
    mean = patches.mean(axis=0)
    variances, directions = np.linalg.eigh(np.cov((patches - mean).T))
    half = architecture.filters // 2
    order = np.argsort(-variances)[:half]
    filters = directions[:, order] / np.sqrt(np.maximum(variances[order], 0) + WHITENING)
    filters = np.concatenate([filters, -filters], axis=1)[:, : architecture.filters]
    kernel = filters.reshape(PATCH, PATCH, channels, -1).astype(np.float32)
    return kernel, (-mean @ filters).astype(np.float32)
