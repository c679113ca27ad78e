"""A claim takes what is ours, and touches nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import automl_assist
from automl_assist.errors import AssistError
from automl_assist.runs import Journal, claim, new_folder, open_run, require_place, write_json, write_manifest, write_text

ROOT = Path(automl_assist.__file__).resolve().parent.parent


def _tree(place: Path) -> dict[str, bytes]:
    return {p.relative_to(place).as_posix(): p.read_bytes() for p in place.rglob("*") if p.is_file()}


def _finished(out: str | Path = "run", status: str = "ok", identity: dict | None = None) -> Path:
    with claim(out) as run:
        run.begin(identity or {"data": "abc"})
        run.work.mkdir()
        Journal(run.trials).append({"number": 1})
        with new_folder(run.model) as folder:
            write_text(folder / "a.txt", "a")
            write_manifest(folder, {"task": "binary"})
        write_json(run.report_json, {"schema": "assist.report/1"})
        run.finish(status)
    return Path(out)


def _refused(code: str, exit_code: int, *args, **more) -> AssistError:
    with pytest.raises(AssistError) as caught, claim(*args, **more):
        pass
    assert (caught.value.code, caught.value.exit_code) == (code, exit_code)
    return caught.value


def test_layout(workdir):
    run = _finished()
    assert sorted(os.listdir(run)) == [".assist-run.json", "model", "report.json", "trials.jsonl"]
    assert open_run(run).read_report() == {"schema": "assist.report/1"}


@pytest.mark.parametrize("overwrite", [False, True])
@pytest.mark.parametrize("resume", [False, True])
def test_never_touches_foreign_files(workdir, overwrite, resume):
    (workdir / "project" / "src").mkdir(parents=True)
    (workdir / "project" / "report.html").write_text("years of work")
    (workdir / "project" / "src" / "main.py").write_text("1")
    before = _tree(workdir)
    assert "report.html" in str(_refused("E0441", 2, "project", overwrite=overwrite, resume=resume).where)
    assert _tree(workdir) == before


@pytest.mark.parametrize("name", ["notes.txt", "model/mine.txt", ".hidden"])
def test_never_touches_foreign_files_among_ours(workdir, name):
    run = _finished()
    (run / name).write_text("mine")
    before = _tree(workdir)
    assert name in str(_refused("E0441", 2, run, overwrite=True).where)
    assert _tree(workdir) == before


def test_a_damaged_manifest_makes_the_model_foreign(workdir):
    run = _finished()
    (run / "model" / "manifest.json").write_text("{")
    before = _tree(workdir)
    _refused("E0441", 2, run, overwrite=True)
    assert _tree(workdir) == before


def test_a_forged_marker_is_none(workdir):
    Path("mine").mkdir()
    Path("mine/.assist-run.json").write_text('{"schema": "other"}')
    _refused("E0441", 2, "mine", overwrite=True)


def test_refuses_a_file_and_a_broken_link(workdir):
    Path("taken.txt").write_text("mine")
    Path("dangling").symlink_to("gone")
    _refused("E0440", 2, "taken.txt")
    _refused("E0440", 2, "dangling")
    assert sorted(os.listdir()) == ["dangling", "taken.txt"]


def test_a_place_is_looked_at_without_being_taken(workdir):
    Path("taken.txt").write_text("mine")
    Path("theirs").mkdir()
    Path("theirs/notes.txt").write_text("mine")
    for place, code in (("taken.txt", "E0440"), ("theirs", "E0441")):
        with pytest.raises(AssistError) as refused:
            require_place(Path(place))
        assert refused.value.code == code
    for place in ("new", "new/in/new"):
        require_place(Path(place))
    assert sorted(os.listdir()) == ["taken.txt", "theirs"]


def test_refuses_a_place_that_may_not_be_written(workdir, monkeypatch):
    Path("locked").mkdir()

    def deny(*args, **more):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", deny)
    assert "locked" in _refused("E0905", 6, "locked/run").what


@pytest.mark.parametrize("status", ["ok", "interrupted"])
def test_an_earlier_run_needs_a_word(workdir, status):
    run = _finished(status=status)
    before = _tree(workdir)
    error = _refused("E0442", 2, run)
    assert "--resume" in error.help and "--overwrite" in error.help
    assert _tree(workdir) == before


def test_overwrite_replaces_at_begin_and_not_before(workdir):
    run = _finished()
    before = _tree(run)
    with pytest.raises(ZeroDivisionError), claim(run, overwrite=True):
        raise ZeroDivisionError  # such as a target that is not in the data
    assert _tree(run) == before
    with claim(run, overwrite=True) as again:
        again.begin({"data": "xyz"})
        assert sorted(os.listdir(run)) == [".assist-run.json", "run.lock"]
        again.finish()


def test_resume_goes_on_with_the_same_and_refuses_another(workdir):
    run = _finished(status="interrupted")
    with claim(run, resume=True) as again:
        assert (again.earlier, again.resumed, again.work.is_dir()) == ("interrupted", True, True)
        with pytest.raises(AssistError) as caught:
            again.begin({"data": "other"})
    assert (caught.value.code, caught.value.exit_code) == ("E0443", 2)
    assert caught.value.where == 'data: "abc" then, "other" now'
    with claim(run, resume=True) as again:
        again.begin({"data": "abc"})
        assert Journal(again.trials).records == ({"number": 1},)
        again.finish()
    assert not (run / ".work").exists()


def test_resume_of_nothing_is_a_start(workdir):
    with claim("run", resume=True) as run:
        assert not run.resumed
        run.begin()
        run.finish()


@pytest.mark.parametrize("begun", [False, True])
def test_a_claim_that_came_to_nothing_leaves_nothing(workdir, begun):
    with pytest.raises(ZeroDivisionError), claim("a/b/run") as run:
        if begun:
            run.begin()
            Journal(run.trials).create()
            write_text(run.plan, "plan")
        raise ZeroDivisionError
    assert os.listdir() == []


def test_an_error_after_the_first_trial_keeps_it(workdir):
    with pytest.raises(ZeroDivisionError), claim("run") as run:
        run.begin()
        Journal(run.trials).append({"number": 1})
        raise ZeroDivisionError
    with claim("run", resume=True) as run:
        assert run.earlier == "interrupted"


def test_a_profile_replaces_a_profile_but_no_run(workdir):
    for _ in range(2):
        with claim("out", kind="profile") as profile:
            profile.begin()
            write_json(profile.report_json, {})
            profile.finish()
    _refused("E0442", 2, "out")
    run = _finished()
    before = _tree(run)
    _refused("E0442", 2, run, kind="profile")
    assert _tree(run) == before


def test_sweeps_what_a_crash_left(workdir):
    run = _finished(status="interrupted")
    (run / ".model.tmp-123-0123abcd").mkdir()
    (run / ".report.json.tmp-123-0123abcd").write_text("half")
    with claim(run, resume=True):
        assert not [name for name in os.listdir(run) if ".tmp-" in name]


HOLDER = """
import sys, time
from automl_assist.runs import claim
with claim(sys.argv[1]) as run:
    run.begin()
    print("held", flush=True)
    time.sleep(60)
"""


def test_one_process_at_a_time(workdir):
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, "run"], stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)})
    try:
        assert holder.stdout.readline()
        for more in ({}, {"resume": True}, {"overwrite": True}):
            error = _refused("E0904", 5, "run", **more)
            assert "in use" in error.what and str(holder.pid) in str(error.where)
    finally:
        holder.kill()
        holder.wait()
        holder.stdout.close()
    with claim("run", overwrite=True) as run:  # its lock died with it
        assert run.earlier == "running"


@pytest.mark.parametrize(
    ("name", "code"),
    [("notes.txt", "E0602"), ("evil.pkl", "E0602"), ("hollow", "E0601"), ("dangling", "E0601"), ("nosuch", "E0601"), ("other", "E0601")],
)
def test_opens_nothing_but_a_run(workdir, name, code):
    Path("notes.txt").write_text("x")
    Path("evil.pkl").write_bytes(b"\x80\x04.")
    Path("hollow").mkdir()
    Path("dangling").symlink_to("gone")
    Path("other").mkdir()
    Path("other/file").write_text("x")
    with pytest.raises(AssistError) as caught:
        open_run(name)
    assert (caught.value.code, caught.value.exit_code) == (code, 5)
    assert name in caught.value.what


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (None, "E0601"),
        (b"{", "E0603"),
        (b"\xff", "E0603"),
        (b"[]", "E0602"),
        (b'{"schema": "other/1"}', "E0602"),
        (b'{"schema": "assist.report/999"}', "E0604"),
    ],
)
def test_report_that_cannot_be_used(workdir, content, code):
    run = _finished()
    (run / "report.json").unlink()
    if content is not None:
        (run / "report.json").write_bytes(content)
    with pytest.raises(AssistError) as caught:
        open_run(run).read_report()
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("edit", "part"),
    [
        ({}, None),
        ({"plan": None}, "plan"),
        ({"plan": {"settings": [], "decisions": []}}, "plan"),
        ({"metric": None}, "metric"),
        ({"leaderboard": "x"}, "leaderboard"),
        ({"targets": "x"}, "targets"),
        ({"targets": [{}]}, "plan"),
    ],
)
def test_a_report_that_was_edited_out_of_shape_is_damaged(workdir, edit, part):
    run = _finished()
    whole = {"schema": "assist.report/1", "kind": "train", "plan": {"settings": {}, "decisions": []}, "metric": {}, "leaderboard": []}
    (run / "report.json").write_text(json.dumps(whole | edit), "utf-8")
    if part is None:
        assert open_run(run).read_report() == whole
        return
    with pytest.raises(AssistError) as caught:
        open_run(run).read_report()
    assert (caught.value.code, caught.value.exit_code) == ("E0603", 5)
    assert repr(part) in caught.value.where


def test_what_differs_is_named_by_its_innermost_name(workdir):
    _finished(status="interrupted", identity={"settings": {"refit": {"rows": "all"}, "task": "binary", "split.folds": 5}})
    with claim(workdir / "run", resume=True) as again, pytest.raises(AssistError) as caught:
        again.begin({"settings": {"refit": {"rows": "development"}, "task": "binary", "split.folds": 8}})
    assert caught.value.where == 'settings refit rows: "all" then, "development" now; and 1 more'
