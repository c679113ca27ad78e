from __future__ import annotations

import random

from automl_assist import sources
from automl_assist.profile import describe
from automl_assist.schema import Options
from automl_assist.sources import _scan


def _profile(path, lines, monkeypatch):
    random.Random(0).shuffle(lines)
    path.write_text("\n".join(lines) + "\n")
    text = path.read_text().splitlines()
    head = next(line for line in text if line.startswith("#"))
    path.write_text("\n".join([head[1:], *(line for line in text if line != head)]) + "\n")
    monkeypatch.setattr(_scan, "WHOLE_CELLS", 50_000)
    monkeypatch.setattr(_scan, "SAMPLE_ROWS", (500, 1_000))
    table = sources.read(str(path), whole=False)
    assert table.scan is not None
    return describe(table, Options())[0]


def test_series_of_a_large_table_are_found_by_looking_at_some_of_them_whole(tmp_path, monkeypatch):
    r = random.Random(1)
    lines = ["#machine_id,cycle,s1,s2,failed"]
    lines += [f"m{m},{c},{r.random():.3f},{r.random():.3f},{'yes' if m % 3 else 'no'}" for m in range(900) for c in range(60)]
    profile = _profile(tmp_path / "t.csv", lines, monkeypatch)
    assert (profile.time.name, profile.series.name, profile.modality.name) == ("cycle", "machine_id", "sequence")
    assert profile.layout["n_series"] == 900 and profile.layout["length"] == 60


def test_a_stretch_of_time_shows_that_a_large_table_is_one_series(tmp_path, monkeypatch):
    lines = ["#time,load"]
    days = [f"20{y:02d}-{m:02d}-{d:02d}" for y in range(15) for m in range(1, 13) for d in range(1, 29)]
    lines += [f"{day} {h:02d}:00,{h + int(day[-2:])}" for day in days for h in range(24)]
    profile = _profile(tmp_path / "t.csv", lines, monkeypatch)
    assert (profile.time.name, profile.series, profile.modality.name) == ("time", None, "forecast")


def test_rows_without_an_order_in_time_stay_a_table(tmp_path, monkeypatch):
    r = random.Random(2)
    lines = ["#date,shop,amount,y"]
    days = [f"2024-{r.randint(1, 12):02d}-{r.randint(1, 28):02d}" for _ in range(60_000)]
    lines += [f"{day},s{r.randint(0, 999)},{r.random():.4f},{r.choice('ab')}" for day in days]
    profile = _profile(tmp_path / "t.csv", lines, monkeypatch)
    assert profile.series is None and profile.modality.name == "tabular"
