"""A trained network of several inputs in plain NumPy, and its first weights; ``tests/nn`` hold it to the Keras model."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from automl_assist.nn.forward import Weights, first_weights, network_outputs
from automl_assist.nn.joint_architecture import JointArchitecture
from automl_assist.nn.text_forward import CHUNK_VALUES, FIRST_WORD, bag, dense


def joint_outputs(architecture: JointArchitecture, weights: Weights, inputs: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return logits or values, float64 of shape (n, outputs).

    Parameters
    ----------
    inputs : mapping of ndarray
        ``numbers``, ``plain``, ``codes``, ``words`` and ``seen``, each of shape (n, …), without columns where there are none.
    """
    plain = _with_read(architecture, weights, inputs)
    return network_outputs(architecture.table, weights, inputs["numbers"], plain, inputs["codes"])


def first_joint_weights(
    architecture: JointArchitecture, inputs: Mapping[str, np.ndarray], seed: int, wave_sd: float
) -> dict[str, np.ndarray]:
    """Return float32 weights to start from; those of the table are fitted to a sample of training rows, `inputs`."""
    rng = np.random.default_rng([seed, 6])
    weights: dict[str, np.ndarray] = {}
    if architecture.words:
        drawn = rng.standard_normal((architecture.words, architecture.word_width), np.float32)
        weights["vectors/table"] = (drawn * np.float32(FIRST_WORD)).astype(np.float32)
    if architecture.seen:
        weights["shown/kernel"] = rng.standard_normal((architecture.seen, architecture.seen_width), np.float32)
        weights["shown/bias"] = np.zeros(architecture.seen_width, np.float32)
    plain = _with_read(architecture, weights, inputs)
    return weights | first_weights(architecture.table, inputs["numbers"], plain, inputs["codes"], seed, wave_sd)


def _with_read(architecture: JointArchitecture, weights: Weights, inputs: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return the plain columns with what texts and pictures become, of shape (n, plain of the table)."""
    blocks = [inputs["plain"]]
    if architecture.words:
        size = max(1, CHUNK_VALUES // (architecture.length * architecture.word_width))
        rows = [inputs["words"][start : start + size] for start in range(0, len(inputs["words"]), size)]
        blocks.append(np.concatenate([bag(weights, words) for words in rows or [inputs["words"]]]))
    if architecture.seen:
        blocks.append(dense(weights, "shown", inputs["seen"]))
    return np.concatenate(blocks, axis=1)
