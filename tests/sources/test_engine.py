"""Arrays become a frame of their own types, and come back."""

from __future__ import annotations

import numpy as np

from automl_assist.sources import arrays_of, frame_of


def test_arrays_become_a_frame_and_come_back() -> None:
    arrays = [
        np.array([1.5, np.nan]), np.array(["a", None], object), np.array([2.5, 3.5]), np.array(["2020-01-01", "NaT"], "datetime64[ns]"),
        np.array(["true", "b"], object),
    ]  # fmt: skip
    names = ["x", "word", "0", "when", "index"]
    frame = frame_of(arrays, names)
    assert list(frame.columns) == names and [kind.kind for kind in frame.dtypes] == ["f", "O", "f", "M", "O"]
    back = arrays_of(frame)
    assert list(back) == names
    for name, before in zip(names, arrays, strict=True):
        assert back[name].dtype == before.dtype
        np.testing.assert_array_equal(back[name], before)


def test_a_frame_without_columns_or_rows() -> None:
    assert arrays_of(frame_of([], [])) == {}
    assert frame_of([np.empty(0), np.empty(0, object)], ["a", "b"]).shape == (0, 2)
