from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import automl_assist
from automl_assist.runs import StopFlag
from automl_assist.runs.stop import listening

ROOT = Path(automl_assist.__file__).resolve().parent.parent


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 143)])
def test_a_signal_sets_the_flag_and_says_so(number, code):
    stop, said = StopFlag(), []
    whose = signal.signal(number, signal.SIG_DFL)  # under nohup, and in the background of a shell, some are ignored, and stay so
    before = signal.getsignal(number)
    with listening(stop, said.append):
        assert not stop
        os.kill(os.getpid(), number)
        assert stop
    assert stop.code == code
    assert len(said) == 1 and "keeping the best model" in said[0]
    assert signal.getsignal(number) is before
    signal.signal(number, whose)


def test_the_first_code_stays():
    stop = StopFlag()
    stop.set(143)
    stop.set(130)
    assert stop.code == 143


SCRIPT = """
import os, signal, sys, time
from automl_assist.runs import StopFlag
from automl_assist.runs.stop import listening
stop = StopFlag()
stop.before_quit.append(lambda: os.write(1, b"workers killed"))
with listening(stop, lambda text: None):
    os.kill(os.getpid(), signal.SIGINT)
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(60)
"""


def test_the_second_signal_ends_the_process():
    result = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, env={**os.environ, "PYTHONPATH": str(ROOT)}, timeout=20)
    assert (result.returncode, result.stdout) == (130, b"workers killed")


def test_what_was_ignored_stays_ignored():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        stop = StopFlag()
        with listening(stop, lambda text: None):
            os.kill(os.getpid(), signal.SIGHUP)
        assert not stop
    finally:
        signal.signal(signal.SIGHUP, before)
