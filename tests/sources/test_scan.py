from __future__ import annotations

import random

import duckdb

from automl_assist import sources
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
