"""What predictions rest on, with intervals that know few rows from many."""

import math
import time

import numpy as np
import pandas as pd
import pytest

from automl_assist.evaluation.importance import permutation_importance
from automl_assist.metrics import metric

FOREVER = time.monotonic() + 3_600


def _rows(n, seed=0):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"told": rng.normal(size=n), "faint": rng.normal(size=n), "unused": rng.normal(size=n)})
    return frame, (frame["told"] + rng.normal(size=n)).to_numpy()


def _measured(frame, y, name="rmse", predict=lambda f: (f["told"] + 0.02 * f["faint"]).to_numpy(), **more):
    found = permutation_importance(predict, frame, y, metric(name), list(frame.columns), seed=0, **{"until": FOREVER, **more})
    return {entry["name"]: (entry["drop"], entry["ci95"]) for entry in found}, [entry["name"] for entry in found]


def test_what_is_used_gets_worse_and_what_is_not_does_not_change_at_all():
    drops, order = _measured(*_rows(500))
    assert order[0] == "told" and drops["told"][0] > 0.3 and drops["told"][1][0] > 0.2
    assert drops["unused"] == (0.0, [0.0, 0.0]), "not what rounding leaves of it"


def test_intervals_hold_the_chance_of_the_rows_and_not_of_the_shuffles_alone():
    # the true effect of `faint` is none: the model errs by it in either direction, as the rows of the test have it
    for n in (40, 400):
        bounds = [_measured(*_rows(n, seed), resamples=60)[0]["faint"][1] for seed in range(20)]
        assert sum(low <= 0.0 <= high for low, high in bounds) >= 16, n


@pytest.mark.parametrize(("repeats", "given"), [(2, False), (3, True)])
def test_fewer_than_three_shuffles_have_no_interval(repeats, given):
    drops, _ = _measured(*_rows(60), repeats=repeats)
    assert (drops["told"][1] is not None) == given


def test_resamples_of_one_class_alone_are_left_out():
    frame, y = _rows(30)
    labels = (y > np.sort(y)[-3]).astype(int)  # two rows: about one resample in eight has neither

    def predict(rows):
        sure = 1 / (1 + np.exp(-rows["told"].to_numpy()))
        return np.column_stack([1 - sure, sure])

    drops, _ = _measured(frame, labels, "roc_auc", predict)
    assert all(math.isfinite(bound) for bound in drops["told"][1])


def test_without_time_nothing_is_measured():
    assert _measured(*_rows(30), until=time.monotonic() - 1) == ({}, [])
