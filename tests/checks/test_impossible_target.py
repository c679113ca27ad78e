"""A profile says what training would refuse."""

import pytest

from automl_assist.checks import CheckContext, checks
from automl_assist.schema import Options
from tests.profile.tables import described, table_of


def findings(values, target="y"):
    values = list(values)
    columns = {"x": [i % 7 for i in range(len(values))], target: values}
    profile, typed = described(**columns, options=Options(target=target))
    return list(checks()["F307"].run(CheckContext(profile, table_of(**columns).frame, typed)))


@pytest.mark.parametrize(
    ("values", "word"),
    [
        (["one"] * 40, "only one value"),
        (range(1, 41), "names rows"),
        ([f"a note of many words, {i}" for i in range(40)], "free text"),
        ([f"2021-01-{i % 28 + 1:02}" for i in range(40)], "dates"),
        (["p", "q"] * 3, "only 6 rows"),
    ],
)
def test_said(values, word):
    (finding,) = findings(values)
    assert finding.severity == "error"
    assert finding.columns == ("y",)
    assert word in finding.message.lower()
    assert finding.fix


@pytest.mark.parametrize("values", [["p", "q"] * 20, [i % 5 for i in range(40)], [i / 3 for i in range(40)]])
def test_silent(values):
    assert findings(values) == []
