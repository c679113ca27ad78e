"""Whole or not at all, at every step that can fail."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

import automl_assist
from automl_assist.errors import AssistError
from automl_assist.runs import files

ROOT = Path(automl_assist.__file__).resolve().parent.parent
STEPS = ("open", "fsync", "replace")


def _failing(real, number, at):
    """Return `real` failing at its `at`-th call."""
    calls = iter(range(1000))

    def fail(*args, **more):
        if next(calls) == at:
            raise OSError(number, os.strerror(number))
        return real(*args, **more)

    return fail


@pytest.mark.parametrize(
    ("number", "code"), [(errno.ENOSPC, "E0902"), (errno.EDQUOT, "E0902"), (errno.EIO, "E0905"), (errno.EROFS, "E0905")]
)
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("at", [0, 1])
def test_failure_leaves_what_was_there(workdir, monkeypatch, step, number, code, at):
    path = workdir / "report.json"
    path.write_text("old")
    monkeypatch.setattr(os, step, _failing(getattr(os, step), number, at))
    try:
        files.write_text(path, "new")
    except AssistError as error:
        assert (error.code, error.exit_code) == (code, 6)
    monkeypatch.undo()
    assert path.read_text() in ("old", "new")
    assert os.listdir(workdir) == ["report.json"]


@pytest.mark.parametrize("step", ["fsync", "rename"])
@pytest.mark.parametrize("at", [0, 1, 2])
def test_failure_leaves_the_folder_that_was_there(workdir, monkeypatch, step, at):
    path = workdir / "model"
    path.mkdir()
    (path / "old").write_text("old")
    monkeypatch.setattr(os, step, _failing(getattr(os, step), errno.EIO, at))
    try:
        with files.new_folder(path) as folder:
            (folder / "new").write_text("new")
    except AssistError as error:
        assert error.code == "E0905"
    monkeypatch.undo()
    assert os.listdir(path) in (["old"], ["new"])
    assert os.listdir(workdir) == ["model"]


def test_an_error_in_the_block_changes_nothing(workdir):
    with pytest.raises(ZeroDivisionError), files.new_folder(workdir / "model"):
        raise ZeroDivisionError
    assert os.listdir(workdir) == []


def test_replaces_a_whole_folder(workdir):
    for name in ("one", "two"):
        with files.new_folder(workdir / "model") as folder:
            (folder / name).write_text(name)
    assert os.listdir(workdir / "model") == ["two"]


WRITER = """
import sys
from pathlib import Path
from automl_assist.runs import Journal, write_json, new_folder
place = Path(sys.argv[1])
journal = Journal(place / "trials.jsonl")
for i in range(100_000):
    write_json(place / "report.json", {"i": i, "long": ["x" * 50] * 2_000})
    journal.append({"i": i, "text": "y" * 5_000})
    if i == 0:
        print("begun", flush=True)
"""


@pytest.mark.parametrize("after_s", [0.0, 0.02, 0.05, 0.11])
def test_a_kill_leaves_no_half_file(workdir, after_s):

    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(workdir)], stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert writer.stdout.readline()
    time.sleep(after_s)
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    writer.stdout.close()
    for path in workdir.iterdir():
        if not files.is_temporary(path.name):
            for line in path.read_text().splitlines() if path.suffix == ".jsonl" else [path.read_text()]:
                json.loads(line)


@given(
    st.recursive(
        st.none() | st.floats() | st.text(st.characters(codec=None, exclude_categories=())), lambda inner: st.lists(inner, max_size=3)
    )
)
def test_json_is_valid_whatever_comes(value):

    def refuse(word):
        raise AssertionError(word)

    json.loads(files.json_bytes(value).decode("utf-8"), parse_constant=refuse)


def test_names_of_temporary_files_are_told_from_others():
    assert files.is_temporary(files.temporary_beside(Path("x/report.json")).name)
    assert not any(files.is_temporary(name) for name in ("report.json", ".tmp", "notes.tmp-1-aaaaaaaa", ".git"))


@pytest.mark.parametrize(("most", "laid_out"), [(1_000, True), (10, False)])
def test_a_small_document_is_laid_out_for_the_eye_and_a_large_one_is_a_line(monkeypatch, most, laid_out):
    monkeypatch.setattr(files, "MOST_INDENTED", most)
    data = files.json_bytes({"one": (1, 2), "other": "\ud800"}, indent=1)
    assert data.isascii() and json.loads(data) == {"one": [1, 2], "other": "\ud800"}
    assert (len(data.splitlines()) > 1) == laid_out
