"""What predict writes: a spreadsheet runs nothing of it, and every format holds the same."""

import io
import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from automl_assist.errors import AssistError
from automl_assist.serving.output import FORMULA_STARTS, MANY_ROWS, encode, prediction_table, to_csv
from automl_assist.serving.predictor import Prediction
from automl_assist.serving.rows import predict_rows


def classes_table(*names):
    bundle = SimpleNamespace(answers=names, lowest=None)
    raw = np.full((3, len(names)), 1 / len(names))
    return prediction_table(SimpleNamespace(bundle=bundle), Prediction(raw, np.array([names[0], names[-1], names[0]], dtype=object)), 0.9)


@pytest.mark.parametrize("out", [".", "p.xlsx"])
def test_a_file_of_no_known_format_is_named(out):
    with pytest.raises(AssistError, match=f"'{out}' has no ending"):
        encode(pd.DataFrame({"prediction": [1.0]}), Path(out), raw_csv=False)


def test_columns_are_those_of_the_contract():
    assert list(classes_table("no", "yes").columns) == ["prediction", "probability_no", "probability_yes"]
    bundle = SimpleNamespace(answers=(), lowest=0.0)
    predictor = SimpleNamespace(bundle=bundle, half_width=lambda coverage: 10 * coverage)
    table = prediction_table(predictor, Prediction(np.array([5.0, 100.0]), None), 0.9)
    assert table.to_dict("list") == {"prediction": [5.0, 100.0], "lower": [0.0, 91.0], "upper": [14.0, 109.0]}


@given(st.text(min_size=1, max_size=8))
def test_no_text_cell_begins_a_formula(name):
    text, defused = to_csv(classes_table(name, "b"))
    frame = (
        pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False)
        if "\r" not in name and "\n" not in name and "\0" not in name
        else None
    )
    assert defused == (2 if name.startswith(FORMULA_STARTS) else 0)
    if frame is not None:
        assert not any(cell.startswith(FORMULA_STARTS) for cell in frame["prediction"])


def test_numbers_stay_numbers_and_raw_stays_raw():
    table = pd.DataFrame({"prediction": [-5.0, 2.0], "lower": [-6.0, 1.0], "upper": [-4.0, 3.0]})
    assert to_csv(table)[0].splitlines()[1] == "-5.0,-6.0,-4.0"
    assert to_csv(classes_table("=1+1", "b"), raw=True)[0].splitlines()[1].startswith("=1+1")


@pytest.mark.parametrize("ending", [".csv", ".jsonl", ".parquet"])
def test_every_format_holds_the_same_rows(ending, tmp_path):
    table = classes_table("=1+1", "ok")
    path = tmp_path / f"p{ending}"
    path.write_bytes(encode(table, path, raw_csv=True)[0])
    if ending == ".jsonl":
        got = pd.DataFrame([json.loads(line) for line in path.read_text("utf-8").splitlines()])
    elif ending == ".csv":
        got = pd.read_csv(path)
    else:
        import duckdb

        got = duckdb.read_parquet(str(path)).df()
    assert got["prediction"].tolist() == table["prediction"].tolist()
    assert got["probability_ok"].tolist() == pytest.approx(table["probability_ok"].tolist())


def test_another_ending_is_refused(tmp_path):
    with pytest.raises(AssistError, match="ending"):
        encode(classes_table("a", "b"), tmp_path / "p.xlsx", raw_csv=False)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(), min_size=1, max_size=30), st.text(max_size=4))
def test_many_rows_are_written_as_few_are(values, label):
    few = pd.DataFrame({"prediction": pd.Series([label] * len(values), dtype=object), 'a "quoted" name': values})
    times = -(-MANY_ROWS // len(few))
    many = pd.concat([few] * times, ignore_index=True)
    (text, defused), (header, body) = to_csv(few), to_csv(few)[0].split("\n", 1)
    assert to_csv(many) == (header + "\n" + body * times, defused * times) and text == header + "\n" + body


def test_the_file_to_predict_is_never_overwritten(tmp_path):
    data = tmp_path / "new.csv"
    data.write_text("a\n1\n")
    (tmp_path / "also.csv").symlink_to(data)
    for out in (data, tmp_path / "also.csv"):
        with pytest.raises(AssistError, match="would be lost") as caught:
            predict_rows(tmp_path, str(data), out=out, strict=False, overwrite=True, coverage=None, raw_csv=False, notify=None)
        assert (caught.value.code, caught.value.exit_code) == ("E0706", 2)
    assert data.read_text() == "a\n1\n"
