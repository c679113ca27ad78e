from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from automl_assist.errors import AssistError
from automl_assist.runs import last_profile
from automl_assist.schema import Options, ReadOptions


def test_comes_back_as_it_was(workdir):
    asked = Options(target="y", kinds={"a": "text"}, read=ReadOptions(delimiter=";"))
    assert last_profile.remember("houses.csv", "0" * 64, asked)
    assert last_profile.recall() == last_profile.LastProfile("houses.csv", "0" * 64, asked)
    assert os.listdir() == [".assist"]
    assert Path(".assist/.gitignore").read_text("utf-8") == "*\n", "a repository around it must not take up what it quotes"


def test_nothing_was_profiled(workdir):
    with pytest.raises(AssistError) as caught:
        last_profile.recall()
    assert (caught.value.code, caught.value.exit_code) == ("E0312", 2)


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "{}", '{"schema": "other"}', '{"schema": "assist.last-profile/1", "path": "x", "sha256": "y", "options": 3}']
)
def test_a_note_that_cannot_be_read(workdir, content):
    Path(".assist").mkdir()
    Path(".assist/last-profile.json").write_text(content)
    with pytest.raises(AssistError) as caught:
        last_profile.recall()
    assert caught.value.exit_code == 2


def test_a_folder_that_may_not_be_written_spoils_nothing(workdir):
    Path(".assist").write_text("a file of that name")
    assert not last_profile.remember("x", "0", Options())


def test_digest_of_files_alone(workdir):
    Path("a").write_bytes(b"")
    assert last_profile.sha256_of(Path("a")).startswith("e3b0c442")
    assert last_profile.sha256_of(Path("nowhere")) is None
    assert last_profile.sha256_of(Path(".")) is None


@given(st.text(), st.text())
def test_any_path_and_target(path, target):
    options = Options(target=target)
    from automl_assist.records import from_json, to_json

    assert from_json(Options, to_json(options)) == options
