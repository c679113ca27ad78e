"""Parquet, JSON Lines and Excel."""

import json
import sys
import zipfile

import duckdb
import numpy as np
import pytest

from automl_assist.errors import AssistError
from automl_assist.schema import Machine
from automl_assist.sources import _scan, read


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


def test_whole_numbers_too_long_for_a_float_stay_different():
    duckdb.connect().execute("COPY (SELECT (9223372036854775807 - i)::BIGINT AS long, i AS short FROM range(20) r(i)) TO 't.parquet'")
    with open("t.jsonl", "w") as file:
        file.writelines(f'{{"long": {10**20 + i}, "short": {i}}}\n' for i in range(20))
    for name in ("t.parquet", "t.jsonl"):
        table = read(name)
        assert table.frame["long"].nunique() == 20
        assert table.frame["short"].dtype.kind == "i"
        assert "too long" in table.reading.assumptions[-1]


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


OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def _workbook(path, hidden="", merged=(), **sheets):
    """Write a workbook of texts and numbers, as small as one can be; `merged` are ranges of cells in each sheet."""
    names = list(sheets)
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
        f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
        f'xmlns:r="{OFFICE}"><sheets>'
        + "".join(
            f'<sheet name="{name}" sheetId="{i}" {"state=" + chr(34) + "hidden" + chr(34) if name == hidden else ""} r:id="r{i}"/>'
            for i, name in enumerate(names, 1)
        )
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        + "".join(f'<Relationship Id="r{i}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{i}.xml"/>' for i in range(1, len(names) + 1))
        + "</Relationships>",
    }
    for i, rows in enumerate(sheets.values(), 1):
        body = "".join(
            "<row>" + "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in row) + "</row>" for row in rows
        )  # fmt: skip
        parts[f"xl/worksheets/sheet{i}.xml"] = (
            f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{body}</sheetData>'
            + (f"<mergeCells>{''.join(f'<mergeCell ref={chr(34)}{cells}{chr(34)}/>' for cells in merged)}</mergeCells>" if merged else "")
            + "</worksheet>"
        )
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)


def test_the_sheet_that_holds_rows_is_read_unless_another_one_is_named():
    pytest.importorskip("python_calamine")
    _workbook("t.xlsx", Cover=[["Our report"]], Data=[["a", "b"], ["1", "x"], ["2", "y"]], Other=[["c", "d"], ["3", "z"]])
    table = read("t.xlsx")
    assert (list(table.frame.columns), table.reading.sheet, len(table.frame)) == (["a", "b"], "Data", 2)
    assert [m.code for m in table.messages] == ["W0114"] and "'Other'" in table.messages[0].message
    other = read("t.xlsx#Other")
    assert (list(other.frame.columns), other.reading.sheet, other.messages) == (["c", "d"], "Other", ())
    assert list(read("t.xlsx", like=other.reading).frame.columns) == ["c", "d"]
    with pytest.raises(AssistError) as caught:
        read("t.xlsx#Othr")
    assert (caught.value.code, caught.value.exit_code) == ("E0103", 3) and "'Other'" in caught.value.help


def test_covers_and_legends_before_the_fullest_sheet_are_passed_over_and_told():
    pytest.importorskip("python_calamine")
    legend = [["field", "meaning"], *([f"f{i}", "what it is"] for i in range(12))]
    data = [["a", "b", "c"], *([str(i), "xy"[i % 2], str(i * 7 % 5)] for i in range(200))]
    _workbook("t.xlsx", Legend=legend, May=data, June=[*data, *data[1:]])
    table = read("t.xlsx")
    assert (table.reading.sheet, [m.code for m in table.messages]) == ("May", ["W0114"])
    _workbook("t.xlsx", hidden="Old", Now=data[:10], Old=data)
    assert read("t.xlsx").reading.sheet == "Now"
    new = read("t.xlsx", like=table.reading)  # of a model: its sheet is not there, so which one was read is told
    assert (new.reading.sheet, [m.code for m in new.messages]) == ("Now", ["W0114"])


def test_a_hidden_sheet_comes_last_and_merged_cells_count_for_all_of_their_rows():
    pytest.importorskip("python_calamine")
    rows = [["" if i % 5 else f"R{i // 5}", str(i), str(i * 3 % 7)] for i in range(40)]
    names = [["Region", "Sales", ""], ["", "Q1", "Q2"]]
    merged = ["B1:C1", "A1:A2", *(f"A{i + 3}:A{i + 7}" for i in range(0, 40, 5))]
    _workbook("t.xlsx", hidden="Old", merged=merged, Old=[["a", "b"], ["1", "x"]], Data=[*names, *rows])
    table = read("t.xlsx")
    assert (table.reading.sheet, list(table.frame.columns)) == ("Data", ["Region", "Q1", "Q2"])
    assert table.frame["Region"].value_counts().to_dict() == {f"R{i}": 5 for i in range(8)}
    assert any("merged" in said for said in table.reading.assumptions)


def test_a_table_beside_the_table_is_left_out_and_told():
    pytest.importorskip("python_calamine")
    rows = [[str(i / 2), "xy"[i % 2], "", *(["legend", str(i)] if i < 5 else [])] for i in range(40)]
    _workbook("t.xlsx", Data=[["a", "b", "", "c", "d"], *rows])
    table = read("t.xlsx")
    assert (list(table.frame.columns), len(table.frame)) == (["a", "b"], 40)
    assert [m.code for m in table.messages] == ["W0121"] and "2 columns" in table.messages[0].message
    _workbook("t.xlsx", Data=[["a", "b", "", "c", "d"], *rows[::-1]])  # a sparse column is one of the table
    assert len(read("t.xlsx").frame.columns) == 5


def test_typed_files_that_do_not_fit_into_memory_are_cut_to_rows_that_do(monkeypatch):
    duckdb.connect().execute("COPY (SELECT i AS a, i % 3 AS b FROM range(20000) r(i)) TO 't.parquet'")
    with open("t.jsonl", "w") as file:
        file.writelines(json.dumps({"a": i, "b": i % 3}) + "\n" for i in range(20_000))
    monkeypatch.setattr(_scan, "this_machine", lambda: Machine(1, 3))
    for name in ("t.parquet", "t.jsonl"):
        table = read(name)
        assert 4_000 < len(table.frame) < 6_000 and table.reading.rows == 20_000
        assert [m.code for m in table.messages] == ["W0116"]
        assert len(read(name, like=table.reading).frame) == 20_000


def test_a_sheet_for_readers_gives_its_rows_alone():
    pytest.importorskip("python_calamine")
    rows = [[f"R{i}", str(i), str(i * 3 % 7), str(i * 5 % 11), "1"] for i in range(40)]
    names = [["Sales of the year"], [], ["", "Sales", "", "Costs"], ["Region", "Q1", "Q2", "Q1", "Q2"]]
    _workbook("t.xlsx", Data=[*names, *rows, ["Total", "9", "9"], ["Source: us"]])
    table = read("t.xlsx")
    assert list(table.frame.columns) == ["Region", "Sales Q1", "Sales Q2", "Costs Q1", "Costs Q2"] and len(table.frame) == 40
    assert [m.code for m in table.messages] == ["W0101", "W0120", "W0119"] and "rows 45, 46" in table.messages[2].message


def test_records_within_rows_are_taken_apart_alike():
    lines = [{"id": i, "at": {"x": i / 2, "place": {"town": "ab"[i % 2]}}, "free": {f"k{i}": 1} if i % 2 else "none"} for i in range(30)]
    with open("t.jsonl", "w") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)
    found = read("t.jsonl").frame
    assert list(found.columns) == ["id", "at.x", "at.place.town", "free"] and found["at.x"].tolist() == [i / 2 for i in range(30)]
    rows = "SELECT i AS id, {'x': i / 2, 'place': {'town': 'a'}} AS at, INTERVAL (i) MINUTE AS took FROM range(30) t(i)"
    duckdb.sql(f"COPY ({rows}) TO 't.parquet'")
    table = read("t.parquet")
    assert list(table.frame.columns) == ["id", "at.x", "at.place.town", "took"]
    assert table.frame["took"].tolist() == [60.0 * i for i in range(30)]
    assert any("seconds" in said for said in table.reading.assumptions)


RECORDS = [{"a": i, "b": "x" if i % 2 else None} for i in range(5)]


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(RECORDS),
        "\ufeff" + json.dumps(RECORDS, indent=2) + "\n",
        json.dumps({"status": "ok", "results": RECORDS}, indent=1),
        "\n".join(json.dumps(record, indent=2) for record in RECORDS),
        "\n".join(map(json.dumps, RECORDS)),
        json.dumps({key: [record[key] for record in RECORDS] for key in "ab"}),
        json.dumps({key: {str(i): record[key] for i, record in enumerate(RECORDS)} for key in "ab"}),
        json.dumps({"columns": ["a", "b"], "index": list(range(5)), "data": [list(record.values()) for record in RECORDS]}),
    ],
)
def test_a_document_of_json_is_read_as_its_records_a_line_each(text):
    with open("t.json", "w", encoding="utf-8") as file:
        file.write(text)
    table = read("t.json")
    assert table.frame["a"].tolist() == list(range(5)) and table.frame["b"].tolist() == [None, "x"] * 2 + [None]
    assert (table.reading.rows, table.reading.format) == (5, "json_lines")
    assert read("t.json", like=table.reading).frame.equals(table.frame)


def test_records_of_an_array_may_lie_across_the_blocks_that_are_read(tmp_path, monkeypatch):
    records = [{"a": i, "b": f"word {i}, [{i}]"} for i in range(60)]
    (tmp_path / "t.json").write_text(json.dumps(records, indent=1), "utf-8")
    whole = read(str(tmp_path / "t.json")).frame
    monkeypatch.setattr("automl_assist.sources._json_document.BLOCK", 7)
    assert read(str(tmp_path / "t.json")).frame.equals(whole)
    assert whole["b"].tolist() == [record["b"] for record in records]


@pytest.mark.parametrize("text", ["[1, 2]", '[{"a": 1}', '[{"a": 1}] x', '{"a": 1,,}', '{\n"a": 1\n}\n3', "[[" * 50_000])
def test_a_document_of_json_without_records_is_refused(text):
    with open("t.json", "w") as file:
        file.write(text)
    with pytest.raises(AssistError) as caught:
        read("t.json")
    assert caught.value.code == "E0114"
