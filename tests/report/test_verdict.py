"""The verdict in a word holds what the figures say, also where an interval could not be computed."""

import pytest

from automl_assist.report.sections.confidence import _changed
from automl_assist.report.verdict import named_checks, verdict

METRIC = {"value": 0.0147, "ci95": None, "baseline": 1.05, "linear": None, "optimum": 0.0, "title": "Log loss"}

FINE = {"repeated": (0, 0), "failures": [], "complete": True, "doubt": 0.0}


def test_guessing_is_called_so():
    said = verdict({**METRIC, "value": 1.05}, {"baseline": [0.0, 0.0]}, [], 100, "", guesses=True)
    assert (said["state"], said["sentence"].partition(".")[0]) == ("none", "This is guessing: no model could be fitted")


@pytest.mark.parametrize(
    ("changes", "gain", "state"),
    [
        ({}, [0.9, 1.1], "good"),
        ({"value": 1.0}, [0.01, 0.1], "weak"),
        ({"value": 1.0}, [-0.1, 0.1], "none"),
        ({}, None, "weak"),  # better on the test rows, and nothing is known of chance
        ({"value": 1.1}, None, "none"),
        ({"value": None}, None, "none"),
    ],
)
def test_state(changes, gain, state):
    assert verdict({**METRIC, **changes}, {"baseline": gain}, [], 100, "")["state"] == state


@pytest.mark.parametrize(
    ("gains", "state", "said"),
    [
        ({}, "not_checked", "No linear model was fitted"),
        ({"linear": None}, "not_checked", "too little time"),
        ({"linear": [0.01, 0.1]}, "pass", "better than a linear model"),
        ({"linear": [-0.1, 0.1]}, "pass", "cannot be told"),
        ({"linear": [-0.1, -0.01]}, "warn", "A linear model is better"),
    ],
)
def test_the_linear_model_is_told_to_be_there_or_not(gains, state, said):
    facts = {"metric": METRIC, "gains": {"baseline": None, **gains}, "test_rows": 200, "findings": [], "charts": {}, "classes": ()}
    checks = named_checks({**facts, **FINE})
    check = next(c for c in checks if c["id"] == "beats_linear")
    assert check["state"] == state and said in check["message"]


@pytest.mark.parametrize(("doubt", "said"), [(0.0, "rows."), (0.03, "more than 98.0%.")])
def test_the_surest_that_few_rows_allow_is_told_where_no_chart_can_tell_it(doubt, said):
    facts = {"metric": {**METRIC, "name": "log_loss"}, "gains": {}, "test_rows": 30, "findings": [], "charts": {}, **FINE, "doubt": doubt}
    checks = named_checks({**facts, "classes": [("a", 40), ("b", 30), ("c", 30)]})
    assert next(c for c in checks if c["id"] == "calibrated")["message"].endswith(said)


def test_what_was_done_to_probabilities_is_told():
    assert _changed({"power": 1.0, "shift": 0.0, "doubt": 0.0}) == ""
    doubt = _changed({"power": 1.0, "shift": 0.0, "doubt": 0.04})
    assert "Few rows were held out, so 4\u00a0%" in doubt
    both = _changed({"power": 0.5, "shift": 0.3, "doubt": 0.04})
    assert "too sure" in both and both.endswith(doubt)
