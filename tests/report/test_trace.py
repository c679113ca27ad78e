"""Questions to the trace get the decisions that they mean."""

from __future__ import annotations

import pytest

from automl_assist.errors import AssistError
from automl_assist.plan import make_plan
from automl_assist.records import to_json
from automl_assist.report.trace import idle_rules, on_topic
from automl_assist.rules import rules
from automl_assist.schema import Column
from tests.rules.facts import make_facts

COLUMNS = (
    Column("Age", 0, "number", 0, 50, "numbers"),
    Column("fare", 1, "number", 5, 500, "numbers"),
    Column("city", 2, "category", 0, 120, "words"),
    Column("id", 3, "identifier", 0, 1_000, "unique"),
)
DECISIONS = to_json(make_plan(make_facts(columns=COLUMNS, metric="f1")).decisions)


@pytest.mark.parametrize(
    ("asked", "topics"),
    [
        ("metric", {"metric"}),
        ("loss", {"network.loss", "boosting.loss"}),
        ("R311", {"split.folds"}),
        ("split", {"split.kind", "split.folds", "split.repeats", "split.test_share"}),
        ("model", {"families"}),
        ("encoding", {"columns.levels"}),
        ("overfitting", {"network.regularization"}),
        ("Age", {"columns", "columns.missing", "columns.scale"}),
        ("city", {"columns", "columns.levels"}),
        ("id", {"columns"}),
    ],
)
def test_a_word_finds_its_decisions(asked, topics):
    assert {d["topic"] for d in on_topic(DECISIONS, asked)} == topics


def test_no_word_finds_all_and_a_wrong_one_is_refused_with_a_hint():
    assert on_topic(DECISIONS, None) == DECISIONS
    with pytest.raises(AssistError) as caught:
        on_topic(DECISIONS, "metrik")
    assert (caught.value.code, caught.value.exit_code, caught.value.help) == ("E0407", 2, "did you mean 'metric'?")
    for topic, hint in (("colunms", "did you mean 'columns'?"), ("xyzzy", "leave the topic out")):
        with pytest.raises(AssistError) as caught:
            on_topic(DECISIONS, topic)
        assert hint in caught.value.help


def test_rules_that_decided_nothing_are_listed_with_what_they_wait_for():
    idle = {rule["rule"]: rule for rule in idle_rules(DECISIONS)}
    assert set(idle) | {d["rule"] for d in DECISIONS} == set(rules())
    assert idle["R305"]["when"] == "--group and --time are given"
    assert idle["R201"]["overruled_by"] == "R209"
    assert idle["R305"]["overruled_by"] is None
