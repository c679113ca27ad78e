from __future__ import annotations

import numpy as np
import pytest

from automl_assist.preprocessing import Coding, Features
from tests.preprocessing.tables import columns, table


@pytest.mark.parametrize("mmap", [True, False])
@pytest.mark.parametrize("names", [(), ("size",), ("colour",), ("note",)])
def test_save_and_load(tmp_path, mmap, names):
    typed = table(25)
    if "note" in typed:
        typed.loc[3, "note"] = "é\u0000\ud800 ∑"
    features = Coding.fit(typed, columns(*names)).transform(typed)
    features.save(tmp_path)
    again = Features.load(tmp_path, mmap=mmap)
    assert np.array_equal(again.numbers, features.numbers, equal_nan=True)
    assert np.array_equal(again.categories, features.categories)
    assert again.texts.tolist() == features.texts.tolist()
    assert again.number_names == features.number_names and again.cardinalities == features.cardinalities
    taken = again.take(np.array([4, 1]))
    assert len(taken) == 2 and type(taken.numbers) is np.ndarray
    assert again.take(np.arange(25) < 0).texts.shape == (0, features.texts.shape[1])


def test_arrays_that_do_not_fit_are_refused():
    with pytest.raises(ValueError):
        Features(np.zeros((2, 1), np.float32), np.zeros((3, 0), np.int32), np.empty((2, 0), object), (), ("a",), (), ())


def test_texts_that_do_not_fit_their_offsets_are_refused(tmp_path):
    typed = table(5)
    Coding.fit(typed, columns("note")).transform(typed).save(tmp_path)
    (tmp_path / "texts.utf8").write_bytes(b"")
    with pytest.raises(ValueError):
        Features.load(tmp_path)
