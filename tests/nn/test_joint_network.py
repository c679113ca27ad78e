"""The network of several inputs: the Keras model and the NumPy forward say the same, with any of its inputs."""

import json

import numpy as np
import pytest

from automl_assist.nn.compilation import prepare
from automl_assist.nn.joint_architecture import JointArchitecture
from automl_assist.nn.joint_forward import first_joint_weights, joint_outputs
from automl_assist.nn.storage import load_network, save_network

prepare()
SIZES = {
    "numbers": 3, "plain": 8, "levels": (4, 2), "outputs": 2, "hidden": (7, 5), "activation": "selu", "frequencies": 4, "number_width": 3,
    "level_width": 2, "words": 30, "length": 9, "word_width": 6, "seen": 10, "seen_width": 4,
}  # fmt: skip


def inputs_of(one, rows=11):
    rng = np.random.default_rng(0)
    words = rng.integers(0, max(one.words, 1), (rows, one.length)).astype(np.int32)
    words[:1], words[1:2, 3:] = 0, 0  # an empty text, and a short one
    codes = np.stack([rng.integers(0, size, rows) for size in one.levels], axis=1) if one.levels else np.zeros((rows, 0))
    dense = {name: rng.normal(size=(rows, getattr(one, name))).astype(np.float32) for name in ("numbers", "plain", "seen")}
    return {**dense, "words": words, "codes": codes.astype(np.int32)}


@pytest.mark.parametrize(
    "without", [{}, {"words": 0, "length": 0}, {"seen": 0}, {"numbers": 0, "levels": ()}, {"frequencies": 0}, {"plain": 0, "levels": ()}]
)
def test_numpy_says_what_keras_says(without):
    one = JointArchitecture(**(SIZES | without))
    inputs, rng = inputs_of(one), np.random.default_rng(1)
    weights = {name: array + rng.normal(0, 0.3, array.shape) for name, array in first_joint_weights(one, inputs, 0, 0.1).items()}
    model = one.build()
    for variable, name in zip(model.trainable_variables, one.weight_shapes(), strict=True):
        variable.assign(weights[name])
    theirs = np.asarray(model({name: array for name, array in inputs.items() if array.shape[1]}, training=False))
    assert joint_outputs(one, weights, inputs) == pytest.approx(theirs, abs=5e-5)
    assert joint_outputs(one, weights, {name: array[:0] for name, array in inputs.items()}).shape == (0, 2)


@pytest.mark.parametrize(
    "change", [{"words": 10**9}, {"words": 0}, {"length": 0}, {"word_width": 0}, {"seen_width": 0}, {"activation": "odd"}, {"more": 1}]
)
def test_other_files_are_refused(change, tmp_path):
    one = JointArchitecture(**SIZES)
    weights = first_joint_weights(one, inputs_of(one), 0, 0.1)
    save_network(tmp_path, one, weights)
    assert load_network(tmp_path, JointArchitecture)[0] == one
    (tmp_path / "network.json").write_text(json.dumps(one.to_json() | change))
    with pytest.raises(ValueError):
        load_network(tmp_path, JointArchitecture)
