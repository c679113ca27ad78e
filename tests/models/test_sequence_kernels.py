"""What the plan says of convolutions of series is what is fitted."""

import numpy as np
import pytest

from automl_assist.models import FitRequest, sequence_kernels
from automl_assist.preprocessing import Features
from automl_assist.schema import Problem
from automl_assist.tuning.proposers import Defaults

ROWS = 60


def fitted(**chosen: float) -> sequence_kernels.SequenceKernels:
    rng = np.random.default_rng(0)
    target = np.arange(ROWS) % 2
    series = rng.normal(size=(ROWS, 1, 24)) + np.sin(np.arange(24) * (1 + target[:, None, None]))
    rows = Features.of_blocks({"series": series.astype(np.float32)}, ROWS)
    beside = rng.normal(size=(ROWS, 1)).astype(np.float32)
    rows = Features(beside, rows.categories, rows.texts, (), ("age",), (), (), rows.blocks)
    problem = Problem("binary", 2, "log_loss", ROWS, 1, 0, 0, {"sequence.kernels": chosen}, {"series": (1, 24)})
    values = Defaults({"fixed": 400, "groups": 4})
    sequence_kernels.declare_space(values, problem)
    return sequence_kernels.fit(FitRequest(rows, target, rows, target, problem, values.values, 0, None, 1, ROWS))


@pytest.mark.parametrize(
    "edit",
    [{"strongest": 0.3, "weakest": 0.3}, {"weakest": 3e-5, "a_decade": 7}, {"beside": 0.5}, {"rows": 50, "figures": 200}, {"rows": 50}],
    ids=lambda edit: next(iter(edit)),
)
def test_an_edit_is_followed(edit):
    usual, edited = fitted(), fitted(**edit)
    assert not np.array_equal(usual.head.weights, edited.head.weights)


def test_answers_are_as_sure_as_the_plan_lets_them_be():
    assert fitted(softest=3.0, sharpest=3.0).head.sharpness == pytest.approx(3.0)
