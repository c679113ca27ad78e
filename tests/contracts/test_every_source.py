"""What every source must do."""

import importlib
from pathlib import Path

import pytest

import automl_assist.sources as package
from automl_assist.errors import AssistError
from automl_assist.sources import read, sources

MODULES = sorted(p.stem for p in Path(package.__file__).parent.glob("[a-z]*.py"))
NOISE = bytes((i * 7919 + i // 3) % 256 for i in range(3000))
JUNK = {"nothing": b"", "zeros": bytes(3000), "noise": NOISE, "one letter": b"a", "quote": b'"'}


def test_no_two_claim_an_ending():
    endings = [e for source in sources().values() for e in source.endings]
    assert len(endings) == len(set(endings))
    assert all(e.startswith(".") and e == e.lower() for e in endings)


@pytest.mark.parametrize("module", MODULES)
def test_says_what_it_reads(module):
    assert importlib.import_module(f"automl_assist.sources.{module}").__doc__


@pytest.mark.parametrize("junk", list(JUNK))
@pytest.mark.parametrize("name", list(sources()))
def test_junk_is_refused_in_words_or_read(name, junk, workdir):
    for ending in sources()[name].endings:
        path = workdir / f"t{ending}"
        path.write_bytes(JUNK[junk])
        try:
            table = read(str(path))
        except AssistError as error:
            assert error.exit_code in (3, 8)
            assert error.code.startswith(("E01", "E08"))
            assert f"t{ending}" in error.what
            assert error.help
        else:
            assert len(table.frame.columns) == table.reading.columns
