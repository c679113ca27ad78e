"""Text networks: the Keras model and the NumPy forward say the same."""

import json

import numpy as np
import pytest

from automl_assist.nn.compilation import prepare
from automl_assist.nn.storage import load_network, save_network
from automl_assist.nn.text_architecture import KINDS, TextArchitecture
from automl_assist.nn.text_forward import first_text_weights, text_outputs

prepare()


def architecture(kind, **changes):
    sizes = {"words": 30, "length": 9, "width": 6, "features": 5, "plain": 4, "levels": (3,), "outputs": 3, "hidden": 7}
    return TextArchitecture(kind=kind, **(sizes | changes))


def weights_of(one):
    rng = np.random.default_rng(1)
    return {name: array + rng.normal(0, 0.3, array.shape).astype(np.float32) for name, array in first_text_weights(one, 0).items()}


@pytest.mark.parametrize("kind", KINDS)
def test_numpy_says_what_keras_says(kind):
    one = architecture(kind)
    weights, rng = weights_of(one), np.random.default_rng(0)
    words = rng.integers(0, 30, (11, 9)).astype(np.int32)
    words[0], words[1, 3:] = 0, 0  # an empty text, and a short one
    plain, codes = rng.normal(size=(11, 4)).astype(np.float32), rng.integers(0, 3, (11, 1)).astype(np.int32)
    model = one.build()
    for variable, name in zip(model.trainable_variables, one.weight_shapes(), strict=True):
        variable.assign(weights[name])
    theirs = np.asarray(model({"words": words, "plain": plain, "codes": codes}, training=False))
    assert text_outputs(one, weights, words, plain, codes) == pytest.approx(theirs, abs=2e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_saved_and_loaded(kind, tmp_path):
    one = architecture(kind)
    weights = weights_of(one)
    save_network(tmp_path, one, weights)
    again, loaded = load_network(tmp_path, TextArchitecture)
    assert again == one
    assert all((loaded[name] == weights[name]).all() for name in weights)


@pytest.mark.parametrize("change", [{"kind": "other"}, {"words": 10**9}, {"levels": ["a"]}, {"hidden": 0}, {"more": 1}])
def test_other_files_are_refused(change, tmp_path):
    one = architecture("bag")
    save_network(tmp_path, one, weights_of(one))
    (tmp_path / "network.json").write_text(json.dumps(one.to_json() | change))
    with pytest.raises(ValueError, match=r"text network|network of more"):
        load_network(tmp_path, TextArchitecture)
