"""F207, F208, F502, F603, F604: what only several columns, the order of the rows or the order of time give away."""

import numpy as np
import pandas as pd
import pytest

from tests.checks.reading import codes, understood

ROWS = 400


def plain(seed=0, rows=ROWS):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "mass": rng.gamma(3, 20, rows).round(2),
            "span": rng.lognormal(3, 0.6, rows).round(1),
            "hue": rng.choice(["red", "green", "blue"], rows),
        }
    )
    return frame, rng


@pytest.mark.parametrize("how", ["sum", "difference", "product", "ratio"])
def test_two_columns_that_make_the_target(how, tmp_path):
    frame, rng = plain()
    a, b = rng.uniform(20, 90, ROWS).round(3), rng.uniform(5, 60, ROWS).round(3)
    made = {"sum": a + b, "difference": a - b, "product": a * b, "ratio": a / b}[how]
    frame = frame.assign(first=a, second=b, result=made.round(5))
    _, findings = understood(frame, tmp_path, "result")
    assert set(codes(findings, "F207")["F207"]) == {"first", "second"}


def test_a_quantity_of_few_values_and_a_price_make_the_target(tmp_path):
    frame, rng = plain()
    quantity, price = rng.integers(1, 6, ROWS), rng.lognormal(3, 0.8, ROWS).round(2)
    frame = frame.assign(quantity=quantity, price=price, total=(quantity * price).round(2))
    assert set(codes(understood(frame, tmp_path, "total")[1], "F207")["F207"]) == {"quantity", "price"}


def test_two_columns_that_explain_most_of_the_target_do_not_make_it(tmp_path):
    frame, rng = plain()
    a, b = rng.uniform(20, 90, ROWS), rng.uniform(5, 60, ROWS)
    frame = frame.assign(first=a.round(3), second=b.round(3), result=(a + b + rng.normal(0, 6, ROWS)).round(3))
    assert codes(understood(frame, tmp_path, "result")[1], "F207") == {}


def test_a_total_of_several_parts(tmp_path):
    frame, rng = plain()
    parts = {name: rng.gamma(2, 30, ROWS).round(2) for name in ("rent", "food", "travel", "rest")}
    frame = frame.assign(**parts, total=sum(parts.values()).round(2))
    assert set(codes(understood(frame, tmp_path, "total")[1], "F207")["F207"]) == set(parts)


def test_a_difference_that_parts_two_classes(tmp_path):
    frame, rng = plain()
    a, b = rng.normal(60, 15, ROWS).round(2), rng.normal(60, 15, ROWS).round(2)
    given = frame.assign(p=a, q=b, y=np.where(a > b, "yes", "no"))
    assert set(codes(understood(given, tmp_path, "y")[1], "F207")["F207"]) == {"p", "q"}
    honest = frame.assign(p=a, q=b, y=np.where(a - b + rng.normal(0, 15, ROWS) > 0, "yes", "no"))
    assert codes(understood(honest, tmp_path, "y")[1], "F207") == {}


def series(seed=0, rows=ROWS):
    rng = np.random.default_rng(seed)
    load = (100 + 10 * np.sin(np.arange(rows) * 2 * np.pi / 7) + np.cumsum(rng.normal(0, 2, rows)) + rng.normal(0, 2, rows)).round(2)
    when = pd.date_range("2019-01-01", periods=rows, freq="D").strftime("%Y-%m-%d")
    return pd.DataFrame({"when": when, "wind": rng.gamma(2, 3, rows).round(1), "promo": rng.integers(0, 2, rows), "load": load}), rng


def test_a_column_that_holds_the_next_value_of_the_target(tmp_path):
    frame, _ = series()
    frame.insert(2, "planned", np.append(frame["load"].to_numpy()[1:], np.nan))
    findings = understood(frame.sample(frac=1, random_state=1), tmp_path, "load", modality="tabular")[1]
    assert codes(findings, "F208") == {"F208": ("planned",)}


def test_the_last_value_of_the_target_is_no_leak(tmp_path):
    frame, _ = series()
    frame.insert(2, "yesterday", np.append(np.nan, frame["load"].to_numpy()[:-1]))
    assert codes(understood(frame, tmp_path, "load", modality="tabular")[1], "F208") == {}


def test_a_target_that_goes_on_in_time_and_one_that_does_not(tmp_path):
    frame, rng = series()
    shuffled = frame.sample(frac=1, random_state=2)
    assert codes(understood(shuffled, tmp_path, "load", modality="tabular")[1], "F604") == {"F604": ("when",)}
    frame["load"] = rng.permutation(frame["load"])
    assert codes(understood(frame, tmp_path, "load", modality="tabular")[1], "F604") == {}


def test_rows_sorted_by_the_target_and_rows_that_are_not(tmp_path):
    frame, rng = plain()
    score = frame["mass"] + rng.normal(0, 30, ROWS)
    frame["y"] = np.where(score > score.median(), "yes", "no")
    noisy = np.argsort((frame["y"] == "yes").to_numpy() + rng.normal(0, 0.3, ROWS))
    assert "F603" in codes(understood(frame.iloc[noisy], tmp_path, "y")[1], "F603")
    assert codes(understood(frame.sample(frac=1, random_state=3), tmp_path, "y")[1], "F603") == {}


def test_a_date_beside_explains_the_order_only_where_the_rows_stand_in_it(tmp_path):
    frame, rng = plain()
    frame["y"] = np.repeat(["a", "b"], ROWS // 2)
    dates = pd.date_range("2021-01-01", periods=ROWS).strftime("%Y-%m-%d").to_numpy()
    blocks = rng.permutation(ROWS // 10)  # ten rows of a class follow one another
    frame = frame.iloc[np.concatenate([np.arange(k * 10, k * 10 + 10) for k in blocks])].reset_index(drop=True)
    assert "F603" not in codes(understood(frame.assign(seen=dates), tmp_path, "y", modality="tabular")[1], "F603")
    assert "F603" in codes(understood(frame.assign(seen=rng.permutation(dates)), tmp_path, "y", modality="tabular")[1], "F603")


def test_names_of_people_beside_an_identifier_and_names_of_towns(tmp_path):
    frame, rng = plain()
    given, family = ["Anna", "Peter", "Maria", "James", "Emma", "Noah"], ["Schmidt", "Garcia", "Tanaka", "Novak", "Miller", "Rossi"]
    names = [f"{rng.choice(given)} {rng.choice(family)}" for _ in range(ROWS)]
    towns = [f"{rng.choice(['North', 'South', 'Upper'])} {rng.choice(['Haven', 'Field', 'Bridge', 'Ford'])}" for _ in range(ROWS)]
    frame = frame.assign(member_id=rng.permutation(ROWS) + 1000, holder=names, town=towns, y=rng.choice(["a", "b"], ROWS))
    findings = [f for f in understood(frame, tmp_path, "y")[1] if f.code == "F502"]
    assert [f.columns for f in findings] == [("holder",)]
    assert not any(name in f.message for f in findings for name in names)
