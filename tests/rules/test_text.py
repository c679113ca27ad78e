"""Which families read texts, by modality, rows and budget."""

from dataclasses import replace

import pytest

from automl_assist.errors import AssistError
from automl_assist.plan import SCHEMA, from_yaml, make_plan, require_consistent
from automl_assist.schema import Column, Guess
from tests.rules.facts import make_facts

TEXT, AGE = Column("note", 0, "text", 0, 900, "words"), Column("age", 1, "number", 0, 50, "numbers")


def families(*columns, modality="text", **options):
    facts = make_facts(columns=columns, **options)
    return make_plan(replace(facts, profile=replace(facts.profile, modality=Guess(modality, 1.0, "so")))).settings["families"]


def test_texts_alone_begin_with_the_honest_linear_model():
    assert families(TEXT, rows=9_000, budget_s=120.0) == [
        "baseline", "text_linear", "nb_linear", "text_boosted", "text_bag", "text_cnn", "text_rnn",
    ]  # fmt: skip


def test_few_rows_or_little_time_leave_out_what_reads_in_order():
    for found in (families(TEXT, rows=900, budget_s=120.0), families(TEXT, rows=9_000, budget_s=30.0)):
        assert "text_bag" in found
        assert not {"text_cnn", "text_rnn"} & set(found)


def test_short_budgets_take_no_network_and_tiny_ones_two_models():
    assert families(TEXT, budget_s=15.0) == ["baseline", "text_linear", "nb_linear", "text_boosted"]
    assert families(TEXT, budget_s=5.0) == ["baseline", "text_linear"]


def test_a_table_with_a_text_gets_families_that_join_both():
    found = families(TEXT, AGE, modality="tabular", budget_s=60.0)
    assert {"linear", "lightgbm", "mlp", "text_boosted", "nb_linear", "text_bag"} <= set(found)
    assert "text_boosted" not in families(AGE, modality="tabular", budget_s=60.0)


@pytest.mark.parametrize(
    ("task", "loss", "fitting"),
    [("binary", "squared", "cross_entropy"), ("binary", "absolute", "cross_entropy"), ("regression", "cross_entropy", "squared, absolute")],
)
def test_a_loss_of_another_task_is_refused_with_its_line(task, loss, fitting):
    edits = from_yaml(f"schema: {SCHEMA}\ntext:\n  loss: {loss}\n", "plan.yaml")
    with pytest.raises(AssistError) as caught:
        require_consistent(make_plan(make_facts(task, columns=(TEXT,)), edits), edits)
    assert (caught.value.code, caught.value.where) == ("E0426", "plan.yaml, line 3")
    assert caught.value.help == f"one of {fitting}"
