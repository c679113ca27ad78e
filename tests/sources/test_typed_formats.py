"""Parquet, JSON Lines and Excel."""

import json
import sys

import duckdb
import numpy as np
import pytest

from automl_assist.errors import AssistError
from automl_assist.sources import read


@pytest.fixture(autouse=True)
def _here(workdir):
    pass


def test_parquet_keeps_types():
    query = (
        "SELECT i AS whole, i / 3 AS broken, i % 2 = 0 AS truth, 't' || i AS word, DATE '2020-01-01' + i::INTEGER AS day, "
        "[i, i] AS items, CASE WHEN i > 3 THEN i END AS gaps, i::DECIMAL(9, 2) AS money FROM range(20) r(i)"
    )
    duckdb.connect().execute(f"COPY ({query}) TO 't.parquet'")
    frame = read("t.parquet").frame
    assert frame["whole"].dtype.kind == "i"
    assert frame["broken"].dtype.kind == "f"
    assert frame["day"].dtype.kind == "M"
    assert frame["money"].dtype.kind == "f"
    assert frame["word"].tolist()[:2] == ["t0", "t1"]
    assert frame["items"][1] == "[1, 1]"
    assert np.isnan(frame["gaps"][0])


def test_a_damaged_parquet():
    with open("t.parquet", "wb") as file:
        file.write(b"PAR1" + bytes(500) + b"PAR1")
    with pytest.raises(AssistError) as caught:
        read("t.parquet")
    assert (caught.value.code, caught.value.exit_code) == ("E0113", 3)


def test_json_lines():
    with open("t.jsonl", "w") as file:
        file.write('{"a": 1, "b": "x", "c": true, "d": [1, 2]}\n\n{"a": 2, "b": "", "e": 1.5}\n{"b": "\\ud800", "c": null}\n')
    frame = read("t.jsonl").frame
    assert list(frame.columns) == ["a", "b", "c", "d", "e"]
    assert frame["b"].tolist() == ["x", None, "?"]
    assert frame["c"].tolist() == [True, None, None]
    assert frame["d"].tolist() == ["[1, 2]", None, None]
    assert np.isnan(frame["a"][2])


@pytest.mark.parametrize("line", ["{", "[1]", "3", '{"a": 1} x', "[" * 50_000])
def test_a_broken_line_is_named(line):
    with open("t.jsonl", "w") as file:
        file.write(json.dumps({"a": 1}) + "\n" + line + "\n")
    with pytest.raises(AssistError) as caught:
        read("t.jsonl")
    assert caught.value.code == "E0114"
    assert "line 2" in caught.value.what


def test_excel_without_its_library_gives_the_pip_line(monkeypatch):
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    with open("t.xlsx", "wb") as file:
        file.write(b"PK\x03\x04rubbish")
    with pytest.raises(AssistError) as caught:
        read("t.xlsx")
    assert (caught.value.code, caught.value.exit_code) == ("E0801", 8)
    assert "pip install 'automl-assist[excel]'" in caught.value.help


def test_a_damaged_excel():
    pytest.importorskip("python_calamine")
    with open("t.xlsx", "wb") as file:
        file.write(b"PK\x03\x04rubbish")
    with pytest.raises(AssistError) as caught:
        read("t.xlsx")
    assert caught.value.code == "E0113"
