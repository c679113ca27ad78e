"""The first word comes fast: help and mistakes import nothing heavy."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from automl_assist.cli import LAZY

HEAVY = ("numpy", "pandas", "sklearn", "scipy", "keras", "keras_tuner", "jax", "lightgbm", "duckdb", "skops", "jinja2", "yaml", "rich")
PROBE = f"""
import sys
from automl_assist.cli import run
code = run(sys.argv[1:])
heavy = sorted(name for name in {HEAVY!r} if name in sys.modules)
print("HEAVY", *heavy, file=sys.stderr)
sys.exit(code)
"""
MOST_S = 0.1  # more than `python -c pass`, in the same run


@pytest.mark.parametrize(
    "words", [["--help"], ["--version"], *([name, "--help"] for name in LAZY), ["train", "t.csv"], ["trian"]], ids=" ".join
)
def test_imports_nothing_heavy(words):
    result = subprocess.run([sys.executable, "-c", PROBE, *words], capture_output=True, text=True)
    assert result.stderr.splitlines()[-1].split() == ["HEAVY"]


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["train", "--help"]], ids=" ".join)
def test_answers_in_a_tenth_of_a_second(words):
    def best_of(command: list[str], times: int = 5) -> float:
        taken = []
        for _ in range(times):
            begun = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True)
            taken.append(time.perf_counter() - begun)
        return min(taken)

    bare = best_of([sys.executable, "-c", "pass"])
    ours = best_of([sys.executable, "-m", "automl_assist", *words])
    assert ours - bare <= MOST_S
