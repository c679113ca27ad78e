"""The command line with a stand-in for the pipeline, in this process and in one of its own."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import automl_assist
from automl_assist import cli

STAND_IN = Path(__file__).with_name("stand_in.py")
ROOT = Path(automl_assist.__file__).resolve().parent.parent
DRIVER = f"""
import importlib.util, sys
import automl_assist
spec = importlib.util.spec_from_file_location("automl_assist.pipeline", {str(STAND_IN)!r})
module = importlib.util.module_from_spec(spec)
sys.modules["automl_assist.pipeline"] = automl_assist.pipeline = module
spec.loader.exec_module(module)
from automl_assist.cli import main
main()
"""


@dataclass
class Result:
    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        def refuse(word: str) -> None:
            raise AssertionError(f"{word} in the JSON")

        return json.loads(self.out, parse_constant=refuse)


@pytest.fixture
def pipeline(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("automl_assist.pipeline", STAND_IN)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setitem(sys.modules, "automl_assist.pipeline", module)
    monkeypatch.setattr(automl_assist, "pipeline", module, raising=False)
    return module


@pytest.fixture
def assist(
    pipeline: ModuleType, workdir: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Result]:
    """Run the command line in this process, in an empty folder."""
    monkeypatch.setattr("tempfile.tempdir", str(workdir))

    def call(*words: str) -> Result:
        capfd.readouterr()
        code = cli.run(words)
        sys.stdout.flush()
        said = capfd.readouterr()
        return Result(code, said.out, said.err)

    return call


@pytest.fixture
def process(workdir: Path) -> Callable[..., subprocess.Popen[bytes]]:
    """Start the command line as a process of its own."""

    def start(*words: str, env: dict[str, str] | None = None, **more: Any) -> subprocess.Popen[bytes]:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(workdir), **(env or {})}
        streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | more
        return subprocess.Popen([sys.executable, "-c", DRIVER, *words], env=environment, cwd=workdir, **streams)

    return start
