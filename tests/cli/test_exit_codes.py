"""Every mistake and every accident ends in the exit code of the contract, with a code and a fix on standard error."""

from __future__ import annotations

from pathlib import Path

import pytest

from automl_assist import cli
from automl_assist.errors import near_to

MISTAKES = [
    (["trian", "t.csv"], 2, "E0402", ["'trian'", "did you mean 'train'?"]),
    (["train", "t.csv", "--target", "y", "--time-buget", "10s"], 2, "E0401", ["'--time-buget'", "did you mean '--time-budget'?"]),
    (["profile", "t.csv", "--taget", "y"], 2, "E0401", ["'--taget'", "'--target'"]),
    (["profile"], 2, "E0403", ["DATA"]),
    (["profile", "a.csv", "b.csv"], 2, "E0404", ["b.csv"]),
    (["predict"], 2, "E0403", ["RUN"]),
    (["train", "t.csv"], 2, "E0311", ["--target COLUMN", "--auto", "--plan plan.yaml"]),
    (["train"], 2, "E0311", ["--target", "--auto", "--plan"]),
    (["train", "--target", "y"], 2, "E0403", ["DATA"]),
    (["train", "--auto"], 2, "E0312", ["profiled", "assist profile DATA"]),
    (["train", "t.csv", "--auto", "--resume", "--overwrite"], 2, "E0409", ["--resume", "--overwrite"]),
    (["train", "t.csv", "--auto", "--seed", "many"], 2, "E0404", ["--seed", "many"]),
    (["train", "t.csv", "--auto", "--trials", "0"], 2, "E0404", ["--trials"]),
    (["train", "t.csv", "--auto", "--kind", "zip"], 2, "E0404", ["COLUMN=KIND"]),
    (["train", "t.csv", "--auto", "--kind", "zip=categry"], 2, "E0404", ["did you mean 'category'?"]),
    (["train", "t.csv", "--auto", "--fail-under", "nan"], 2, "E0404", ["--fail-under"]),
    (["train", "t.csv", "--auto", "--out", ""], 2, "E0404", ["--out"]),
    (["train", "t.csv", "--target", ""], 2, "E0404", ["names no column"]),
    (["profile", "t.csv", "--delimiter", "ab"], 2, "E0404", ["one character"]),
    (["profile", "t.csv", "--task", "regresion"], 2, "E0404", ["--task"]),
    (["train", "t.csv", "--target", "a", "--horizon", "0"], 2, "E0404", ["--horizon"]),
    *(
        (["train", "t.csv", "--target", "y", f"--time-budget={b}"], 2, "E0410", ["--time-budget", "45s, 10m, 1h30m"])
        for b in ("0", "-1", "10x", "", "1e9")
    ),
    (["profile", "unreadable"], 3, "E0101", ["-->", "help:"]),
    (["profile", "memory"], 6, "E0901", ["memory"]),
    (["profile", "disk"], 6, "E0902", ["--out"]),
    (["profile", "library"], 8, "E0801", ["pip install"]),
    (["profile", "bug"], 1, "E0001", ["bug in assist", "assist-crash-"]),
    (["profile", "interrupt"], 130, "E0903", ["interrupted"]),
    (["train", "t.csv", "--auto", "--fail-under", "0.9"], 7, "E0501", ["0.87"]),
]  # fmt: skip


@pytest.mark.parametrize(("words", "code", "error", "says"), MISTAKES, ids=lambda v: " ".join(v) if isinstance(v, list) else None)
def test_says_what_is_wrong(assist, words, code, error, says):
    result = assist(*words)
    assert result.code == code
    assert f"error[{error}]: " in result.err
    for text in says:
        assert text in result.err
    assert "Traceback" not in result.err
    assert result.out == "" or code == 7


@pytest.mark.parametrize(("words", "code", "error", "says"), MISTAKES, ids=lambda v: " ".join(v) if isinstance(v, list) else None)
def test_says_it_in_json_too(assist, words, code, error, says):
    result = assist(*words, "--json")
    assert result.code == code
    document = result.document
    assert document["exit_code"] == code
    assert document["status"] == ("interrupted" if code == 130 else "failed")
    assert document["error"]["code"] == error
    command = words[0] if words[0] in cli.LAZY else None
    assert document["command"] == command
    assert document["schema"] == f"assist.{command or 'assist'}/1"


def test_crash_file_holds_no_values(assist, workdir: Path):
    result = assist("profile", "bug")
    (crash,) = workdir.glob("assist-crash-*.txt")
    text = crash.read_text()
    assert "4711" not in text + result.err
    assert "ValueError" in text and "stand_in.py" in text


def test_debug_shows_the_traceback(assist):
    assert "Traceback" in assist("profile", "bug", "--debug").err


@pytest.mark.parametrize("words", [[], ["--help"], ["-h"], ["--version"], ["profile", "t.csv"], ["doctor"], ["train", "t.csv", "--auto"]])
def test_success_is_zero(assist, words):
    result = assist(*words)
    assert result.code == 0
    assert result.out


def test_options_reach_the_pipeline(assist, pipeline):
    words = [
        "--target",
        "y",
        "--kind",
        "a=b=text",
        "--kind",
        "zip=category",
        "--time-budget",
        "1h30m",
        "--family",
        "linear",
        "--seed",
        "7",
        "--decimal",
        ",",
    ]
    assert assist("train", "t.csv", *words, "--delimiter", "tab", "--no-header", "--dayfirst", "--group", "g", "--time", "t").code == 0
    _, call = pipeline.calls[-1]
    asked = call["options"]
    assert (asked.target, asked.kinds, asked.budget_s, asked.seed) == ("y", {"a=b": "text", "zip": "category"}, 5400.0, 7)
    assert (asked.families, asked.group, asked.time) == (("linear",), "g", "t")
    assert (asked.read.decimal, asked.read.delimiter, asked.read.no_header, asked.read.dayfirst) == (",", "\t", True, True)
    assert str(call["out"]) == "assist-run"


@pytest.mark.parametrize(("words", "limited"), [([], True), (["--trials", "3"], False), (["--trials", "3", "--time-budget", "9s"], True)])
def test_trials_alone_stop_the_clock(assist, pipeline, words, limited):
    assist("train", "t.csv", "--auto", *words)
    assert pipeline.calls[-1][1]["limited"] is limited


def test_budget_starts_with_the_process(assist, pipeline):
    assist("train", "t.csv", "--auto")
    assert pipeline.calls[-1][1]["started"] == cli.STARTED


def test_auto_takes_the_file_last_profiled(assist, pipeline, workdir):
    Path("houses.csv").write_text("a,y\n1,2\n")
    assist("profile", "houses.csv", "--target", "y", "--delimiter", ",")
    result = assist("train", "--auto")
    _, call = pipeline.calls[-1]
    assert result.code == 0
    assert call["path"] == "houses.csv"
    assert (call["options"].target, call["options"].read.delimiter) == ("y", ",")
    assert "has changed since" in result.err  # the stand-in's digest is not the file's


@pytest.mark.parametrize("words", [["--dry-run"], ["--sensitive"]])
def test_profile_leaves_no_note_when_told_so(assist, workdir, words):
    assist("profile", "t.csv", *words)
    assert not (workdir / ".assist").exists()


def test_predictions_go_to_standard_output(assist):
    assert assist("predict", "run", "new.csv").out == "prediction\nyes\nno\n"
    document = assist("predict", "run", "new.csv", "--json").document
    assert document["text"].startswith("prediction\n")


@pytest.mark.parametrize(
    ("word", "near"), [("pirce", "price"), ("PRICE", "price"), ("spilt.kind", "split.kind"), ("prices since", None), ("nope", None)]
)
def test_what_is_suggested_is_near(word, near):
    assert near_to(word, ["price", "income", "split.kind"]) == near
    assert near_to("price", ["since"]) is None
