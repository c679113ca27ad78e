"""Strength with the target: 1 for a copy, near 0 for noise, seeded, and no gift to columns of many values."""

import random

import numpy as np
import pytest

from automl_assist.profile import describe
from automl_assist.schema import Options
from tests.profile.tables import described, table_of

R = random.Random(2)
N = 2000
A = [R.gauss(0, 1) for _ in range(N)]


def strengths(options, **columns):
    profile, _ = described(options=options, **columns)
    return {c.name: c.association for c in profile.columns}


@pytest.mark.parametrize("classes", [2, 3, 0])
def test_copies_noise_and_many_values(classes):
    y = [f"c{min(classes - 1, int((a + 3) / 6 * classes)) if a > -3 else 0}" for a in A] if classes else A
    found = strengths(
        Options(target="y"),
        copy=y if classes else [2 * v + 1 for v in A],
        near=[a + R.gauss(0, 0.2) for a in A],
        noise=[R.gauss(0, 1) for _ in A],
        rare=[f"k{R.randint(0, 700)}" for _ in A],
        gaps=[None if R.random() < 0.3 else a for a in A],
        y=y,
    )
    assert found["copy"] == pytest.approx(1.0, abs=0.01)
    assert found["near"] > 0.7
    assert found["gaps"] > 0.7
    assert found["noise"] < 0.15
    assert found["rare"] < 0.35
    assert found["y"] is None


def test_seeded():
    table = table_of(x=A, y=[("p", "q")[a > 0] for a in A])
    first, second = (describe(table, Options(target="y", seed=3))[0] for _ in range(2))
    assert first == second


def test_no_association_without_variety():
    assert strengths(Options(target="y"), k=["1"] * 40, e=[None] * 40, y=["p", "q"] * 20) == {"k": None, "e": None, "y": None}


def test_duplicate_rows_are_counted():
    profile, _ = described(a=[1, 2, 3, 1.5] * 30, b=["x", None, "x", "x"] * 30, y=["p", "q", "p", "q"] * 30)
    assert profile.duplicate_rows == 116


def test_thousands_of_columns_take_seconds():
    import time

    r = np.random.default_rng(0)
    values = r.random((50, 4000)).round(2)
    started = time.process_time()
    described(**{f"c{i}": values[:, i] for i in range(4000)}, y=["p", "q"] * 25)
    assert time.process_time() - started < 12
