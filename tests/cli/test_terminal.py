"""What reaches the terminal: nothing that steers it, in any encoding and width, and nothing at all into a broken pipe."""

from __future__ import annotations

import io
import os

import pytest
from hypothesis import given, strategies as st

from automl_assist.commands._console import Console
from automl_assist.commands._options import Common
from automl_assist.commands._text import error_text, plain, shorten, table, use_colour, width_of
from automl_assist.errors import AssistError
from automl_assist.schema import Message

LOUD = Common(json=False, quiet=False, verbose=False, debug=False)
QUIET = Common(json=False, quiet=True, verbose=False, debug=False)
POOR = {"LANG": "C", "LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "COLUMNS": "20"}


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


@given(st.text(st.characters(codec=None, exclude_categories=())))
def test_plain_steers_nothing(text):
    shown = plain(text)
    assert not any(ord(c) < 32 or 127 <= ord(c) < 160 or c in "\u202e\u2028\u2066\ufeff" for c in shown)
    shown.encode("utf-8")


def test_plain_leaves_words_alone():
    assert plain("größe 名前 e\u0301 €") == "größe 名前 e\u0301 €"


def test_hostile_names_come_out_as_escapes(assist):
    result = assist("profile", "hostile")
    assert result.code == 0
    assert "\x1b" not in result.out + result.err and "\x07" not in result.out
    assert "\\x1b]0;owned\\x07" in result.out
    assert "[red]größe[/red]" in result.out


def test_the_next_command_says_again_what_was_said(assist):
    said = ("--time", "when", "--kind", "zip=category", "--delimiter", ";", "--monthfirst")
    shown = next(line for line in assist("profile", "x.csv", *said).out.splitlines() if line.startswith("Next"))
    assert shown.endswith("--delimiter ';' --kind zip=category --monthfirst") and "--time when" in shown
    assert "Next        assist recommend x.csv --time when" in assist("recommend", "x.csv", *said).out


def test_what_else_the_data_may_be_is_said(assist):
    assert "Data         tabular  (or a forecast of later rows: --horizon N says how many steps)" in assist("profile", "x.csv").out


def test_json_with_half_a_surrogate_is_valid(assist):
    assert assist("profile", "hostile", "--json").document["columns"][2]["name"] == "\ud800half"


@pytest.mark.parametrize(
    "words", [["profile", "hostile"], ["profile", "hostile", "--json"], ["train", "t.csv", "--auto"], ["trian"]], ids=" ".join
)
def test_ascii_and_twenty_columns(process, words):
    running = process(*words, env=POOR)
    out, err = running.communicate(timeout=30)
    assert running.returncode == (2 if words == ["trian"] else 0)
    assert b"Traceback" not in err and b"UnicodeEncodeError" not in err
    if "--json" not in words:
        out.decode("ascii")


def test_reader_that_goes_away(process):
    running = process("profile", "wide", "-v")
    running.stdout.readline()
    running.stdout.close()
    err = running.stderr.read()
    assert running.wait(30) in (0, 141)
    assert b"roken pipe" not in err and b"BrokenPipe" not in err and b"Traceback" not in err


def test_full_standard_output(process):
    with open("/dev/full", "wb") as full:
        running = process("profile", "wide", stdout=full)
        _, err = running.communicate(timeout=30)
    assert running.returncode == 6
    assert b"E0902" in err


def test_closed_streams(process):
    running = process("doctor", preexec_fn=lambda: (os.close(1), os.close(2)), stdout=None, stderr=None)
    assert running.wait(30) in (0, 6)


@pytest.mark.parametrize(
    ("env", "terminal", "colour"),
    [({}, True, True), ({}, False, False), ({"NO_COLOR": "1"}, True, False), ({"TERM": "dumb"}, True, False),
     ({"FORCE_COLOR": "1"}, False, True), ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False, True)],
)  # fmt: skip
def test_colour(monkeypatch, env, terminal, colour):
    for name in ("NO_COLOR", "FORCE_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    assert use_colour(Terminal() if terminal else io.StringIO()) is colour


def test_error_is_the_one_of_the_contract():
    error = AssistError(
        "E0301", "target column 'pirce' is not in houses.csv", where="houses.csv has 18 columns", help="did you mean 'price'?\nassist train"
    )
    assert error_text(error) == (
        "error[E0301]: target column 'pirce' is not in houses.csv\n"
        "  --> houses.csv has 18 columns\n  help: did you mean 'price'?\n        assist train"
    )


def test_log_lines_when_nobody_looks(capsys, monkeypatch):
    console = Console(LOUD, 0.0)
    monkeypatch.setattr("time.monotonic", lambda: 65.0)
    console.note("trial 3 \x1b[31m done")
    console.message(Message("W0501", "short", "more time"))
    console.message(Message("W0501", "short", "more time"))
    err = capsys.readouterr().err
    assert err == " 1:05 trial 3 \\x1b[31m done\nwarning[W0501]: short\n  help: more time\n"


def test_sign_of_life_now_and_then(capsys, monkeypatch):
    console = Console(LOUD, 0.0)
    for now in range(0, 600):
        monkeypatch.setattr("time.monotonic", lambda now=now: float(now))
        console.progress(float(now), 600.0, "trial 6", "0.9")
    lines = capsys.readouterr().err.splitlines()
    assert 10 <= len(lines) <= 40
    assert lines[0].endswith("trial 6, best 0.9, 9:40 left")
    Console(LOUD, 0.0).progress(1.0, 600.0, "", "0.9")
    assert capsys.readouterr().err.endswith(" best 0.9, 9:59 left\n")


def test_quiet_says_nothing(capsys):
    with Console(QUIET, 0.0) as console:
        console.note("a")
        console.message(Message("W0501", "b"))
        console.progress(1, 2, "c", None)
    assert capsys.readouterr().err == ""


def test_bar_on_a_terminal(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "60")
    with Console(LOUD, 0.0) as console:
        for i in range(50):  # far more often than it may draw
            console.progress(252.0 + i / 100, 600.0, "trial \x1b]0;x\x07 6", "121 k")
        console.note("a trial ended")
    drawn = terminal.getvalue()
    assert "4:12 of 10:00" in drawn and "best 121 k" in drawn and "a trial ended" in drawn
    assert "\x1b]0" not in drawn
    assert drawn.count("of 10:00") <= 4


@pytest.mark.parametrize("width", [None, 20, 60, 200])
def test_table_lines_up(width):
    rows = [("column", "n", "note"), ("名前", "12", "a note of many words that has to be wrapped somewhere"), ("b", "3", "")]
    lines = table(rows, width, right=(1,))
    assert lines[0].startswith("  column   n  note")
    assert lines[1].startswith("  名前    12  a note")
    if width and width >= 60:
        assert all(width_of(line) <= width for line in lines)


def test_shorten_counts_cells():
    assert width_of(shorten("名前" * 10, 11)) <= 11


def test_interrupt_of_a_command_without_its_own_handler(process):
    running = process("profile", "interrupt", "--json")
    out, err = running.communicate(timeout=30)
    assert running.returncode == 130
    assert b'"interrupted"' in out and b"E0903" in err
