"""Shared by all tests: an empty folder to work in, and the samples."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from automl_assist._resources import sample_data_dir

# How long an example takes says more about the machine than about the code.
settings.register_profile("assist", deadline=None)
settings.load_profile("assist")


@pytest.fixture
def workdir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty folder that is the working folder of the test."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="session")
def samples() -> Path:
    """Return the folder of sample data."""
    return sample_data_dir()
