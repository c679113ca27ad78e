"""Fold models that answer side by side say what they say one after the other."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import numpy as np

from automl_assist.preprocessing import Features
from automl_assist.serving import predictor


def test_threads_change_nothing(monkeypatch):
    rows = Features.of_blocks({}, predictor.ROWS_FOR_THREADS)
    used = set()

    def model(k: int) -> SimpleNamespace:
        return SimpleNamespace(predict=lambda features: used.add(threading.get_ident()) or np.full(len(features), float(k)))

    folds = [model(k) for k in range(5)]
    for cores in (1, 2):
        monkeypatch.setattr(predictor, "_cores", lambda cores=cores: cores)
        assert [answer[0] for answer in predictor._answers(folds, rows)] == [0.0, 1.0, 2.0, 3.0, 4.0]
    assert threading.get_ident() in used and len(used) > 1
