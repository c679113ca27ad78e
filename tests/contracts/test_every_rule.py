"""What every rule must do."""

import random
from pathlib import Path

import pytest

import automl_assist.rules
from automl_assist.plan import TOPICS, decided_for, make_plan
from automl_assist.rules import ORDINARY, Rule, rules
from automl_assist.rules._reference import reference
from automl_assist.rules._works import WORKS, work
from automl_assist.schema import Column
from tests.golden.test_situations import SITUATIONS as WRITTEN, facts_of
from tests.rules.facts import make_facts

SITUATIONS = [
    make_facts(),
    make_facts(rows=300, classes=(("no", 275), ("yes", 25))),
    make_facts("multiclass", 40_000, (("a", 20_000), ("b", 19_997), ("c", 3)), budget_s=60.0),
    make_facts("regression", 900_000, budget_s=5.0),
    make_facts("count", 5_000, metric="mae", trials=4, time="age", task="count"),
    make_facts(columns=(Column("note", 0, "text", 0, 900, "words"), Column("age", 1, "number", 0, 50, "numbers"))),
    make_facts(columns=(Column("only", 0, "constant", 0, 1, "one value"),)),
    make_facts(installed=(), group="id", families=("neural",)),
    *(facts_of(situation["facts"]) for situation in WRITTEN),
]
# Rules of copies and of parts of a split need a finding, and those of costs an edit; all have tests of their own.
NEEDS_MORE = ("R403", "R409", "R724")


@pytest.mark.parametrize("code", list(rules()))
def test_fields(code):
    rule = rules()[code]
    assert rule.code.startswith("R")
    assert rule.code[1:].isdigit()
    assert len(rule.title) > 5
    assert rule.refs or rule.code >= "R8", "a paper, documentation or a measurement"
    assert rule.when or rule.code >= "R8", "the rule reference says when a rule has something to say"
    assert rule.topic in TOPICS


@pytest.mark.parametrize("code", list(rules()))
def test_a_rule_is_pure_and_its_choices_are_valid_and_explained(code):
    rule = rules()[code]
    fired = 0
    for facts in SITUATIONS:
        if not decided_for(rule.topic, facts.profile.modality.name):
            continue
        decided = make_plan(facts).settings
        choices = list(rule.decide(facts, decided))
        assert choices == list(rule.decide(facts, decided))
        for choice in choices:
            fired += 1
            assert len(choice.because) > 10
            assert choice.flip or rule.code >= "R8", "what would change it?"
            value = {choice.key: choice.value} if TOPICS[rule.topic].by_column else choice.value
            assert TOPICS[rule.topic].valid(value) is None, (code, choice.value)
    assert fired or code in NEEDS_MORE, "no situation makes this rule fire: add one to tests/golden/situations.yaml"


@pytest.mark.parametrize("facts", SITUATIONS[:20])
def test_the_order_of_rules_does_not_matter(facts):
    shuffled = list(rules().values())
    for seed in range(3):
        random.Random(seed).shuffle(shuffled)
        assert make_plan(facts, all_rules=shuffled) == make_plan(facts)


def test_two_rules_of_one_topic_and_priority_are_refused(monkeypatch):
    twins = {code: Rule(code, "a title", "metric", ORDINARY, lambda facts, decided: []) for code in ("R998", "R999")}
    monkeypatch.setattr("automl_assist.rules.collect", lambda *_, **__: twins)
    with pytest.raises(TypeError, match=r"R998 and R999 both decide 'metric' with priority 10"):
        rules()


def test_the_reference_is_fresh():
    written = (Path(automl_assist.rules.__file__).parent / "REFERENCE.md").read_text("utf-8")
    assert written == reference(), "write it again with: python -m automl_assist.rules"


@pytest.mark.parametrize("rule", rules().values(), ids=lambda rule: rule.code)
def test_works_that_a_rule_refers_to_can_be_found(rule):
    for ref in rule.refs:
        work(ref)  # KeyError says where to write out what is missing


def test_every_work_is_referred_to():
    assert set(WORKS) == {work(ref) for rule in rules().values() for ref in rule.refs} - {None}
