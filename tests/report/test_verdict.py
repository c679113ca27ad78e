"""The verdict in a word holds what the figures say, also where an interval could not be computed."""

import pytest

from automl_assist.report.verdict import verdict

METRIC = {"value": 0.0147, "ci95": None, "baseline": 1.05, "linear": None, "optimum": 0.0, "title": "Log loss"}


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
