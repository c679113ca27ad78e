"""A later file is read as the first one was understood."""

import numpy as np
import pandas as pd
import pytest

from automl_assist.profile import cast, describe
from automl_assist.records import from_json, to_json
from automl_assist.schema import Column, Options
from tests.profile.tables import table_of


def frame(**columns):
    return pd.DataFrame({name: pd.Series(values, dtype=object) for name, values in columns.items()})


COLUMNS = {
    "price": [f"€ 1.{i:03},50" for i in range(60)],
    "day": [f"{i % 28 + 1:02}/03/2021" for i in range(60)],
    "member": ["Y", "N"] * 30,
    "flag": ["0", "1"] * 30,
    "size": [["?", "1.5", "2.5"][i % 3] for i in range(60)],
    "city": [" Oslo", "Lima "] * 30,
    "y": ["p", "q"] * 30,
}


def understood():
    profile, typed = describe(table_of(**COLUMNS), Options(target="y"))
    return [from_json(Column, to_json(c)) for c in profile.columns], typed


def test_the_training_cells_come_back_the_same():
    columns, typed = understood()
    again, unread = cast(table_of(**COLUMNS).frame, columns)
    pd.testing.assert_frame_equal(again, typed)
    assert unread == {}


def test_types():
    _, typed = understood()
    assert {n: str(t) for n, t in typed.dtypes.items()} == {
        "price": "float64",
        "day": "datetime64[us]",
        "member": "object",
        "flag": "object",
        "size": "float64",
        "city": "object",
        "y": "object",
    }
    assert typed["price"][7] == 1007.5
    assert typed["day"][13] == pd.Timestamp(2021, 3, 14)
    assert typed["member"].tolist()[:2] == typed["flag"].tolist()[1::-1] == ["true", "false"]
    assert typed["city"].tolist()[:2] == ["Oslo", "Lima"]


def test_what_cannot_be_read_is_missing_and_counted():
    columns, _ = understood()
    new = frame(
        price=["€ 2", "free", None],
        day=["31/12/2020", "soon", "2020"],
        member=["y", "maybe", None],
        flag=["1.0", "2", "0"],
        size=["3", "?", "inf"],
        city=["", None, "Rome"],
        y=["p", "p", "r"],
    )
    typed, unread = cast(new, columns)
    assert unread == {"price": 1, "day": 2, "member": 1, "flag": 1, "size": 1}
    assert typed["price"][0] == 2.0
    assert typed["flag"].tolist() == ["true", None, "false"]
    assert np.isnan(typed["size"][1:]).all()
    assert typed["city"].tolist() == [None, None, "Rome"]


def test_typed_files_are_read_by_columns_of_text_files():
    columns = [
        Column("n", 0, "number", 0, 2, ""),
        Column("c", 1, "category", 0, 2, ""),
        Column("b", 2, "boolean", 0, 2, "", true_token="1", false_token="0"),
        Column("t", 3, "datetime", 0, 2, "", date_format="%d/%m/%Y"),
    ]
    new = pd.DataFrame({"n": [1, 2], "c": [1.0, 2.5], "b": [1, 0], "t": pd.to_datetime(["2020-01-01", "2020-01-02"])})
    typed, unread = cast(new, columns)
    assert unread == {}
    assert typed["c"].tolist() == ["1", "2.5"]
    assert typed["b"].tolist() == ["true", "false"]


def test_no_rows():
    columns, _ = understood()
    typed, unread = cast(table_of(**{name: [] for name in COLUMNS}).frame, columns)
    assert typed.shape == (0, 7)
    assert unread == {}


def test_the_frame_is_not_touched():
    columns, _ = understood()
    cells = table_of(**COLUMNS).frame
    before = cells.copy(deep=True)
    cast(cells, columns)
    pd.testing.assert_frame_equal(cells, before)


@pytest.mark.parametrize("kind", ["number", "datetime", "boolean", "category"])
def test_any_cell_may_stand_in_any_column(kind):
    odd = ["", " ", "\0", "1e999", "9" * 400, "-", "\ud7ff", "=1+1", "2021-13-45", "12/31/9999", "true", "NaN", "١٢", "0x1F", "1_000"]
    typed, _ = cast(frame(v=odd), [Column("v", 0, kind, 0, 2, "", date_format="%m/%d/%Y|ISO8601", thousands=",", affix="$")])
    assert len(typed) == len(odd)
    if kind == "number":
        assert not np.isinf(typed["v"]).any()
        assert np.isnan(typed["v"].iloc[[13, 14]]).all()
        assert typed["v"].iloc[12] == 12


@pytest.mark.parametrize("written", ["{:.0f}", "{:.1f}", "+{:.2f}"])
@pytest.mark.parametrize("later", ["{:.0f}", "{:.1f}", None])
def test_levels_that_are_numbers_are_the_same_however_they_are_written(written, later):
    rooms = [None if i % 10 == 9 else 1.0 + i % 3 for i in range(200)]
    cells = [None if room is None else written.format(room) for room in rooms]
    profile, typed = describe(table_of(rooms=cells, y=["p", "q"] * 100), Options(target="y"))
    column = from_json(Column, to_json(profile.columns[0]))
    new = [None if room is None else later.format(room) for room in rooms] if later else rooms
    again, unread = cast(pd.DataFrame({"rooms": pd.Series(new, dtype=object if later else float)}), [column])
    assert column.kind == "category" and not unread
    assert set(typed["rooms"].dropna()) == {"1", "2", "3"}
    assert again["rooms"].tolist() == typed["rooms"].tolist()


def test_codes_with_leading_zeros_are_their_own_levels():
    profile, _ = describe(table_of(area=["01", "02", "10", "1"] * 50, y=["p", "q"] * 100), Options(target="y"))
    again, _ = cast(frame(area=["01", "1", "1.0"]), [profile.columns[0]])
    assert again["area"].tolist() == ["01", "1", "1.0"]
