"""What a plan is made from: the task that a metric implies, where the values alone would say another."""

from __future__ import annotations

import random

import pytest

from automl_assist.errors import AssistError
from automl_assist.planning import decide, read_asked
from automl_assist.schema import Options


class Quiet:
    def __getattr__(self, name):
        return lambda *_, **__: None


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    rng = random.Random(0)
    rows = [(rng.random(), rng.randint(1, 5), rng.randint(0, 200), rng.choice(["yes", "no"])) for _ in range(400)]
    place = tmp_path_factory.mktemp("graded") / "graded.csv"
    place.write_text("\n".join(["width,grade,visits,left", *(f"{a:.4f},{b},{c},{d}" for a, b, c, d in rows)]) + "\n", "utf-8")
    return str(place)


def _task(path, **options):
    asked = read_asked(path, Options(**options), Quiet())
    understood, options = asked.of_target(None)
    return decide(understood, options)["task"], understood.profile.task.reason


def test_who_asks_for_an_error_of_amounts_wants_grades_as_numbers(graded):
    assert _task(graded, target="grade")[0] == "multiclass"
    task, reason = _task(graded, target="grade", metric="rmse")
    assert task == "regression"
    assert "--metric rmse judges amounts; the values alone say multiclass" in reason
    assert _task(graded, target="grade", metric="accuracy")[0] == "multiclass"


@pytest.mark.parametrize("options", [{"target": "left", "metric": "rmse"}, {"target": "visits", "metric": "accuracy"}])
def test_a_metric_that_fits_no_reading_is_refused(graded, options):
    with pytest.raises(AssistError) as caught:
        _task(graded, **options)
    assert caught.value.code == "E0404"


def test_a_task_that_was_said_stays(graded):
    with pytest.raises(AssistError):
        _task(graded, target="grade", task="multiclass", metric="rmse")


@pytest.mark.parametrize(("target", "metric", "usual"), [("left", "rmse", "roc_auc"), ("width", "roc_auc", "rmse")])
def test_a_metric_of_another_task_is_refused_with_the_usual_one(graded, target, metric, usual):
    with pytest.raises(AssistError) as caught:
        understood, options = read_asked(graded, Options(target=target, metric=metric), Quiet()).of_target(None)
        decide(understood, options)
    assert caught.value.code == "E0404" and f"--metric {usual} " in caught.value.help
