"""What may be opened, and how everything else is told apart."""

import gzip
import io
import os
import sys

import pytest

from automl_assist.errors import AssistError
from automl_assist.sources import read

TABLE = "a,b,y\n" + "".join(f"{i},{i / 2},{'pq'[i % 2]}\n" for i in range(20))


def refused(path, **options):
    with pytest.raises(AssistError) as caught:
        read(str(path), **options)
    return caught.value


def test_a_missing_file_names_the_nearest_one(workdir):
    (workdir / "houses.csv").write_text(TABLE)
    error = refused("huoses.csv")
    assert (error.code, error.exit_code) == ("E0101", 3)
    assert "huoses.csv" in error.what
    assert "houses.csv" in error.help


def test_a_missing_folder(workdir):
    assert refused("nowhere/t.csv").code == "E0101"


def test_a_link_to_nothing(workdir):
    (workdir / "t.csv").symlink_to("gone.csv")
    assert "a link to 'gone.csv'" in refused("t.csv").what


def test_an_empty_file(workdir):
    (workdir / "t.csv").write_text("")
    assert refused("t.csv").code == "E0104"
    (workdir / "lines.csv").write_text("\n\n\n")
    assert refused("lines.csv").code == "E0104"


def test_a_folder_a_pipe_a_device(workdir):
    os.mkfifo(workdir / "pipe.csv")
    for path, word in ((workdir, "folder"), ("pipe.csv", "pipe"), ("/dev/zero", "device")):
        error = refused(path)
        assert error.code == "E0103"
        assert word in error.what


def test_an_address_is_never_opened():
    error = refused("https://127.0.0.1:9/t.csv")
    assert (error.code, error.exit_code) == ("E0105", 3)
    assert "download" in error.help


def test_a_file_named_like_a_scheme_and_like_a_pattern(workdir):
    for name in ("http:", "-x.csv", "a[1]*?.csv", "ä b.csv", "it's.csv"):
        (workdir / name).write_text(TABLE)
        assert read(f"./{name}").frame.shape == (20, 3)


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("t.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "PNG"),
        ("t.csv", b"\xff\xd8\xff\xe0" + bytes(range(256)), "JPEG"),
        ("t.csv", b"<!DOCTYPE html>\n<html><body>404</body></html>", "web page"),
        ("t.csv", b"  <HTML><head></head></HTML>", "web page"),
        ("t.csv", b'{"a": 1}\n{"a": 2}\n', "JSON Lines"),
        ("t.csv", b"PAR1" + bytes(100), "Parquet"),
        ("t.csv", gzip.compress(b"a,b\n1,2\n", mtime=0), "gzip"),
        ("t.csv.gz", b"a,b\n1,2\n", "not gzip"),
        ("t.csv", b"PK\x03\x04rubbish", "zip"),
        ("t.avro", b"Obj\x01rubbish", "Avro"),
        ("t.feather", b"ARROW1\0\0rubbish", "Feather"),
        ("t.sqlite", b"SQLite format 3\0rubbish", "SQLite"),
        ("t.pkl", b"\x80\x04\x95\0rubbish", "pickle"),
        ("t.csv", bytes(range(1, 32)) * 40, "binary"),
        ("t.csv", b"- id: 1\n  x: 2\n- id: 2\n  x: 3\n", "YAML"),
        ("t.csv", b"BEGIN:VCARD\nVERSION:3.0\nN:Doe;John;;;\nEND:VCARD\n" * 9, "contacts"),
        ("t.csv", b"{\\rtf1\\ansi a,b,c\\par 1,2,3}", "RTF"),
        ("t.txt", b"\\begin{tabular}{lr}\na & b \\\\\n1 & 2 \\\\\n\\end{tabular}\n", "TeX"),
        ("t.csv", b"diff --git a/x b/x\n--- a/x\n+++ b/x\n+1,2\n", "diff"),
        ("t.csv", b"From: a\nSubject: data\n\n1,2\n", "e-mail"),
        ("t.csv", b"{'a': 1, 'b': 2}\n{'a': 3, 'b': 4}\n", "Python"),
        ("t.csv", b"1 1:0.5 3:2\n-1 2:0.5\n1 1:2 7:1\n", "LIBSVM"),
        ("t.csv", b"# mine\n[tool]\nname = x\nversion = 1\n\nmode = fast\n", "settings"),
        ("t.csv", b'ts=2024-05-01T10:00:00Z level=info msg="in, ok"\nts=2024-05-02T10:00:00Z level=warn msg=out code=7\n', "log"),
        ("t.csv", b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n", "Git LFS"),
        ("t.txt", b"a & b \\\\\n\\hline\n1 & 2 \\\\\n3 & 4 \\\\\n", "TeX"),
        ("t.csv", b'{\n "cells": [\n  {"a": 1}\n ]\n}\n', "JSON document"),
        ("t.csv", b"id=1,name=x\nid=2,name=y\n", "log"),
        ("t.csv", b"PK\0\0junk,\0\0\0more\0\n\0\0", "binary"),
        ("t.xls", b"<html><table><tr><td>1</td></tr></table></html>", "web page"),
        ("t.xlsx", b"a\tb\n1\t2\n", "text"),
    ],
)
def test_other_formats_are_named(workdir, name, content, word):
    (workdir / name).write_bytes(content)
    error = refused(name)
    assert (error.code, error.exit_code) == ("E0106", 3)
    assert word in error.what
    assert name in error.what


def test_a_header_that_looks_like_magic_is_a_header(workdir):
    (workdir / "t.csv").write_text("ORC,GIF8\n1,2\n3,4\n")
    assert list(read("t.csv").frame.columns) == ["ORC", "GIF8"]
    for start in ("from,to,date\n", "# made by x\n# x = 1\n\nfrom: a,to\n", "- a,b\n", "[version]\nuser=me\n\n[data]\na,b\n"):
        (workdir / "t.csv").write_text(start + "1,2\n" * 30 if start[0] != "f" else start + "1,2,3\n" * 30)
        assert len(read("t.csv").frame) == 30


def test_a_damaged_gzip(workdir):
    (workdir / "t.csv.gz").write_bytes(gzip.compress(TABLE.encode() * 99)[:-20])
    assert refused("t.csv.gz").code == "E0107"


def test_a_gzip_bomb_is_left_half_unpacked(workdir, monkeypatch):
    monkeypatch.setattr("automl_assist.sources._text.GZIP_FREE_BYTES", 1 << 16)
    (workdir / "bomb.csv.gz").write_bytes(gzip.compress(b"1,2,3\n" * 500_000))
    error = refused("bomb.csv.gz")
    assert error.code == "E0108"
    assert "limit" in error.what


def test_gzip(workdir):
    (workdir / "t.csv.gz").write_bytes(gzip.compress(TABLE.encode()) + gzip.compress(b"98,99,p\n"))
    table = read("t.csv.gz")
    assert table.frame.shape == (21, 3)
    assert table.frame.iloc[-1].tolist() == ["98", "99", "p"]


def test_standard_input(workdir, monkeypatch):
    (workdir / "t.csv").write_text(TABLE)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(TABLE.encode())))
    named, piped = read("t.csv"), read("-")
    assert piped.frame.equals(named.frame)
    assert piped.reading.sha256 == named.reading.sha256


def test_nothing_is_left_behind(workdir, monkeypatch, tmp_path_factory):
    scratch = tmp_path_factory.mktemp("scratch")
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    (workdir / "t.csv").write_bytes("é,b\n1,2\n3\n4,5,6\n".encode("latin-1"))
    read("t.csv")
    assert not list(scratch.iterdir())
    assert [p.name for p in workdir.iterdir()] == ["t.csv"]


@pytest.mark.skipif(not os.getuid(), reason="the superuser may read everything")
def test_a_file_that_may_not_be_read(workdir):
    (workdir / "t.csv").write_text(TABLE)
    (workdir / "t.csv").chmod(0)
    assert refused("t.csv").code == "E0102"
