"""What every rule must do."""

import random

import pytest

from automl_assist.plan import TOPICS, make_plan
from automl_assist.rules import rules
from automl_assist.schema import Column
from tests.rules.facts import make_facts

SITUATIONS = [
    make_facts(),
    make_facts(rows=300, classes=(("no", 275), ("yes", 25))),
    make_facts("multiclass", 40_000, (("a", 20_000), ("b", 19_997), ("c", 3)), budget_s=60.0),
    make_facts("regression", 900_000, budget_s=5.0),
    make_facts("count", 5_000, metric="mae", trials=4, time="age", task="count"),
    make_facts(columns=(Column("only", 0, "constant", 0, 1, "one value"),)),
    make_facts(installed=(), group="id", families=("neural",)),
]


@pytest.mark.parametrize("code", list(rules()))
def test_fields(code):
    rule = rules()[code]
    assert rule.code.startswith("R")
    assert rule.code[1:].isdigit()
    assert len(rule.title) > 5
    assert rule.topic in TOPICS


@pytest.mark.parametrize("code", list(rules()))
def test_a_rule_is_pure_and_its_choices_are_valid_and_explained(code):
    rule = rules()[code]
    fired = 0
    for facts in SITUATIONS:
        decided = make_plan(facts).settings
        choices = list(rule.decide(facts, decided))
        assert choices == list(rule.decide(facts, decided))
        for choice in choices:
            fired += 1
            assert len(choice.because) > 10
            value = {choice.key: choice.value} if TOPICS[rule.topic].by_column else choice.value
            assert TOPICS[rule.topic].valid(value) is None, (code, choice.value)
    assert fired or code in ("R403", "R602"), "no situation makes this rule fire: add one"


@pytest.mark.parametrize("facts", SITUATIONS)
def test_the_order_of_rules_does_not_matter(facts):
    shuffled = list(rules().values())
    for seed in range(5):
        random.Random(seed).shuffle(shuffled)
        assert make_plan(facts, all_rules=shuffled) == make_plan(facts)
