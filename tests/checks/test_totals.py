"""F403: rows that sum up others are named, and rows that only speak of totals are not."""

from tests.checks.contexts import found, make_context, numbers, words

N = 60
AMOUNTS = [float(i * 37 % 91 + 1) for i in range(N)]


def _with_subtotals(label, *, sums=True):
    names, amounts = [], []
    for start in range(0, N, 15):
        part = AMOUNTS[start : start + 15]
        names += [f"shop {i % 7}" for i in range(15)] + [label]
        amounts += [*part, sum(part) if sums else 12.0]
    return {"shop": names, "amount": amounts, "y": words(len(names), ["a", "b"])}


def test_subtotals_and_a_grand_total():
    cells = _with_subtotals("Subtotal")
    cells = {name: [*values, last] for (name, values), last in zip(cells.items(), ("Grand total:", sum(AMOUNTS), "a"), strict=True)}
    (finding,) = found("F403", make_context(cells))
    assert finding.rows == (16, 32, 48, 64, 65)
    assert finding.columns == ("shop",)
    (finding,) = found("F403", make_context(_with_subtotals("north Total")))
    assert len(finding.rows) == 4


def test_a_total_without_sums_leaves_something_empty():
    cells = {"item": [f"i{i}" for i in range(12)] + ["Summe"], "price": numbers(13), "kind": [*words(12, ["u", "v"]), None]}
    (finding,) = found("F403", make_context(cells, kinds={"item": "identifier"}))
    assert finding.rows == (13,)


def test_words_for_totals_are_not_enough():
    assert found("F403", make_context(_with_subtotals("Total", sums=False))) == []
    assert found("F403", make_context(_with_subtotals("Total Corn Flakes", sums=False))) == []
    levels = {"sex": ["male", "female", "total"] * 20, "rate": numbers(60)}
    assert found("F403", make_context(levels)) == []
