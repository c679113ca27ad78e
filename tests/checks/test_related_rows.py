"""F402 and F602: rows that belong together."""

import numpy as np
import pytest

from tests.checks.contexts import found, make_context, numbers, words

N = 600
R = np.random.default_rng(5)


def rows(shaken, amount=0.002):
    values = R.lognormal(2, 1, (N, 4))
    colour = words(N, ["red", "blue"], 1)
    labels = words(N, ["no", "yes"], 2)
    for i in range(shaken):
        values[N - 1 - i] = values[i] * (1 + amount * R.normal(size=4))
        colour[N - 1 - i] = colour[i]
    return make_context({**{f"x{j}": [f"{v:.6f}" for v in values[:, j]] for j in range(4)}, "colour": colour, "y": labels}, "y", "binary")


def test_shaken_copies():
    (finding,) = found("F402", rows(40))
    assert finding.severity == "warning"
    assert "near-duplicates" in finding.message
    assert finding.rows


def test_neighbours_by_chance():
    assert found("F402", rows(0)) == []
    flat = {"a": [str(v) for v in R.integers(0, 40, N)], "b": [str(v) for v in R.integers(0, 40, N)], "y": words(N, ["p", "q"], 2)}
    assert found("F402", make_context(flat, "y", "binary")) == []


def test_one_number_in_several_units_is_not_close_several_times():
    seconds = np.random.default_rng(8).normal(14_400, 2_400, N).round()
    cells = {"half": seconds / 2.06, "finish": seconds, "pace": seconds / 42.195, "hours": seconds / 3600}
    context = make_context(
        {**{k: [f"{v:.4f}" for v in values] for k, values in cells.items()}, "y": words(N, ["p", "q"], 2)}, "y", "binary"
    )
    assert found("F402", context) == []


def test_bills_of_the_same_order_are_no_copies():
    rng = np.random.default_rng(6)
    plan = rng.choice(["phone", "net", "both", "all", "film"], N)
    price = np.select([plan == name for name in ("phone", "net", "both", "all")], [20, 50, 75, 110], 90)
    monthly = price + 0.05 * rng.integers(-12, 13, N)
    months = np.minimum(rng.geometric(0.08, N), 72)
    bills = {"months": months, "monthly": monthly, "total": months * monthly + rng.normal(0, 5, N)}
    cells = {name: [f"{v:.2f}" for v in values] for name, values in bills.items()}
    assert found("F402", make_context({**cells, "plan": list(plan), "y": words(N, ["no", "yes"], 2)}, "y", "binary")) == []


@pytest.mark.parametrize(
    ("name", "form", "kind"), [("person", "P{:04d}", "category"), ("patient_id", "{}", "integer"), ("tag", "AX-{:03d}", "category")]
)
def test_entities_with_many_rows(name, form, kind):
    who = R.integers(0, 120, N)
    cells = {name: [form.format(w) for w in who], "x": numbers(N), "y": ["yes" if w % 3 else "no" for w in who]}
    (finding,) = found("F602", make_context(cells, "y", "binary", {name: kind}))
    assert finding.fix == f"--group {name}"
    assert "entity" in finding.message


def test_categories_and_amounts_are_no_entities():
    model = [f"model {w}" for w in R.integers(0, 40, N)]
    cells = {"model": model, "households": [str(v) for v in R.integers(1, 200, N)], "person": [f"P{i}" for i in range(N)], "x": numbers(N)}
    kinds = {"households": "integer", "person": "identifier"}
    assert found("F602", make_context({**cells, "y": words(N, ["no", "yes"], 2)}, "y", "binary", kinds)) == []


def test_results_of_games_are_no_entities():
    scores = R.integers(0, 5, (N, 2))
    won = ["yes" if a > b else "no" for a, b in scores]
    assert found("F602", make_context({"result": [f"{a}-{b}" for a, b in scores], "x": numbers(N), "y": won}, "y", "binary")) == []
