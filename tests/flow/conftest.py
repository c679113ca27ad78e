"""Finished runs of the real command line, made once for all tests of the flow."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from automl_assist import cli
from automl_assist._resources import PACKAGE, sample_data_dir

ROOT = PACKAGE.parent


@dataclass(frozen=True)
class Finished:
    """What a command left behind."""

    code: int
    out: str
    err: str
    folder: Path

    @property
    def document(self):
        return json.loads(self.out)


def assist(*words, cwd, env=None, timeout=170):
    """Run the command line in a process of its own."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)} | (env or {})
    done = subprocess.run(
        [sys.executable, "-m", "automl_assist", *map(str, words)],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=timeout,
        env=environment,
        check=False,
    )
    return Finished(done.returncode, done.stdout, done.stderr, Path(cwd))


@pytest.fixture
def here(capfd, monkeypatch):
    """Run the command line in this process, where starting another one is not what is tested: that takes longer than most commands."""

    def call(*words, cwd):
        monkeypatch.chdir(cwd)
        capfd.readouterr()
        code = cli.run([str(word) for word in words])
        sys.stdout.flush()
        said = capfd.readouterr()
        return Finished(code, said.out, said.err, Path(cwd))

    return call


SAMPLES = {
    "binary": ("heart_disease.csv", "disease"),
    "multiclass": ("penguins.csv", "species"),
    "regression": ("seattle_weather.csv", "temp_max"),
}


@pytest.fixture(scope="session", params=list(SAMPLES))
def trained(request, tmp_path_factory):
    """Return a finished run of each task: four trials, one of each family."""
    name, target = SAMPLES[request.param]
    folder = tmp_path_factory.mktemp(request.param)
    (folder / name).write_bytes((sample_data_dir() / name).read_bytes())
    done = assist("train", name, "--target", target, "--trials", 3, "--json", cwd=folder)
    assert done.code == 0, done.err
    return request.param, folder / name, done
