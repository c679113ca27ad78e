"""The mean figure of several targets, and the names of their columns."""

import pytest

from automl_assist.serving.several import column_names, mean_metric, task_of

FIRST = {"name": "roc_auc", "title": "ROC AUC", "value": 0.8, "ci95": [0.7, 0.9], "baseline": 0.5, "linear": 0.7}


def test_the_mean_of_one_metric_has_the_mean_interval():
    mean = mean_metric([FIRST, {**FIRST, "value": 0.6, "ci95": [0.5, 0.8]}])
    assert mean["value"] == pytest.approx(0.7)
    assert mean["ci95"] == pytest.approx([0.6, 0.85])


def test_an_unknown_interval_makes_that_of_the_mean_unknown():
    assert mean_metric([FIRST, {**FIRST, "ci95": None}])["ci95"] is None


def test_two_metrics_have_no_mean():
    assert mean_metric([FIRST, {**FIRST, "name": "rmse"}])["value"] is None


def test_columns_are_named_by_target():
    assert column_names("tag", "binary", ("no", "yes")) == {"prediction": "tag", "probability_yes": "probability_tag"}
    assert column_names("price", "count", ()) == {"prediction": "price", "lower": "price_lower", "upper": "price_upper"}
    assert list(column_names("kind", "multiclass", ("a", "b")).values()) == ["kind", "probability_kind_a", "probability_kind_b"]


def test_yes_or_no_of_each_is_multilabel():
    assert task_of([{"task": "binary"}, {"task": "binary"}]) == "multilabel"
    assert task_of([{"task": "binary"}, {"task": "regression"}]) == "several"
