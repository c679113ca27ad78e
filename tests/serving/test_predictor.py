"""Rows that are answered in parts, side by side, get the same answers as all at once."""

from __future__ import annotations

import threading
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from threadpoolctl import threadpool_info

from automl_assist.evaluation.calibration import applied
from automl_assist.profile import cast, describe
from automl_assist.schema import AS_THEY_ARE, Averaging, Calibration, Column, Options
from automl_assist.serving import predictor
from tests.profile.tables import table_of


@pytest.mark.parametrize(("rows", "arrangement"), [(predictor.FEWEST_ROWS, {}), (3 * predictor.MOST_DENSE + 1, {"pictures": ["p"]})])
def test_threads_change_nothing(rows, arrangement, monkeypatch):
    used, of_blas = set(), set()

    def predict(values):
        used.add(threading.get_ident())
        of_blas.update(found["num_threads"] for found in threadpool_info() if found["user_api"] == "blas")
        return values * 2.0

    model = SimpleNamespace(predict=predict)
    bundle = SimpleNamespace(
        task="regression",
        averaging=AS_THEY_ARE,
        lowest=None,
        modality="tabular",
        arrangement=arrangement,
        members=[SimpleNamespace(weight=1.0)],
    )
    coding = SimpleNamespace(transform=lambda typed: typed["x"].to_numpy())
    made = predictor.Predictor(bundle, coding, [[model, model]])
    monkeypatch.setattr(predictor, "_cores", lambda: 2)
    frame = pd.DataFrame({"x": np.arange(rows, dtype=float)})
    assert (made.predict_typed(frame) == 2 * np.arange(rows)).all()
    assert threading.get_ident() not in used
    assert of_blas <= {1}, "each thread would start as many for its sums"
    used.clear()
    assert len(made.predict_typed(frame[:3])) == 3 and used == {threading.get_ident()}


def test_classes_are_calibrated_as_in_the_test():
    p, q, r = np.array([[0.6, 0.4], [0.5, 0.5]]), np.array([[0.9, 0.1], [0.2, 0.8]]), np.array([[0.7, 0.3], [0.01, 0.99]])
    bundle = SimpleNamespace(
        task="binary", averaging=Averaging("logarithmic"), modality="tabular", arrangement={}, calibration=Calibration(2.0, 1.0),
        members=[SimpleNamespace(weight=0.25), SimpleNamespace(weight=0.75)],
    )  # fmt: skip
    models = [[SimpleNamespace(predict=lambda _, given=given: given) for given in folds] for folds in ([p, q], [r])]
    made = predictor.Predictor(bundle, SimpleNamespace(transform=lambda typed: typed), models)
    logits = 0.125 * (np.log(p[:, 1] / p[:, 0]) + np.log(q[:, 1] / q[:, 0])) + 0.75 * np.log(r[:, 1] / r[:, 0])
    together = np.stack([1 / (1 + np.exp(logits)), 1 / (1 + np.exp(-logits))], axis=1)
    np.testing.assert_allclose(made.predict_typed(pd.DataFrame({"x": [1, 2]})), applied(Calibration(2.0, 1.0), together))


@pytest.mark.parametrize(
    ("cells", "told"),
    [(["0.38", "0.5", None], True), ([0.38, 0.5, np.nan], True), (["0.38%", "0.5%"], False), (["0.38", "50"], False), (["0", "0"], False)],
)
def test_percentages_without_their_sign_may_be_shares(cells, told):
    profile, _ = describe(table_of(rate=[f"{i}.5%" for i in range(100)], y=["p", "q"] * 50), Options(target="y"))
    frame = pd.DataFrame({"rate": pd.Series(cells)})
    typed, _ = cast(frame, [profile.columns[0]])
    assert predictor._as_shares(profile.columns[0], frame["rate"], typed["rate"]) is told


def _told(columns, frame, **arrangement):
    """Return what is said of a later file with numbers in all columns of training, and how many of them were missing there."""
    known = tuple(Column(name, k, "integer", missing, 9, "") for k, (name, missing) in enumerate(columns.items()))
    bundle = SimpleNamespace(columns=known, target=Column("y", 9, "number", 0, 9, ""), arrangement=arrangement, modality="tabular")
    return predictor.Predictor(bundle, SimpleNamespace(unseen=lambda _: {}), []).prepare(pd.DataFrame(frame), Path())[1]


def test_columns_that_are_empty_in_a_later_file_are_told_where_training_had_all_their_values():
    columns, frame = {"a": 0, "b": 3, "c": 0, "id": 0}, {"a": [None, None], "b": None, "c": [None, "1"], "id": None}
    (message,) = _told(columns, frame, series=["id"])
    assert message.code == "W0710" and message.message.endswith(": 'a'")
    assert _told(columns, {name: [] for name in columns}) == _told(columns, {name: ["1"] for name in columns}) == []


def test_no_column_that_is_there_is_suggested_for_one_that_is_not():
    messages = _told({"income": 0, "since": 0, "height": 0}, {"since": ["1"], "heigth": ["2"]})
    (missing,) = [m for m in messages if m.code == "W0701"]
    assert missing.help == "'height': did you mean 'heigth'?"


def test_names_of_series_that_are_no_numbers_are_not_told_as_missing():
    columns = {"id": 0, "t": 0}
    assert _told(columns, {"id": ["a", "b"], "t": ["1", "2"]}, series=["id"]) == []
    assert [m.code for m in _told(columns, {"id": ["1", "b"], "t": ["1", "2"]}, series=["id"])] == ["W0703"]
