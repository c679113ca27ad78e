"""The first word comes fast: help and mistakes import nothing heavy."""

from __future__ import annotations

import subprocess
import sys

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


@pytest.mark.parametrize(
    "words", [["--help"], ["--version"], *([name, "--help"] for name in LAZY), ["train", "t.csv"], ["trian"]], ids=" ".join
)
def test_imports_nothing_heavy(words):
    result = subprocess.run([sys.executable, "-c", PROBE, *words], capture_output=True, text=True)
    assert result.stderr.splitlines()[-1].split() == ["HEAVY"]
