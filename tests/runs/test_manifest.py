"""What a forged or damaged model folder may try."""

from __future__ import annotations

import hashlib
import io
import json
import os
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from automl_assist.errors import AssistError
from automl_assist.runs import verify_model, write_manifest

Change = Callable[[Path, dict], object]


@pytest.fixture
def model(workdir: Path) -> Path:
    folder = workdir / "model"
    (folder / "members").mkdir(parents=True)
    (folder / "a.txt").write_text("a model")
    (folder / "members" / "b.npz").write_bytes(_npz(_npy("<f8", (3,), bytes(24))))
    write_manifest(folder, {"task": "binary"})
    return folder


def _npy(descr: str, shape: tuple[int, ...], body: bytes) -> bytes:
    head = repr({"descr": descr, "fortran_order": False, "shape": shape}).encode().ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head + body


def _npz(*arrays: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for i, array in enumerate(arrays):
            archive.writestr(f"{i}.npy", array)
    return target.getvalue()


def _put(folder: Path, name: str, data: bytes, manifest: dict) -> None:
    """Put other bytes under a listed name, digest and size mended."""
    (folder / name).write_bytes(data)
    (entry,) = (e for e in manifest["files"] if e["name"] == name)
    entry |= {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}


def _list(manifest: dict, name: str) -> None:
    manifest["files"].append({"name": name, "sha256": "0" * 64, "size": 1})


def _set(**values) -> Change:
    return lambda folder, manifest: manifest.update(values)


def test_accepts_its_own(model):
    manifest = verify_model(model)
    assert manifest["schema"] == "assist.model/1"
    assert [f["name"] for f in manifest["files"]] == ["a.txt", "members/b.npz"]


ATTACKS: dict[str, tuple[str, Change]] = {
    "a file is missing": ("E0601", lambda f, m: (f / "a.txt").unlink()),
    "a bit is flipped": ("E0603", lambda f, m: (f / "a.txt").write_text("b model")),
    "a file is cut off": ("E0603", lambda f, m: (f / "a.txt").write_text("a")),
    "a newer schema": ("E0604", _set(schema="assist.model/999")),
    "another schema": ("E0602", _set(schema="other/1")),
    "no schema": ("E0602", lambda f, m: m.pop("schema")),
    "no files": ("E0602", lambda f, m: m.pop("files")),
    "files that are none": ("E0602", _set(files=["a.txt"])),
    "a file that is not listed": ("E0605", lambda f, m: (f / "stranger.txt").write_text("x")),
    "a pickle that is not listed": ("E0602", lambda f, m: (f / "model.pkl").write_bytes(b"\x80\x04.")),
    "a pickle that is listed": ("E0602", lambda f, m: _list(m, "model.joblib")),
    "a name that climbs": ("E0605", lambda f, m: _list(m, "../climbed.txt")),
    "an absolute name": ("E0605", lambda f, m: _list(m, "/etc/passwd")),
    "a backslash": ("E0605", lambda f, m: _list(m, "..\\climbed.txt")),
    "a drive": ("E0605", lambda f, m: _list(m, "C:x")),
    "an empty name": ("E0605", lambda f, m: _list(m, "")),
    "a name with a line break": ("E0605", lambda f, m: _list(m, "a\nb")),
    "a name twice": ("E0605", lambda f, m: _list(m, "a.txt")),
    "the manifest itself": ("E0605", lambda f, m: _list(m, "manifest.json")),
    "no digest": ("E0602", lambda f, m: m["files"][0].pop("sha256")),
    "a size below zero": ("E0602", lambda f, m: m["files"][0].update(size=-1)),
    "more files than there can be": ("E0602", lambda f, m: m["files"].extend({"name": str(i)} for i in range(10_001))),
    "a link among the files": ("E0605", lambda f, m: ((f / "a.txt").unlink(), (f / "a.txt").symlink_to("/etc/passwd"))),
    "a link among the folders": ("E0605", lambda f, m: (f / "more").symlink_to("/etc")),
    "a pipe in place of a file": ("E0605", lambda f, m: ((f / "a.txt").unlink(), os.mkfifo(f / "a.txt"))),
    "an array of objects": ("E0602", lambda f, m: _put(f, "members/b.npz", _npz(_npy("|O", (1,), b"\x80\x04.")), m)),
    "an array of a petabyte": ("E0602", lambda f, m: _put(f, "members/b.npz", _npz(_npy("<f8", (2**47,), bytes(64))), m)),
    "an array with a record": ("E0602", lambda f, m: _put(f, "members/b.npz", _npz(_npy([("a", "|O")], (1,), b"")), m)),
    "an archive that is none": ("E0602", lambda f, m: _put(f, "members/b.npz", b"PK\x03\x04", m)),
    "an archive of something else": ("E0602", lambda f, m: _put(f, "members/b.npz", _npz(b"import os"), m)),
}  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_refuses(model, attack):
    code, change = ATTACKS[attack]
    manifest = json.loads((model / "manifest.json").read_text())
    change(model, manifest)
    (model / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(AssistError) as caught:
        verify_model(model)
    assert (caught.value.code, caught.value.exit_code) == (code, 5)
    assert caught.value.help


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\x80\x02cposix\nsystem\n.", "E0602"),
        (b"{", "E0603"),
        (b"[" * 100_000, "E0603"),
        (b"[]", "E0602"),
        (b'{"schema": "assist.model/1", "schema": "assist.model/1"}', "E0603"),
        (b'{"schema": NaN}', "E0603"),
        (b" " * (9 << 20), "E0602"),
        (None, "E0601"),
    ],
)
def test_refuses_a_manifest_that_is_none(model, content, code):
    (model / "manifest.json").unlink()
    if content is not None:
        (model / "manifest.json").write_bytes(content)
    with pytest.raises(AssistError) as caught:
        verify_model(model)
    assert caught.value.code == code


def test_refuses_a_link_to_a_model(model):
    (model.parent / "other").symlink_to(model)
    with pytest.raises(AssistError) as caught:
        verify_model(model.parent / "other")
    assert caught.value.code == "E0605"


def test_a_fact_may_not_hide_the_list(model):
    with pytest.raises(ValueError, match="files"):
        write_manifest(model, {"files": []})
