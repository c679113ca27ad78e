"""A forecast through the whole flow: the sample, going on from new rows, scoring what came, and what cannot be carried on."""

import csv
import json
import random
from datetime import date, timedelta

import pytest

from automl_assist._resources import sample_data_dir
from tests.flow.conftest import assist
from tests.flow.test_train_predict import rows_of, write_rows

SALES = sample_data_dir() / "ice_cream_sales.csv"
CUT = "2024-06"  # months up to here are learned from


@pytest.fixture(scope="module")
def sold(tmp_path_factory):
    """Return the folder of a finished run on all but the last half year, the later rows, and what train said."""
    folder = tmp_path_factory.mktemp("forecast")
    rows = rows_of(SALES)
    data = write_rows(folder / "sales.csv", [r for r in rows if r["month"] <= CUT])
    later = write_rows(folder / "later.csv", [r for r in rows if r["month"] > CUT])
    done = assist("train", data, "--target", "tubs", "--horizon", 6, "--trials", 8, "--time-budget", "100s", "--json", cwd=folder)
    assert done.code == 0, done.err
    return folder, later, done.document


def test_a_forecast_is_recognised_trained_and_beats_the_last_season(sold):
    folder, _, document = sold
    assert (document["modality"], document["task"]) == ("forecast", "forecast")
    assert document["metric"]["value"] < document["metric"]["baseline"]
    names = [row["name"] for row in document["leaderboard"]]
    assert names[0] == "ensemble"
    assert "seasonal_naive-1" in names, "it is always in the table"
    report = json.loads((folder / "assist-run" / "report.json").read_text("utf-8"))
    assert report["plan"]["settings"]["forecast.seasons"] == [12]
    assert len(report["forecast"]["fans"]) == report["plan"]["settings"]["forecast.backtests"]["windows"] + 1
    page = (folder / "assist-run" / "report.html").read_text("utf-8")
    assert "Every backtest" in page
    assert "The series it does worst on" in page


def forecast(folder, *words):
    done = assist("predict", "assist-run", *words, cwd=folder)
    assert done.code == 0, done.err
    return list(csv.DictReader(done.out.splitlines()))


def test_it_goes_on_from_the_end_of_training_and_from_the_end_of_new_rows(sold):
    folder, later, _ = sold
    first = forecast(folder)
    assert list(first[0]) == ["shop", "month", "prediction", "lower", "upper"]
    assert [r["month"][:7] for r in first if r["shop"] == "Market"] == [f"2024-{m:02d}" for m in range(7, 13)]
    assert all(float(r["lower"]) < float(r["prediction"]) < float(r["upper"]) for r in first)
    narrow = forecast(folder, "--coverage", 0.6)
    assert float(narrow[0]["upper"]) < float(first[0]["upper"])
    after = forecast(folder, later)
    assert [r["month"][:7] for r in after if r["shop"] == "Market"] == [f"2025-{m:02d}" for m in range(1, 7)]
    station = [r for r in rows_of(later) if r["shop"] == "Station"]
    alone = forecast(folder, write_rows(folder / "station.csv", station))
    assert {r["shop"] for r in alone} == {"Station"}


def test_what_came_can_be_scored(sold, here):
    folder, later, _ = sold
    done = assist("evaluate", "assist-run", later, "--json", cwd=folder)
    assert done.code == 0, done.err
    assert done.document["rows"] == 18
    assert done.document["metric"]["name"] == "mase"
    assert done.document["metric"]["value"] < 1
    assert here("evaluate", "assist-run", "sales.csv", cwd=folder).code == 4, "nothing in it is later than training"


def test_columns_are_known_by_names_that_differ_in_case_and_marks(sold, here):
    folder, later, _ = sold
    shouted = write_rows(folder / "shouted.csv", [{f"{name.upper()} ": cell for name, cell in row.items()} for row in rows_of(later)])
    assert forecast(folder, shouted) == forecast(folder, later)
    scored, plain = (here("evaluate", "assist-run", data, "--json", cwd=folder).document for data in (shouted, later))
    assert scored["metric"] == plain["metric"]
    assert "W0707" in [message["code"] for message in scored["messages"]]


def test_a_plan_is_followed(sold, here):
    folder, _, _ = sold
    done = here("recommend", "sales.csv", "--target", "tubs", "--out", "plan.yaml", cwd=folder)
    assert done.code == 0, done.err
    text = (folder / "plan.yaml").read_text("utf-8").replace("horizon: 12", "horizon: 2").replace("seasons: [12]", "seasons: [1]")
    (folder / "plan.yaml").write_text(text, "utf-8")
    done = assist("train", "sales.csv", "--plan", "plan.yaml", "--trials", 1, "--out", "short", "--json", cwd=folder)
    assert done.code == 0, done.err
    done = here("predict", "short", cwd=folder)
    assert len(done.out.splitlines()) == 1 + 2 * 3


@pytest.mark.parametrize(
    ("rows", "words", "says"),
    [
        ([{"t": f"2024-01-{k:02d}", "y": k % 5} for k in range(1, 13)], ["--horizon", 30], "E0313"),
        ([{"a": k * 7 % 11, "y": k % 5} for k in range(40)], ["--task", "forecast"], "E0314"),
        ([{"t": f"2024-01-{k:02d}", "y": 3} for k in range(1, 29)], [], "E0303"),
    ],
)
def test_what_cannot_be_carried_on_is_refused(tmp_path, rows, words, says):
    done = assist("train", write_rows(tmp_path / "t.csv", rows), "--target", "y", *words, "--time-budget", "20s", cwd=tmp_path)
    assert done.code == 4, done.err
    assert says in done.err


def test_several_targets_are_carried_on_side_by_side(tmp_path, here):
    rows = [{"day": f"2024-{1 + k // 28:02d}-{1 + k % 28:02d}", "warm": 20 + k % 7, "cold": (k * 5) % 7} for k in range(56)]
    data = write_rows(tmp_path / "t.csv", rows)
    words = ["--target", "warm", "--target", "cold", "--horizon", 3, "--trials", 1, "--time-budget", "60s"]
    done = assist("train", data, *words, cwd=tmp_path)
    assert done.code == 0, done.err
    ahead = forecast(tmp_path)
    assert list(ahead[0]) == ["day", "warm", "warm_lower", "warm_upper", "cold", "cold_lower", "cold_upper"]
    assert len(ahead) == 3
    later = write_rows(tmp_path / "later.csv", [{"day": r["day"], "warm": 23, "cold": 2} for r in ahead])
    done = here("evaluate", "assist-run", later, "--json", cwd=tmp_path)
    assert done.code == 0, done.err
    assert [part["target"] for part in done.document["targets"]] == ["warm", "cold"]


def test_days_without_a_sale_are_zeros(tmp_path, here):
    """A log has rows where something was sold: whole days are its steps, and all series go on to its end."""
    rng = random.Random(3)
    days = [(date(2023, 1, 1) + timedelta(days=k)).isoformat() for k in range(300)]
    sold = [{"day": day, "item": item, "pieces": rng.randint(1, 4)} for item in "abc" for day in days if rng.random() < 0.2]
    log = [row for row in sold if row["item"] != "b" or row["day"] < "2023-09-01"]
    end = date.fromisoformat(max(row["day"] for row in log))
    data = write_rows(tmp_path / "log.csv", log)
    done = assist("train", data, "--target", "pieces", "--horizon", 7, "--trials", 4, "--time-budget", "60s", "--json", cwd=tmp_path)
    assert done.code == 0, done.err
    plan = json.loads((tmp_path / "assist-run" / "report.json").read_text("utf-8"))["plan"]["settings"]
    assert (plan["forecast.frequency"], plan["forecast.gaps"]) == ({"unit": "day", "every": 1.0}, "zero")
    assert plan["forecast.transforms"] == ["none"], "a zero has no logarithm"
    assert here("predict", "assist-run", "--out", "f.csv", cwd=tmp_path).code == 0
    ahead = rows_of(tmp_path / "f.csv")
    assert {row["day"] for row in ahead} == {(end + timedelta(days=k + 1)).isoformat() for k in range(7)}, "of every item"
    assert sum(float(row["prediction"]) for row in ahead if row["item"] == "b") < 1, "what is no longer sold goes to nothing"
