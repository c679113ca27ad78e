"""CSV and its kin: what is decided, what is repaired, and that both are said."""

import random

import pytest

from automl_assist.errors import AssistError
from automl_assist.schema import ReadOptions
from automl_assist.sources import read


def rows(n=40, sep=","):
    return "".join(sep.join([str(i), f"{i / 3:.2f}", "xz"[i % 2]]) + "\n" for i in range(n))


def written(text, encoding="utf-8", name="t.csv"):
    with open(name, "wb") as file:
        file.write(text.encode(encoding) if isinstance(text, str) else text)
    return name


def codes(table):
    return [m.code for m in table.messages]


@pytest.fixture(autouse=True)
def _here(workdir):
    pass


def test_a_plain_file_has_no_messages():
    table = read(written("a,b,y\n" + rows()))
    assert table.messages == ()
    assert table.frame.shape == (40, 3)
    assert table.frame.dtypes.unique().tolist() == [object]
    assert table.reading.delimiter == ","
    assert table.reading.assumptions


def test_numbers_at_even_distances_above_measured_ones_are_names():
    spectra = "".join(",".join([*(f"{random.random():.4f}" for _ in range(20)), "ab"[i % 2]]) + "\n" for i in range(40))
    names = [f"{400 + 1.3 * i:.1f}" for i in range(20)]
    table = read(written(",".join([*names, "kind"]) + "\n" + spectra))
    assert table.frame.columns.tolist() == [*names, "kind"]
    ramps = "".join(",".join(f"{i + j / 2}" for j in range(20)) + "\n" for i in range(40))
    assert read(written(ramps)).frame.shape == (40, 20)


@pytest.mark.timeout(60)
@pytest.mark.parametrize("fill", [" ", "-"])
def test_long_runs_of_one_character_in_a_text_take_no_time(fill):
    table = read(written("text,y\n" + "".join(f"{fill * 9}{k}{fill * 30_000}.,{k % 2}\n" for k in range(40))))
    assert table.frame.shape == (40, 2)


def test_only_the_empty_cell_is_missing():
    table = read(written('a,b\nNA,1\n"",2\nnull,\n ,4\n'))
    assert table.frame["a"].tolist() == ["NA", None, "null", " "]
    assert table.frame["b"].tolist() == ["1", "2", None, "4"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(delimiter):
    table = read(written(delimiter.join("aby") + "\n" + rows(sep=delimiter)))
    assert (table.reading.delimiter, table.frame.shape) == (delimiter, (40, 3))


@pytest.mark.parametrize("header", ["a;b;y", "a;b"])
def test_decimal_commas(header):
    body = "".join(f"{i},5;{i * 7},25{';x' if header == 'a;b;y' else ''}\n" for i in range(40))
    table = read(written(f"{header}\n{body}"))
    assert (table.reading.delimiter, table.reading.decimal) == (";", ",")
    assert table.frame["a"][3] == "3,5"


def test_delimiters_inside_quotes_do_not_count():
    body = "".join(f'{i},"some; words; with | marks, and more"\n' for i in range(30))
    table = read(written("id,note\n" + body))
    assert table.reading.delimiter == ","
    assert table.frame["note"][0] == "some; words; with | marks, and more"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_encodings(encoding):
    table = read(written("a,é,y\n" + rows(), encoding))
    assert list(table.frame.columns) == ["a", "é", "y"]
    assert table.reading.encoding == encoding.removesuffix("-sig")
    assert table.messages == ()


def test_cp1252_is_said():
    table = read(written("prénom,y\n" + "José € ok,1\nZoë,2\n" * 20, "cp1252"))
    assert table.frame["prénom"][0] == "José € ok"
    assert codes(table) == ["W0104"]


def test_utf8_with_one_euro_sign_is_not_doubted():
    table = read(written("a,y\n5 €,1\n6,0\n"))
    assert table.messages == ()
    assert table.frame.shape == (2, 2)


def test_the_encoding_asked_for_is_used_or_refused():
    name = written("a,y\nŁódź,1\nKraków,0\n", "cp1250")
    assert read(name, ReadOptions(encoding="cp1250")).frame["a"][0] == "Łódź"
    for encoding, code in (("utf-8", "E0112"), ("klingon", "E0404")):
        with pytest.raises(AssistError) as caught:
            read(name, ReadOptions(encoding=encoding))
        assert caught.value.code == code


def test_nul_bytes_are_removed_and_counted():
    table = read(written("a,b\n" + "1,q\0r\n" * 5 + "2,x\n"))
    assert table.frame["b"][0] == "qr"
    assert codes(table) == ["W0105"]
    assert "5 NUL" in table.messages[0].message


def test_a_trailing_comma_in_every_row_moves_nothing():
    for header in ("a,b,y", "a,b,y,"):
        table = read(written(header + "\n" + rows().replace("\n", ",\n")))
        assert table.frame.iloc[1].tolist() == ["1", "0.33", "z"]
        assert list(table.frame.columns) == ["a", "b", "y"]
        assert codes(table) == ["W0106"]


def test_row_names_without_a_name():
    table = read(written("a,b\n" + "".join(f"r{i},{i},{i * 2}\n" for i in range(20))))
    assert list(table.frame.columns) == ["row_name", "a", "b"]
    assert codes(table) == ["W0113"]


def test_a_longer_row_is_left_out_with_its_line():
    lines = rows(10_000).splitlines()
    lines[5000] += ",surplus"
    table = read(written("a,b,y\n" + "\n".join(lines) + "\n"))
    assert len(table.frame) == 9999
    assert codes(table) == ["W0107"]
    assert "line 5,002" in table.messages[0].message


def test_a_longer_row_is_kept_for_predicting():
    like = read(written("a,b,y\n" + rows())).reading
    lines = rows(10).splitlines()
    lines[5] += ",surplus"
    table = read(written("a,b,y\n" + "\n".join(lines) + "\n", name="new.csv"), like=like)
    assert len(table.frame) == 10
    assert codes(table) == ["W0107"]


def test_many_longer_rows_are_refused():
    body = "".join("1,2,3\n" if i % 5 else "1,2,3,4,5\n" for i in range(100))
    with pytest.raises(AssistError) as caught:
        read(written("a,b,c\n" + body))
    assert caught.value.code == "E0111"


def test_shorter_rows_are_padded_and_counted():
    table = read(written("a,b,y\n" + rows() + "7\n8,9\n"))
    assert table.frame.iloc[-2].tolist() == ["7", None, None]
    assert codes(table) == ["W0108"]
    assert "2 rows" in table.messages[0].message


def test_an_open_quote_is_told_by_its_line():
    with pytest.raises(AssistError) as caught:
        read(written('a,b,y\n1,"2,x\n' + rows(20_000)))
    assert caught.value.code == "E0110"
    assert "line 2 " in caught.value.what


def test_text_after_a_closing_quote_is_kept():
    table = read(written('a,b\n"x"y,1\n"p ""q""",2\n5" pipe,3\n'))
    assert table.frame["a"].tolist() == ["xy", 'p "q"', '5" pipe']


def test_quotes_behind_a_blank():
    table = read(written('a, b, c\n1, 2, "x, y"\n3, 4, "z"\n'))
    assert list(table.frame.columns) == ["a", "b", "c"]
    assert table.frame["c"].tolist() == ["x, y", "z"]


def test_the_first_line_that_excel_writes_about_the_delimiter():
    table = read(written("sep=;\na;b\n1;2\n3;4\n"))
    assert list(table.frame.columns) == ["a", "b"]
    assert len(table.frame) == 2


def test_lines_within_cells():
    for end in ("\n", "\r\n"):
        table = read(written(f'a,b{end}"one{end}two",1{end}three,2{end}'))
        assert table.frame["a"].tolist() == ["one\ntwo", "three"]


@pytest.mark.parametrize("text", ["a,b\r1,2\r3,4\r", "a,b\r\n1,2\n3,4\r"])
def test_line_ends(text):
    assert read(written(text)).frame["b"].tolist() == ["2", "4"]


def test_mixed_line_ends_are_said():
    assert codes(read(written("a,b\r\n1,2\n3,4\n"))) == ["W0109"]


@pytest.mark.parametrize("above", ["# made by x\n# v1\n", "Report 2024\n\n", "Title\n", "\n\n"])
def test_lines_above_the_header(above):
    table = read(written(above + "a,b,y\n" + rows()))
    assert list(table.frame.columns) == ["a", "b", "y"]
    assert len(table.frame) == 40
    assert codes(table) == ["W0101"]


def test_no_header_loses_no_row():
    r = random.Random(0)
    body = "".join(f"{r.uniform(4, 7):.1f},{r.uniform(2, 4):.1f},{r.choice(['setosa', 'virginica'])}\n" for _ in range(60))
    table = read(written(body))
    assert table.frame.shape == (60, 3)
    assert list(table.frame.columns) == ["column_1", "column_2", "column_3"]
    assert codes(table) == ["W0102"]


def test_years_are_a_header():
    table = read(written("country,2001,2002,2003\n" + "".join(f"c{i},{i},{i + 1},{i + 2}\n" for i in range(20))))
    assert list(table.frame.columns) == ["country", "2001", "2002", "2003"]


def test_no_header_as_asked():
    assert len(read(written("a,b\nc,d\n"), ReadOptions(no_header=True)).frame) == 2


def test_names_are_stripped_filled_and_told_apart():
    table = read(written(" a ,a,,a,b\n" + "1,2,3,4,5\n" * 5))
    assert list(table.frame.columns) == ["a", "a_2", "column_3", "a_3", "b"]
    assert codes(table) == ["W0103", "W0103"]


def test_a_renamed_column_does_not_take_a_name_that_exists():
    assert list(read(written("a,a_2,a\n" + "1,2,3\n" * 5)).frame.columns) == ["a", "a_2", "a_3"]


def test_a_header_alone_gives_no_rows():
    table = read(written("a,b,y\n"))
    assert table.frame.shape == (0, 3)
    assert list(table.frame.columns) == ["a", "b", "y"]


def test_one_column():
    table = read(written("y\n" + "p\nq\n" * 20))
    assert table.frame["y"].tolist() == ["p", "q"] * 20


def test_like_keeps_the_dialect_where_detection_would_not():
    like = read(written("a;b\n1,5;2,5\n2,5;3,5\n")).reading
    table = read(written("a;b\n1;2\n", name="new.csv"), like=like)
    assert (table.reading.decimal, table.reading.delimiter, table.reading.header) == (",", ";", True)


def test_like_gives_way_to_another_delimiter_and_says_so():
    like = read(written("a;b;y\n" + rows(sep=";"))).reading
    table = read(written("a,b,y\n" + rows(), name="new.csv"), like=like)
    assert table.frame.shape == (40, 3)
    assert codes(table) == ["W0110"]


def test_a_wide_file():
    names = [f"c{i}" for i in range(3000)]
    table = read(written(",".join(names) + "\n" + (",".join(["1.5"] * 3000) + "\n") * 12))
    assert table.frame.shape == (12, 3000)


def test_a_cell_of_megabytes():
    table = read(written("a,b\n1," + "y" * 5_000_000 + '\n2,"' + "z" * 3_000_000 + '"\n'))
    assert table.frame["b"].str.len().tolist() == [5_000_000, 3_000_000]


@pytest.mark.parametrize(("options", "code"), [({"delimiter": "ab"}, "E0405"), ({"decimal": "x"}, "E0406")])
def test_options_that_cannot_be(options, code):
    with pytest.raises(AssistError) as caught:
        read(written("a,b\n1,2\n"), ReadOptions(**options))
    assert (caught.value.code, caught.value.exit_code) == (code, 2)


@pytest.mark.parametrize("line", [0, 20])
def test_a_cell_may_be_longer_than_the_csv_module_reads_by_itself(line):
    notes = [f'"good, cheap {"very, " * (30_000 if i == line else 1)}"' for i in range(40)]
    table = read(written("note,b,y\n" + "".join(f"{note},{i},{i % 2}\n" for i, note in enumerate(notes))))
    assert (list(table.frame), table.messages) == (["note", "b", "y"], ())
    assert table.frame["note"].tolist() == [note.strip('"') for note in notes]


def test_a_long_cell_in_a_file_of_one_quoted_column():
    texts = [f"hello, world {i}{'!' * (200_000 if i == 3 else 1)}" for i in range(30)]
    table = read(written('"text"\n' + "".join(f'"{text}"\n' for text in texts)))
    assert table.frame["text"].tolist() == texts
