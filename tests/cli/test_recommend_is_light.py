"""The plan is made without the libraries that train: nothing is learned yet, and two seconds of imports are two seconds waited."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

READING = ("duckdb", "numpy", "pandas", "scipy")
TRAINING = ("keras", "sklearn", "jax", "keras_tuner", "lightgbm", "skops")
PROBE = f"""
import sys
from automl_assist.cli import run
code = run(sys.argv[1:])
print("LOADED", *sorted(name for name in {TRAINING + READING!r} if name in sys.modules), file=sys.stderr)
sys.exit(code)
"""


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    rng = np.random.default_rng(0)
    rows = 100_000
    path = tmp_path_factory.mktemp("table") / "t.csv"
    frame = pd.DataFrame({f"x{k}": rng.normal(size=rows).round(4) for k in range(8)})
    frame["job"] = rng.choice([f"job {k}" for k in range(30)], rows)
    frame["street"] = rng.choice([f"street {k}" for k in range(3_000)], rows)
    frame["y"] = np.where(frame["x0"] + rng.normal(size=rows) > 0, "yes", "no")
    frame.to_csv(path, index=False)
    return path


@pytest.mark.parametrize("words", [("recommend",), ("why",), ("profile",)], ids=" ".join)
def test_a_plan_for_a_hundred_thousand_rows_loads_nothing_that_trains(words, table):
    result = subprocess.run([sys.executable, "-c", PROBE, *words, str(table), "--target", "y", "--json"], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert not set(result.stderr.splitlines()[-1].split()) & set(TRAINING)
    document = json.loads(result.stdout)
    assert document["status"] == "ok"
    if words != ("profile",):
        assert {d["topic"] for d in document["decisions"]} >= {"metric", "split.kind", "families", "network.loss", "columns.levels"}


@pytest.mark.parametrize("words", [("recommend",), ("why",)], ids=" ".join)
def test_a_plan_for_a_table_that_was_profiled_loads_nothing_that_reads(words, table, workdir):
    subprocess.run([sys.executable, "-m", "automl_assist", "profile", str(table)], check=True, capture_output=True)
    result = subprocess.run([sys.executable, "-c", PROBE, *words, str(table), "--target", "y", "--json"], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert result.stderr.splitlines()[-1].split() == ["LOADED"]
    assert {d["topic"] for d in json.loads(result.stdout)["decisions"]} >= {"metric", "split.kind", "families", "columns.levels"}
