"""Ctrl-C and its relatives: the first asks, the second ends."""

from __future__ import annotations

import json
import signal
import time

import pytest

BEGUN = b"training begins"


def _begin(process, *words):
    running = process("train", "slow", "--auto", "--time-budget", "60s", *words)
    while BEGUN not in (line := running.stderr.readline()):
        assert line, "it ended before it began"
    time.sleep(0.1)
    return running


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 143)])
def test_first_signal_keeps_the_best(process, number, code):
    running = _begin(process, "--json")
    sent = time.monotonic()
    running.send_signal(number)
    first = running.stderr.readline()
    while b"Stopping" not in first:
        assert first
        first = running.stderr.readline()
    assert time.monotonic() - sent < 0.5  # a tenth of a second on a machine with nothing else to do
    out, _ = running.communicate(timeout=10)
    document = json.loads(out)
    assert running.returncode == code
    assert (document["status"], document["exit_code"]) == ("interrupted", code)


def test_the_text_says_where_it_was_kept(process):
    running = _begin(process)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=10)
    assert b"the best model so far was kept" in out
    assert b"Ctrl-C again" in err
