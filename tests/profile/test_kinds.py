"""What kind each column is, and that every cell is read as that kind says."""

import datetime
import math
import random
import uuid

import duckdb
import numpy as np
import pandas as pd
import pytest

from automl_assist.errors import AssistError
from automl_assist.profile import _dates
from automl_assist.profile._cells import Cells
from automl_assist.profile._dates import find_form, read_dates
from automl_assist.profile._kinds import understand
from automl_assist.profile._numbers import find_style, read_numbers
from automl_assist.profile._whole import number_in_sql
from tests.profile.tables import described, one

R = random.Random(0)
N = 200
WORDS = ["river", "stone", "quiet", "orange", "market", "winter", "letter", "window", "garden", "silver"]


def checked(digits):
    """Return a number of an article with the digit that checks the others."""
    return digits + str(-sum(int(d) * (3 if i % 2 == 0 else 1) for i, d in enumerate(digits[::-1])) % 10)


CASES = {
    "broken numbers": ([f"{R.gauss(0, 1):.4f}" for _ in range(N)], "number"),
    "unique broken numbers": ([i + 0.5 for i in range(N)], "number"),
    "whole numbers": ([R.randint(18, 80) for _ in range(N)], "integer"),
    "whole numbers as floats": ([f"{R.randint(18, 80)}.0" for _ in range(N)], "integer"),
    "scientific": ([f"{R.random():.3e}" for _ in range(N)], "number"),
    "signs and blanks": ([[f"+{i}", f" {i} ", f"-{i}.0"][i % 3] for i in range(N)], "integer"),
    "dollars": ([f"${R.randint(1000, 9999):,}.50" for _ in range(N)], "number"),
    "percent": ([f"{R.randint(0, 99)}%" for _ in range(N)], "integer"),
    "unit": ([f"{R.uniform(40, 90):.1f} kg" for _ in range(N)], "number"),
    "a unit with a number in it": ([f"{R.uniform(4, 12):.1f} l/100km" for _ in range(N)], "number"),
    "inches": ([f'{R.randint(20, 65)}"' for _ in range(N)], "integer"),
    "shares below a bound": (["< 10%" if i % 4 == 0 else f"{R.uniform(10, 90):.2f}%" for i in range(N)], "number"),
    "english thousands": ([f"{R.randint(1000, 99999):,}" for _ in range(N)], "integer"),
    "french thousands": ([f"{R.randint(1000, 99999):,}".replace(",", "\u202f") for _ in range(N)], "integer"),
    "swiss thousands": ([f"{R.randint(1000, 99999):,}".replace(",", "'") for _ in range(N)], "integer"),
    "german": ([f"{R.uniform(1000, 9999):,.2f}".translate(str.maketrans(",.", ".,")) for _ in range(N)], "number"),
    "three words": (["broken" if i in (4, 9, 20) else i * 1.5 for i in range(300)], "number"),
    "a word for a state": (["Calm" if i % 4 == 0 else f"{i % 23 + 0.6:.1f}" for i in range(N)], "number"),
    "leading zeros": ([f"{(i * 37) % 40 + 100:05}" for i in range(N)], "category"),
    "too long for numbers": ([str(10**22 + R.randint(0, 10**9)) for _ in range(N)], "identifier"),
    "yes and no": (["yes" if R.random() < 0.5 else "No" for _ in range(N)], "boolean"),
    "truths of all sorts": ([["true", "FALSE", "True", "false"][i * 7 % 4] for i in range(N)], "boolean"),
    "zero and one": ([R.randint(0, 1) for _ in range(N)], "boolean"),
    "yes, no and gaps": ([["y", "n", "?", ""][i % 4] for i in range(N)], "boolean"),
    "cities": ([R.choice(["Oslo", "Lima", "NA", "Perth"]) for _ in range(N)], "category"),
    "sentences": ([" ".join(R.choices(WORDS, k=6)) for _ in range(N)], "text"),
    "names": ([f"{R.choice(WORDS)}{i} {R.choice(WORDS)}, Mr. Tom" for i in range(N)], "text"),
    "uuid": ([str(uuid.UUID(int=R.getrandbits(128))) for _ in range(N)], "identifier"),
    "codes": ([f"AB-{i:05}" for i in range(N)], "identifier"),
    "row numbers": ([i + 1 for i in range(N)], "identifier"),
    "mail": ([f"p{i}@example.org" for i in range(N)], "email"),
    "web": ([f"https://example.org/{i}" for i in range(N)], "url"),
    "images": ([f"img/p{i}.png" for i in range(N)], "image"),
    "images of any depth": ([f"img/p{i}.{'pgm' if i % 2 else 'ppm'}" for i in range(N)], "image"),
    "images, some of them elsewhere": ([f"{'https://a.example/' if i % 3 else ''}p{i}.png" for i in range(N)], "image"),
    "joined": ([";".join(R.sample(WORDS[:5], R.randint(1, 3))) for _ in range(N)], "list"),
    "few joined": ([["a", "a;b", "b;c", "c", "c;d", "d"][i % 6] for i in range(N)], "list"),
    "genres": ([", ".join(R.sample(WORDS, R.randint(1, 3))) for _ in range(N)], "list"),
    "towns": ([f"t{i % 60}, {['TX', 'CA', 'NY'][i % 3]}" for i in range(N)], "category"),
    "people": ([f"{R.choice(WORDS)}{i}, {R.choice(WORDS)}" for i in range(N)], "identifier"),
    "records": ([f'{{"a": {i % 5}, "b": "{"uvw"[i % 3]}"}}' for i in range(N)], "category"),
    "parts told once": ([["a;1", "b;2", "c;3", "d;4"][i % 4] for i in range(N)], "category"),
    "brackets": ([str(R.sample(WORDS, 2)) for _ in range(N)], "list"),
    "one value": (["EUR"] * N, "constant"),
    "ticked or not": (["x" if i % 3 else None for i in range(N)], "category"),
    "one or nothing": ([1 if i % 3 else None for i in range(N)], "category"),
    "one value but for gaps": ([None if i < 5 else "EUR" for i in range(N)], "constant"),
    "nothing": ([None] * N, "empty"),
    "nothing but blanks": (["  "] * N, "empty"),
    "iso days": ([f"2021-{i % 12 + 1:02}-{i % 28 + 1:02}" for i in range(N)], "datetime"),
    "iso months": ([f"{1900 + i // 12}-{i % 12 + 1:02}" for i in range(N)], "datetime"),
    "zones": ([f"2021-0{1 + i % 9}-01T0{i % 9}:00:00{['Z', '+05:30', '-08:00'][i % 3]}" for i in range(N)], "datetime"),
    "words for months": ([f"{i % 28 + 1} {['Mar', 'Jun', 'Oct'][i % 3]} 2022" for i in range(N)], "datetime"),
    "clock": ([f"{i % 12 + 1}:51 {'AP'[i % 2]}M" for i in range(N)], "datetime"),
    "weeks of a calendar": ([f"KW {i % 52 + 1}/{2019 + i % 4}" for i in range(N)], "datetime"),
    "months of Stata": ([f"{2015 + i % 7}m{i % 12 + 1}" for i in range(N)], "datetime"),
    "ja and nein": ([["ja", "Nein"][i * 7 % 3 % 2] for i in range(N)], "boolean"),
    "errors of a sheet": ([["#NV", "#WERT!", "#¡REF!", "4.5"][min(i % 7, 3)] if i % 7 < 3 else f"{i / 7:.2f}" for i in range(N)], "number"),
    "quarters": ([f"{2019 + i % 4}Q{i % 4 + 1}" for i in range(N)], "datetime"),
    "compact days": ([f"2021{i % 12 + 1:02}{i % 28 + 1:02}" for i in range(N)], "datetime"),
    "years": ([R.randint(1950, 2020) for _ in range(N)], "integer"),
    "amounts of ten digits": ([R.randint(1_500_000_000, 1_600_000_000) for _ in range(N)], "integer"),
    "ten digits of all sizes": ([R.randint(10**9, 10**10 - 1) for _ in range(N)], "identifier"),
    "ten digits that are rounded": ([R.randint(10**6, 10**7 - 1) * 1000 for _ in range(N)], "integer"),
    "books": ([checked(f"978{R.randint(10**8, 10**9 - 1)}") for _ in range(N)], "identifier"),
    "articles sold again": ([checked(str(400638133300 + i % 30)) for i in range(N)], "category"),
    "almost articles": ([int(checked(str(400638133300 + i % 30))) + i % 2 for i in range(N)], "integer"),
    "days before 1677": ([f"{1490 + i}-{i % 12 + 1:02}-{i % 28 + 1:02}" for i in range(N)], "datetime"),
    "blood pressures": ([f"{R.randint(100, 170)}/{R.randint(60, 99)}" for _ in range(N)], "category"),
    "prices in two currencies": ([f"{'$€'[i % 2]}{R.uniform(1, 99):.2f}" for i in range(N)], "category"),
    "footnotes": ([f"{R.uniform(1, 99):.1f}{['', '*', ' e', ' (p)'][i % 4]}" if i % 9 else ":" for i in range(N)], "number"),
    "no footnotes but grades": ([f"{i % 9 + 1} {'abc'[i % 3]}" for i in range(N)], "category"),
    "years in parentheses": ([f"({1950 + i % 70})" for i in range(N)], "integer"),
    "millions": ([f"${R.uniform(1, 99):.1f}M" for _ in range(N)], "integer"),
    "signs behind": ([f"{R.uniform(1, 99):.2f}-" for _ in range(N)], "number"),
    "months in six digits": ([2015_01 + i // 12 * 100 + i % 12 for i in range(N)], "datetime"),
    "six digits": ([2015_01 + i for i in range(N)], "integer"),
    "rates of a heart": ([f"{(a := R.randint(50, 80))}-{a + R.randint(10, 40)}" for _ in range(N)], "category"),
    "j and n": (["JN"[i * 7 % 3 % 2] for i in range(N)], "boolean"),
    "boxes and an answer of one's own": (
        [", ".join([*R.sample(WORDS[:6], i % 3 + 1), *([f"Other: mine {i}"] if i % 40 == 0 else [])]) for i in range(N)],
        "list",
    ),
    "versions": ([f"{R.randint(1, 9)}.{R.randint(0, 9)}.{R.randint(0, 9)}" for _ in range(N)], "category"),
    "spans": ([f"{i % 7}-{i % 7 + 5} years" for i in range(N)], "category"),
}


@pytest.mark.parametrize("case", list(CASES))
def test_kind(case):
    values, kind = CASES[case]
    column, typed = one(values)
    assert column.kind == kind, column.evidence
    assert column.evidence
    assert column.missing == int(typed.isna().sum())


@pytest.mark.parametrize(("unit", "form"), [(10**3, "epoch_ms"), (10**6, "epoch_us"), (10**9, "epoch_ns")])
def test_named_for_time_whole_numbers_are_moments(unit, form):
    column, typed = one([(1609459200 + i * 86_400) * unit for i in range(N)], "created_ts")
    assert (column.kind, column.date_format) == ("datetime", form)
    assert typed[1] == pd.Timestamp("2021-01-02")


def test_an_id_by_name_but_no_amount_by_shape():
    ids = R.sample(range(10_000, 99_999), N)
    assert one(ids, "customer_id")[0].kind == "identifier"
    assert one(ids, "paid")[0].kind == "integer"
    assert one(ids, "salary")[0].kind == "integer"


@pytest.mark.parametrize(
    ("name", "first", "kind"),
    [("v", 1, "identifier"), ("case", 0, "identifier"), ("v", 1900, "integer"), ("year", 1900, "integer"), ("rank", 1, "integer"),
     ("age", 0, "integer"), ("employee_id", 5000, "identifier")],
)  # fmt: skip
def test_rows_are_counted_from_one_and_years_are_not(name, first, kind):
    assert one(range(first, first + N), name)[0].kind == kind


def test_names_of_rows_are_identifiers_in_a_part_of_the_file_too():
    assert one(R.sample(range(1, 2 * N), N), "rownames")[0].kind == "identifier"


def test_numbers_are_read_exactly():
    column, typed = one([f"$1,{i:03}.25" for i in range(N)])
    assert typed.tolist() == [1000.25 + i for i in range(N)]
    assert (column.thousands, column.affix) == (",", "$")
    column, typed = one([f"1.{i:03},25" for i in range(N)])
    assert typed.tolist() == [1000.25 + i for i in range(N)]
    assert (column.thousands, column.decimal) == (".", ",")


def test_one_comma_three_digits():
    values = [f"{i % 9 + 1},{i:03}" for i in range(N)]
    assert one(values)[1][5] == 6005.0
    assert one(values, decimal=",")[1][5] == 6.005


def test_missing_tokens_where_the_rest_are_numbers():
    column, typed = one([["?", "n/a", "-", "5", "6.5", "7"][i % 6] for i in range(N)])
    assert column.kind == "number"
    assert set(column.missing_tokens) == {"?", "n/a", "-"}
    assert column.missing == sum(i % 6 < 3 for i in range(N)) == int(typed.isna().sum())


def test_words_that_mean_missing_are_words_among_words():
    column, typed = one([["NA", "US", "DE"][i % 3] for i in range(90)], "country")
    assert (column.kind, column.missing, column.missing_tokens) == ("category", 0, ())
    assert typed[0] == "NA"


def test_infinite_numbers_are_missing_and_counted():
    column, typed = one([{5: "inf", 6: "-inf", 7: "1e400"}.get(i, i / 7) for i in range(N)])
    assert column.missing == 3
    assert "3 are infinite" in column.evidence
    assert np.isfinite(typed.dropna()).all()


def test_evidence_counts_and_quotes():
    column, _ = one(["broken" if i in (4, 9, 20) else i * 1.5 for i in range(300)])
    assert "297 of 300" in column.evidence
    assert "'broken'" in column.evidence


def test_evidence_never_quotes_a_person_or_a_control_character():
    words = ["ann@example.org", "+49 30 1234567", "4111 1111 1111 1111", "DE89370400440532013000", "\x1b[31mred", "w" * 99]
    odd = dict(enumerate(words, start=1))
    column, _ = one([odd.get(i, i / 3) for i in range(N)])
    assert column.kind == "number"
    assert "6 do not" in column.evidence
    for hidden in ("ann@", "1234567", "4111", "DE89", "\x1b", "w" * 31):
        assert hidden not in column.evidence


@pytest.mark.parametrize(
    ("texts", "dayfirst", "expected", "undecided"),
    [
        (["13/02/2021", "01/02/2021"], None, pd.Timestamp(2021, 2, 1), False),
        (["02/13/2021", "01/02/2021"], None, pd.Timestamp(2021, 1, 2), False),
        (["05/06/2021", "01/02/2021"], None, pd.Timestamp(2021, 1, 2), True),
        (["05/06/2021", "01/02/2021"], True, pd.Timestamp(2021, 2, 1), False),
        (["05/06/2021", "01/02/2021"], False, pd.Timestamp(2021, 1, 2), False),
        (["05.06.2021", "01.02.2021"], None, pd.Timestamp(2021, 2, 1), True),
    ],
)
def test_day_and_month(texts, dayfirst, expected, undecided):
    from automl_assist.schema import ReadOptions

    column, typed = one(texts * 20, read=ReadOptions(dayfirst=dayfirst))
    assert typed[1] == expected
    assert ("cannot be told apart" in column.evidence) == undecided


def test_several_forms_in_one_column():
    forms = [["2021-03-04", "25/04/2021", "Mar 5, 2021"][i % 3] for i in range(90)]
    column, typed = one(forms)
    assert column.kind == "datetime"
    assert len(column.date_format.split("|")) == 3
    assert typed.notna().all()


def test_days_before_those_that_nanoseconds_reach():
    column, typed = one([["12.10.1492", "31.12.1999", "01.01.1000"][i % 3] for i in range(90)])
    assert (column.kind, column.missing) == ("datetime", 0)
    assert typed[0] == np.datetime64("1492-10-12")
    assert (column.numbers is None) or column.numbers.minimum < -(10**10)


def test_years_no_clock_can_hold_are_missing():
    column, _ = one([["2020-01-02", "2021-05-06", "2020-03-04"][i % 3] if i % 50 else "9999-12-31" for i in range(N)])
    assert (column.kind, column.missing) == ("datetime", 4)


def test_the_kind_that_was_given():
    codes = [R.randint(1, 30) for _ in range(N)]
    assert one(codes, kinds={"v": "category"})[1][0] == str(codes[0])
    column, typed = one([f"{c} x" if i % 3 else c for i, c in enumerate(codes)], kinds={"v": "number"})
    assert column.kind == "number"
    assert typed.dtype == float
    assert one([0, 1] * 50, kinds={"v": "integer"})[1].tolist() == [0.0, 1.0] * 50
    assert one(["a", "b"] * 50, kinds={"v": "text"})[0].kind == "text"


@pytest.mark.parametrize(
    "kind", ["boolean", "datetime", "number", "integer", "category", "list", "identifier", "constant", "empty", "image"]
)
def test_any_kind_may_be_given_for_any_column(kind):
    for values in (["x"] * 30, [None] * 30, range(30), ["2020-01-01", "no"] * 15, ["yes", "no", "?"] * 10):
        column, typed = one(values, kinds={"v": kind})
        assert column.kind == kind
        assert len(typed) == 30


def test_kinds_that_do_not_exist():
    for kinds, code, word in (({"vv": "text"}, "E0402", "'v'"), ({"v": "numbr"}, "E0403", "number")):
        with pytest.raises(AssistError) as caught:
            one(["a"] * 20, kinds=kinds)
        assert (caught.value.code, caught.value.exit_code) == (code, 2)
        assert word in caught.value.help


def test_figures():
    column, _ = one([0, -1, 2, 3.5, None] * 40)
    facts = column.numbers
    assert (facts.minimum, facts.maximum, facts.zeros, facts.negatives, facts.whole) == (-1.0, 3.5, 40, 40, False)
    assert facts.mean == pytest.approx(1.125)
    assert facts.quantiles[2] == pytest.approx(1.0)
    assert sum(facts.histogram) == 160


def test_rare_and_personal_values_are_not_among_the_frequent_ones():
    values = ["rare"] * 9 + ["often"] * 50 + ["a@example.org"] * 20 + ["other"] * 30
    column, _ = one(values)
    assert column.top == (("often", 50), ("other", 30))


def test_typed_files():
    from automl_assist.profile import describe
    from automl_assist.schema import Options, Reading
    from automl_assist.sources import Table

    frame = pd.DataFrame(
        {
            "f": [i / 3 for i in range(40)],
            "n": [math.nan, *range(39)],
            "i": [i % 17 for i in range(40)],
            "b": pd.Series([True, False, None, True] * 10, dtype=object),
            "t": pd.date_range("2020-01-01", periods=40),
            "y": [i % 2 for i in range(40)],
        }
    )
    profile, typed = describe(Table(frame, Reading("t.parquet", "t.parquet", "parquet", "0" * 64, 9, 40, 6)), Options(target="y"))
    assert [c.kind for c in profile.columns] == ["number", "integer", "integer", "boolean", "datetime", "boolean"]
    assert typed["b"].tolist()[:3] == ["true", "false", None]
    assert profile.classes == (("0", 20), ("1", 20))
    assert profile.task.name == "binary"


def test_nothing_is_decided_by_a_few_first_rows():
    values = [str(i) for i in range(1000)] + [R.choice(WORDS) for _ in range(1000)]
    assert described(v=values, y=["p", "q"] * 1000)[0].column("v").kind == "category"


@pytest.mark.parametrize(
    ("written", "number"),
    [
        (["(1,234.50)", "2,000.25", "3.5", "($5.20)"], -1234.5),
        (["12.5-", "2.5", "3.25"], -12.5),
        (["1.234,56", "1,234.57", "12.5", "13,5"], 1234.56),
        (["12,34,567", "1,23,456", "99,999"], 1234567.0),
        (["١٢٣", "٤٥٦", "٧٨٩"], 123.0),
    ],
)
def test_numbers_as_ledgers_and_other_countries_write_them(written, number):
    column, typed = one([v for v in written for _ in range(5)], decimal=".")
    assert column.kind in ("number", "integer") and column.missing == 0
    assert typed.to_numpy(float)[0] == number


@pytest.mark.parametrize(
    ("cells", "missing"),
    [
        ([f"2023年{i % 12 + 1}月{i % 28 + 1}日" for i in range(60)], 0),
        ([f"2023년 {i % 12 + 1}월 {i % 28 + 1}일" for i in range(60)], 0),
        (["0000-00-00" if i % 5 == 0 else f"2023-01-{i % 28 + 1:02d}" for i in range(60)], 12),
        (["9999-12-31" if i % 2 else f"2023-01-{i % 28 + 1:02d}" for i in range(60)], 30),
    ],
    ids=["Chinese", "Korean", "no date", "no end"],
)
def test_dates_of_other_forms_and_those_that_mean_none(cells, missing):
    column = pd.Series(cells, dtype=object)
    found = understand("d", Cells.of(column))
    assert found.kind == "datetime" and sum(column.isin(found.missing_tokens)) == missing


@pytest.mark.parametrize("name", ["RESPID", "caseid", "pupilNR"])
def test_numbers_called_after_those_they_number(name):
    assert one([10_000 + i for i in range(N)], name)[0].kind == "identifier"
    assert one([10_000 + i for i in range(N)], "paid")[0].kind == "integer"


def test_numbers_below_zero_years_and_millions_are_what_they_say():
    assert one([f"({1950 + i % 70})" for i in range(N)])[1][0] == 1950
    assert one([f"{i + 10}.25-" for i in range(N)])[1][0] == -10.25
    assert one([f"1,{i + 100}.50 {'DR' if i % 3 else 'CR'}" for i in range(N)])[1][:2].tolist() == [1100.5, -1101.5]
    assert one([f"${i + 10}.5M" for i in range(N)])[1][0] == 10_500_000
    column, typed = one([f"{i + 10}.5{['', ' e', '*'][i % 3]}" for i in range(N)])
    assert (typed[1], column.notation) == (11.5, "flagged")
    assert one([*range(1900_01, 1900_13), 2100_12], "month")[1][[0, 12]].tolist() == [
        pd.Timestamp("1900-01-01"),
        pd.Timestamp("2100-12-01"),
    ]
    assert one([2019_11, 2019_12, *range(2020_01, 2020_13)], "month")[1][2] == pd.Timestamp("2020-01-01")


def test_times_of_a_race_are_no_times_of_the_day():
    column, _ = one([f"{2 + i % 3}:{i * 7 % 60:02}:{i * 11 % 60:02}" for i in range(N)], "finish")
    assert column.kind == "number"
    assert one([f"{i % 24}:{i * 7 % 60:02}:{i * 11 % 60:02}" for i in range(N)], "finish")[0].kind == "datetime"


@pytest.mark.parametrize("decimal", [".", ","])
def test_leading_zeros_are_kept_whatever_the_decimal_mark(decimal):
    column, typed = one([f"{(i * 397) % 4000 + 100:05}" for i in range(N)], "plz", decimal=decimal)
    assert column.kind not in {"integer", "number"}
    assert typed.iloc[0] == "00100"


@pytest.mark.parametrize(
    ("cells", "first"),
    [
        (["(1,234.50)", "(12.00)", "(7.25)"], -1234.5),
        (["$(1,234.50)", "$12.00", "$7.25"], -1234.5),
        (["(1,234.50) €", "12.00 €", "7.25 €"], -1234.5),
    ],
)
def test_amounts_below_zero_as_ledgers_have_them(cells, first):
    found = understand("amount", Cells.of(pd.Series(cells * 5, dtype=object)))
    assert found.kind == "number" and found.numbers is not None and found.numbers.min() == first


@pytest.mark.parametrize(
    ("parts", "kind"),
    [
        (["这部电影", "非常好看", "我很喜欢", "故事无聊", "演员不错", "下次再来"], "text"),
        (["この映画は", "とても面白い", "また見たい", "退屈だった", "好きです", "最高でした"], "text"),
        (["หนังเรื่องนี้", "สนุกมาก", "ไม่ชอบเลย", "น่าเบื่อ", "ดูอีกครั้ง", "เยี่ยมมาก"], "text"),
        (["😀", "❤️", "👍🏽", "👩‍🚀", "🍕", "🚗"], "text"),
        (["佐", "藤", "健", "一", "田", "中"], "identifier"),
    ],
    ids=["Chinese", "Japanese", "Thai", "emoji", "names"],
)
def test_words_without_blanks_between_them_are_words(parts, kind):
    rng = random.Random(1)
    cells = ["".join(rng.choice(parts) for _ in range(4)) + str(i) * (kind == "identifier") for i in range(80)]
    assert understand("v", Cells.of(pd.Series(cells, dtype=object))).kind == kind


@pytest.mark.parametrize(
    ("texts", "numbers"),
    [
        (["1.2k", "3M", "900", "1.1M"], [1200, 3e6, 900, 1.1e6]),
        (["$1.2M", "$900K", "$2B"], [1.2e6, 9e5, 2e9]),
        (["-1.2k", "15", "2,400"], [-1200, 15, 2400]),
        (["30 %", "0.25", "7%", "1"], [0.3, 0.25, 0.07, 1]),
        (["30 %", "12", "7%", "99"], [30, 12, 7, 99]),  # not all of them: whether those without are shares is not known
        (["5 1/2", "6", "-3 3/4", "7½", "¾"], [5.5, 6, -3.75, 7.5, 0.75]),
        (["1\u2009234", "12\u2009345\u2009678"], [1234, 12345678]),
        (["\u0661\u0662\u066b\u0665", "\u0663"], [12.5, 3]),
        (["12k", "15k", "18k"], [12, 15, 18]),  # one and the same: the letter is taken off
        (["300K", "290K", "310K"], [300, 290, 310]),
    ],
)
def test_letters_for_thousands_and_millions_count_where_they_differ(texts, numbers):
    values = np.array(texts * 5, dtype=object)
    style = find_style(values, np.ones(len(values), dtype=int), ".")
    assert read_numbers(values, style).tolist() == numbers * 5
    if not all(map(str.isascii, texts)) or any("/" in text for text in texts):
        return  # SQL leaves these to the counting of what it cannot read
    with duckdb.connect() as connection:
        held = connection.execute("SELECT " + ", ".join(number_in_sql(f"'{text}'", style) for text in texts)).fetchall()
    assert list(held[0]) == numbers


@pytest.mark.timeout(60)  # of minutes that patterns took which went over the same characters again
@pytest.mark.parametrize("text", ["word " * 60_000, "5" + " " * 60_000 + "rooms, two baths"], ids=["words", "blanks"])
def test_long_texts_are_soon_told_from_numbers(text):
    values = np.array([f"{text}{k}" for k in range(3)], dtype=object)
    style = find_style(values, np.ones(len(values), dtype=int), ".")
    assert np.isnan(read_numbers(values, style)).all()


@pytest.mark.parametrize("texts", [["5B", "6B", "3T"], ["14K", "18", "22K"], ["3 kg", "4 m", "5 km"], ["12a", "13b", "14"]])
def test_letters_that_are_codes_or_units_are_no_powers_of_ten(texts):
    values = np.array(texts * 5, dtype=object)
    assert not find_style(values, np.ones(len(values), dtype=int), ".").scaled


@pytest.mark.parametrize(
    ("text", "form"), [("2567-02-29", "%Y-%m-%d"), ("29/02/2567", "%d/%m/%Y"), ("29 Feb 2567 08:30", "%d %b %Y %H:%M")]
)
def test_years_of_the_buddhist_era_are_those_of_the_common_one(text, form):
    texts = [text, *(text.replace("2567", str(year)).replace("29", "28") for year in range(2540, 2567))]
    found = find_form(np.array(texts, dtype=object), None)
    times = read_dates(np.array(texts, dtype=object), found.format)
    assert str(times[0])[:10] == "2024-02-29" and not np.isnat(times).any() and found.format.startswith("Buddhist era: ")
    assert find_form(np.array([t.replace("25", "20") for t in texts], dtype=object), None).format.find("Buddhist") < 0


def test_times_as_a_form_on_the_web_stamps_them_are_dates():
    texts = [f"2024/01/{day:02d} {day % 12 + 1}:07:00 {'AP'[day % 2]}M GMT+{1 + day % 2}" for day in range(1, 29)]
    found = understand("Timestamp", Cells.of(pd.Series(texts, dtype=object)))
    assert found.kind == "datetime" and found.unread == 0


@pytest.mark.parametrize("case", [str, str.upper, str.lower])
def test_words_that_no_date_has_are_told_before_any_form_is_tried(case):
    moment = datetime.datetime(2023, 9, 6, 17, 5, 9, 250, tzinfo=datetime.UTC)
    written = [form + time for form in (*_dates.DAY_FIRST, *_dates.MONTH_FIRST, *_dates.OTHER) for time in _dates.TIMES]
    texts = [case(moment.strftime(form)) for form in (*written, *_dates.WHOLE)]
    texts += [case(text) for text in ("2020Q1", "q3 2021", "2020-W05", "KW 5/2020", "2020-01-02T03:04:05Z", "2020-01-02 03:04 UTC")]
    assert [text for text in texts if not _dates._words_of_dates(text)] == []
    assert not any(map(_dates._words_of_dates, ("street 12", "job 3", "Version 2023-09", "sixth sep 2023")))


@pytest.mark.parametrize(
    "words", [("DOĞRU", "YANLI\u015e"), ("Var", "Yok"), ("WAAR", "ONWAAR"), ("SANN", "USANN"), ("PRAWDA", "FA\u0141SZ"), ("да", "нет")]
)
def test_yes_and_no_as_spreadsheets_of_other_languages_write_them(words):
    assert one([words[i % 3 > 0] for i in range(60)])[0].kind == "boolean"
