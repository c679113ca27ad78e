"""Shared by all tests: an empty folder to work in, and the samples."""

from __future__ import annotations

import signal
import threading
from pathlib import Path

import pytest
from hypothesis import settings

from automl_assist._resources import sample_data_dir

# How long an example takes says more about the machine than about the code.
settings.register_profile("assist", deadline=None)
settings.load_profile("assist")

# What the background of a shell or nohup starts has some signals ignored, and so would all that the tests start and stop by them.
if threading.current_thread() is threading.main_thread():
    for name, usual in (("SIGINT", signal.default_int_handler), ("SIGHUP", signal.SIG_DFL), ("SIGTERM", signal.SIG_DFL)):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, usual)


@pytest.fixture
def workdir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty folder that is the working folder of the test."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="session")
def samples() -> Path:
    """Return the folder of sample data."""
    return sample_data_dir()
