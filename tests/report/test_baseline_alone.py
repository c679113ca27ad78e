"""Why a model is the baseline: more time is asked for only where it ran out, and a model of one member is called by its name."""

from __future__ import annotations

import pytest

from automl_assist.commands.train import _describe
from automl_assist.report.document import leaderboard
from automl_assist.schema import Trial
from automl_assist.training_report import _baseline_alone


@pytest.mark.parametrize(
    ("learned_from", "ended_by", "asked_s", "said", "advice"),
    [
        (True, "time", 12.0, "12 s were asked", "--time-budget 60s"),
        (True, "time", 60.0, "60 s were asked", "--time-budget 240s"),
        (True, "trials", None, "only the baseline", "--trials"),
        (True, "exhausted", 12.0, "only the baseline", "what failed"),
        (True, "stopped", None, "only the baseline", "to its end"),
        (False, "exhausted", 12.0, "no column can be learned from", "add columns"),
    ],
)
def test_more_time_is_asked_for_where_it_ran_out(learned_from, ended_by, asked_s, said, advice):
    message = _baseline_alone(learned_from, ended_by, asked_s)
    assert message.code == "W0501" and said in message.message and advice in str(message.help)
    assert ("--time-budget" in str(message.help)) is (ended_by == "time" and learned_from)


@pytest.mark.parametrize(("weights", "title"), [((1.0, None), "Baseline"), ((0.5, 0.5), "Ensemble")])
def test_a_model_of_one_member_is_called_by_its_name(weights, title):
    rows = [{"name": name, "title": name.title(), "weight": weight} for name, weight in zip(("baseline", "linear"), weights, strict=True)]
    document = {"leaderboard": [{"name": "ensemble", "title": "Ensemble", "weight": 1.0}, *rows]}
    assert f"Best model  {title}" in list(_describe(document))


@pytest.mark.parametrize(("weights", "title"), [((1.0, 0.0), "Ensemble of one: Baseline"), ((0.5, 0.5), "Ensemble")])
def test_the_leaderboard_says_which_one_the_ensemble_consists_of(weights, title):
    trials = [
        Trial(k, name.lower(), name, {}, "portfolio", "complete", 0.5, (0.5, 0.5), weight=weight)
        for k, (name, weight) in enumerate(zip(("Baseline", "Linear model"), weights, strict=True))
    ]
    assert leaderboard(trials, {"fold_scores": (0.5, 0.5)}, {}, True, 1.0)[0]["title"] == title
