"""Amounts of money as people and programs of many countries write them."""

from __future__ import annotations

import random

import numpy as np
import pandas as pd
import pytest

from automl_assist.profile._cells import Cells
from automl_assist.profile._kinds import understand

R = random.Random(7)
AMOUNTS = [R.randint(100, 9_000_000) for _ in range(120)]


def _of(texts, decimal="."):
    cells = Cells.of(pd.Series(texts, dtype=object))
    return cells, understand("price", cells, decimal=decimal)


def _numbers(texts, decimal="."):
    cells, found = _of(texts, decimal)
    assert found.kind in ("number", "integer"), found.evidence
    return cells.spread(found.numbers, np.nan).tolist()


def _points(amount):
    return f"{amount:,}".replace(",", ".")


@pytest.mark.parametrize(
    "written",
    [
        lambda amount: f"AED {amount:,}",
        lambda amount: f"S$ {amount}",
        lambda amount: f"RM{amount:,}.00",
        lambda amount: f"Rp {_points(amount)}",
        lambda amount: f"R {amount:,}.00",
        lambda amount: f"kr {amount},-",
        lambda amount: f"{amount},- kr",
        lambda amount: f"{_points(amount)},\u2013 €",
        lambda amount: f"Rs. {amount:,}/-",
        lambda amount: f"{amount:,}/=",
        lambda amount: f"₹{amount / 1e5:.5f} Lakh" if amount < 3_000_000 else f"₹{amount / 1e7:.7f} Cr",
    ],
    ids=["code", "dollars", "ringgit", "rupiah", "rand", "crowns", "crowns behind", "euros", "rupees", "shillings", "lakhs and crores"],
)
def test_letters_beside_amounts_are_currencies(written):
    assert _numbers([written(amount) for amount in AMOUNTS]) == AMOUNTS


def test_a_dash_in_place_of_cents_is_no_sign():
    texts = [f"{amount},-" if i % 2 else f"{_points(amount)},50" for i, amount in enumerate(AMOUNTS)]
    assert _numbers(texts, ",") == [amount if i % 2 else amount + 0.5 for i, amount in enumerate(AMOUNTS)]


def test_points_between_thousands_are_known_by_the_longest_numbers():
    assert _numbers([f"€ {_points(amount)}" for amount in [*AMOUNTS, 65_519]]) == [*AMOUNTS, 65_519]


@pytest.mark.parametrize(
    "written",
    [
        lambda i: f"S{i % 90 + 10}.{R.randint(100, 999)}",
        lambda i: f"AB {R.randint(1000, 9999)}",
        lambda i: f"DE {R.randint(100, 999)} {R.randint(100, 999)}",
        lambda i: f"192.168.{R.randint(100, 255)}.{R.randint(100, 255)}",
    ],
    ids=["diagnoses", "plates", "tax numbers", "addresses"],
)
def test_codes_are_no_amounts(written):
    assert _of([written(i) for i in range(120)])[1].kind not in ("number", "integer")


@pytest.mark.parametrize(("one", "many"), [("review", "reviews"), ("entry", "entries"), ("lb", "lbs")])
def test_one_of_a_unit_is_read_like_several(one, many):
    counts = [1, *range(40)] * 3
    assert _numbers([f"{n} {one if n == 1 else many}" for n in counts]) == counts


@pytest.mark.parametrize("form", ["{} €", "€{}", "{} TL", "{} kr"])
def test_a_point_before_three_digits_of_an_amount_parts_thousands(form):
    cells, found = _of([form.format(f"{20 + i % 60}.{101 + i}") for i in range(120)])
    assert cells.spread(found.numbers, np.nan)[0] == 20_101  # a salary
    cells, found = _of([form.format(f"{1 + i % 2}.{601 + i}") for i in range(120)])
    assert cells.spread(found.numbers, np.nan)[0] == 1.601  # a litre of fuel


def test_a_point_before_three_digits_of_dollars_is_a_decimal_mark():
    cells, found = _of([f"${20 + i % 60}.{101 + i}" for i in range(120)])
    assert cells.spread(found.numbers, np.nan)[0] == 20.101
