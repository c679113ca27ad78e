"""plan.yaml: complete, valid to give back, strict about mistakes."""

import pytest
import yaml
from hypothesis import given, strategies as st

from automl_assist import pipeline
from automl_assist.errors import AssistError
from automl_assist.plan import from_yaml, make_plan, to_yaml
from automl_assist.schema import Column, Options
from tests.rules.facts import make_facts

HEADER = {"target": "y", "written_by": "assist 0.1.0"}


@pytest.mark.parametrize(
    "facts", [make_facts(), make_facts("regression", metric="mae"), make_facts(classes=(("n", 970), ("y", 30)), trials=3)]
)
def test_a_plan_comes_back_as_it_was_written(facts):
    plan = make_plan(facts)
    edits = from_yaml(to_yaml(plan, HEADER), "plan.yaml")
    assert edits.pop("target") == "y"
    assert edits == dict(plan.settings)
    assert make_plan(facts, edits) == plan


@given(st.text(min_size=1, max_size=30).filter(lambda s: s != "y"))
def test_any_column_name_survives(name):
    facts = make_facts(
        columns=(Column(name, 0, "number", 0, 9, "numbers"), Column("other", 1, "number", 0, 9, "numbers")) if name != "other" else ()
    )
    text = to_yaml(make_plan(facts), HEADER)
    assert name in yaml.safe_load(text)["columns"] or name == "other"
    assert from_yaml(text, "plan.yaml")["columns"] == make_plan(facts)["columns"]


def test_an_edit_wins_over_every_rule_and_is_in_the_trace():
    facts = make_facts(metric="accuracy")
    text = to_yaml(make_plan(facts), HEADER).replace("folds: 5", "folds: 3")
    plan = make_plan(facts, {k: v for k, v in from_yaml(text, "p").items() if k != "target"})
    changed = [d for d in plan.decisions if d.rule == "PLAN"]
    assert [(d.topic, d.outcome, d.overrides) for d in changed] == [("split.folds", 3, ("R311",))]


@pytest.mark.parametrize(
    ("old", "new", "code", "says"),
    [
        ("metric:", "metrik:", "E0422", "metric"),
        ("folds: 5", "folds: 1", "E0423", "2 to 20"),
        ("folds: 5", "folds: many", "E0423", "whole number"),
        ('"steps"', '"stepz"', "E0423", "steps"),
        ('kind: "stratified"', 'kind: "stratifed"', "E0423", "stratified"),
        ("schema: assist.plan/1", "schema: other/1", "E0421", "assist.plan/1"),
        ("families: [", "families: [[", "E0420", "YAML"),
    ],
)
def test_mistakes_are_refused_with_the_line_and_a_hint(old, new, code, says):
    text = to_yaml(make_plan(make_facts()), HEADER)
    assert old in text
    with pytest.raises(AssistError) as caught:
        from_yaml(text.replace(old, new, 1), "plan.yaml")
    assert caught.value.code == code
    assert caught.value.exit_code == 2
    assert says in f"{caught.value.what} {caught.value.help}"
    if code in ("E0422", "E0423"):
        wrong = next(i for i, line in enumerate(text.replace(old, new, 1).splitlines(), 1) if new in line)
        assert f"line {wrong}" in caught.value.where


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (('kind: "stratified"', 'kind: "time"'), "E0408"),
        (('"kind": "category"', '"kind": "text"'), "E0424"),
        (('"island": {', '"iland": {'), "E0424"),
    ],
)
def test_what_a_plan_cannot_bring_about_is_refused_and_not_passed_over(edit, code, tmp_path, samples):
    options = Options(target="species")
    understood = pipeline.understand(str(samples / "penguins.csv"), options, None)
    text = to_yaml(pipeline.decide(understood, options), HEADER)
    assert edit[0] in text
    (tmp_path / "plan.yaml").write_text(text.replace(*edit, 1), "utf-8")
    with pytest.raises(AssistError) as caught:
        pipeline.decide(understood, options, tmp_path / "plan.yaml")
    assert (caught.value.code, caught.value.exit_code) == (code, 2)


@pytest.mark.parametrize("text", ["", "[]", "a: b: c", "&a [*a]", "!!python/object:os.system x", "{{{{", "\0", "schema: [assist.plan/1]"])
def test_rubbish_is_refused(text):
    with pytest.raises(AssistError):
        from_yaml(text, "plan.yaml")
