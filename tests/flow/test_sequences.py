"""Series through the whole flow: in rows with gaps, several channels and subjects, in columns, and what cannot be learned from."""

import csv
import json
import math
import random

import pytest

from automl_assist._resources import sample_data_dir
from tests.flow.conftest import assist
from tests.flow.test_train_predict import predict, rows_of, same, write_rows

STEPS = 30


def walks(subjects=12, each=4, seed=0):
    """Return rows of walks, quick or slow, of different lengths, with a gap, a flag and the subject's age beside them."""
    r, rows = random.Random(seed), []
    for k in range(subjects * each):
        label, length = "slow" if k % 2 else "quick", r.randint(STEPS - 12, STEPS)
        phase, age = r.random() * 6, 20 + k // each
        for t in range(length):
            if t in (5, 6) and k % 3 == 0:
                continue
            x = math.sin(t * (0.9 if label == "quick" else 0.4) + phase) + r.gauss(0, 0.2)
            rows.append({"walk": f"w{k}", "t": 0.5 * t, "who": f"p{k // each}", "x": round(x, 3), "y": round(r.gauss(0, 1), 3),
                         "up": "yes" if x > 0 else "no", "age": age, "pace": label})  # fmt: skip
    r.shuffle(rows)
    return rows


def train(folder, data, *more):
    done = assist("train", data, "--trials", "3", "--json", *more, cwd=folder)
    assert done.code == 0, done.err
    return done.document


def test_series_in_rows(tmp_path, here):
    rows = walks()
    data = write_rows(tmp_path / "walks.csv", rows)
    done = train(tmp_path, data, "--target", "pace", "--series", "walk", "--time", "t", "--group", "who")
    assert (done["modality"], done["task"], done["split"]["kind"]) == ("sequence", "binary", "group")
    assert done["split"]["train_rows"] + done["split"]["test_rows"] == 48
    assert done["metric"]["value"] > 0.9
    numbers = done["split"]["test_row_numbers"]
    held_out = {rows[n - 1]["who"] for n in numbers}
    assert not held_out & {row["who"] for n, row in enumerate(rows, 1) if n not in set(numbers)}, "a subject stands on one side"
    run = tmp_path / "assist-run"
    found, _ = predict(run, data, tmp_path / "p.csv")
    assert len(found) == len(rows)
    by_walk = {}
    for row, one in zip(rows, found, strict=True):
        assert by_walk.setdefault(row["walk"], one) == one, "every row of a series has its prediction"
    alone = [row for row in rows if row["walk"] == "w7"]
    again, _ = predict(run, write_rows(tmp_path / "one.csv", alone), tmp_path / "q.csv", by=here)
    same([by_walk["w7"]] * len(alone), again, 1e-4)
    short = [row for row in rows if row["walk"] in ("w1", "w2")][:3] + [{**row, "t": row["t"] + 100} for row in alone]
    odd, said = predict(run, write_rows(tmp_path / "odd.csv", [*short, {**alone[0], "walk": ""}]), tmp_path / "o.csv", by=here)
    assert len(odd) == len(short) + 1
    assert odd[-1]["prediction"] == ""
    assert "W0314" in said.err
    assert here("evaluate", run, data, cwd=tmp_path).code == 0
    plan = assist("train", data, "--plan", run / "plan.yaml", "--dry-run", "--json", cwd=tmp_path)
    assert plan.document["plan"]["series"] == "walk"


def test_the_sample_with_its_report(tmp_path):
    data = tmp_path / "gestures.csv"
    data.write_bytes((sample_data_dir() / "gestures.csv").read_bytes())
    done = train(tmp_path, data, "--target", "gesture", "--group", "person")
    assert (done["modality"], done["task"], done["split"]["kind"]) == ("sequence", "multiclass", "group")
    report = json.loads((tmp_path / "assist-run" / "report.json").read_text("utf-8"))
    insight = report["insight"]
    assert (insight["kind"], insight["channels"]) == ("sequence", ["x", "y"])
    assert {(t["of"], t["channel"]) for t in insight["typical"]} == {(g, c) for g in ("circle", "swipe", "wave") for c in "xy"}
    assert (insight["stretches"] and insight["channel_effects"]) or insight["skipped"]
    assert "How the series run" in (tmp_path / "assist-run" / "report.html").read_text("utf-8")


def test_series_in_columns_and_a_number_for_each(tmp_path, here):
    r, rows = random.Random(1), []
    for k in range(60):
        pace = r.uniform(0.1, 0.5)
        x = {f"x_{t}": round(math.sin(t * pace) + r.gauss(0, 0.1), 3) for t in range(STEPS)}
        y = {f"y_{t}": round(math.cos(t * pace / 2), 3) for t in range(STEPS)}
        rows.append({**x, **y, "weight": r.randint(1, 9), "pace": round(pace, 3)})
        if k % 5 == 0:
            rows[-1] |= {f"{c}_{t}": "" for c in "xy" for t in range(STEPS - 8, STEPS)}
    data = write_rows(tmp_path / "waves.csv", rows)
    done = train(tmp_path, data, "--target", "pace")
    assert (done["modality"], done["task"]) == ("sequence", "regression")
    assert done["metric"]["value"] < done["metric"]["baseline"] / 2
    report = json.loads((tmp_path / "assist-run" / "report.json").read_text("utf-8"))
    assert report["plan"]["settings"]["sequence.length"]["steps"] == STEPS
    found, _ = predict(tmp_path / "assist-run", data, tmp_path / "p.csv", by=here)
    assert len(found) == len(rows)


@pytest.mark.parametrize(
    ("change", "options", "code", "words"),
    [
        ({"pace": lambda k: "ab"[k % 2]}, ("--series", "walk", "--time", "t"), 4, "E0313"),
        ({}, ("--series", "wlak"), 2, "E0308"),
        ({"walk": lambda k: "w0"}, ("--series", "walk", "--time", "t"), 4, "E030"),
        ({"walk": lambda k: f"w{k % 5}", "pace": lambda k: "ab"[k % 5 % 2]}, ("--series", "walk"), 4, "only 5 series"),
    ],
    ids=["labels that vary", "misspelt", "one series", "five series"],
)
def test_what_is_no_set_of_series_is_refused(tmp_path, change, options, code, words):
    rows = [{**row, **{name: make(k) for name, make in change.items()}} for k, row in enumerate(walks(3))]
    done = assist("train", write_rows(tmp_path / "w.csv", rows), "--target", "pace", *options, "--time-budget", "20s", cwd=tmp_path)
    assert (done.code, done.err.count("error[")) == (code, 1), done.err
    assert words in done.err


def test_a_table_without_series_is_refused_as_one(tmp_path):
    with (tmp_path / "t.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["a", "y"], *([f"word {k % 7}", "pq"[k % 2]] for k in range(40))])
    done = assist("train", "t.csv", "--target", "y", "--modality", "sequence", cwd=tmp_path)
    assert (done.code, "E0314" in done.err) == (4, True), done.err
    assert len(rows_of(tmp_path / "t.csv")) == 40
