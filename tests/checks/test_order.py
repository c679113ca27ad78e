"""Nothing that a profile says depends on the order of rows or columns, but for what is about that order itself."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from automl_assist.checks import checks
from tests.checks.reading import understood

ABOUT_ORDER = ("F601", "F603")
ROWS = 600


def messy(seed):
    """Return a table with many problems at once."""
    rng = np.random.default_rng(seed)
    age = rng.integers(18, 90, ROWS).astype(object)
    age[rng.random(ROWS) < 0.06] = -999
    weight = rng.gamma(9, 8, ROWS).round(1)
    weight = np.where(rng.random(ROWS) < 0.5, [f"{w} kg" for w in weight], [f"{w * 2.2046:.1f} lb" for w in weight])
    work = rng.choice(["Private", "private ", "PRIVATE", "State", "Privte"], ROWS, p=[0.5, 0.1, 0.1, 0.29, 0.01])
    when = pd.date_range("2020-01-01", periods=ROWS, freq="h").strftime("%d/%m/%Y")
    income = (rng.lognormal(10, 0.7, ROWS)).round(2)
    label = np.where(income + rng.normal(0, 9000, ROWS) > np.quantile(income, 0.7), "high", "low").astype(object)
    group = rng.integers(0, 120, ROWS)
    frame = pd.DataFrame(
        {
            "age": age,
            "weight": weight,
            "work": work,
            "when": when,
            "income": income,
            "income_k": (income / 1000).round(5),
            "person_id": [f"P{g}" for g in group],
            "one": "same",
            "mail": [f"user{g}@example.org" for g in group],
            "notes": rng.choice(["late", "n/a", "unknown", "early", "?"], ROWS),
            "encoded": pd.Series((label == "high").astype(float)).groupby(group).transform("mean").round(4),
            "label": label,
        }
    )
    return pd.concat([frame, frame.head(40)], ignore_index=True)


def content(frame, rows):
    return sorted(tuple(map(str, frame[sorted(frame)].iloc[row - 1])) for row in rows)


@pytest.mark.parametrize("target", ["label", "income"])
@pytest.mark.parametrize("seed", [0, 1])
def test_rows_and_columns_in_another_order_give_the_same_profile(seed, target, tmp_path):
    frame = messy(seed)
    rng = np.random.default_rng(seed + 10)
    turned = frame.iloc[rng.permutation(len(frame))][list(rng.permutation(frame.columns))].reset_index(drop=True)
    (one, here), (other, there) = understood(frame, tmp_path, target), understood(turned, tmp_path, target)

    def told(findings, of):
        plain = [f for f in findings if f.code not in ABOUT_ORDER]
        return sorted((f.code, f.severity, f.message, f.fix, f.columns, tuple(content(of, f.rows))) for f in plain)

    assert told(here, frame) == told(there, turned)
    assert len({f.code for f in here}) >= 8
    for column in one.columns:
        assert replace(other.column(column.name), position=column.position) == column
    for fact in ("rows", "task", "modality", "classes", "duplicate_rows", "time", "series", "group"):
        assert getattr(one, fact) == getattr(other, fact)


def test_what_is_about_order_is_known_here():
    assert set(ABOUT_ORDER) <= set(checks())
