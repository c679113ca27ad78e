"""Every choice about a forecast that stands in the plan changes what is learned from, tried, combined or shown."""

import json
import math
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from automl_assist import planning
from automl_assist.errors import AssistError
from automl_assist.forecast_training import ForecastTraining
from automl_assist.forecasting import forecasters
from automl_assist.forecasting._backtests import Windows
from automl_assist.forecasting._ensemble import choose
from automl_assist.forecasting._forecaster import Request
from automl_assist.forecasting._panel import form_of, last_steps, lay_out, place_rows
from automl_assist.plan import OF_FORECASTS, make_plan
from automl_assist.runs import StopFlag, claim
from automl_assist.schema import Options
from automl_assist.serving import forecast_rows
from automl_assist.serving.forecaster import SeriesForecaster
from automl_assist.tuning import forecast_search
from automl_assist.tuning.clock import Clock


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    """Return a table of two daily series with a gap and a column known ahead, as understood, and its options."""
    folder = tmp_path_factory.mktemp("series")
    rng = np.random.default_rng(0)
    rows = []
    for name in ("a", "b"):
        for k, day in enumerate(pd.date_range("2024-01-01", periods=120).strftime("%Y-%m-%d")):
            offer = int(rng.random() < 0.3)
            sold = "" if k >= 113 else round(20 + 5 * np.sin(2 * np.pi * k / 7) + 4 * offer + rng.normal(), 2)
            if not 40 <= k < 46:
                rows.append((name, day, offer, sold))
    path = folder / "t.csv"
    pd.DataFrame(rows, columns=["shop", "day", "offer", "sold"]).to_csv(path, index=False)
    options = Options(target="sold", horizon=7)
    return planning.understand(str(path), options, None), options


def made(case, plan):
    """Return what a plan makes of the table."""
    understood, _ = case
    form = form_of(understood.profile, understood.table.frame, understood.typed, plan.settings)
    rows = place_rows(understood.table.frame, understood.typed, form)
    past = lay_out(rows, form, last_steps(rows))
    return form, past


def series(case, plan):
    _, past = made(case, plan)
    return past.values.tobytes(), past.known.shape, past.horizon, past.season


def placed(case, plan):
    """Return how many rows are placed where the year of one is mistyped."""
    understood, _ = case
    form = form_of(understood.profile, understood.table.frame, understood.typed, plan.settings)
    days = understood.typed["day"].mask(understood.typed.index == 5, pd.Timestamp("2099-01-01"))
    return len(place_rows(understood.table.frame, understood.typed.assign(day=days), form).step)


def listed(case, plan):
    return [(c.family, json.dumps(c.values)) for c in forecast_search.candidates_of(plan, Path())]


def fitted(case, plan):
    return forecasters()["ets"].fit(SimpleNamespace(values={}, settings=plan.settings)).steps


def boosted(case, plan):
    _, past = made(case, plan)
    request = Request(past, {"mode": "direct"}, plan.settings, threads=1)
    return forecasters()["boosting"].fit(request).booster.model_to_string()


def network(case, plan):
    """Return what a network would be trained on and how, without training it."""
    _, past = made(case, plan)
    seen = []

    def train(architecture, weights, rows, valid, judge, recipe, **others):
        seen.extend((architecture, len(rows.target), recipe))
        raise ValueError

    with pytest.MonkeyPatch.context() as patch, pytest.raises(ValueError, match=r"^$"):
        patch.setattr("automl_assist.nn.training.train", train)
        patch.setattr("automl_assist.forecasting.networks.FEWEST", 50)
        forecasters()["recurrent_network"].fit(Request(past, {}, plan.settings))
    return seen


def combined(case, plan):
    rng = np.random.default_rng(0)
    truth = rng.normal(size=(3, 2, 4))
    errors = (("seasonal_naive-1", 3), ("x-1", 1), ("x-2", 1.1), ("z-1", 1.2))
    ahead = {name: truth + error * rng.normal(size=truth.shape) for name, error in errors}
    kinds = {name: name[:-2] for name in ahead}
    chosen = plan["forecast.ensemble"]
    weights, _ = choose(ahead, kinds, truth, np.ones(2), "mase", chosen_by=chosen, reference="seasonal_naive-1")
    return weights, chosen["kind"]


CHANGES = [
    ("forecast.frequency", {"unit": "week", "every": 1.0}, series),
    ("forecast.horizon", 3, series),
    ("forecast.seasons", [5], series),
    ("forecast.gaps", "zero", series),
    ("forecast.gaps", "linear", series),
    ("forecast.transforms", ["log"], listed),
    ("forecast.history", {"local": 50}, fitted),
    ("forecast.history", {"strays": 0.0}, placed),
    ("forecast.backtests", {"windows": 2}, lambda case, plan: Windows.of(plan.settings)),
    ("forecast.backtests", {"stride": 3}, lambda case, plan: Windows.of(plan.settings)),
    ("forecast.ensemble", {"kind": "best single"}, combined),
    ("forecast.ensemble", {"kind": "median"}, combined),
    *(
        ("forecast.ensemble", {part: value}, combined)
        for part, value in (("members", 2), ("of_a_kind", 1), ("far", 1.0), ("sharpness", 0.0), ("greedy", 1.0), ("steps", 1))
    ),
    *(
        ("forecast.boosting", {part: value}, boosted)
        for part, value in (
            ("rounds", 3),
            ("patience", 1),
            ("learning_rate", 0.3),
            ("leaves", 4),
            ("few_rows", 0),
            ("column_share", 0.3),
            ("row_share", 0.4),
            ("l2", 50.0),
        )
    ),
    ("forecast.boosting", {"few_rows": 0, "least_rows": 90}, boosted),
    ("forecast.boosting", {"least_rows_of_few": 60}, boosted),
    *(
        ("forecast.network", {part: value}, network)
        for part, value in (
            ("examples", 70),
            ("longest_read", 4),
            ("hidden", 16),
            ("features", 5),
            ("epochs", 3),
            ("batch_size", 16),
            ("learning_rate", 0.001),
            ("weight_decay", 0.5),
            ("dropout", 0.6),
            ("patience", 2),
        )
    ),
    ("columns.future", {"offer": {"known": False}}, series),
    ("portfolio", {"linear": [{"base": "season"}]}, listed),
    ("families", ["seasonal_naive", "drift"], listed),
]


@pytest.mark.parametrize(("topic", "value", "look"), CHANGES, ids=[f"{t}={v}"[:60] for t, v, _ in CHANGES])
def test_a_change_of_the_plan_changes_training(topic, value, look, case):
    understood, options = case
    before = make_plan(planning.facts_of(understood, options))
    after = make_plan(planning.facts_of(understood, options), {topic: value})
    assert look(case, after) != look(case, before)


def test_no_topic_is_left_out():
    assert {topic for topic, *_ in CHANGES} >= OF_FORECASTS


def test_nothing_that_a_forecast_does_not_look_at_is_passed_over(case, tmp_path):
    (tmp_path / "plan.yaml").write_text("schema: assist.plan/1\nsplit:\n  folds: 3\n", "utf-8")
    with pytest.raises(AssistError, match=r"split\.folds") as caught:
        planning.decide(*case, tmp_path / "plan.yaml")
    assert caught.value.code == "E0426"


def test_a_setting_that_a_forecaster_does_not_have_is_refused(case, tmp_path):
    (tmp_path / "plan.yaml").write_text("schema: assist.plan/1\nportfolio:\n  linear:\n    - {penalty: 1.0}\n", "utf-8")
    with pytest.raises(AssistError, match="changes nothing") as caught:
        planning.decide(*case, tmp_path / "plan.yaml")
    assert caught.value.code == "E0426" and "line 4" in caught.value.where


def test_what_is_quick_is_tried_here_where_no_worker_would_answer_in_time(case, tmp_path, monkeypatch):
    monkeypatch.setattr(forecast_search, "HURRIED_S", math.inf)
    understood, options = case
    plan = make_plan(planning.facts_of(understood, options), {"families": ["seasonal_naive", "drift", "theta"]})
    quiet = SimpleNamespace(note=lambda *_: None, message=lambda *_: None, progress=lambda *_: None)
    with claim(tmp_path / "run", kind="train") as run:
        run.begin({})
        clock = Clock(time.monotonic(), None)
        report = ForecastTraining(run, SimpleNamespace(workers=0), clock, options, quiet, StopFlag()).run(understood, plan)
        run.finish("ok")
    assert {row["family"] for row in report["leaderboard"]} == {"ensemble", "seasonal_naive", "drift", "theta"}
    loaded = SeriesForecaster.load(tmp_path / "run" / "model")
    ahead, _ = loaded.predict(None, None, tmp_path)
    assert list(ahead["shop"].unique()) == ["a", "b"]
    assert ahead["day"].iloc[0] == "2024-04-23", "the day after the last one that was sold on"
    rows = pd.DataFrame({"shop": "a", "day": ["2024-02-01", "2024-02-02"], "promo": 0, "sold": 5.0})
    for days, said in ((rows["day"], "before training ended"), (rows["day"].str.replace("2024", "2030"), "steps unknown between")):
        _, messages = loaded.predict(rows.assign(day=days), None, tmp_path)
        assert said in next(m.message for m in messages if m.code == "W0709")
    with pytest.raises(AssistError, match="no rows to go on from"):
        loaded.predict(rows.head(0), None, tmp_path)
    with pytest.raises(AssistError, match="no rows to score"):
        loaded.evaluate(rows.head(0), tmp_path)
    valueless = rows.assign(day=["2024-04-23", "2024-04-24"], sold=np.nan)
    for others, why in ((rows, "lies after the end"), (rows.assign(shop="new"), "series of training"), (valueless, "has a target 'sold'")):
        with pytest.raises(AssistError, match=why):
            loaded.evaluate(others, tmp_path)
    other = pd.concat([rows, rows.assign(shop="new")])
    assert "never seen" in next(m.message for m in loaded.predict(other, None, tmp_path)[1] if m.code == "W0704")
    later = rows.assign(day=["2024-04-23", "2024-04-24"], sold=[5.0, np.nan])
    _, counts, messages = loaded.evaluate(pd.concat([rows, later, later.assign(shop="new")]), tmp_path)
    assert (counts["rows"], counts["without_target"], counts["not_later"]) == (1, 1, 2)
    assert "left out of the score" in next(m.message for m in messages if m.code == "W0704")
    (extra,) = forecast_rows._beside(rows.rename(columns={"day": "Day"}).assign(colour="red"), [loaded])
    assert extra.code == "W0702" and "'colour'" in extra.message and "Day" not in extra.message
