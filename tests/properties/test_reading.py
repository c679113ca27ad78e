"""A table written in any dialect comes back cell for cell."""

import csv
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from automl_assist.schema import ReadOptions
from automl_assist.sources import read

# Words that no reader can take for something else: every cell says what it is.
ALPHABET = st.characters(codec="cp1252", exclude_characters="\0\r\x1a\ufeff", exclude_categories=("Cc", "Cs"))
WORDS = st.text(ALPHABET, max_size=12).map(lambda t: t.strip())
NUMBERS = st.one_of(st.integers(-999, 999).map(str), st.floats(-99, 99).map(lambda f: f"{f:.3f}"))
CELLS = st.one_of(WORDS, NUMBERS, st.sampled_from(["line\nbreak", 'a "quote"']))


@st.composite
def tables(draw):
    columns = draw(st.integers(2, 5))
    rows = draw(st.lists(st.lists(CELLS, min_size=columns, max_size=columns), min_size=1, max_size=12))
    return [[f"name{i}" for i in range(columns)], *rows]


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(
    table=tables(),
    delimiter=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    last=st.booleans(),
)
def test_cell_for_cell(table, delimiter, encoding, quoting, end, last):
    quoting = csv.QUOTE_ALL if end == "\r" else quoting  # the csv module would leave a line feed bare there
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "t.csv")
        with open(path, "w", encoding=encoding, newline="") as file:
            csv.writer(file, delimiter=delimiter, quoting=quoting, lineterminator=end).writerows(table)
        if not last:
            content = path.read_bytes().decode(encoding)
            path.write_bytes(content.removesuffix(end).encode(encoding))
        got = read(str(path), ReadOptions(delimiter=delimiter, encoding=encoding)).frame
    body = [[cell or None for cell in row] for row in table[1:]]
    assert got.astype(object).where(got.notna(), None).to_numpy().tolist() == body
    assert list(got.columns) == table[0]


@settings(max_examples=60)
@given(
    rows=st.lists(st.tuples(st.integers(-99, 99), st.floats(-99, 99), st.sampled_from(["red", "blue", "green"])), min_size=12, max_size=40),
    delimiter=st.sampled_from(",;\t|"),
    decimal=st.sampled_from(".,"),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_the_dialect_is_found(rows, delimiter, decimal, end):
    if delimiter == decimal:
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "t.csv")
        lines = [delimiter.join([str(i), f"{f:.2f}".replace(".", decimal), word]) for i, f, word in rows]
        path.write_bytes(end.join(["count" + delimiter + "size" + delimiter + "colour", *lines, ""]).encode())
        table = read(str(path))
    assert (table.reading.delimiter, table.reading.decimal, table.reading.header) == (delimiter, decimal, True)
    assert len(table.frame) == len(rows)


@pytest.mark.parametrize("seed", range(3))
def test_any_bytes_end_in_words(seed, workdir):
    import random

    from automl_assist.errors import AssistError

    r = random.Random(seed)
    for _ in range(40):
        content = bytes(r.choice(b'a1,;"\n\r\t|\0\xff\xe9 .-') for _ in range(r.randint(1, 80)))
        (workdir / "t.csv").write_bytes(content)
        try:
            table = read("t.csv")
        except AssistError as error:
            assert error.code.startswith("E01")
        else:
            assert table.frame.shape == (table.reading.rows, table.reading.columns)
