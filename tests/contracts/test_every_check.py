"""What every check must do."""

import importlib
import json
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import automl_assist.checks as package
from automl_assist.checks import SEVERITIES, CheckContext, checks, find_all
from automl_assist.records import from_json, to_json
from automl_assist.schema import Column, Finding, Guess, Profile, Reading
from tests.checks.contexts import make_context, numbers, words

MODULES = sorted(p.stem for p in Path(package.__file__).parent.glob("[a-z]*.py"))


def nothing():
    return make_context({})


def one_row():
    return make_context({"a": ["1"], "y": ["p"]}, "y", "binary")


def all_missing():
    return make_context({"a": [None] * 30, "b": [None] * 30, "y": [None] * 30}, "y", "binary")


def no_target():
    return make_context({"a": numbers(60), "b": words(60, ["u", "v"]), "mail": [f"p{i}@example.org" for i in range(60)]})


def mixed():
    cells = {
        "n": [*numbers(50), "inf", "broken", "NA", None, " "],
        "s": words(55, ["a b c", "d"]),
        "t": [f"2020-01-{i % 28 + 1:02}" for i in range(54)] + ["soon"],
        "\x1b[31m'\"": words(55, ["<script>", "$(rm -rf /)"]),
        "id": [f"i{i}" for i in range(55)],
        "e": [None] * 55,
        "k": ["one"] * 55,
        "copy": ["pq"[i % 2] for i in range(55)],
        "y": ["pq"[i % 2] for i in range(54)] + [None],
    }
    kinds = {"t": "datetime", "id": "identifier", "s": "text"}
    return make_context(cells, "y", "binary", kinds, {"n": ("NA",)}, {"copy": 1.0, "n": 0.99, "t": 0.99})


def typed_cells():
    """Return what a Parquet file gives: numbers, dates with a zone, truth values, lists, bytes."""
    n = 80
    cells = pd.DataFrame(
        {
            "f": np.where(np.arange(n) % 9 == 0, np.inf, np.arange(n) / 3),
            "i": pd.array([None if i % 7 == 0 else i for i in range(n)], dtype="Int64"),
            "b": pd.array([bool(i % 2) for i in range(n)], dtype="boolean"),
            "w": pd.date_range("2020-01-01", periods=n, tz="UTC"),
            "l": pd.Series([[i, i + 1] for i in range(n)], dtype=object),
            "a": pd.Series([np.array([i, 2]) for i in range(n)], dtype=object),
            "o": pd.Series([b"\xff", None, 3, "x"] * (n // 4), dtype=object),
            "y": pd.Series(np.arange(n) % 2),
        }
    )
    typed = pd.DataFrame(
        {
            "f": cells["f"].replace(np.inf, np.nan),
            "i": cells["i"].astype("float64"),
            "b": pd.Series(["true" if i % 2 else "false" for i in range(n)], dtype=object),
            "w": cells["w"].dt.tz_convert(None),
            "l": cells["l"].map(str).astype(object),
            "a": cells["a"].map(str).astype(object),
            "o": pd.Series(["x", None, "3", "x"] * (n // 4), dtype=object),
            "y": cells["y"].astype(float),
        }
    )
    kinds = {"f": "number", "i": "integer", "b": "boolean", "w": "datetime", "l": "list", "a": "list", "o": "category", "y": "integer"}
    columns = tuple(
        Column(name, place, kind, int(typed[name].isna().sum()), typed[name].nunique(), "typed")
        for place, (name, kind) in enumerate(kinds.items())
    )
    profile = Profile(
        Reading("t.parquet", "t.parquet", "parquet", "0" * 64, 10, n, len(columns)),
        n,
        columns,
        Guess("tabular", 1.0, ""),
        Guess("y", 1.0, ""),
        Guess("binary", 0.9, ""),
        (("0", 40), ("1", 40)),
    )
    return CheckContext(profile, cells, typed)


SITUATIONS = (nothing, one_row, all_missing, no_target, mixed, typed_cells)


def test_codes_match_the_names_of_the_files():
    assert [name.split("_")[0].upper() for name in MODULES] == list(checks())


@pytest.mark.parametrize("module", MODULES)
def test_says_why(module):
    doc = importlib.import_module(f"automl_assist.checks.{module}").__doc__
    assert doc
    title, why = doc.split("\n\n", 1)
    assert title.endswith(".")
    assert why.count(".") >= 2


@pytest.mark.parametrize("code", list(checks()))
def test_fields(code):
    check = checks()[code]
    assert check.code.startswith("F")
    assert len(check.code) == 4
    assert check.code[1:].isdigit()
    assert check.severity in SEVERITIES
    assert len(check.title) >= 5
    assert not check.title.endswith(".")


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda s: s.__name__)
@pytest.mark.parametrize("code", list(checks()))
def test_runs_on_anything_and_speaks_plainly(code, situation):
    context = situation()
    names = {c.name for c in context.profile.columns}
    for finding in checks()[code].run(context):
        assert finding.code == code
        assert finding.severity in SEVERITIES
        assert set(finding.columns) <= names
        assert all(1 <= row <= context.profile.rows for row in finding.rows)
        assert finding.message.endswith(".")
        assert finding.message.isprintable()
        assert len(finding.message) < 500
        assert finding.fix
        assert "@example.org" not in finding.message
        assert from_json(Finding, json.loads(json.dumps(to_json(finding), allow_nan=False))) == finding


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda s: s.__name__)
def test_looks_without_touching(situation):
    context = situation()
    cells, typed = context.cells.copy(deep=True), context.typed.copy(deep=True)
    first = find_all(context)
    pd.testing.assert_frame_equal(context.cells, cells)
    pd.testing.assert_frame_equal(context.typed, typed)
    assert find_all(context) == first
    assert [SEVERITIES.index(f.severity) for f in first] == sorted(SEVERITIES.index(f.severity) for f in first)


def _wide(kind: str, p: int) -> CheckContext:
    """Return fifty rows of so many columns that say nothing."""
    r, n = np.random.default_rng(0), 50
    values = r.random((n, p)).round(2)
    cells = pd.DataFrame(
        values.astype(str) if kind == "numbers" else r.choice(["u", "v", "w"], (n, p)), columns=[f"c{i}" for i in range(p)]
    ).astype(object)
    typed = pd.DataFrame(values, columns=cells.columns) if kind == "numbers" else cells.copy()
    labels = pd.DataFrame({"y": pd.Series(["pq"[i % 2] for i in range(n)], dtype=object)})
    what, distinct = ("number", 40) if kind == "numbers" else ("category", 3)
    columns = (*(Column(f"c{i}", i, what, 0, distinct, "", association=1.0) for i in range(p)), Column("y", p, "category", 0, 2, ""))
    profile = Profile(
        Reading("t.csv", "t.csv", "csv", "0" * 64, 10, n, p + 1),
        n,
        columns,
        Guess("tabular", 1.0, ""),
        Guess("y", 1.0, ""),
        Guess("binary", 1.0, ""),
    )
    return CheckContext(profile, pd.concat([cells, labels], axis=1), pd.concat([typed, labels], axis=1))


@pytest.mark.parametrize("kind", ["numbers", "words"])
def test_checks_of_thousands_of_columns_grow_with_them_and_find_little(kind):
    took = []
    for p in (5_000, 20_000):
        context = _wide(kind, p)
        started = time.process_time()
        findings = find_all(context)
        took.append(time.process_time() - started)
    assert took[1] < 10 * took[0], "four times the columns: in proportion, not by their pairs, which would take sixteen times as long"
    assert {f.code for f in findings} == {"F109", "F110"}
