"""plan.yaml: complete, valid to give back, strict about mistakes."""

import pytest
import yaml
from hypothesis import given, strategies as st

from automl_assist import planning
from automl_assist.errors import AssistError
from automl_assist.plan import from_yaml, make_plan, require_consistent, to_yaml
from automl_assist.report.recommendation import plan_header
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


# Each a kind of mistake that a hand makes: what stood there, what stands there now, the code, and words of the suggestion.
MISTAKES = {
    "a misspelt topic": ("metric: log_loss", "metrik: log_loss", "E0422", "did you mean 'metric'?"),
    "a misspelt key": ("test_share: ", "test_shar: ", "E0422", "did you mean 'test_share'?"),
    "a misspelt part": ("steps: 30", "stepz: 30", "E0423", "did you mean 'steps'?"),
    "a misspelt word": ("kind: stratified", "kind: stratifed", "E0423", "did you mean 'stratified'?"),
    "a number out of range": ("folds: 8", "folds: 1", "E0423", "2 to 20"),
    "a word for a number": ("folds: 8", "folds: many", "E0423", "whole number"),
    "a range that falls": ("num_leaves: [2, 16, 200]", "num_leaves: [200, 16, 2]", "E0423", "must rise"),
    "a key twice": ("  folds: 8", "  folds: 8\n  folds: 5", "E0425", "leave out one"),
    "no YAML": ("families: [", "families: [[", "E0420", "mend that line"),
    "a column that is not there": ("  island: {", "  iland: {", "E0424", "did you mean 'island'?"),
    "a column that is the target": ("  island: {", "  species: {", "E0424", "--target species"),
    "another kind of column": ("kind: category, levels", "kind: text, levels", "E0424", "--kind island=text"),
    "a column without levels": ("kind: number, missing", "kind: number, levels: {linear: one_hot}, missing", "E0426", "leave out 'levels'"),
    "a loss of another task": ("loss: cross_entropy", "loss: squared", "E0426", "cross_entropy"),
    "a metric of another task": ("metric: log_loss", "metric: rmse", "E0404", "--metric"),
    "a family that is not there": ("families: [baseline, linear", "families: [baseline, linaer", "E0406", "did you mean 'linear'?"),
    "a setting of nothing": ("portfolio:\n  linear:", "portfolio:\n  linaer:", "E0426", "did you mean 'linear'?"),
    "a hyper-parameter that is not there": ("{random_forest: true", "{randm_forest: true", "E0423", "did you mean 'random_forest'?"),
    "a setting beyond all sense": ("num_leaves: 84", "num_leaves: 0", "E0423", "within 2 and 4096"),
    "an interaction of nothing": ("interactions: []", 'interactions: ["body_mass / bill_depth_mm"]', "E0426", "'body_mass_g'?"),
    "trials without a number": ("limit: time", "limit: trials", "E0426", "trials: 20"),
}


@pytest.fixture(scope="module")
def penguins(samples):
    options = Options(target="species")
    understood = planning.understand(str(samples / "penguins.csv"), options, None)
    return understood, options, to_yaml(planning.decide(understood, options), {"target": "species"})


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes_are_refused_with_the_line_and_a_suggestion(mistake, penguins, tmp_path):
    understood, options, text = penguins
    old, new, code, says = MISTAKES[mistake]
    assert old in text
    wrong = text.replace(old, new, 1)
    (tmp_path / "plan.yaml").write_text(wrong, "utf-8")
    with pytest.raises(AssistError) as caught:
        planning.decide(understood, options, tmp_path / "plan.yaml")
    assert (caught.value.code, caught.value.exit_code) == (code, 2)
    assert says in f"{caught.value.what} {caught.value.help}"
    if code != "E0420":  # YAML's own reader only knows where it gave up
        last = new.splitlines()[-1]
        line = next(i for i, found in enumerate(wrong.splitlines(), 1) if last in found)
        assert f"line {line}" in caught.value.where.replace(f"first in line {line - 1}", "")


@pytest.mark.parametrize(("part", "right"), [("averaging: logarithmic", "averaging: linear"), ("doubt: 0.01", "doubt: 0")])
def test_numbers_have_no_probabilities_to_average(part, right):
    edits = from_yaml(f"schema: assist.plan/1\nensemble: {{{part}}}", "plan.yaml")
    require_consistent(make_plan(make_facts("binary"), edits), edits)
    with pytest.raises(AssistError) as caught:
        require_consistent(make_plan(make_facts("regression"), edits), edits)
    assert (caught.value.code, caught.value.where, caught.value.help) == ("E0426", "plan.yaml, line 2", right)


def test_a_line_without_a_column_is_refused(penguins, tmp_path):
    understood, options, text = penguins
    (tmp_path / "plan.yaml").write_text(text.replace("kind: stratified", "kind: time", 1), "utf-8")
    with pytest.raises(AssistError) as caught:
        planning.decide(understood, options, tmp_path / "plan.yaml")
    assert (caught.value.code, caught.value.exit_code) == ("E0408", 2)


def test_a_plan_that_went_through_is_the_plan_that_came_out(penguins, tmp_path):
    understood, options, text = penguins
    edited = text.replace("folds: 8", "folds: 4", 1).replace("threshold", "threshold").replace("dropout: 0.15", "dropout: 0.3", 1)
    assert edited != text
    (tmp_path / "plan.yaml").write_text(edited, "utf-8")
    once = to_yaml(planning.decide(understood, options, tmp_path / "plan.yaml"), {"target": "species"})
    (tmp_path / "plan.yaml").write_text(once, "utf-8")
    again = planning.decide(understood, options, tmp_path / "plan.yaml")
    assert to_yaml(again, {"target": "species"}) == once
    assert "folds: 4" in once and "dropout: 0.3" in once
    (tmp_path / "plan.yaml").write_text(text, "utf-8")
    assert to_yaml(planning.decide(understood, options, tmp_path / "plan.yaml"), {"target": "species"}) == text


def test_what_is_left_out_of_a_plan_stays_as_it_was_decided():
    facts = make_facts()
    part = from_yaml("schema: assist.plan/1\nnetwork: {optimizer: {epochs: 7}}\ncosts: {miss: 4}", "plan.yaml")
    plan = make_plan(facts, part)
    assert plan["network.optimizer"] == {**make_plan(facts)["network.optimizer"], "epochs": 7}
    assert (plan["costs"]["miss"], plan["threshold"]) == (4, "costs")
    assert next(d for d in plan.decisions if d.topic == "threshold").rule == "R724"


def test_a_modality_that_was_asked_for_comes_back_as_an_option(tmp_path):
    data, plan_file = tmp_path / "t.csv", tmp_path / "plan.yaml"
    data.write_text("day,sold\n" + "".join(f"2024-{1 + k // 28:02d}-{1 + k % 28:02d},{k * 7 % 23}\n" for k in range(84)), "utf-8")
    for asked, meant in (("tabular", "tabular"), (None, "forecast")):
        options = Options(target="sold", modality=asked)
        seen = planning.understand(str(data), options, None)
        plan_file.write_text(to_yaml(planning.decide(seen, options), plan_header(seen.profile)), "utf-8")
        options = planning.options_of_plan(plan_file, Options())
        assert options.modality == meant
        assert planning.decide(planning.understand(str(data), options, None), options, plan_file)
    plan_file.write_text("schema: assist.plan/1\nmodality: tabulr\n", "utf-8")
    with pytest.raises(AssistError, match="no modality") as refused:
        planning.options_of_plan(plan_file, Options())
    assert "tabular" in refused.value.help


def test_the_columns_of_the_split_and_the_trials_come_back_as_options(tmp_path):
    columns = (Column("age", 0, "number", 0, 50, ""), Column("shop", 1, "category", 0, 9, ""))
    facts = make_facts(time="age", trials=5, columns=columns, group="shop")
    (tmp_path / "plan.yaml").write_text(to_yaml(make_plan(facts), HEADER), "utf-8")
    options = planning.options_of_plan(tmp_path / "plan.yaml", Options())
    assert (options.target, options.time, options.group, options.trials) == ("y", "age", "shop", 5)


@pytest.mark.parametrize("text", ["", "[]", "a: b: c", "&a [*a]", "!!python/object:os.system x", "{{{{", "\0", "schema: [assist.plan/1]"])
def test_rubbish_is_refused(text):
    with pytest.raises(AssistError):
        from_yaml(text, "plan.yaml")
