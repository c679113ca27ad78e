"""F201 and F202: columns that give the target away, and those that only seem to."""

import numpy as np
import pytest

from automl_assist.checks._relations import copies
from tests.checks.contexts import found, make_context, numbers, words

YES = words(200, ["no", "yes"], 5)


def test_a_copy_under_another_name():
    (finding,) = found("F201", make_context({"a": numbers(200), "y_copy": YES, "y": YES}, "y", "binary"))
    assert finding.severity == "error"
    assert finding.columns == ("y_copy",)
    assert "copy of the target" in finding.message
    assert "leak" in finding.message


def test_a_copy_where_some_rows_have_no_target():
    target = [None if i % 9 == 0 else v for i, v in enumerate(YES)]
    other = [v if v is None else {"no": "N", "yes": "Y"}[v] for v in target]
    filled = ["Y" if v is None else v for v in other]
    assert copies(make_context({"gaps": other, "filled": filled, "y": target}, "y", "binary")) == {"gaps": "recoded", "filled": "recoded"}


def test_classes_under_other_names():
    labels = words(300, ["a", "b", "c"], 1)
    code = [{"a": "3", "b": "7", "c": "1"}[v] for v in labels]
    merged = [{"a": "u", "b": "u", "c": "v"}[v] for v in labels]
    assert copies(make_context({"code": code, "merged": merged, "y": labels}, "y", "multiclass")) == {"code": "recoded"}


def test_another_unit_of_a_number():
    price = np.random.default_rng(0).lognormal(10, 1, 300).round(2)
    cells = {
        "thousands": [f"{v / 1000:.8f}" for v in price],
        "fahrenheit": [f"{v * 1.8 + 32:.4f}" for v in price],
        "near": [f"{v * (1 + 0.001 * (i % 3)):.2f}" for i, v in enumerate(price)],
        "y": [f"{v:.2f}" for v in price],
    }
    assert copies(make_context(cells, "y", "regression")) == {"thousands": "linear", "fahrenheit": "linear"}


def test_a_different_value_in_each_row_is_no_copy():
    ids = [f"id{i}" for i in range(200)]
    assert copies(make_context({"id": ids, "n": [str(i) for i in range(200)], "y": numbers(200)}, "y", "regression")) == {}
    assert copies(make_context({"id": ids, "y": YES}, "y", "binary")) == {}


def test_repeated_rows_make_no_copy():
    assert copies(make_context({"id": [f"id{i}" for i in range(100)] * 2, "y": numbers(100) * 2}, "y", "regression")) == {}


def test_a_rare_class_by_chance_is_no_copy():
    rare = ["q" if i == 33 else "p" for i in range(60)]
    flag = ["1" if i == 33 else "0" for i in range(60)]
    assert copies(make_context({"flag": flag, "y": rare}, "y", "binary")) == {}


@pytest.mark.parametrize("rows", [10, 16])
def test_few_rows_and_many_columns_make_no_copies_by_chance(rows):
    random = {f"b{i}": words(rows, ["0", "1"], i) for i in range(500)}
    assert copies(make_context({**random, "y": words(rows, ["p", "q"], 9_999)}, "y", "binary")) == {}


def test_a_column_that_is_wrong_now_and_then_nearly_gives_the_target_away():
    target = words(1_000, ["no", "yes"], 5)
    near = [{"no": "0", "yes": "1"}[v] if i % 100 else "0" for i, v in enumerate(target)]
    cells = {"near": near, "other": numbers(1_000), "y": target}
    made = make_context(cells, "y", "binary", kinds={"near": "category"}, associations={"near": 0.99})
    assert found("F201", made) == []
    (finding,) = found("F202", made)
    assert finding.severity == "warning"
    assert finding.columns == ("near",)


def test_a_threshold_gives_the_target_away():
    x = np.random.default_rng(1).normal(size=400)
    cells = {"x": [f"{v:.5f}" for v in x], "other": numbers(400), "y": ["p" if v > 0.4 else "q" for v in x]}
    assert len(found("F202", make_context(cells, "y", "binary", associations={"x": 1.0}))) == 1


def test_a_number_close_to_a_number():
    r = np.random.default_rng(1)
    x = r.normal(size=400)
    cells = {"x": [f"{v:.5f}" for v in x], "y": [f"{v + r.normal(0, 0.05):.5f}" for v in x]}
    (finding,) = found("F202", make_context(cells | {"other": numbers(400)}, "y", "regression", associations={"x": 0.995}))
    assert "--group" not in finding.fix, "a measured number names no groups"
    assert found("F202", make_context(cells, "y", "regression", associations={"x": 0.995})) == [], "nothing else is there to learn from"


@pytest.mark.parametrize("noise", [0.0, 0.05])
def test_a_copy_of_a_target_with_one_huge_value(noise):
    rng = np.random.default_rng(8)
    target = rng.lognormal(6, 0.7, 800)
    target[17] = 3e6  # nearly all of the variance, which no neighbour explains
    copied = np.sqrt(target) * np.exp(rng.normal(0, noise, 800))
    cells = {"x": [f"{v:.4f}" for v in copied], "other": numbers(800), "y": [f"{v:.2f}" for v in target]}
    assert len(found("F202", make_context(cells, "y", "regression", associations={"x": 0.99}))) == 1
    shuffled = cells | {"x": [f"{v:.4f}" for v in rng.permutation(copied)]}
    assert found("F202", make_context(shuffled, "y", "regression", associations={"x": 0.1})) == []


def test_a_noisy_copy_of_a_long_tail():
    rng = np.random.default_rng(8)
    y = np.where(rng.random(400) < 0.2, 0.0, rng.lognormal(3, 2, 400))
    cells = {"x": [f"{v:.3f}" for v in y + 0.02 * y.std() * rng.normal(size=400)], "other": numbers(400), "y": [f"{v:.3f}" for v in y]}
    assert len(found("F202", make_context(cells, "y", "regression", associations={"x": 0.8}))) == 1
    vague = {**cells, "x": [f"{v:.3f}" for v in y + 0.3 * y.std() * rng.normal(size=400)]}
    assert found("F202", make_context(vague, "y", "regression", associations={"x": 0.8})) == []


@pytest.mark.parametrize("repeat", [1, 2])
def test_a_value_for_each_row_gives_nothing_away_even_where_rows_repeat(repeat):
    n = 300
    target = words(n, ["no", "yes"], 5) * repeat
    cells = {"name": [f"n{i}" for i in range(n)] * repeat, "x": numbers(n) * repeat, "y": target}
    made = make_context(cells, "y", "binary", kinds={"name": "category"}, associations={"name": 1.0, "x": 1.0})
    assert found("F202", made) == []


def test_copies_are_not_reported_twice():
    made = make_context({"copy": YES, "y": YES}, "y", "binary", associations={"copy": 1.0})
    assert found("F202", made) == []
