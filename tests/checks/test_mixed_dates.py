"""Dates in several forms, and in one that leaves day and month open."""

from automl_assist.checks import CheckContext, checks
from automl_assist.schema import Options
from tests.profile.tables import described, table_of


def findings(*forms):
    columns = {"when": [forms[i % len(forms)] for i in range(60)], "y": ["p", "q"] * 30}
    profile, typed = described(**columns, options=Options(target="y"))
    return list(checks()["F112"].run(CheckContext(profile, table_of(**columns).frame, typed)))


def test_several_forms():
    (finding,) = findings("2021-03-04", "25/04/2021", "Mar 5, 2021")
    assert (finding.severity, finding.columns) == ("warning", ("when",))
    assert "3 date formats" in finding.message


def test_undecided():
    (finding,) = findings("03/04/2021", "05/06/2021")
    assert finding.severity == "info"
    assert "--dayfirst" in finding.fix


def test_silent():
    assert findings("2021-03-04", "2021-05-06") == []
    assert findings("25/04/2021", "03/04/2021") == []
