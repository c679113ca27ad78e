"""Files as banks, sensors, surveys and foreign offices export them."""

import zipfile

import pytest

from automl_assist.errors import AssistError
from automl_assist.sources import read
from automl_assist.sources._encodings import legacy_encoding

ROWS = [f"{i % 7},{i / 10},{'ab'[i % 2]}" for i in range(40)]

TEXTS = {
    "cp932": "東京都,りんご,みかん\n大阪府,これはデータ\n",
    "gb18030": "城市,产品,数量\n北京,手机,满意\n上海,电脑,否\n",
    "big5": "台北市中正區客戶資料分析報告產品價格數量\n",
    "euc_kr": "서울특별시 강남구 데이터 분석 보고서\n",
    "cp1251": "Город;Товар;Цена\nМосква;Стол;Казань\n",  # noqa: RUF001
    "cp1250": "Łódź;opłacone;zaległe;Gdańsk;święto;łąka\n",
}
WESTERN = [
    "L'élève reçoit où ça très bientôt cœur 20 €\n", "Größe über Straße, Ärger 20°C m² µm\n", "São João não é opção Nº 5; 3ª\n",
    "5 ½ kg,10±2,£5,¥7,a°b\n",
]  # fmt: skip


@pytest.mark.parametrize("encoding", TEXTS)
def test_an_old_encoding_is_told_by_its_bytes(encoding):
    assert legacy_encoding((TEXTS[encoding] * 6).encode(encoding)) == encoding


@pytest.mark.parametrize("text", WESTERN)
def test_western_text_is_left_to_the_default(text):
    assert legacy_encoding((text * 6).encode("cp1252")) is None


def test_units_below_the_names_and_totals_at_the_end_are_no_rows(tmp_path):
    file = tmp_path / "export.csv"
    end = ["", "Total,78.0,", "Source: the plant, table 4", "Generated on Monday"]
    file.write_text("\n".join(["step,load,kind", "s,kW,text", *ROWS, *end]))
    table = read(str(file))
    assert len(table.frame) == len(ROWS)
    assert [m.code for m in table.messages if m.code == "W0119"] == ["W0119"]


def test_rows_that_only_nearly_look_like_margins_stay(tmp_path):
    file = tmp_path / "plain.csv"
    file.write_text("\n".join(["step,load,kind", "n/a,n/a,a", *ROWS, "3,,"]))
    assert len(read(str(file)).frame) == len(ROWS) + 2


def test_remarks_below_a_blank_line_are_no_rows_though_filled_up_to_the_width(tmp_path):
    file = tmp_path / "indicators.csv"
    file.write_text("\n".join(["step,load,kind", *ROWS, ",,", ",,", "Data from database: all of them,,", "Last Updated: 12/16/2021,,"]))
    table = read(str(file))
    assert len(table.frame) == len(ROWS)
    assert [m.code for m in table.messages] == ["W0119"]
    file.write_text("\n".join(["step,load,kind", *ROWS, "3,,"]))  # without a blank line it may be a row
    assert len(read(str(file)).frame) == len(ROWS) + 1


@pytest.mark.parametrize("padding", ["", ","])
@pytest.mark.parametrize("days", [2, 30])
def test_a_second_table_below_a_blank_line_is_left_out(tmp_path, padding, days):
    file = tmp_path / "analytics.csv"
    second = ["Day Index,Sessions", *(f"1/{i + 1}/23,{i * 7}" for i in range(days))]
    file.write_text("\n".join(["# All Data", "", "step,load,kind", *ROWS, padding * 2, *(line + padding for line in second)]))
    table = read(str(file))
    assert list(table.frame.columns) == ["step", "load", "kind"]
    assert len(table.frame) == len(ROWS)
    said = next(m.message for m in table.messages if m.code == "W0121")
    assert f"below the blank line 44, was left out with its {days + 1} lines" in said


def test_rows_below_a_blank_line_that_lack_their_last_cell_stay(tmp_path):
    file = tmp_path / "gaps.csv"
    file.write_text("\n".join(["step,load,kind", *ROWS, "", *(f"{i},{i / 10}," for i in range(9))]))
    assert len(read(str(file)).frame) == len(ROWS) + 9


def test_a_first_row_with_a_date_above_dates_holds_no_names(tmp_path):
    file = tmp_path / "events.csv"
    rows = [f"2023-03-12 10:{i:02d}:00,request {i * 37 % 1000} was handled by {'abc'[i % 3]}" for i in range(40)]
    file.write_text("\n".join(rows))
    assert len(read(str(file)).frame) == len(rows)
    file.write_text("\n".join(["when,what", *rows]))
    assert list(read(str(file)).frame.columns) == ["when", "what"]
    file.write_text("\n".join([",what", *rows]))
    assert list(read(str(file)).frame.columns) == ["column_1", "what"]


def test_answers_below_their_questions_are_put_together_with_them(tmp_path):
    file = tmp_path / "survey.csv"
    names = ["Respondent,Started,How was it?,Which do you know?,,,Anything else?", ",,Response,Alpha,Beta,Gamma,Open-Ended Response"]
    rows = [f"{i + 100},2023-01-{i + 1:02d},{['Good', 'Bad'][i % 2]},{'Alpha' * (i % 2)},{'Beta' * (i % 3 > 0)},,fine" for i in range(28)]
    file.write_text("\n".join([*names, *rows]))
    table = read(str(file))
    know = "Which do you know?"
    assert list(table.frame.columns) == [
        "Respondent", "Started", "How was it?", f"{know} Alpha", f"{know} Beta", f"{know} Gamma", "Anything else?",
    ]  # fmt: skip
    assert len(table.frame) == len(rows)
    assert "W0120" in [m.code for m in table.messages]


@pytest.mark.parametrize("delimiter", ["||", "::", "~|~"])
def test_a_delimiter_of_several_characters(tmp_path, delimiter):
    file = tmp_path / "several.txt"
    file.write_text("\n".join(line.replace(",", delimiter) for line in ["step,load,kind", *ROWS]))
    table = read(str(file))
    assert list(table.frame.columns) == ["step", "load", "kind"]
    few = tmp_path / "few.txt"
    few.write_text(delimiter.join(["step", "load", "kind"]) + "\n" + delimiter.join("12a"))
    assert list(read(str(few), like=table.reading).frame.columns) == ["step", "load", "kind"]


def test_the_one_table_in_a_zip_archive_is_read(tmp_path):
    with zipfile.ZipFile(tmp_path / "one.zip", "w") as archive:
        archive.writestr("export/table.csv", "\n".join(["step,load,kind", *ROWS]))
        archive.writestr("__MACOSX/._table.csv", "x")
    table = read(str(tmp_path / "one.zip"))
    assert (len(table.frame), table.reading.name) == (len(ROWS), "one.zip")
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as archive:
        archive.writestr("a.csv", "a\n1")
        archive.writestr("b.csv", "a\n1")
    with pytest.raises(AssistError, match="zip archive with 2 files"):
        read(str(tmp_path / "two.zip"))


@pytest.mark.parametrize("names", ["'step';'load';'kind'", "step;load;kind"])
def test_single_quotes_around_every_cell(tmp_path, names):
    file = tmp_path / "quoted.csv"
    file.write_text("\n".join([names, *(";".join(f"'{cell}'" for cell in row.split(",")) for row in ROWS)]))
    table = read(str(file))
    assert list(table.frame.columns) == ["step", "load", "kind"]
    assert table.frame["kind"].tolist() == [row.split(",")[2] for row in ROWS]
    assert table.frame.equals(read(str(file), like=table.reading).frame)
    file.write_text("\n".join(["step;load;kind", *(row.replace(",", ";") + " o'clock" for row in ROWS)]))
    assert read(str(file)).frame["kind"].iloc[0] == "a o'clock"


def test_a_total_that_says_of_what_is_no_row(tmp_path):
    file = tmp_path / "campaigns.csv"
    file.write_text("\n".join(["name,clicks,cost", *(f"spring {i},{i},{i / 10}" for i in range(40)), "Total: account,780,78.0"]))
    assert len(read(str(file)).frame) == 40


@pytest.mark.parametrize("filled_up", [False, True])
def test_titles_above_the_names_as_instruments_and_banks_write_them(tmp_path, filled_up):
    file = tmp_path / "export.csv"
    above = ["Plant report", "Operator,J. Smith", "Date,2024-05-02 10:11", ""]
    if filled_up:  # by a spreadsheet
        above = [line + "," * (2 - line.count(",")) for line in above if not line.startswith("Op")]
        above = [line if line.startswith(",") else f"{line.split(',')[0]},," for line in above]
    file.write_text("\n".join([*above, "step,load,kind", "s,kW,", *ROWS, "Total,78.0,"]))
    table = read(str(file))
    assert list(table.frame.columns) == ["step", "load", "kind"]
    assert len(table.frame) == len(ROWS)
    assert [m.code for m in table.messages] == ["W0119", "W0101"]
    assert table.frame.equals(read(str(file), like=table.reading).frame)


def test_comments_among_the_rows_and_above_the_names(tmp_path):
    file = tmp_path / "noted.csv"
    file.write_text("\n".join(["# made by a tool", "# see the manual, page 3", "step,load,kind", *ROWS[:20], "# set up again", *ROWS[20:]]))
    table = read(str(file))
    assert list(table.frame.columns) == ["step", "load", "kind"]
    assert len(table.frame) == len(ROWS)
    file.write_text("\n".join(["# step,load,kind", *ROWS[:20], "# set up again", *ROWS[20:]]))
    assert len(read(str(file)).frame) >= len(ROWS)  # names behind a mark are not lost with the comments


def test_line_ends_are_named_as_they_are(tmp_path):
    file = tmp_path / "ends.csv"
    file.write_bytes("".join(row + ("\n" if i % 3 else "\r\n") for i, row in enumerate(["step,load,kind", *ROWS])).encode())
    said = next(m.message for m in read(str(file)).messages if m.code == "W0109")
    assert "(LF, CRLF)" in said


def test_a_closing_balance_is_no_row(tmp_path):
    file = tmp_path / "bank.csv"
    file.write_text("\n".join(["size,weight,kind", *ROWS, ",,", "Closing balance,,3 CR"]))
    assert len(read(str(file)).frame) == len(ROWS)


def test_two_tables_in_one_file_are_told(tmp_path):
    file = tmp_path / "two.csv"
    file.write_text("\n".join(["name,points", *(f"n{i},{i}" for i in range(40)), "", "size,weight,kind", *ROWS]))
    table = read(str(file))
    assert [message.code for message in table.messages] == ["W0121"]
    assert "two tables" in table.messages[0].message


def test_control_characters_between_cells_are_no_binary_data(tmp_path):
    file = tmp_path / "hive.csv"
    file.write_text("\n".join(["size,weight,kind", *ROWS]).replace(",", "\x01"))
    assert read(str(file)).frame.shape == (40, 3)
