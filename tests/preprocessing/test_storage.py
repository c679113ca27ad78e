from __future__ import annotations

import json
import pickle
import zipfile
from dataclasses import dataclass

import numpy as np
import pytest

from automl_assist.preprocessing import storage


@dataclass(frozen=True)
class Part:
    values: np.ndarray


@dataclass(frozen=True)
class Whole:
    name: str
    parts: tuple[Part, ...]
    weight: float
    limit: int | None


WHOLE = Whole("a", (Part(np.arange(3)), Part(np.ones((2, 2), np.float32))), 0.5, None)


def test_there_and_back(tmp_path):
    storage.save(tmp_path, "x", WHOLE)
    again = storage.load(tmp_path, "x", Whole)
    assert again.name == "a" and again.weight == 0.5 and again.limit is None
    assert [p.values.tolist() for p in again.parts] == [[0, 1, 2], [[1, 1], [1, 1]]]
    assert again.parts[1].values.dtype == np.float32


@pytest.mark.parametrize(
    "change",
    [
        {"name": 3},
        {"weight": "x"},
        {"extra": 1},
        {"parts": {"array": "parts.0.values"}},
        {"parts": [{"values": {"array": "nowhere"}}]},
        {"parts": [{"values": [1, 2]}]},
        {"limit": True},
    ],
)
def test_another_document_is_refused(tmp_path, change):
    storage.save(tmp_path, "x", WHOLE)
    document = json.loads((tmp_path / "x.json").read_text()) | change
    (tmp_path / "x.json").write_text(json.dumps(document))
    with pytest.raises(ValueError):
        storage.load(tmp_path, "x", Whole)


def test_objects_in_arrays_are_refused(tmp_path):
    with pytest.raises(TypeError):
        storage.save_arrays(tmp_path / "x.npz", {"a": np.array([{}], object)})
    np.savez(tmp_path / "x.npz", a=np.array([{}], object))
    with pytest.raises(ValueError):
        storage.load_arrays(tmp_path / "x.npz")
    (tmp_path / "x.npz").write_bytes(pickle.dumps([1]))
    with pytest.raises(ValueError):
        storage.load_arrays(tmp_path / "x.npz")


def test_a_header_that_promises_more_than_there_is_is_refused(tmp_path):
    np.save(tmp_path / "a.npy", np.zeros(4))
    raw = (tmp_path / "a.npy").read_bytes().replace(b"'shape': (4,)", b"'shape': (9,)")
    with zipfile.ZipFile(tmp_path / "x.npz", "w") as archive:
        archive.writestr("a.npy", raw)
    with pytest.raises(ValueError):
        storage.array_shapes(tmp_path / "x.npz")


def test_missing_files_are_refused(tmp_path):
    with pytest.raises(ValueError):
        storage.load(tmp_path, "x", Whole)
