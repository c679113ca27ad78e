"""Target, task, classes, and the errors of what cannot be learnt."""

import contextlib
import random

import pytest

from automl_assist.errors import AssistError
from automl_assist.profile import require_learnable, target_problem
from automl_assist.schema import Options
from tests.profile.tables import described

R = random.Random(1)
N = 600


def task_of(values, name="v", **options):
    values = list(values)
    profile, _ = described(x=[R.random() for _ in values], **{name: values}, options=Options(target=name, **options))
    return profile.task, profile


def skewed(most):
    return [min(most, int(R.expovariate(0.9))) for _ in range(N)]


@pytest.mark.parametrize(
    ("values", "name", "task"),
    [
        (["yes", "no"] * 300, "v", "binary"),
        (["0.0", "1.0"] * 300, "v", "binary"),
        ([-1, 1] * 300, "v", "binary"),
        (["", "yes", "no"] * 200, "v", "binary"),
        ([R.choice("abcdef") for _ in range(N)], "v", "multiclass"),
        ([R.randint(0, 4) for _ in range(N)], "class", "multiclass"),
        ([R.choice([1, 2, 3, 5, 6, 7]) for _ in range(N)], "type", "multiclass"),
        ([f"{R.randint(501, 540):05}" for _ in range(N)], "zip", "multiclass"),
        ([5000 * R.randint(20, 60) for _ in range(N)], "price", "regression"),
        ([f"${R.randint(1000, 90000):,}" for _ in range(N)], "cost", "regression"),
        ([R.gauss(0, 1) for _ in range(N)], "v", "regression"),
        ([R.randint(18, 90) for _ in range(N)], "age", "regression"),
        ([R.randint(-15, 35) for _ in range(N)], "temp", "regression"),
        ([R.randint(1900, 2020) for _ in range(N)], "built", "regression"),
        (R.sample(range(20_000, 90_000), N), "pay", "regression"),
        ([int(R.expovariate(0.1)) for _ in range(N)], "visits", "count"),
    ],
)
def test_tasks_that_are_clear(values, name, task):
    guess, profile = task_of(values, name)
    assert guess.name == task, guess.reason
    assert not guess.ambiguous
    assert guess.confidence >= 0.7
    assert target_problem(profile) is None


FLOATS, FLAGS = [R.random() for _ in range(N)], ["yes", "no"] * (N // 2)


@pytest.mark.parametrize(
    ("columns", "target"),
    [
        (
            {"row_id": [f"r{i}" for i in range(N)], "denied": FLAGS, "income": FLOATS, "owner": FLAGS},
            "denied",
        ),  # first but for names of rows
        ({"churn": FLAGS, "tenure": FLOATS, "total_charges": FLOATS}, "churn"),  # an event before an amount
        ({"churn": FLAGS, "tenure": FLOATS, "charges": FLOATS}, "churn"),
        ({"duration": FLOATS, **{f"item_{i:02}": [R.randint(0, 3) for _ in range(N)] for i in range(6)}}, "duration"),  # none of many
        ({"price": FLOATS, "x": FLOATS, "y": FLOATS, "z": FLOATS}, "price"),  # y is a place
        ({"rate_per_night": FLOATS, "city": FLAGS, "previous_cancellations": [R.randint(0, 3) for _ in range(N)]}, "rate_per_night"),
        ({"x": FLOATS, "y": FLOATS, "move": FLAGS}, "move"),  # places before what they are labelled with
        ({"x": FLOATS, "y": FLOATS, "weight": FLOATS}, "y"),
        ({"a": FLOATS, "x": FLOATS, "y": FLOATS}, "y"),
        ({"a": FLOATS, "b": FLOATS, "c": FLAGS}, "c"),
        ({"Unnamed: 0": R.sample(range(900), N), "b": FLOATS, "c": ["", None] * (N // 2)}, "b"),  # with gaps, and still numbers of rows
        ({"b": FLOATS, "sold": ["x", ""] * (N // 2)}, "b"),  # a mark has one value
        ({"b": FLAGS, "c": [""] * N, "rownames": [R.randint(1, 50) for _ in range(N)]}, "b"),
        ({"b": FLAGS, "c": [""] * N, "rownames": [value * 50 for value in FLOATS]}, "b"),
        ({"b": ["", None] * (N // 2), "index": [100 + value for value in FLOATS]}, "index"),  # of prices, not of rows
        ({"area": FLOATS, "price": FLOATS, "lot": FLOATS, "sale_condition": [R.choice("pqr") for _ in range(N)]}, "price"),
    ],
)
def test_targets_that_nobody_named(columns, target):
    assert described(**columns)[0].target.name == target


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ([min(9, max(3, round(R.gauss(6, 1)))) for _ in range(N)], "quality"),
        ([R.randint(1, 5) for _ in range(N)], "rating"),
        ([min(7, max(1, round(R.gauss(4, 1.2)))) for _ in range(N)], "v"),
        ([0.5 * R.randint(2, 10) for _ in range(N)], "v"),
        (skewed(5), "bedrooms"),
        (skewed(6), "v"),
    ],
)
def test_tasks_that_are_honestly_open(values, name):
    guess, _ = task_of(values, name)
    assert guess.ambiguous, guess.reason
    assert guess.alternatives
    assert {guess.name, *(a.name for a in guess.alternatives)} >= {"multiclass", "regression"}


def test_the_task_that_was_given():
    guess, _ = task_of([R.randint(1, 5) for _ in range(N)], "rating", task="regression")
    assert (guess.name, guess.given, guess.ambiguous) == ("regression", True, False)


def test_classes_as_they_stand_in_the_file():
    _, profile = task_of(["Yes ", "no", "Yes", ""] * 20)
    assert profile.classes == (("Yes", 40), ("no", 20))
    assert (profile.target_missing, profile.labelled_rows) == (20, 60)


@pytest.mark.parametrize(
    ("values", "options", "code"),
    [
        (["p", "q"] * 4, {}, "E0302"),
        ([None] * 50, {}, "E0302"),
        (["only"] * 50, {}, "E0303"),
        ([f"customer {i} {R.choice('abc')}" for i in range(60)], {}, "E0304"),
        (range(1, 61), {}, "E0304"),
        ([f"2021-01-{i % 28 + 1:02}" for i in range(60)], {}, "E0305"),
        (["a", "b", "c"] * 20, {"task": "binary"}, "E0305"),
        (["a", "b", "c"] * 20, {"task": "regression"}, "E0305"),
        ([-1.5, 2.5, 3] * 20, {"task": "count"}, "E0305"),
        ([f"{i}.25" for i in range(60)], {"task": "multiclass"}, "E0304"),
        ([f"{1 + R.random()}e300" for _ in range(60)], {"task": "regression"}, "E0305"),
        ([f"{1 + R.random()}e-200" for _ in range(60)], {"task": "regression"}, "E0305"),
    ],
)
def test_targets_that_cannot_be_learnt(values, options, code):
    profile, typed = described(x=[R.random() for _ in values], v=list(values), options=Options(target="v", **options))
    with pytest.raises(AssistError) as caught:
        require_learnable(profile, typed, Options(target="v", **options))
    assert (caught.value.code, caught.value.exit_code) == (code, 4)
    assert "'v'" in caught.value.what
    assert caught.value.help


def test_an_amount_that_was_asked_for_is_none_of_the_numbers_of_rows():
    for options in (Options(target="v", task="regression"), Options(target="v", horizon=3)):
        profile, typed = described(x=[R.random() for _ in range(60)], v=range(1, 61), options=options)
        assert profile.column("v").kind == "integer"
        require_learnable(profile, typed, options)


@pytest.mark.parametrize("groups", [1, 2, 3])
def test_groups_must_stand_on_three_sides(groups):
    options, names = Options(target="v", group="g"), [f"g{i % groups}" for i in range(60)]
    profile, typed = described(x=[R.random() for _ in names], g=names, v=["p", "q"] * 30, options=options)
    with pytest.raises(AssistError, match=f"'g'.* {groups} group") if groups < 3 else contextlib.nullcontext() as caught:
        require_learnable(profile, typed, options)
    assert groups == 3 or (caught.value.code, caught.value.exit_code) == ("E0310", 4)


def test_nothing_but_the_target():
    profile, typed = described(v=["p", "q"] * 20, options=Options(target="v"))
    with pytest.raises(AssistError) as caught:
        require_learnable(profile, typed, Options(target="v"))
    assert (caught.value.code, caught.value.exit_code) == ("E0306", 4)


def test_constant_columns_are_still_columns():
    profile, typed = described(a=["1"] * 40, v=["p", "q"] * 20, options=Options(target="v"))
    require_learnable(profile, typed, Options(target="v"))


def test_a_misspelt_target_as_the_contract_shows_it():
    columns = {name: range(20) for name in ("house_id", "date", "price", "bedrooms", "baths", "area")}
    with pytest.raises(AssistError) as caught:
        described(**columns, options=Options(target="pirce"))
    error = caught.value
    assert (error.code, error.exit_code) == ("E0301", 2)
    assert error.what == "target column 'pirce' is not in t.csv"
    assert error.where == "t.csv has 6 columns: house_id, date, price, bedrooms, ... (2 more)"
    assert error.help == "did you mean 'price'?\n        assist train t.csv --target price"


def test_time_and_group_columns():
    columns = {"when": ["soon", "later"] * 20, "day": [f"2021-01-{i % 28 + 1:02}" for i in range(40)], "y": ["p", "q", "p", "r"] * 10}
    for options, code in (({"time": "when"}, "E0307"), ({"time": "dya"}, "E0308"), ({"group": "nobody"}, "E0308")):
        with pytest.raises(AssistError) as caught:
            described(**columns, options=Options(target="y", **options))
        assert (caught.value.code, caught.value.exit_code) == (code, 2)
    described(**columns, options=Options(target="y", time="day", group="when"))


@pytest.mark.parametrize(("given", "right"), [("40", "--time-budget 40s"), ("5m", "--time-budget 5m")])
def test_a_limit_of_time_given_to_the_column_of_time_is_told_where_it_belongs(given, right):
    with pytest.raises(AssistError) as caught:
        described(day=["2021-01-01", "2021-01-02"] * 5, y=[1, 2] * 5, options=Options(target="y", time=given))
    assert caught.value.help is not None and right in caught.value.help


def test_no_rows():
    with pytest.raises(AssistError) as caught:
        described(a=[], y=[])
    assert (caught.value.code, caught.value.exit_code) == ("E0201", 4)
    assert "0 rows" in caught.value.what


@pytest.mark.parametrize(
    ("columns", "target"),
    [
        (("a", "b", "y"), "y"),
        (("price", "rooms", "area"), "price"),
        (("a", "churned", "b"), "churned"),
        (("a", "b", "c"), "c"),
        (("target", "b", "c"), "target"),
    ],
)
def test_the_target_is_guessed(columns, target):
    profile, _ = described(**{name: [R.choice([1, 2, 3, 4]) for _ in range(50)] for name in columns})
    assert profile.target.name == target
    assert not profile.target.given
    assert 0 < profile.target.confidence <= 1
    assert len(profile.target.alternatives) <= 3


def test_what_names_rows_is_no_target():
    profile, _ = described(a=[R.choice("pq") for _ in range(50)], note=[f"a long note of {i} words" for i in range(50)], id=range(50))
    assert profile.target.name == "a"
    assert described(id=range(50), e=[None] * 50)[0].target is None


def test_a_class_before_measured_columns_of_its_name_is_the_target():
    columns = {f"column_{k}": [R.gauss(0, 1) for _ in range(60)] for k in range(2, 12)}
    profile, _ = described(column_1=["up", "down"] * 30, **columns)
    assert (profile.target.name, profile.task.name) == ("column_1", "binary")


def test_labels_joined_in_a_cell_are_the_target_where_nothing_else_can_be():
    notes = [f"one note of {i} some words" for i in range(60)]
    tags = [";".join(R.sample(["sports", "politics", "food"], R.randint(1, 3))) for _ in notes]
    profile, _ = described(note=notes, tags=tags)
    assert (profile.target.name, profile.task.name) == ("tags", "multilabel")
    assert described(tags=tags, grade=[R.choice("pq") for _ in notes], note=notes)[0].target.name == "grade"


def test_modality():
    notes = [f"one note of {i} some words" for i in range(50)]
    y = [R.choice("pq") for _ in range(50)]
    assert described(note=notes, y=y)[0].modality.name == "text"
    assert described(note=notes, a=[R.random() for _ in y], y=y)[0].modality.name == "tabular"
