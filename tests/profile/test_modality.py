"""What data is as a whole: only a clear layout is more than a table, in whatever order its rows and columns stand."""

import math
import random

import numpy as np
import pandas as pd
import pytest

from automl_assist.errors import AssistError
from automl_assist.profile import describe
from automl_assist.profile._layout import steps_between
from automl_assist.schema import Options
from tests.profile.tables import described, table_of

R = random.Random(4)
DAYS = [str(d.date()) for d in pd.date_range("2021-01-01", periods=200)]


MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"
SKIES = ("clear", "clouds", "rain", "mist")


def curve(n, phase):
    return [round(math.sin(i / 7 + phase) + 0.05 * R.random(), 3) for i in range(n)]


def modality(options=None, **columns):
    return described(options=options, **columns)[0].modality


def test_a_dated_amount_alone_is_a_forecast():
    for times in (
        DAYS,
        [f"{1949 + i // 12}-{1 + i % 12:02d}" for i in range(200)],
        [str(d.date()) for d in pd.bdate_range("2021-01-01", periods=200)],
        range(1800, 2000),
    ):
        found = modality(year=times, sales=curve(200, 1))
        assert found.name == "forecast", times[:3]
        assert found.confidence >= 0.8
        assert "step" in found.reason


def test_a_day_of_birth_says_nothing_of_when_a_row_is_from():
    assert modality(date=DAYS, works=curve(200, 1)).name == "forecast"
    assert modality(born=DAYS, works=curve(200, 1)).name == "tabular"


def test_dates_in_parts_and_many_series():
    rows = [(y, m, k, 1000 + R.random() * 500) for y in range(2010, 2018) for m in range(1, 13) for k in ("ford", "fiat", "saab")]
    R.shuffle(rows)
    year, month, make, sold = zip(*rows, strict=True)
    profile, _ = described(Year=year, Month=month, Make=make, Sold=sold)
    assert profile.modality.name == "forecast"
    assert (profile.time.name, profile.series.name) == ("Year", "Make")
    assert "'Month'" in profile.time.reason


@pytest.mark.parametrize(
    ("name", "names"),
    [("Month", MONTHS), ("quarter", "Q1 Q2 Q3 Q4"), ("month", "ene feb mar abr mayo junio julio ago sept oct nov dic")],
)
def test_months_and_quarters_by_name_are_parts_of_dates_and_no_series(name, names):
    rows = [(2000 + k, word) for k in range(20) for word in names.split()]
    year, part = zip(*rows, strict=True)
    profile, _ = described(year=year, **{name: part}, sales=[100 + R.random() * 50 for _ in rows])
    assert profile.modality.name == "forecast" and profile.series is None
    assert (profile.time.name, repr(name) in profile.time.reason) == ("year", True)


def test_a_dated_table_with_columns_to_learn_from_stays_a_table():
    n = len(DAYS)
    columns = {
        "rain": [round(R.random(), 2) for _ in range(n)],
        "sky": [R.choice(["sun", "fog", "rain"]) for _ in range(n)],
        "wind": curve(n, 2),
    }
    found = modality(date=DAYS, **columns, temp=curve(n, 1))
    assert found.name == "tabular"
    assert found.alternatives[0].name == "forecast"


def test_uneven_times_and_classes_are_no_forecast():
    some = sorted(R.sample([str(d.date()) for d in pd.date_range("2000-01-01", periods=5000)], 200))
    assert modality(date=some, km=curve(200, 2), fare=curve(200, 1)).name == "tabular"
    assert modality(date=some, fare=curve(200, 1)).name == "forecast", "there is nothing else to learn from"
    assert modality(date=DAYS, state=[R.choice("pq") for _ in DAYS]).name == "tabular"


def test_rows_left_out_are_gaps_of_even_steps():
    kept = [k for k in range(200) if k % 6 != 3]
    assert modality(date=[DAYS[k] for k in kept], sales=curve(len(kept), 1)).name == "forecast"
    rows = [(f"x{s}", k, value, "ab"[s % 2]) for s in range(20) for k, value in enumerate(curve(40, s % 2)) if (k + s) % 6]
    sid, step, value, kind = zip(*rows, strict=True)
    assert modality(sid=sid, t=step, x=value, kind=kind).name == "sequence"


def test_columns_in_time_are_a_sequence_whatever_their_order():
    rows = [curve(60, k % 2) for k in range(40)]
    columns = {f"t{i:03d}": [row[i] for row in rows] for i in range(60)} | {"label": ["ab"[k % 2] for k in range(40)]}
    assert modality(**columns).name == "sequence"
    mixed = list(columns)
    R.shuffle(mixed)
    assert modality(**{name: columns[name] for name in mixed}).name == "sequence"
    unnamed = {name.replace("t", "V") if name != "label" else name: values for name, values in columns.items()}
    assert modality(**unnamed).name == "sequence"


def test_numbered_columns_of_chance_are_a_table():
    columns = {f"V{i}": [round(R.gauss(0, 1), 3) for _ in range(60)] for i in range(40)}
    assert modality(**columns, y=["pq"[i % 2] for i in range(60)]).name == "tabular"


def test_long_rows_with_one_label_a_series_are_a_sequence():
    rows = [(s, t, value, "ab"[s % 2]) for s in range(12) for t, value in enumerate(curve(30, s))]
    R.shuffle(rows)
    series, time, x, label = zip(*rows, strict=True)
    profile, _ = described(series_id=series, t=time, x=x, label=label)
    assert profile.modality.name == "sequence"
    assert (profile.time.name, profile.series.name, profile.group.name) == ("t", "series_id", "series_id")
    changing = ["ab"[R.random() < 0.5] for _ in rows]
    assert modality(series_id=series, t=time, x=x, label=changing).name == "tabular"


def test_recordings_one_after_another_with_one_label_each_are_a_sequence():
    start = pd.Timestamp("2024-01-01")
    rows = [
        (str(start + pd.Timedelta(hours=k, minutes=i)), f"r{k}", R.gauss(0, 1), "ab"[k % 2]) for k in range(40) for i in range(20 + k % 7)
    ]
    R.shuffle(rows)
    time, recording, x, kind = (list(column) for column in zip(*rows, strict=True))
    profile, _ = described(time=time, session=recording, x=x, kind=kind)
    assert (profile.modality.name, profile.series.name) == ("sequence", "session")
    changing = [R.choice("ab") for _ in rows]
    assert described(time=time, session=recording, x=x, kind=changing)[0].modality.name == "tabular"


def test_pictures_by_path():
    paths = [f"a/{i}.png" for i in range(40)]
    y = ["pq"[i % 2] for i in range(40)]
    assert modality(path=paths, y=y).name == "image"
    assert modality(path=paths, note=["the same"] * 40, y=y).name == "image"
    beside = modality(path=paths, width=[R.choice([20, 30, 40]) for _ in y], y=y)
    assert (beside.name, beside.reason) == ("tabular", "2 columns to learn from, 1 of them pictures")
    many = {f"f{i}": [R.random() for _ in y] for i in range(4)}
    assert modality(path=paths, **many, y=y).name == "tabular"


@pytest.mark.parametrize("name", ["tabular", "text"])
def test_the_user_has_the_last_word(name):
    found = modality(Options(modality=name), date=DAYS, sales=curve(200, 1))
    assert (found.name, found.given) == (name, True)


def test_time_and_group_named_by_the_user():
    table = table_of(".", when=DAYS, who=[f"p{i % 20}" for i in range(200)], y=curve(200, 1))
    profile, _ = describe(table, Options(time="when", group="who"))
    assert profile.time.given
    assert profile.group.given


def test_visits_of_patients_are_a_group():
    profile, _ = described(patient_id=[f"p{i % 30}" for i in range(200)], x=curve(200, 1), y=[R.choice("pq") for _ in range(200)])
    assert profile.group.name == "patient_id"
    once, _ = described(patient_id=[f"p{i}" for i in range(200)], x=curve(200, 1), y=[R.choice("pq") for _ in range(200)])
    assert once.group is None
    counts, _ = described(num_accounts=[i % 30 for i in range(200)], x=curve(200, 1), y=[R.choice("pq") for _ in range(200)])
    assert counts.group is None


def test_columns_named_as_time_and_series_are_taken_at_their_word():
    rows = [(s, 2.5 * t + 0.1 * s, value, "ab"[s % 2]) for s in range(4) for t, value in enumerate(curve(4, s))]
    walk, elapsed, x, label = zip(*rows, strict=True)
    columns = {"walk": walk, "elapsed": elapsed, "x": x, "label": label}
    assert modality(**columns).name == "tabular"
    named, _ = described(options=Options(target="label", series="walk", time="elapsed"), **columns)
    assert (named.modality.name, named.layout["n_series"]) == ("sequence", 4)
    assert named.series.given
    in_file_order, _ = described(options=Options(target="label", series="walk"), **columns)
    assert (in_file_order.modality.name, in_file_order.layout["time"]) == ("sequence", [])
    with pytest.raises(AssistError, match="series column 'wlak'") as caught:
        described(options=Options(target="label", series="wlak"), **columns)
    assert caught.value.code == "E0308"


def test_what_the_weather_is_names_no_series():
    """Hours told twice under two headings of the weather are slips: rain that comes back hours later is no series of its own."""
    hours = [str(t) for t in pd.date_range("2021-01-01", periods=600, freq="h")]
    sky = [SKIES[(k // 5 + k // 37) % 4] for k in range(600)]
    twice = [k for k in range(600) if k % 8 == 3]
    rows = [(hours[k], sky[k], v) for k, v in enumerate(curve(600, 1))]
    rows += [(hours[k], SKIES[(SKIES.index(sky[k]) + 1) % 4], rows[k][2]) for k in twice]
    when, weather, cars = zip(*rows, strict=True)
    profile, _ = described(options=Options(target="cars", time="when", horizon=24), when=when, weather=weather, cars=cars)
    assert profile.modality.name == "forecast"
    assert profile.series is None
    shops = [(day, shop, value) for shop in "xyz" for day, value in zip(DAYS, curve(200, ord(shop)), strict=True) if R.random() < 0.8]
    day, shop, sold = zip(*shops, strict=True)
    profile, _ = described(options=Options(target="sold"), day=day, label=shop, sold=sold)
    assert profile.series is not None, "three shops side by side, with days left out"


def test_series_of_few_rows_count_where_sequences_are_asked_for():
    n, k = 60, 4
    columns = {
        "sid": [f"s{i // k:03d}" for i in range(n * k)],
        "step": [i % k for i in range(n * k)],
        "v": [round(R.gauss(i // k % 2, 1), 3) for i in range(n * k)],
        "label": ["up" if i // k % 2 else "down" for i in range(n * k)],
    }
    profile = described(options=Options(target="label", modality="sequence"), **columns)[0]
    assert (profile.layout["series"], profile.layout["time"], profile.examples) == (["sid"], ["step"], n)


def test_a_time_told_again_with_the_same_amount_is_one_step():
    amounts = curve(200, 1)
    places = sorted([*range(200), *range(0, 200, 8)])
    sky = [R.choice(["sun", "fog", "rain"]) for _ in places]
    wind = [round(R.random(), 2) for _ in places]
    told = modality(date=[DAYS[k] for k in places], sky=sky, wind=wind, trips=[amounts[k] for k in places])
    assert told.name == "forecast" and told.alternatives[0].name == "tabular"
    other = [value + 9 * R.random() for value in (amounts[k] for k in places)]
    assert modality(date=[DAYS[k] for k in places], sky=sky, wind=wind, trips=other).name == "tabular"


def test_rows_without_a_time_are_no_steps():
    with np.errstate(all="raise"):
        steps = steps_between(np.array([0, 0, 0, 0, 1, 1]), np.array([1.0, 3.0, np.inf, np.inf, np.inf, np.inf]))
    assert steps.tolist() == [2.0]
