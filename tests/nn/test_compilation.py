from __future__ import annotations

import subprocess
import sys

from automl_assist.nn.compilation import cache_folder


def test_the_cache_is_private(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = cache_folder("1.2.3")
    assert folder is not None and folder.parent == tmp_path / "cache" / "assist" and "1.2.3" in folder.name
    assert folder.stat().st_mode & 0o777 == 0o700 and folder.parent.stat().st_mode & 0o777 == 0o700
    assert cache_folder("1.2.3") == folder


def test_no_cache_where_others_could_write(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    (tmp_path / "assist").mkdir()
    (tmp_path / "assist").chmod(0o777)
    assert cache_folder("1") is None
    (tmp_path / "assist").rmdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "assist").symlink_to(tmp_path / "elsewhere")
    assert cache_folder("1") is None


def test_no_cache_without_a_home(monkeypatch, tmp_path):
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.delenv("HOME", raising=False)
    assert cache_folder("1") is None
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("HOME", str(tmp_path / "file"))
    assert cache_folder("1") is None


def test_describing_and_running_a_network_needs_no_keras():
    modules = ("models.mlp", "nn.storage", "nn.forward", "models.linear", "models.lightgbm", "models.extra_trees")
    code = (
        "import sys; "
        + "; ".join(f"import automl_assist.{m}" for m in modules)
        + "; print([m for m in ('keras', 'jax', 'lightgbm') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
