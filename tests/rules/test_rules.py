"""What the rules decide in situations whose answer is known."""

import pytest

from automl_assist.plan import make_plan
from automl_assist.schema import Column, Finding
from tests.rules.facts import make_facts


def decision(plan, topic, key=""):
    return next(d for d in plan.decisions if d.topic == topic and d.key == key)


def test_a_rare_class_is_not_judged_by_accuracy_or_auc():
    plan = make_plan(make_facts(rows=30_000, classes=(("no", 29_490), ("yes", 510))))
    assert plan["metric"] == "average_precision"
    assert plan["threshold"] == "best_f1"
    assert decision(plan, "metric").overrides == ("R201",)
    assert {r.option for r in decision(plan, "metric").rejected} == {"accuracy", "roc_auc"}


def test_a_rare_class_of_few_rows_is_chosen_by_auc():
    plan = make_plan(make_facts(rows=10_000, classes=(("no", 9_800), ("yes", 200))))
    assert plan["metric"] == "roc_auc"
    assert {r.option for r in decision(plan, "metric").rejected} == {"accuracy", "average_precision"}


def test_a_threshold_is_not_fitted_to_a_handful_of_rows():
    assert make_plan(make_facts(rows=1_000, classes=(("no", 990), ("yes", 10))))["threshold"] == "half"


@pytest.mark.parametrize(
    ("task", "classes", "metric"),
    [
        ("binary", (("a", 50), ("b", 50)), "roc_auc"),
        ("multiclass", (("a", 50), ("b", 40), ("c", 30)), "log_loss"),
        ("regression", (), "rmse"),
    ],
)
def test_the_metric_follows_the_task(task, classes, metric):
    plan = make_plan(make_facts(task, classes=classes))
    assert plan["metric"] == metric
    assert plan["metrics"][0] == metric
    assert len(set(plan["metrics"])) == len(plan["metrics"])


def test_what_the_user_asks_wins_and_stands_in_the_trace():
    plan = make_plan(make_facts(metric="accuracy", time="age", families=("neural",), trials=7))
    assert plan["metric"] == "accuracy"
    assert decision(plan, "metric").rule == "R209"
    assert plan["split.kind"] == "time"
    assert decision(plan, "split.kind").overrides == ("R302", "R301")
    assert plan["families"] == ["baseline", "mlp"]
    assert plan["search"]["trials"] == 7


def test_folds_never_exceed_the_rows_of_the_rarest_class():
    plan = make_plan(make_facts("multiclass", 300, (("a", 200), ("b", 97), ("c", 3))))
    assert plan["split.folds"] == 2
    plan = make_plan(make_facts("multiclass", classes=(("a", 500), ("b", 499), ("c", 1))))
    assert "has 1 row:" in decision(plan, "split.folds").because


def test_a_short_budget_leaves_out_the_network_and_a_tiny_one_all_but_the_simplest():
    assert "mlp" in make_plan(make_facts(budget_s=60.0))["families"]
    assert "mlp" not in make_plan(make_facts(budget_s=10.0))["families"]
    assert make_plan(make_facts(budget_s=3.0))["families"] == ["baseline", "linear"]


def test_absent_libraries_leave_their_family_out_with_a_reason():
    plan = make_plan(make_facts(installed=("lightgbm",)))
    assert "mlp" not in plan["families"]
    assert [r.option for r in decision(plan, "families").rejected] == ["mlp"]


def test_an_extra_is_used_where_it_is_installed_and_named_where_it_would_help():
    columns = (Column("age", 0, "number", 0, 50, "numbers"), Column("city", 1, "category", 0, 12, "words"))
    with_it = make_plan(make_facts(columns=columns, installed=("lightgbm", "catboost", "keras", "jax")))
    assert with_it["families"][2:4] == ["lightgbm", "catboost"] and len(with_it["portfolio"]["catboost"]) == 3
    without = make_plan(make_facts(columns=columns, families=("classic",)))
    assert "catboost" not in without["families"] and "space.catboost" not in without.settings
    rejected = decision(make_plan(make_facts(columns=columns)), "families").rejected
    assert [r.why for r in rejected if r.option == "catboost"] == [
        "it is an extra that is not installed: pip install 'automl-assist[catboost]'"
    ]


def test_useless_columns_copies_of_the_target_and_parts_of_a_split_are_left_out():
    columns = (
        Column("age", 0, "number", 0, 50, "numbers"),
        Column("k", 1, "constant", 0, 1, "one value"),
        Column("copy", 2, "category", 0, 2, "words"),
        Column("fold", 3, "category", 0, 5, "words"),
    )
    copy = Finding("F201", "Copy of the target", "error", "'copy' is the target under another name", ("copy",))
    parts = Finding("F605", "Parts of a split", "warning", "'fold' says which fold a row belongs to", ("fold",))
    plan = make_plan(make_facts(columns=columns, findings=(copy, parts)))
    assert plan.kept_columns == ("age",)
    assert decision(plan, "columns", "fold").rule == "R409"
    assert decision(plan, "columns", "copy").rule == "R403"
    assert decision(plan, "columns", "k").rule == "R402"


def test_the_test_part_is_a_fifth_but_no_more_than_it_needs():
    assert make_plan(make_facts(rows=500))["split.test_share"] == 0.2
    assert make_plan(make_facts(rows=100_000))["split.test_share"] == 0.02
