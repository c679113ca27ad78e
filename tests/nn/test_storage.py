from __future__ import annotations

import json

import numpy as np
import pytest

from automl_assist.nn.architecture import Architecture
from automl_assist.nn.storage import load_network, save_network

SMALL = Architecture(numbers=2, plain=0, levels=(3,), outputs=1, hidden=(4,))


def _weights() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    return {name: rng.normal(size=shape).astype(np.float32) for name, shape in SMALL.weight_shapes().items()}


def test_there_and_back(tmp_path):
    save_network(tmp_path, SMALL, _weights())
    architecture, weights = load_network(tmp_path, Architecture)
    assert architecture == SMALL
    assert all(np.array_equal(weights[name], array) for name, array in _weights().items())


def test_shapes_are_checked_before_arrays_are_read(tmp_path, monkeypatch):
    save_network(tmp_path, SMALL, _weights())
    document = SMALL.to_json() | {"hidden": [5]}
    (tmp_path / "network.json").write_text(json.dumps(document))
    monkeypatch.setattr("automl_assist.nn.storage.load_arrays", lambda path: pytest.fail("read before checked"))
    with pytest.raises(ValueError):
        load_network(tmp_path, Architecture)


@pytest.mark.parametrize("damage", ["nan", "double", "not json", "no file", "cut"])
def test_damaged_files_are_refused(tmp_path, damage):
    weights = _weights()
    if damage == "nan":
        weights["head/bias"][0] = np.nan
    save_network(tmp_path, SMALL, weights)
    if damage == "double":
        np.savez(tmp_path / "weights.npz", **{name.replace("/", "."): array.astype(float) for name, array in weights.items()})
    elif damage == "not json":
        (tmp_path / "network.json").write_text("{")
    elif damage == "no file":
        (tmp_path / "weights.npz").unlink()
    elif damage == "cut":
        whole = (tmp_path / "weights.npz").read_bytes()
        (tmp_path / "weights.npz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ValueError):
        load_network(tmp_path, Architecture)
