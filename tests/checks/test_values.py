"""F113 to F117, F121 to F123, F308 and F309: values that are written, scaled or labelled wrongly, and columns that say the same."""

import dataclasses

import numpy as np
import pytest

from automl_assist.checks import checks
from tests.checks.contexts import found, make_context, numbers, words

N = 600
R = np.random.default_rng(4)
CHECKS = checks()
LABELS = words(N, ["no", "yes"], 5)


def table(kinds=None, **more):
    return make_context({"a": numbers(N), **more, "y": LABELS}, "y", "binary", kinds)


@pytest.mark.parametrize("code", ["F113", "F114", "F115", "F116", "F117", "F308", "F309"])
def test_a_clean_table_is_clean(code):
    cells = {"size": [f"{v:.3f}" for v in R.lognormal(4, 1, N)], "c": words(N, ["low", "high", "11th", "12th"], 3)}
    assert found(code, table(**cells)) == []
    cells["y"] = [f"{v:.2f}" for v in R.lognormal(3, 1.2, N)]
    assert found(code, make_context(cells, "y", "regression")) == []


def test_spelling_variants():
    written = words(N, ["Private", "Private", "Private", "private ", "PRIVATE", "Federal"], 1)
    typo = ["Privte" if i % 40 == 0 else v for i, v in enumerate(written)]
    (finding,) = found("F113", table(job=typo))
    assert (finding.severity, finding.columns) == ("warning", ("job",))
    assert "'Private'" in finding.message
    (typos,) = found("F113", table(job=["Federall" if i % 60 == 0 else v.strip().title() for i, v in enumerate(written)]))
    assert "10 rows" in typos.message


def test_alike_but_not_variants():
    assert found("F113", table(place=words(N, ["NORTH", "SOUTH", "11th", "12th", "<=50K", ">50K", "A1", "A2"], 2))) == []


def test_grades_are_no_variants():
    assert found("F113", table(grade=words(N, ["A+", "A", "A-", "B+", "B", "B-"], 1))) == []


def test_yes_and_no_in_several_ways():
    (finding,) = found("F113", table(paid=words(N, ["Y", "ja", "true", "N", "nein"], 2)))
    assert "2 categories" in finding.message
    assert found("F113", table(paid=words(N, ["yes", "no", "maybe"], 2))) == []
    assert found("F113", table(paid=words(N, ["a", "y", "n"], 2))) == []


def test_several_numbers_in_one_cell():
    for cells in (
        [f"{100 + i % 60}/{60 + i % 40}" for i in range(N)],
        [f"{i % 70 + 20} x {i % 50 + 10} cm" for i in range(N)],
        [f"({i / 7:.2f}, {i / 9:.2f})" for i in range(N)],
        [f"{50 + i % 30}-{80 + i % 50}" for i in range(N)],
    ):
        (finding,) = found("F119", table(v=cells))
        assert "two numbers" in finding.message
    for cells in (
        [f"{2000 + i % 20}/{i % 12 + 1:02}" for i in range(N)],
        [f"{i % 28 + 1}/{i % 12 + 1}/{i % 90}" for i in range(N)],
        [f"{i % 40}-{i % 40 + 5}" for i in range(N)],
        [f"1.{i % 9}.{i % 7}" for i in range(N)],
        words(N, ["16:9", "4:3", "21:9"], 2),
        [f"{i % 7}-{i % 5}" for i in range(N)],
        [f"{i % 90 + 1},{i % 900 + 100}.50 CR" for i in range(N)],
    ):
        assert found("F119", table(v=cells)) == []


def test_signs_as_in_web_pages():
    firms = words(N, ["AT&T", "AT&amp;T", "P&amp;G", "\uff30&G", "M&uuml;ller"], 2)
    (variants,) = found("F113", table(firm=firms))
    assert "2 categories" in variants.message
    (finding,) = found("F118", table(firm=firms))
    assert "'&amp;'" in finding.message
    assert finding.severity == "info"
    assert found("F118", table(firm=words(N, ["AT&T", "P&G", "R&D;"], 2))) == []
    assert found("F118", table(page=words(N, ["<b>AT&amp;T</b>", "<i>x</i>"], 2))) == []
    assert found("F113", table(place=words(N, ["INLAND", "ISLAND"], 2))) == []
    rare = ["ISLAND" if i == 7 else "INLAND" if i % 2 else "OCEAN" for i in range(N)]
    assert all(f.severity == "info" for f in found("F113", table(place=rare)))


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1"])
def test_letters_decoded_wrongly(encoding):
    towns = ["Köln", "Málaga", "Genève", "Paris", "Łódź \u2013 日本"]
    broken = [t.encode().decode(encoding if encoding == "latin-1" or "Ł" not in t else "latin-1") for t in towns]
    (finding,) = found("F121", table(town=words(N, broken, 2)))
    assert finding.severity == "warning" and "'Ã¶' for 'ö'" in finding.message
    assert found("F121", table(town=words(N, towns, 2))) == []
    assert found("F121", table(town=words(N, ["SÃO PAULO", "à la carte", "Ðorđe", "20 °C", "«Été»", "A\u00a0B"], 2))) == []
    (lost,) = found("F121", table(town=words(N, ["K\ufffdln", "Bonn"], 2)))
    assert "lost letters" in lost.message


def test_objects_in_a_cell():
    for cells in (
        [f'{{"colour": "red", "size": {i % 90}}}' for i in range(N)],
        [f"{{'colour': None, 'size': {i % 90}}}" for i in range(N)],
        [f'[{{"colour": "red", "size": {i % 90}}}, {{"colour": "blue"}}]' for i in range(N)],
    ):
        (finding,) = found("F122", table(kinds={"meta": "text"}, meta=cells))
        assert "'colour', 'size'" in finding.message
    for cells in ([f"{{{i}}}" for i in range(N)], [f"{{note: {i}" for i in range(N)], ["{'a': __import__('os')}"] * N):
        assert found("F122", table(kinds={"meta": "text"}, meta=cells)) == []


@pytest.mark.parametrize("turned", [["2-Sep", "1-Mar"], ["10-May", "Oct-20"], ["10. Mai", "1. Mrz"], ["10-mai"]])
def test_cells_that_a_spreadsheet_turned_into_dates(turned):
    others = ["TP53", "BRCA1", "KRAS", "EGFR", "21-50"]
    (finding,) = found("F123", table(gene=words(N, others * 4 + turned, 2)))
    assert repr(turned[0]) in finding.message
    assert found("F123", table(gene=words(N, [*others, "Set-11", "40-Jan", "May", "8 set"], 2))) == []
    assert found("F123", table(kinds={"day": "category"}, day=words(N, ["1-Mar", "2-Mar", "15-Apr", "unknown", "later"], 2))) == []


def test_one_row_of_totals_makes_no_columns_alike():
    cells = {name: R.integers(0, 90, N) for name in ("north", "south", "west")}
    totals = {name: [str(v) for v in [*held[:-1], held[:-1].sum()]] for name, held in cells.items()}
    assert found("F117", table(**totals)) == []
    assert len(found("F117", table(**totals, again=[str(2 * int(v) + 1) for v in totals["north"]]))) == 1


@pytest.mark.parametrize("code", ["-999", "-9999.0", "9999"])
def test_a_code_beside_a_few_values(code):
    few = words(N, ["0.0", "4.564", "3.258", "3.932", "0.0", "4.564", code], 1)
    (finding,) = found("F116", table(kinds={"rate": "number"}, rate=few))
    assert "placeholder" in finding.message
    assert found("F116", table(kinds={"rate": "number"}, rate=words(N, ["0.0", "250", "500", "1000", "9999"], 1))) == []
    assert found("F116", table(kinds={"rate": "number"}, rate=words(N, ["0", "9999"], 1))) == []


def test_a_sure_code_is_enough_in_two_cells():
    assert len(found("F116", table(size=["-9999" if i in (3, 70) else f"{v:.1f}" for i, v in enumerate(R.uniform(5, 90, N))]))) == 1
    assert found("F116", table(size=["-9999" if i == 3 else f"{v:.1f}" for i, v in enumerate(R.uniform(5, 90, N))])) == []


def test_rare_spellings_are_not_shown():
    names = ["smithson" if i == 3 else "Smithson" if i % 2 else "Jones" for i in range(N)]
    assert all("smithson" not in f.message for f in found("F113", table(name=names)))


@pytest.mark.parametrize("factor", [100, 1_000, 2.204623])
def test_two_units(factor):
    height = R.normal(1.7, 0.05, N)
    mixed = np.where(R.random(N) < 0.2, height * factor, height)
    (finding,) = found("F114", table(height=[f"{v:.4f}" for v in mixed]))
    assert "units" in finding.message


def test_products_of_far_prices_are_no_units():
    goods = words(N, ["pen", "cap", "tie", "desk", "sofa"], 3)
    price = {"pen": 1, "cap": 2, "tie": 3, "desk": 100, "sofa": 200}
    prices = [f"{price[g] * R.uniform(0.8, 1.2):.3f}" for g in goods]
    assert found("F114", table(goods=goods, price=prices)) == []
    assert found("F114", table(price=prices)) != []
    shops = words(N, ["n", "s", "e", "w"], 5)
    weighed = [f"{R.lognormal(4, 0.2) * (1000 if s == 'w' else 1):.3f}" for s in shops]
    assert found("F114", table(shop=shops, weight=weighed)) != []


def test_a_few_prices_in_another_currency():
    cells = [f"{'€' if i in (5, 9, 77) else '$'}{v:.2f}" for i, v in enumerate(R.uniform(5, 99, N))]
    column = dataclasses.replace(table(v=numbers(N)).profile.column("v"), affix="$")
    context = make_context({"v": cells, "y": LABELS}, "y", "binary", {"v": "number"})
    profile = dataclasses.replace(context.profile, columns=(column, *context.profile.columns[1:]))
    typed = context.typed.assign(v=[None if c[0] == "€" else float(c[1:]) for c in cells])
    (finding,) = CHECKS["F114"].run(dataclasses.replace(context, profile=profile, typed=typed))
    assert "3 cells of 600 stand in '€' (3), the others in '$'" in finding.message
    assert finding.rows == (6, 10, 78)


def test_seats_are_no_amounts():
    assert found("F114", table(seat=[f"{i % 40 + 1}{'ABCDEF'[i % 6]}" for i in range(N)])) == []


def test_written_units():
    weights = [f"{v:.1f} {'kg' if i % 3 else 'lb'}" for i, v in enumerate(R.normal(70, 9, N))]
    (finding,) = found("F114", table(kinds={"weight": "text"}, weight=weights))
    assert "'kg'" in finding.message
    assert found("F114", table(kinds={"weight": "text"}, weight=[w.replace("lb", "kg") for w in weights])) == []


def test_numbers_with_a_sign():
    made = table(price=numbers(N, 3))
    columns = tuple(dataclasses.replace(c, affix="$", thousands=",") if c.name == "price" else c for c in made.profile.columns)
    (finding,) = found("F115", dataclasses.replace(made, profile=dataclasses.replace(made.profile, columns=columns)))
    assert "numbers as text" in finding.message


@pytest.mark.parametrize(("code", "low"), [("-999", 1), ("-1", 0), ("9999", 1), ("-9999", -50)])
def test_sentinels(code, low):
    cells = [code if i % 15 == 0 else f"{v:.1f}" for i, v in enumerate(R.uniform(low, 90, N))]
    (finding,) = found("F116", table(size=cells))
    assert (finding.severity, finding.columns) == ("warning", ("size",))
    assert "placeholder" in finding.message
    assert f"'{code}'" in finding.message


def test_what_a_sensor_gives_when_it_fails():
    read = R.normal(20, 2, N).round(2)
    read[::40], read[1::50] = -127, 85
    (finding,) = found("F116", table(celsius=[f"{v:g}" for v in read]))
    assert "'-127'" in finding.message and "far below" in finding.message
    read[::40] = np.linspace(-127, -126, len(read[::40]))
    (finding,) = found("F116", table(celsius=[f"{v:g}" for v in read]))
    assert "'85'" in finding.message
    capped = np.minimum(R.normal(20, 2, N), 22).round(3)
    assert found("F116", table(celsius=[f"{v:g}" for v in capped])) == [], "where a scale ends is no failure"


def test_a_question_mark():
    (finding,) = found("F116", table(place=words(N, ["east", "west", "north", "?"], 1)))
    assert "'?'" in finding.message


def test_a_minus_beside_a_plus_is_a_result():
    assert found("F116", table(urine=words(N, ["-", "+", "++", "+++"], 1))) == []
    assert found("F116", table(place=words(N, ["-", "east", "west", "a+"], 1))) != []


def test_no_answer_on_a_scale():
    kinds = {"satisfied": "category"}
    assert len(found("F116", table(kinds=kinds, satisfied=words(N, ["1", "2", "3", "4", "5", "98", "99"], 1)))) == 1
    assert found("F116", table(kinds=kinds, satisfied=words(N, ["1", "2", "3", "4", "5"], 1))) == []
    assert found("F116", table(kinds=kinds, satisfied=words(N, ["35", "47", "99"], 1))) == []


@pytest.mark.parametrize(("answers", "code"), [(["1", "2", "3", "4", "5", "6", "7"], "99"), (["0", "1", "2", "3", "4", "5"], "-9")])
def test_no_answer_on_a_scale_of_numbers(answers, code):
    cells = [code if i % 12 == 0 else cell for i, cell in enumerate(words(N, answers, 1))]
    (finding,) = found("F116", table(kinds={"school": "integer"}, school=cells))
    assert f"'{code}'" in finding.message and f"from {answers[0]} to {answers[-1]}" in finding.message
    assert found("F116", table(kinds={"school": "integer"}, school=words(N, answers, 1))) == []
    counted = words(N, [*answers, "-9", "12", "14", "20"], 2)
    assert found("F116", table(kinds={"gain": "integer"}, gain=counted)) == [], "a number among others is no code"


def test_codes_for_several_reasons_stand_together():
    cells = [("99999999", "99999998")[i % 2] if i % 9 == 0 else str(v) for i, v in enumerate(R.integers(9_000, 90_000, N))]
    (finding,) = found("F116", table(income=cells))
    assert finding.severity == "warning" and "'99999999'" in finding.message


def test_a_date_that_is_none():
    days = ["1900-01-01" if i % 20 == 0 else f"2021-{i % 12 + 1:02}-{i % 28 + 1:02}" for i in range(N)]
    assert len(found("F116", table(kinds={"day": "datetime"}, day=days))) == 1
    assert found("F116", table(kinds={"day": "datetime"}, day=[d.replace("1900", "2021") for d in days])) == []


def test_no_sentinels():
    assert found("F116", table(x=[f"{v:.2f}" for v in R.normal(0, 1, N)], n=[str(v) for v in R.integers(0, 100, N)])) == []
    assert found("F116", table(grade=words(N, ["-1", "0", "1", "2"], 1))) == []
    assert all(
        f.severity == "info"
        for f in found("F116", table(gain=["0" if i % 3 else f"{v:.0f}" for i, v in enumerate(R.uniform(3e4, 9e4, N))]))
    )


def test_another_unit_and_a_copy():
    km = R.uniform(1, 500, N)
    job = words(N, ["u", "v", "w"], 1)
    found_here = found("F117", table(km=[f"{v:.2f}" for v in km], miles=[f"{v / 1.609344:.4f}" for v in km], job=job, job2=job))
    assert sorted(f.columns for f in found_here) == [("job", "job2"), ("km", "miles")]


def test_correlated_is_not_the_same():
    x = R.normal(size=N)
    cells = {"x": [f"{v:.5f}" for v in x], "z": [f"{v:.5f}" for v in x + R.normal(0, 0.05, N)]}
    rare = ["1" if i == 5 else "0" for i in range(N)]
    assert found("F117", table(**cells, f=rare, g=rare)) == []


def apart(noise, only="pqr"):
    labels = words(N, ["p", "q", "r"], 6)
    shift = np.array([{"p": 0, "q": 4, "r": 8}[v] for v in labels])
    cells = {name: [f"{v:.3f}" for v in shift + R.normal(0, 0.8, N)] for name in "ab"}
    wrong = ["pqr"["pqr".index(v) - 1] if R.random() < noise and v in only else v for v in labels]
    return make_context({**cells, "y": wrong}, "y", "multiclass", associations={"a": 0.9, "b": 0.9})


def test_wrong_labels():
    (finding,) = found("F308", apart(0.08))
    assert finding.columns == ("y",)
    assert finding.rows
    assert "label errors" in finding.message
    assert found("F308", apart(0.0)) == []


def test_one_class_alone_that_looks_like_others_is_no_slip_of_a_hand():
    assert found("F308", apart(0.25, only="q")) == []


def test_classes_that_overlap_have_no_wrong_labels():
    x = R.normal(size=N)
    cells = {
        "x": [f"{v:.3f}" for v in x],
        "z": numbers(N),
        "y": ["p" if v + e > 0 else "q" for v, e in zip(x, R.normal(size=N), strict=True)],
    }
    assert found("F308", make_context(cells, "y", "binary", associations={"x": 0.7, "z": 0.0})) == []


def test_slips_in_the_target():
    price = R.lognormal(3, 0.5, N)
    price[::100] *= 1_000
    (finding,) = found("F309", make_context({"a": numbers(N), "y": [f"{v:.3f}" for v in price]}, "y", "regression"))
    assert len(finding.rows) == 6
    assert "6 outliers" in finding.message


@pytest.mark.parametrize("values", [R.lognormal(3, 1.5, N), R.normal(0, 1, N), R.pareto(1.5, N) + 1, R.poisson(2, N)])
def test_long_tails_are_no_slips(values):
    assert found("F309", make_context({"a": numbers(N), "y": [f"{v:.5f}" for v in values]}, "y", "regression")) == []


def test_two_units_whose_ranges_meet():
    weight, heavy = R.normal(75, 12, 4 * N), R.random(4 * N) < 0.4
    mixed = [f"{v:.2f}" for v in np.where(heavy, weight * 2.204623, weight)]
    (finding,) = found("F114", table(weight=mixed))
    assert "2.2 times" in finding.message
    (finding,) = found("F114", table(value=mixed, unit=np.where(heavy, "lb", "kg").tolist()))
    assert finding.columns == ("value", "unit")
    assert found("F114", table(value=mixed)) == found("F114", table(weight=[f"{v:.2f}" for v in weight])) == []
    sexes = np.where(heavy, R.normal(163, 4, 4 * N), R.normal(181, 4, 4 * N))
    assert found("F114", table(height=[f"{v:.1f}" for v in sexes])) == []
