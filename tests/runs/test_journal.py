from __future__ import annotations

import pytest

from automl_assist.errors import AssistError
from automl_assist.runs import Journal


def test_lines_stay_in_order(workdir):
    journal = Journal(workdir / "trials.jsonl")
    journal.create()
    assert journal.path.read_text() == ""
    for i in range(3):
        journal.append({"number": i, "score": float("nan"), "text": "a\nb\u2028\ud800"})
    assert [r["number"] for r in Journal(journal.path).records] == [0, 1, 2]
    assert journal.path.read_bytes().count(b"\n") == 3
    assert Journal(journal.path).records == journal.records


@pytest.mark.parametrize("torn", [b'{"number": 2, "sc', b"\xff", b"\0\0\0", b'{"number": 2}'])
def test_a_torn_last_line_is_left_out(workdir, torn):
    path = workdir / "trials.jsonl"
    path.write_bytes(b'{"number": 1}\n' + torn)
    journal = Journal(path)
    assert journal.records[0] == {"number": 1}
    journal.append({"number": 9})
    assert [r["number"] for r in Journal(path).records][-1] == 9


def test_damage_in_the_middle_is_said(workdir):
    path = workdir / "trials.jsonl"
    path.write_bytes(b'{"number": 1}\nxx\n{"number": 3}\n')
    with pytest.raises(AssistError) as caught:
        Journal(path)
    assert caught.value.code == "E0603"
    assert "line 2" in caught.value.where
