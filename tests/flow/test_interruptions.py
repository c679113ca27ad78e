"""Ctrl-C, kill -9, a tiny budget, no Keras: there is always an answer, and nothing finished is lost."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from automl_assist._resources import sample_data_dir
from tests.flow.conftest import ROOT, assist
from tests.flow.test_train_predict import rows_of, same

PENGUINS = sample_data_dir() / "penguins.csv"


def begin(*words, cwd):
    return subprocess.Popen(
        [sys.executable, "-m", "automl_assist", *map(str, words)],
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for_lines(path, count, process):
    while process.poll() is None:
        if path.exists() and path.read_bytes().count(b"\n") >= count:
            return
        time.sleep(0.05)
    raise AssertionError(process.communicate())


def workers_of(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        return [int(word) for word in file.read().split()]


def runs(pid):
    status = Path(f"/proc/{pid}/status")
    return status.exists() and "zombie" not in status.read_text("ascii")


def test_ctrl_c_keeps_the_best_model_and_leaves_no_process(tmp_path):
    process = begin("train", PENGUINS, "--target", "species", "--time-budget", "90s", "--json", cwd=tmp_path)
    wait_for_lines(tmp_path / "assist-run" / "trials.jsonl", 2, process)
    workers = workers_of(process.pid)
    assert workers
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    document = json.loads(out)
    assert (document["status"], document["exit_code"]) == ("interrupted", 130)
    assert document["metric"]["value"] < document["metric"]["baseline"]
    assert not [pid for pid in workers if runs(pid)]
    assert assist("predict", "assist-run", PENGUINS, "--out", "p.csv", cwd=tmp_path).code == 0
    assert (tmp_path / "assist-run" / "report.html").is_file()


def test_a_killed_run_goes_on_to_the_same_model(tmp_path, here):
    words = ("train", PENGUINS, "--target", "species", "--trials", 3)
    assert assist(*words, "--out", "whole", cwd=tmp_path).code == 0
    process = begin(*words, "--out", "cut", cwd=tmp_path)
    wait_for_lines(tmp_path / "cut" / "trials.jsonl", 2, process)
    process.kill()
    process.wait()
    refused = assist(*words, "--out", "cut", cwd=tmp_path)
    assert refused.code == 2
    assert "--resume" in refused.err
    other = assist("train", PENGUINS, "--target", "island", "--trials", 3, "--out", "cut", "--resume", cwd=tmp_path)
    assert other.code == 2
    resumed = assist(*words, "--out", "cut", "--resume", cwd=tmp_path)
    assert resumed.code == 0, resumed.err
    assert "resuming" in resumed.err
    for run in ("whole", "cut"):
        assert here("predict", run, PENGUINS, "--out", f"{run}.csv", cwd=tmp_path).code == 0
    same(rows_of(tmp_path / "whole.csv"), rows_of(tmp_path / "cut.csv"), tolerance=1e-9)
    lines = [[json.loads(line) for line in (tmp_path / run / "trials.jsonl").read_text("utf-8").splitlines()] for run in ("whole", "cut")]
    assert sorted(t["number"] for t in lines[0]) == sorted(t["number"] for t in lines[1])


def test_a_budget_too_small_for_anything_gives_the_baseline_and_says_so(tmp_path, here):
    done = assist("train", PENGUINS, "--target", "species", "--time-budget", "1s", "--json", cwd=tmp_path)
    assert done.code == 0, done.err
    assert [row["family"] for row in done.document["leaderboard"]] == ["ensemble", "baseline"]
    assert "nothing but the baseline" in done.err
    assert done.document["verdict"]["sentence"].startswith("This is guessing")
    assert here("predict", "assist-run", PENGUINS, "--out", "p.csv", cwd=tmp_path).code == 0


def test_without_keras_the_other_families_do_the_work(tmp_path):
    for name in ("keras", "jax", "jaxlib"):
        (tmp_path / "blocked" / name).mkdir(parents=True)
        refusal = f"raise ModuleNotFoundError('No module named {name}', name='{name}')\n"
        (tmp_path / "blocked" / name / "__init__.py").write_text(refusal, "utf-8")
    without = {"PYTHONPATH": f"{tmp_path / 'blocked'}{os.pathsep}{ROOT}"}
    done = assist("train", PENGUINS, "--target", "species", "--trials", 2, "--json", cwd=tmp_path, env=without)
    assert done.code == 0, done.err
    assert {row["family"] for row in done.document["leaderboard"]} >= {"linear", "lightgbm"}
    asked = assist("train", PENGUINS, "--target", "species", "--family", "neural", "--out", "other", cwd=tmp_path, env=without)
    assert asked.code == 8
    assert "pip install" in asked.err


def test_sensitive_leaves_no_path_and_no_name_of_the_file(tmp_path, here):
    (tmp_path / "secret place").mkdir()
    data = tmp_path / "secret place" / "patients of doctor x.csv"
    data.write_bytes(PENGUINS.read_bytes())
    done = assist("train", data, "--target", "species", "--trials", 1, "--sensitive", "--json", cwd=tmp_path)
    assert done.code == 0, done.err
    written = [path.read_bytes() for path in (tmp_path / "assist-run").rglob("*") if path.is_file()]
    assert len(written) > 5
    assert not [text for text in [*written, done.out.encode()] if b"secret place" in text or b"doctor" in text]
    assert here("predict", "assist-run", data, "--out", "p.csv", cwd=tmp_path).code == 0
