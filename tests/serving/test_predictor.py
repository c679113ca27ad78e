"""Rows that are answered in parts, side by side, get the same answers as all at once."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from automl_assist.serving import predictor


@pytest.mark.parametrize(("rows", "arrangement"), [(predictor.FEWEST_ROWS, {}), (3 * predictor.MOST_DENSE + 1, {"pictures": ["p"]})])
def test_threads_change_nothing(rows, arrangement, monkeypatch):
    used = set()
    model = SimpleNamespace(predict=lambda values: used.add(threading.get_ident()) or values * 2.0)
    bundle = SimpleNamespace(
        task="regression", lowest=None, modality="tabular", arrangement=arrangement, members=[SimpleNamespace(weight=1.0)]
    )
    coding = SimpleNamespace(transform=lambda typed: typed["x"].to_numpy())
    made = predictor.Predictor(bundle, coding, [[model, model]])
    monkeypatch.setattr(predictor, "_cores", lambda: 2)
    frame = pd.DataFrame({"x": np.arange(rows, dtype=float)})
    assert (made.predict_typed(frame) == 2 * np.arange(rows)).all()
    assert threading.get_ident() not in used
    used.clear()
    assert len(made.predict_typed(frame[:3])) == 3 and used == {threading.get_ident()}
