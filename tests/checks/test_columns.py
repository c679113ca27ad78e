"""F101 to F111: what is wrong with single columns and with the shape of the table."""

import pandas as pd
import pytest

from automl_assist.checks import CheckContext
from tests.checks.contexts import found, make_context, numbers, words


def table(n=200, **more):
    return {"a": numbers(n), "c": words(n, ["x", "y", "z"], 1), **more, "y": words(n, ["no", "yes"], 2)}


def context(n=200, kinds=None, tokens=None, **more):
    return make_context(table(n, **more), "y", "binary", kinds, tokens)


@pytest.mark.parametrize("code", ["F101", "F102", "F103", "F104", "F105", "F106", "F107", "F108", "F109", "F110", "F111"])
def test_a_clean_table_is_clean(code):
    assert found(code, context(2_000)) == []


def test_constant():
    (finding,) = found("F101", context(k=["same"] * 200))
    assert finding.columns == ("k",)
    assert finding.severity == "warning"
    assert "'same'" in finding.message
    assert "200 rows" in finding.message


def test_nothing_but_constants_is_said_once_and_louder():
    (finding,) = found("F101", make_context({"a": ["1"] * 90, "b": ["k"] * 90, "y": ["p", "q", "q"] * 30}, "y", "binary"))
    assert finding.severity == "warning"
    assert finding.columns == ("a", "b")
    assert finding.message.startswith("All 2 columns beside the target are constant")
    (finding,) = found("F101", make_context({"a": ["1"] * 90, "y": ["p", "q", "q"] * 30}, "y", "binary"))
    assert finding.message.startswith("The only column beside the target is constant")


def test_empty():
    (finding,) = found("F102", context(e=[None] * 200))
    assert finding.columns == ("e",)


def test_mostly_missing():
    half = [None] * 100 + numbers(100)
    assert found("F103", context(m=half)) == []
    (finding,) = found("F103", context(m=[None] * 101 + numbers(99)))
    assert "101 of 200 rows" in finding.message


def test_disguised_missing_values_are_counted():
    cells = numbers(200)
    cells[3] = cells[9] = "N/A"
    cells[20] = "-999"
    (finding,) = found("F104", context(m=cells, tokens={"m": ("N/A", "-999")}))
    assert "3 cells" in finding.message
    assert "'N/A' (2)" in finding.message
    assert "--kind m=category" in finding.fix


def test_three_words_among_numbers():
    cells = numbers(300)
    for i in (40, 90, 200):
        cells[i] = "broken"
    (finding,) = found("F105", make_context({"v": cells}))
    assert "3 of 300" in finding.message
    assert "numbers" in finding.message
    assert finding.rows == (41, 91, 201)
    assert "broken" not in finding.message


def test_missing_tokens_and_infinite_numbers_are_not_words():
    cells = [*numbers(197), "NA", "inf", "-nan"]
    assert found("F105", make_context({"v": cells}, tokens={"v": ("NA",)})) == []


def test_numbers_among_words():
    cells = [*map(str, range(70)), *(f"A {i}" for i in range(30))]
    (finding,) = found("F105", make_context({"ticket": cells}, kinds={"ticket": "category"}))
    assert finding.severity == "info"
    assert "70 %" in finding.message


def test_codes_of_digits_are_not_mixed():
    assert found("F105", make_context({"zip": [f"{i:05}" for i in range(100)]}, kinds={"zip": "category"})) == []


def test_infinite():
    cells = numbers(200)
    cells[5:9] = ["inf", "-Infinity", "1e400", " +inf"]
    (finding,) = found("F106", make_context({"v": cells}))
    assert "4 infinite numbers" in finding.message
    assert finding.rows == (6, 7, 8, 9)


def test_infinite_in_typed_cells():
    made = make_context({"v": numbers(50)})
    cells = pd.DataFrame({"v": made.typed["v"]})
    typed = cells.copy()
    cells.loc[7, "v"], typed.loc[7, "v"] = float("inf"), float("nan")
    (finding,) = found("F106", CheckContext(made.profile, cells, typed))
    assert finding.rows == (8,)
    assert "1 infinite number;" in finding.message


def test_identifier():
    ids = [f"c-{i}" for i in range(200)]
    (finding,) = found("F107", context(id=ids, kinds={"id": "identifier"}))
    assert "200 different values in 200 rows" in finding.message
    assert finding.fix.startswith("--kind id=category")


def test_high_cardinality():
    cities = [f"town {i % 80}" for i in range(200)]
    (finding,) = found("F108", context(city=cities))
    assert "80 different values" in finding.message
    assert found("F108", context(2_000, city=[f"town {i % 40}" for i in range(2_000)])) == []


def test_more_columns_than_rows():
    wide = {f"c{i}": numbers(50, i) for i in range(60)}
    (finding,) = found("F109", make_context({**wide, "y": words(50, ["p", "q"])}, "y", "binary"))
    assert "60 columns" in finding.message


def test_few_rows():
    (finding,) = found("F110", context(60))
    assert "60 rows" in finding.message


def test_nearly_constant():
    flag = ["off"] * 1_995 + ["on"] * 5
    (finding,) = found("F111", context(2_000, flag=flag))
    assert "'off' in 1,995 of 2,000 rows" in finding.message
    assert "on'" not in finding.message
    assert finding.severity == "warning"
    (finding,) = found("F111", context(5_000, flag=["off"] * 4_970 + ["on"] * 30))
    assert finding.severity == "info"
    assert found("F111", context(200, flag=["off"] * 199 + ["on"])) == []
    assert found("F111", context(500, flag=["off"] * 398 + [None] * 100 + ["on"] * 2)) == []


def test_many_columns_with_one_problem_are_one_finding():
    (finding,) = found("F101", context(**{f"k{i}": ["same"] * 200 for i in range(500)}))
    assert len(finding.columns) == 500
    assert "500 columns are constant" in finding.message
    assert "495 more" in finding.message
