"""Files that are put right before they are read."""

import gzip

import pytest

from automl_assist.errors import AssistError
from automl_assist.schema import ReadOptions
from automl_assist.sources import read

ROWS = [f"{i}.5,x{i % 3},{'yes' if i % 2 else 'no'}" for i in range(40)]


def _read(tmp_path, data, name="t.csv", like=None):
    path = tmp_path / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return read(str(path), like=like)


def _codes(table):
    return [m.code for m in table.messages]


def test_lines_in_two_encodings_are_each_read_in_their_own(tmp_path):
    lines = [f"Köln,{i}\n".encode("utf-8" if i < 30 else "cp1252") for i in range(40)]
    table = _read(tmp_path, b"city,x\n" + b"".join(lines))
    assert set(table.frame["city"]) == {"Köln"} and _codes(table) == ["W0104"]
    assert "10 of 40 lines" in table.messages[0].message and "lines 32, 33" in table.messages[0].message


def test_files_that_were_joined_keep_no_marks_and_no_second_line_of_names(tmp_path):
    part = "\ufeffa,b,y\n" + "\n".join(ROWS) + "\n"
    table = _read(tmp_path, part + part)
    assert len(table.frame) == 80 and _codes(table) == ["W0118", "W0117"]


def test_an_equal_first_row_of_data_is_no_line_of_names(tmp_path):
    rows = [f"red{i % 2},blue{i % 3}" for i in range(60)]
    assert len(_read(tmp_path, "\n".join(rows) + "\n").frame) == 60


def test_lines_that_are_no_rows_are_named(tmp_path):
    table = _read(tmp_path, "a,b\n" + "".join(f"{i},x\n" for i in range(9)) + "# the last one\n9,x\n" + "# end\n")
    assert len(table.frame) == 10 and "lines 11, 13" in table.messages[0].message
    assert len(_read(tmp_path, "a\n" + "#1\n#2\n3\n" * 9).frame) == 27  # of one column
    assert len(_read(tmp_path, 'text\n"one, two"\n"three"\n"four, five, six"\n"a, b"\n"c, d"\n').frame.columns) == 1


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("id name      amount\n" + "".join(f"{i:<3}{('Ann Lee', 'Bo', 'Cy Orr')[i % 3]:<10}{i / 7:>6.2f}\n" for i in range(40)), 3),
        ("name  x   y\n" + "".join(f"n{i}   {i}.5  {i % 2}\n" for i in range(40)), 3),
        ("| a | b |\n|---|---|\n" + "".join(f"| {i} | x |\n" for i in range(40)), 2),
        ("a,b\n" + "".join(f'{i},"he said \\"no\\", or so"\n' for i in range(40)), 2),
        ("a,b\n" + "".join(f"'{i}','x, {i % 3}'\n" for i in range(40)), 2),
        ("a~b\n" + "".join(f"{i}~x\n" for i in range(40)), 2),
        (" a | b\n---+---\n" + "".join(f" {i} | x\n" for i in range(40)) + "(40 rows)\n\n", 2),
        ("+--+--+\n| a | b |\n+--+--+\n" + "".join(f"| {i} | x |\n" for i in range(40)) + "+--+--+\n40 rows in set (0.00 sec)\n", 2),
        ('"a,b"\n' + "".join(f'"{i},""x, y"""\n' for i in range(40)), 2),
        ("a,b\n" + "".join(f"# part {i}\n{i},x\n" if i % 10 == 0 else f"{i},#x\n" for i in range(40)), 2),
    ],
    ids=["fixed width", "blanks", "bars", "backslash", "single quotes", "seldom", "psql", "mysql", "lines in quotes", "comments"],
)
def test_other_forms_of_tables_are_read_the_same_way_again(tmp_path, text, columns):
    table = _read(tmp_path, text, "t.txt")
    assert table.frame.shape == (40, columns) and table.reading.header
    again = _read(tmp_path, text, "u.txt", like=table.reading)
    assert again.frame.equals(table.frame)


def test_lines_of_words_are_no_columns(tmp_path):
    text = "review\n" + "".join(f"it was {'very ' * (i % 4)}good {i}\n" for i in range(60))
    assert _read(tmp_path, text, "t.txt").frame.shape == (60, 1)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("a,b,y\n" + "\n".join([*ROWS, *(r.replace(",", ";") for r in ROWS)]), "E0111"),
        ("a,b,y\n" + "\n".join([*ROWS, "<<<<<<< HEAD", ROWS[0], "=======", ROWS[1], ">>>>>>> other"]), "E0111"),
        ("a,y\n" + "".join(f"ー{i},い\n" for i in range(40)), "E0112"),  # two letters are too few to tell the encoding
        (",".join(["1"] * 60_000), "E0115"),
        ("x,w,y\n" + "".join(f"{i},{i * 7 % 100:02},{i % 9},{i * 3 % 10},a\n" for i in range(40)), "E0111"),
        ("@relation t\n@attribute a numeric\n@data\n1\n2\n", "E0106"),
        ("<data>\n<row a='1'/>\n<row a='2'/>\n</data>\n", "E0106"),
    ],
    ids=["two delimiters", "a merge that failed", "another script", "too wide", "decimal commas", "ARFF", "XML"],
)
def test_what_cannot_be_put_right_is_refused_in_words(tmp_path, data, code):
    with pytest.raises(AssistError) as caught:
        _read(tmp_path, data.encode("shift_jis") if code == "E0112" else data)
    assert (caught.value.code, caught.value.exit_code) == (code, 3)


def test_names_of_rows_before_codes_with_zeros_are_no_parts_of_numbers(tmp_path):
    table = _read(tmp_path, "zip,x,y\n" + "".join(f"{i},{i * 7:05},{i % 9},a\n" for i in range(40)))
    assert list(table.frame.columns) == ["row_name", "zip", "x", "y"]


NUMBERS = "".join(f"R{i % 5},{i},{i * 3 % 7},{i * 5 % 11},{i * 7 % 13}\n" for i in range(40))


@pytest.mark.parametrize(
    ("lines", "names"),
    [
        (",Sales,,Costs,\nRegion,Q1,Q2,Q1,Q2\n", ["Region", "Sales Q1", "Sales Q2", "Costs Q1", "Costs Q2"]),
        (",s,s,c,c\n,2023,2024,2023,2024\n", ["column_1", "s 2023", "s 2024", "c 2023", "c 2024"]),
        (",s,s,c,\nRegion,2023,2024,2023,n\n", ["Region", "s 2023", "s 2024", "c 2023", "n"]),
        ("Personal,,Health,,\nname,age,weight,height,pulse\n", ["name", "age", "weight", "height", "pulse"]),
    ],
)
def test_names_in_two_lines_are_put_together(tmp_path, lines, names):
    table = _read(tmp_path, lines + NUMBERS)
    assert list(table.frame.columns) == names and len(table.frame) == 40 and "W0120" in _codes(table)
    few = "".join(NUMBERS.splitlines(keepends=True)[:2])
    assert list(_read(tmp_path, lines + few, "few.csv", like=table.reading).frame.columns) == names


@pytest.mark.parametrize("asked", [None, "||"])
def test_a_delimiter_of_several_characters_is_found_or_taken_from_the_user(tmp_path, asked):
    cell = '"x || z"' if asked else "x"
    text = "a||b||y\n" + "".join(f"{i}||{cell}||no\n" for i in range(30))
    (tmp_path / "t.csv").write_text(text)
    table = read(str(tmp_path / "t.csv"), ReadOptions(delimiter=asked))
    assert table.frame.shape == (30, 3) and table.reading.delimiter == "||"
    assert set(table.frame["b"]) == {cell.strip('"')}
    (tmp_path / "one.csv").write_text("a||b||y\n1||x||no\n")
    assert read(str(tmp_path / "one.csv"), like=table.reading).frame.shape == (1, 3)


def test_names_that_look_alike_are_told(tmp_path):
    table = _read(tmp_path, "é,e\u0301,y\u200b,z\n" + "1,2,3,4\n" * 12)
    assert list(table.frame.columns) == ["é", "é_2", "y", "z"] and _codes(table) == ["W0103"]


def test_a_table_as_r_writes_it_has_names_for_all_but_the_row_names(tmp_path):
    table = _read(tmp_path, '"a" "b"\n' + "".join(f'"{i}" {i}.5 "x {i % 2}"\n' for i in range(12)), "t.txt")
    assert list(table.frame.columns) == ["row_name", "a", "b"] and set(table.frame["b"]) == {"x 0", "x 1"}


def test_a_tag_as_a_name_makes_no_document(tmp_path):
    assert _read(tmp_path, "<b>x</b>,y\n" + "<i>,1\n" * 12).frame.shape == (12, 2)


def test_a_packed_file_that_holds_no_text_is_named(tmp_path):
    with pytest.raises(AssistError, match="gzip archive of another gzip archive"):
        _read(tmp_path, gzip.compress(gzip.compress(b"a,y\n1,2\n")), "t.csv.gz")
