"""Defaults from files: taken when right, refused with file, line and suggestion when not."""

from __future__ import annotations

from pathlib import Path

import pytest

DRY = ("train", "t.csv", "--target", "y", "--dry-run")

WRONG = [
    ('# ours\n\ntime-buget = "20s"\n', "E0431", ["assist.toml:3", "time-buget", "time-budget"]),
    ('seed = "many"\n', "E0432", ["assist.toml:1", "seed", "whole number"]),
    ("seed = true\n", "E0432", ["seed"]),
    ("strict = 1\n", None, []),  # right or wrong, train has no such option
    ("resume = 1\n", "E0432", ["true or false"]),
    ('task = "regresion"\n', "E0432", ["task"]),
    ("target = 3\n", "E0432", ["target"]),
    ('family = ["linear", 3]\n', "E0432", ["family"]),
    ("seed = [1\n= 2\n", "E0433", ["assist.toml:2"]),
    ("overwrite = true\n", "E0431", ["overwrite"]),
    ('time-budget = "soon"\n', "E0410", ["45s"]),
]


@pytest.mark.parametrize(("text", "error", "says"), WRONG)
def test_refuses_what_it_cannot_use(assist, text, error, says):
    Path("assist.toml").write_text(text)
    result = assist(*DRY)
    assert result.code == (2 if error else 0)
    if error:
        assert f"error[{error}]" in result.err
    for word in says:
        assert word in result.err


def test_command_line_wins_over_file(assist, pipeline):
    Path("assist.toml").write_text('seed = 7\ntime_budget = "20s"\nfamily = ["linear"]\n')
    assist(*DRY)
    asked = pipeline.calls[-1][1]["options"]
    assert (asked.seed, asked.budget_s, asked.families) == (7, 20.0, ("linear",))
    assist(*DRY, "--seed", "8")
    assert pipeline.calls[-1][1]["options"].seed == 8


def test_budget_from_a_file_counts_as_said(assist, pipeline):
    Path("assist.toml").write_text("time-budget = 20\ntrials = 3\n")
    assist(*DRY)
    assert pipeline.calls[-1][1]["limited"] is True


def test_pyproject_is_read_for_its_own_table_only(assist, pipeline):
    Path("pyproject.toml").write_text("[tool.other]\nseed = 1\n")
    assert assist(*DRY).code == 0
    Path("pyproject.toml").write_text("[tool.assist]\nseed = 5\n")
    assist(*DRY)
    assert pipeline.calls[-1][1]["options"].seed == 5


def test_named_file_must_be_there(assist):
    result = assist(*DRY, "--config", "nowhere.toml")
    assert result.code == 2
    assert "E0433" in result.err and "nowhere.toml" in result.err


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"[" * 100_000, b"seed = " + b"[" * 100_000])
def test_any_bytes_end_in_an_error(assist, content):
    Path("assist.toml").write_bytes(content)
    assert assist(*DRY).code == 2
