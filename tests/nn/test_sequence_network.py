"""Networks of series: the Keras model and the NumPy forward say the same."""

import json

import numpy as np
import pytest

from automl_assist.nn.compilation import prepare
from automl_assist.nn.sequence_architecture import KINDS, SequenceArchitecture
from automl_assist.nn.sequence_forward import first_sequence_weights, sequence_outputs
from automl_assist.nn.storage import load_network, save_network

prepare()


def architecture(kind, **changes):
    sizes = {"channels": 2, "steps": 14, "features": 3, "blocks": 2, "plain": 4, "levels": (3,), "outputs": 3, "hidden": 7}
    return SequenceArchitecture(kind=kind, **(sizes | changes))


def weights_of(one):
    rng = np.random.default_rng(1)
    return {name: array + rng.normal(0, 0.3, array.shape).astype(np.float32) for name, array in first_sequence_weights(one, 0).items()}


@pytest.mark.parametrize("kind", KINDS)
def test_numpy_says_what_keras_says_and_nothing_behind_the_end_counts(kind):
    one = architecture(kind)
    weights, rng = weights_of(one), np.random.default_rng(0)
    series = rng.normal(size=(6, 14, 2)).astype(np.float32)
    there = (np.arange(14) < np.array([14, 14, 9, 1, 0, 5])[:, None]).astype(np.int32)
    series *= there[:, :, None]
    plain, codes = rng.normal(size=(6, 4)).astype(np.float32), rng.integers(0, 3, (6, 1)).astype(np.int32)
    model = one.build()
    for variable, name in zip(model.trainable_variables, one.weight_shapes(), strict=True):
        variable.assign(weights[name])
    theirs = np.asarray(model({"series": series, "there": there, "plain": plain, "codes": codes}, training=False))
    ours = sequence_outputs(one, weights, series, there, plain, codes)
    assert ours == pytest.approx(theirs, abs=5e-5)
    longer = sequence_outputs(
        architecture(kind, steps=30), weights, np.pad(series, ((0, 0), (0, 16), (0, 0))), np.pad(there, ((0, 0), (0, 16))), plain, codes
    )
    assert longer[2:] == pytest.approx(ours[2:], abs=5e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_saved_and_loaded(kind, tmp_path):
    one = architecture(kind)
    weights = weights_of(one)
    save_network(tmp_path, one, weights)
    again, loaded = load_network(tmp_path, SequenceArchitecture)
    assert again == one
    assert all((loaded[name] == weights[name]).all() for name in weights)


@pytest.mark.parametrize("change", [{"kind": "other"}, {"steps": 10**9}, {"levels": ["a"]}, {"hidden": 0}, {"blocks": 13}, {"more": 1}])
def test_other_files_are_refused(change, tmp_path):
    one = architecture("convolution")
    save_network(tmp_path, one, weights_of(one))
    (tmp_path / "network.json").write_text(json.dumps(one.to_json() | change))
    with pytest.raises(ValueError, match="network"):
        load_network(tmp_path, SequenceArchitecture)
