"""Backtests judge what is shipped: where time runs out, no fit of less time takes the place of one that they have seen."""

import time
from dataclasses import dataclass

import numpy as np
import pytest

from automl_assist.forecasting import Forecaster, Past
from automl_assist.forecasting._backtests import Windows, backtest
from automl_assist.forecasting._forecaster import Request
from automl_assist.profile.frequency import Frequency

SERIES = Past(
    np.arange(6_000.0)[None], np.array([5_999]), np.empty((1, 6_000, 0)), np.empty((1, 6_003, 0)), 3, (1,), Frequency("step", 1.0)
)


@dataclass
class Fitted:
    steps: int

    def predict(self, past):
        return np.full((past.n, past.horizon), float(self.steps))


def fit_in(seconds, told):
    """Return a forecaster whose fits take so long, and that notes how long each was told that it may."""

    def fit(request):
        told.append(request.seconds)
        time.sleep(seconds)
        return Fitted(request.past.length)

    return Forecaster("slow", "Slow", False, fit, None)


@pytest.mark.parametrize(("takes", "fits"), [(0.0, [5_991, 5_997, 6_000]), (0.2, [5_991])])
def test_a_later_fit_has_the_time_of_the_first_or_is_not_made(takes, fits):
    told = []
    ahead, fitted = backtest(fit_in(takes, told), Request(SERIES, {}, {}, seconds=0.3), Windows((3, 6, 9), 3))
    assert len(told) == len(fits)
    assert len(set(told)) == 1
    assert fitted.steps == fits[-1]
    assert ahead[2, 0, 0] == fits[0]
