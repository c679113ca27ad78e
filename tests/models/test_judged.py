"""Which epoch of a network is the best one: by the metric, among those that have learned how likely the classes are."""

import numpy as np
import pytest

from automl_assist.models._network import Happened, judged
from automl_assist.schema import Problem

TARGET = np.array([0] * 90 + [1] * 10)
SCALE = Happened(2, "identity", 0.0, 1.0, 0.0, 0.0, 1.0, 0, 0, "", 0.0)


def outputs_of(scores):
    return np.column_stack([np.zeros(len(scores)), scores])


NEARLY_THE_SAME = outputs_of(-0.2 + 0.01 * TARGET)  # in perfect order, and one in two is said to be rare
LEARNED = outputs_of(np.where(TARGET == 1, 1.0, -3.0) + np.where(np.arange(100) % 30 == 0, 4.5, 0.0))
BETTER = outputs_of(np.where(TARGET == 1, 1.0, -3.0))


@pytest.mark.parametrize("metric", ["roc_auc", "average_precision"])
def test_an_order_found_by_chance_before_anything_was_learned_is_not_taken(metric):
    problem = Problem("binary", 2, metric, 100, 1, 0, 0)
    early, late, best = (judged(problem, TARGET, outputs, SCALE) for outputs in (NEARLY_THE_SAME, LEARNED, BETTER))
    assert best < late < early
    assert early[1] < late[1], "by the metric alone it would be"


def test_log_loss_sees_it_by_itself_and_one_class_alone_is_no_reason():
    problem = Problem("binary", 2, "log_loss", 100, 1, 0, 0)
    assert judged(problem, TARGET, LEARNED, SCALE) < judged(problem, TARGET, NEARLY_THE_SAME, SCALE)
    alone = Problem("binary", 2, "roc_auc", 100, 1, 0, 0)
    assert judged(alone, TARGET[:90], BETTER[:90], SCALE)[0] == judged(alone, TARGET[:90], NEARLY_THE_SAME[:90], SCALE)[0]
