"""Cells that are one number, though not written as one, are read so; those that only look like it are not."""

import math
import random

import numpy as np
import pandas as pd
import pytest

from automl_assist.profile._cells import Cells
from automl_assist.profile._kinds import understand
from automl_assist.profile._notations import as_learned
from automl_assist.profile._rewriting import cast_as_written
from tests.profile.tables import one

R = random.Random(0)
N = 120
BASE60 = [f"{i * 7 % 60:02}" for i in range(N)]

# name: cells learned from, cells that come later, what they are, what the evidence says
READ = {
    "hours above a day": ([f"{i % 40}:{BASE60[i]}:{BASE60[i - 5]}" for i in range(N)], ["26:30:00", "-1:30:00"], [26.5, -1.5], "hours"),
    "buses after midnight": ([f"{5 + i % 22:02}:{BASE60[i]}" for i in range(N)], ["25:15", "05:30"], [25.25, 5.5], "their first part"),
    "laps": ([f"{i % 4}:{BASE60[i]}.{i:03}" for i in range(N)], ["1:30.6"], [1.51], "minutes"),
    "races": (
        [f"{30 + i % 30}:{BASE60[i]}" if i % 2 else f"1:{BASE60[i]}:30" for i in range(N)], ["45:30", "1:02:30"], [45.5, 62.5], "minutes"
    ),
    "days and a clock": (
        [f"{i % 9} days {i % 24:02}:{BASE60[i]}:00" for i in range(N)], ["1 day, 2:30:00", "0:15:00"], [26.5, 0.25], "hours"
    ),
    "parts of time": (
        [[f"{i % 3 + 1}d {i % 24}h", f"{i % 9}h {i % 60}m", f"{i} min"][i % 3] for i in range(N)], ["1d 2h 30m", "90 min", "2h15"],
        [26.5, 1.5, 2.25], "hours",
    ),
    "minutes and hours": ([f"{i} min" if i % 2 else f"1 h {i % 60} min" for i in range(N)], ["1 h 30 min", "5 min"], [90, 5], "minutes"),
    "iso durations": ([f"PT{i % 9 + 1}H{i % 60}M" for i in range(N)], ["PT1H30M", "P1DT6H"], [1.5, 30], "hours"),
    "ages": ([f"{i % 12 + 1} months" if i % 2 else f"{i % 9 + 2} years" for i in range(N)], ["1 year", "6 m"], [1, 0.5], "years"),
    "masses": ([f"{i % 9 + 1} kg" if i % 3 == 0 else f"{i * 7 + 100} g" for i in range(N)], ["2 kg", "1.5 kg"], [2000, 1500], "g"),
    "sizes of files": ([f"{i % 9 + 1}.5 MB" if i % 3 else f"{i % 7 + 1} GB" for i in range(N)], ["2 GB", "512 KB"], [2000, 0.512], "MB"),
    "feet and inches": ([f"{i % 3 + 4}'{i % 12}\"" for i in range(N)], ["5' 6\"", "6'"], [5.5, 6], "feet"),
    "latitudes": (
        [f"{i % 90}°{i % 60}'{'NS'[i % 2]}" for i in range(N)], ["52°30'N", "33° 54' 36\" S", "13.5°"], [52.5, -33.91, 13.5], "degrees"
    ),
    "storms": ([f"{i % 90}.{i % 10}{'WE'[i % 2]}" for i in range(N)], ["94.8W", "3.0E"], [-94.8, 3], "degrees"),
    "uncertain": ([f"{i / 7:.1f} ± 0.{i % 9}" for i in range(N)], ["3.1±0.2", "-3.1 +/- 0.2", "4"], [3.1, -3.1, 4], "uncertainty"),
    "deviations": (
        [f"{i / 7:.1f} (0.{i % 9})" for i in range(N)], ["12.0 (1.3)", "2.5 [1.1-4.2]", "1.5 (95% CI 1.1-2.0)"], [12, 2.5, 1.5],
        "uncertainty",
    ),
    "limits": (["<0.5" if i % 3 == 0 else f"{i / 7:.1f}" for i in range(N)], ["<0.5", "> 50", "3"], [0.5, 50, 3], "bare"),
    "capped": (["90+" if i % 9 == 0 else str(20 + i % 70) for i in range(N)], ["90+", "30"], [90, 30], "bare"),
    "at least": ([f"{i % 15 + 1},000+" for i in range(N)], ["5,000+", "12,000"], [5000, 12000], "bare"),
    "about": ([f"ca. {i}" if i % 3 else str(i + 7) for i in range(N)], ["Circa 5", "about 7", "9"], [5, 7, 9], "bare"),
    "stars": ([f"{i % 9 / 2} out of 5 stars" for i in range(N)], ["3.5 out of 5", "4/5"], [3.5, 4], "out of 5"),
    "clocks of processors": (
        [f"{i % 9 + 1}.5 GHz" if i % 3 else f"{i * 7 + 100} MHz" for i in range(N)], ["2 GHz", "500 MHz"], [2, 0.5], "GHz"
    ),
    "ledgers": ([f"$({i}.00)" if i % 3 == 0 else "$ -" if i % 7 == 0 else f"${i}.50" for i in range(N)], ["$(5.00)", "$-"], [-5, 0], "'$'"),
    "counted": ([f"{i / 7:.1f} (n={i % 30 + 3})" for i in range(N)], ["12.3 (n=15)", "2.5 (N = 7)"], [12.3, 2.5], "uncertainty"),
    "significant": ([f"{i / 7:.2f}{'*' * (i % 4)}" for i in range(N)], ["3.20*", "0.04**", "1"], [3.2, 0.04, 1], "stars"),
    "all significant": ([f"{i / 7:.2f}{'*' * (i % 3 + 1)}" for i in range(N)], ["3.20*", "0.04**"], [3.2, 0.04], "stars"),
    "laboratories": ([f"{i / 7:.1f}{['', '', ' H', ' L'][i % 4]}" for i in range(N)], ["3.2 HH", "0.4 L"], [3.2, 0.4], "high and low"),
    "high shares": ([f"{i / 7:.1f}%{['', '', ' (H)'][i % 3]}" for i in range(N)], ["3.2% (H)", "0.4%"], [3.2, 0.4], "high and low"),
    "fractions": ([["1/2", "3/4", "1 1/2", "2", "5/8", "2 1/4"][i % 6] for i in range(N)], ["1-1/2", "3/16"], [1.5, 0.1875], "fractions"),
    "rents": ([f"${800 + 7 * i:,}/mo" for i in range(N)], ["$1,200/mo", "$900"], [1200, 900], "'/mo'"),
    "prices of a kilogram": ([f"{i % 60},{i % 90 + 10} €/kg" for i in range(N)], ["12,50 €/kg"], [12.5], "€/kg"),
    "areas": ([f"{500 + 13 * i:,} sq ft" for i in range(N)], ["1,200 sq ft"], [1200], "sq ft"),
    "days ago": ([f"{i % 40 + 1} days ago" if i % 2 else f"{i % 9 + 2} weeks ago" for i in range(N)], ["14 days ago"], [2], "weeks"),
    "debit and credit": ([f"{i * 7}.{i % 90 + 10} {'SH'[i % 3 > 0]}" for i in range(N)], ["12.50 S", "3.00 H"], [-12.5, 3], "below zero"),
    "estimated": ([f"{1000 + i}{['', '', ' (est.)'][i % 3]}" for i in range(N)], ["1200 (est.)"], [1200], "estimated"),
    "quoted twice": ([f'"{i}"' for i in range(N)], ['"12"'], [12], "taken off"),
    "below what is found": ([["ND", "<LOD", "BDL", f"{i / 7:.1f}", f"{i / 9:.1f}"][i % 5] for i in range(N)], ["2.5"], [2.5], "missing"),
    "one currency": ([f"€{i}.50" if i % 2 else f"{i}.25 EUR" for i in range(N)], ["€3", "4 EUR"], [3, 4], "taken off"),
}  # fmt: skip


@pytest.mark.parametrize("case", list(READ))
def test_read_as_numbers(case):
    values, new, numbers, said = READ[case]
    column, typed = one(values)
    assert column.kind in ("number", "integer"), column.evidence
    assert said in column.evidence
    assert not typed.isna().any() or column.missing_tokens
    later, unread, changed = cast_as_written(pd.DataFrame({"v": new}), [column], None)
    assert later["v"].to_numpy() == pytest.approx(numbers)
    assert not unread
    assert not changed


WORDS = {
    "sizes of high and low": [f"{i % 40}{'HL'[i % 2]}" for i in range(N)],
    "names of files": [f"{i:02}.csv" for i in range(N)],
    "names of files in folders": [f"{i:02}/page.dat" for i in range(N)],
    "addresses of people": [f"{i:02}@example.org" for i in range(N)],
    "codes with an end": [f"{i:02}-AB" for i in range(N)],
    "rooms": [f"{i % 40} {['Main St', 'Oak Ave', 'Elm Rd'][i % 3]}" for i in range(N)],
    "odds": [f"{i % 7 + 1}/{i % 5 + 2}" for i in range(N)],
    "times of day": [f"{i % 24:02}:{BASE60[i]}" for i in range(N)],
    "midnight at the end of a day": [f"{i % 24:02}:{BASE60[i]}:00" for i in range(N - 5)] + ["24:00:00"] * 5,
    "results of games": [f"{R.randint(20, 40)}:{R.randint(20, 40)}" for _ in range(N)],
    "shapes": [["16:9", "4:3", "21:9", "1:1"][i % 4] for i in range(N)],
    "parts of codes": [f"{R.randint(100, 999)}xx" for _ in range(N)],
    "shares of several wholes": [f"{i % 40}/{i % 40 + i % 7}" for i in range(N)],
    "answers": [["1", "2", "3", "4+"][i % 4] for i in range(N)],
    "classes of age": [["<18", "18-24", "25-64", ">64"][i % 4] for i in range(N)],
    "phones": [f"(030) {R.randint(1000, 9999)}" for _ in range(N)],
    "seats": [f"{i % 30 + 1}{'ABCDEF'[i % 6]}" for i in range(N)],
    "spans": [f"{i % 7} to {i % 7 + 5} min" for i in range(N)],
    "currencies": [f"{'$€'[i % 2]}{i}.50" for i in range(N)],
    "pieces and masses": [f"{i % 9 + 1} {['kg', 'h', 'pieces'][i % 3]}" for i in range(N)],
}


@pytest.mark.parametrize("case", list(WORDS))
def test_only_look_like_it(case):
    column, _ = one(WORDS[case])
    assert column.kind not in ("number", "integer"), column.evidence


def test_name_says_that_a_clock_shows_a_duration():
    column, typed = one([f"{i % 4:02}:{BASE60[i]}:00" for i in range(N)], name="duration")
    assert column.kind == "number"
    assert typed.iloc[1] == pytest.approx(1 + int(BASE60[1]) / 60)


@pytest.mark.parametrize(
    ("later", "before", "affix", "notation"),
    [
        ("units:h", None, "min", "units:min"),
        ("clock:h", "units:min", None, "clock:min"),
        ("units:h", None, "kg", None),
        ("clock", None, None, None),
        ("degrees", None, "°", "degrees"),
        ("bound", None, "mg", "bound"),
        ("primes:ft", "units:m", None, None),
    ],
)
def test_later_files_are_read_in_the_unit_that_was_learned(later, before, affix, notation):
    assert as_learned(later, before, affix) == notation


def test_minutes_learned_and_hours_later():
    column, _ = one([f"{i} min" for i in range(N)])
    later, _, changed = cast_as_written(pd.DataFrame({"v": [f"{i} h 30 min" for i in range(20)]}), [column], None)
    assert later["v"].tolist() == [60 * i + 30 for i in range(20)]
    assert changed == ["v"]


def test_days_as_spreadsheets_count_them():
    column, typed = one([44000 + i for i in range(N)], name="Order Date")
    assert (column.kind, column.date_format) == ("datetime", "excel")
    assert typed.iloc[0] == np.datetime64("2020-06-18")
    assert one([44000 + i * 3 for i in range(N)], name="price")[0].kind == "integer"
    assert one([f"{44000 + i}.25" for i in range(N)], name="datum")[1].iloc[0] == np.datetime64("2020-06-18T06:00")


def test_no_number_comes_from_nonsense():
    column, _ = one(READ["parts of time"][0])
    later, unread, _ = cast_as_written(pd.DataFrame({"v": ["3 kg", "soon", "5", "1,500 h", "", "2 h"]}), [column], None)
    assert [None if math.isnan(v) else v for v in later["v"]] == [None, None, None, None, None, 2]
    assert unread == {"v": 4}


@pytest.mark.parametrize("behind", [" min/km", "/km", " /mi", " per mile"])
def test_a_pace_is_a_number_of_minutes(behind):
    cells = Cells.of(pd.Series([f"{i // 60}:{i % 60:02d}{behind}" for i in range(240, 420)], dtype=object))
    found = understand("value", cells)
    assert found.kind == "number", found.evidence
    assert cells.spread(found.numbers, np.nan)[[0, 30]].tolist() == [4.0, 4.5]


def test_a_pace_of_another_distance_is_read_as_the_one_of_training():
    column, _ = one([f"{i // 60}:{i % 60:02d} /km" for i in range(240, 420)])
    assert column.notation == "pace:km"
    later, unread, _ = cast_as_written(pd.DataFrame({"v": ["8:02.8 /mi", "2:30 /500 m", "5:00 per km", "5:00", "5:00 /h"]}), [column], None)
    assert later["v"].tolist()[:3] == pytest.approx([5.0, 5.0, 5.0], abs=1e-4)
    assert unread == {"v": 2}


def test_digits_around_an_e_are_a_code_unless_written_as_powers():
    def kind(texts):
        return understand("batch", Cells.of(pd.Series(texts, dtype=object))).kind

    assert kind([f"{i % 90 + 10}E{i % 9 + 1}" for i in range(200)]) not in ("number", "integer")
    assert kind([f"{i % 9 + 1}e{i % 7 + 2}" for i in range(200)]) in ("number", "integer")
    assert kind([f"{i % 90 + 10}e+0{i % 9 + 1}" for i in range(200)]) in ("number", "integer")


@pytest.mark.parametrize("form", ['="{}"', "'{}"])
def test_what_keeps_spreadsheets_from_reading_numbers_is_taken_off(form):
    cells = Cells.of(pd.Series([form.format(f"{i / 7:.2f}") for i in range(120)], dtype=object))
    found = understand("amount", cells)
    assert (found.kind, cells.spread(found.numbers, np.nan)[7]) == ("number", 1.0)
    codes = Cells.of(pd.Series([form.format(f"{i * 37 % 99:05d}") for i in range(120)], dtype=object))
    assert understand("branch", codes).kind == "category", "they are kept for their zeros"


@pytest.mark.parametrize("form", ["{:.1f}\u00d710^{}", "{:.1f} x 10^{}", "{:.1f}*10**{}", "{:.1f} \u00d7 10⁴"])
def test_powers_of_ten_written_out_are_numbers(form):
    powers = [4 if "⁴" in form else i % 5 - 1 for i in range(120)]
    cells = Cells.of(pd.Series([*(form.format(i / 10, power) for i, power in enumerate(powers)), "950"], dtype=object))
    found = understand("count", cells)
    assert found.kind in ("number", "integer"), found.evidence
    assert cells.spread(found.numbers, np.nan).tolist() == [*(float(f"{i / 10:.1f}e{power}") for i, power in enumerate(powers)), 950]


def test_words_for_about_need_no_ten_numbers_beside_them():
    texts = ["~50", "~100", "about 75", "60", "80", "120"] * 20
    cells = Cells.of(pd.Series(texts, dtype=object))
    found = understand("hours", cells, kind="number")
    assert cells.spread(found.numbers, np.nan)[:6].tolist() == [50, 100, 75, 60, 80, 120]
    assert understand("children", Cells.of(pd.Series(["1", "2", "3", "4+"] * 30, dtype=object))).kind == "category"
