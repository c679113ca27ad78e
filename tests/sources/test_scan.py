from __future__ import annotations

import random

import duckdb
import pytest

from automl_assist import sources
from automl_assist.errors import AssistError
from automl_assist.profile import describe
from automl_assist.schema import Machine, Options
from automl_assist.sources import _scan

ROWS = 70_000
HEADER = ["amount", *(f"x{i}" for i in range(28)), "kind"]


def _write(path, rows, columns):
    path.write_text("\n".join([",".join(HEADER[i] for i in columns), *(",".join(row[i] for i in columns) for row in rows)]) + "\n")


def test_a_large_table_says_the_same_in_any_order_and_counts_rare_cells_on_all_rows(tmp_path):
    r = random.Random(0)
    rows = [[f"{r.random():.6f}", *(str(r.randrange(500)) for _ in range(28)), r.choice("abc")] for _ in range(ROWS)]
    for i in (5, 40_000, 69_999):
        rows[i][0] = "broken"
    columns = list(range(30))
    _write(tmp_path / "a.csv", rows, columns)
    r.shuffle(rows)
    r.shuffle(columns)
    _write(tmp_path / "b.csv", rows, columns)
    seen = []
    for name in ("a.csv", "b.csv"):
        table = sources.read(str(tmp_path / name), whole=False)
        assert table.scan is not None and len(table.frame) < ROWS / 2
        profile, typed = describe(table, Options(target="kind"))
        assert profile.rows == ROWS and profile.sampled_rows == len(typed)
        seen.append({c.name: (c.kind, c.missing, c.distinct, c.evidence, c.numbers, c.top, c.association) for c in profile.columns})
    assert seen[0] == seen[1]
    assert seen[0]["amount"][:2] == ("number", 3)
    assert "3 do not: 'broken'" in seen[0]["amount"][3]
    assert len(sources.read(str(tmp_path / "a.csv")).frame) == ROWS


def test_a_large_parquet_file_is_counted_over_all_rows_as_its_types_say(tmp_path):
    path = tmp_path / "t.parquet"
    query = "SELECT i AS id, i % 7 = 0 AS flag, i * 0.5 AS x, CASE WHEN i % 5 > 0 THEN TIMESTAMP '2020-01-01' + to_hours(i % 999) END AS at"
    numbers = ", ".join(f"hash(i + {k}) % 300 AS n{k}" for k in range(28))
    duckdb.sql(f"COPY ({query}, {numbers} FROM range({ROWS}) t(i)) TO '{path}' (FORMAT parquet)")
    table = sources.read(str(path), whole=False)
    assert table.scan is not None and table.reading.rows == ROWS
    profile, _ = describe(table, Options())
    found = {c.name: c for c in profile.columns}
    assert (found["flag"].kind, found["at"].kind, found["at"].missing) == ("boolean", "datetime", ROWS // 5)
    assert found["x"].numbers.maximum == (ROWS - 1) * 0.5 and found["n3"].distinct == 300


def test_a_table_that_does_not_fit_into_memory_is_cut_to_rows_that_do_and_says_so(tmp_path, monkeypatch):
    path = tmp_path / "t.csv"
    path.write_text("a,b\n" + "".join(f"{i},{i % 3}\n" for i in range(20_000)))
    monkeypatch.setattr(_scan, "this_machine", lambda: Machine(1, 3))
    table = sources.read(str(path))
    assert 4_000 < len(table.frame) < 6_000 and table.reading.rows == 20_000 and table.scan is None
    assert [m.code for m in table.messages] == ["W0116"] and table.frame.index.is_monotonic_increasing
    assert len(sources.read(str(path), like=table.reading).frame) == 20_000


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_rows_chosen_by_a_few_columns_are_the_same_in_any_order_and_stand_where_they_say(tmp_path, monkeypatch, end):
    monkeypatch.setattr(_scan, "WHOLE_CELLS", 50_000)
    monkeypatch.setattr(_scan, "SAMPLE_ROWS", (500, 1_000))
    r = random.Random(3)
    rows = [[f"{r.random():.6f}" if k % 2 else r.choice(["", '"a, ""b"""', "é"]) for k in range(12)] for _ in range(9_000)]
    names = [f"n{k}" for k in range(12)]

    def read(order, columns):
        lines = [",".join(names[k] for k in columns), *(",".join(rows[i][k] for k in columns) for i in order)]
        (tmp_path / "t.csv").write_bytes(end.join(lines).encode())
        frame = sources.read(str(tmp_path / "t.csv"), whole=False).frame
        for place, cells in zip(frame.index[:50], frame.itertuples(index=False), strict=False):
            wanted = [rows[order[place]][k] for k in columns]
            assert list(cells) == [cell.replace('"a, ""b"""', 'a, "b"') or None for cell in wanted]
        return {tuple(row) for row in frame[names].fillna("").itertuples(index=False)}

    quick = _scan.Scan._by_short_key
    monkeypatch.setattr(_scan.Scan, "_by_short_key", lambda *a: taken.append(quick(*a)) or taken[-1])
    taken: list[object] = []
    first = read(list(range(9_000)), list(range(12)))
    assert first == read(r.sample(range(9_000), 9_000), r.sample(range(12), 12))
    assert 400 < len(first) < 1_300 and all(taken) and len(taken) == 2


def test_rows_that_hardly_differ_in_the_columns_that_choose_are_chosen_by_all(tmp_path, monkeypatch):
    monkeypatch.setattr(_scan, "WHOLE_CELLS", 50_000)
    monkeypatch.setattr(_scan, "SAMPLE_ROWS", (500, 1_000))
    r = random.Random(4)
    lines = [",".join([*"abcdefghijk", "id"]), *(",".join([*(r.choice("xy") for _ in range(11)), str(i)]) for i in range(9_000))]
    (tmp_path / "t.csv").write_text("\n".join(lines))
    frame = sources.read(str(tmp_path / "t.csv"), whole=False).frame
    assert 800 < len(frame) < 1_200 and frame["id"].nunique() == len(frame)


def test_many_columns_are_counted_as_few_and_questions_too_large_for_the_memory_are_halved(tmp_path, monkeypatch):
    path = tmp_path / "t.parquet"
    columns = [f"hash(i + {k}) % 30 AS n{k}" for k in range(40)]
    columns += [f"CASE WHEN hash(i * {k + 2}) % 5 > 0 THEN 'level ' || hash(i + {k}) % 12 END AS t{k}" for k in range(40)]
    columns += ["CASE WHEN i % 3 > 0 THEN DATE '2020-01-01' + (i % 20)::INT END AS day", "CASE WHEN i % 9 > 0 THEN i % 4 * 0.5 END AS x"]
    duckdb.sql(f"COPY (SELECT {', '.join(columns)} FROM range(30000) t(i)) TO '{path}' (FORMAT parquet)")

    def seen():
        table = sources.read(str(path), whole=False)
        assert table.scan is not None
        profile, _ = describe(table, Options())
        return [(c.name, c.kind, c.missing, c.distinct, c.numbers, c.top) for c in profile.columns]

    halved, ask = [], _scan.Scan.ask

    def small(scan, query):
        if query.count(" AS a") >= 60:
            halved.append(query)
            raise AssistError("E0902", "there is not enough room to look at the whole table")
        return ask(scan, query)

    monkeypatch.setattr(_scan, "MOST_HISTOGRAMS", 1_000)
    whole = seen()
    monkeypatch.setattr(_scan, "MOST_HISTOGRAMS", 0)
    assert seen() == whole
    monkeypatch.setattr(_scan, "MOST_HISTOGRAMS", 1_000)
    monkeypatch.setattr(_scan.Scan, "ask", small)
    assert seen() == whole and halved
