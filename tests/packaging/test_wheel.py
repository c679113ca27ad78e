"""What is shipped: everything that runs, nothing else."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def names(tmp_path_factory) -> list[str]:
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]  # the wheel is built from the sdist
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout[-2000:] + result.stderr[-2000:]
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


@pytest.mark.parametrize(("folder", "shipped"), [("templates", "automl_assist/_templates"), ("sample_data", "automl_assist/_sample_data")])
def test_ships_templates_and_samples(names, folder, shipped):
    ours = {p.relative_to(ROOT / folder).as_posix() for p in (ROOT / folder).rglob("*") if p.is_file()}
    assert ours
    assert {f"{shipped}/{name}" for name in ours} <= set(names)


def test_ships_every_module_and_no_test(names):
    ours = {p.relative_to(ROOT).as_posix() for p in (ROOT / "automl_assist").rglob("*.py")}
    assert ours <= set(names)
    assert not [name for name in names if name.startswith("tests/") or name.endswith(".pyc")]


def test_says_how_to_start_and_under_which_licence(names):
    assert any(name.endswith("entry_points.txt") for name in names)
    assert any(name.endswith("licenses/LICENSE") for name in names)


@pytest.mark.parametrize("name", ["heart_disease.csv", "penguins.csv", "seattle_weather.csv", "support_tickets.csv"])
def test_samples_are_small_and_their_origin_is_told(samples, name):
    assert (samples / name).stat().st_size < 200_000
    origin = (samples / "README.md").read_text("utf-8")
    assert f"**{name}**" in origin
