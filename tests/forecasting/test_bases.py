"""What learns across series takes values as relative to a base, so that it serves series of any size."""

from dataclasses import replace

import numpy as np
import pytest

from automl_assist.forecasting import Past, forecasters
from automl_assist.forecasting._forecaster import Request
from automl_assist.profile.frequency import Frequency
from automl_assist.rules.forecasters import TREES

SETTINGS = {"forecast.history": {"local": 300, "rows": 5_000}, "forecast.boosting": TREES}
HORIZON = 4


def _pulled(n=3, steps=300):
    """Series that a spring pulls back to their mean."""
    rng = np.random.default_rng(1)
    values = np.zeros((n, steps))
    for t in range(1, steps):
        values[:, t] = 0.8 * values[:, t - 1] + rng.normal(size=n)
    return Past(
        50 + 3 * values,
        np.full(n, steps - 1),
        np.empty((n, steps, 0)),
        np.empty((n, steps + HORIZON, 0)),
        HORIZON,
        (1,),
        Frequency("step", 1.0),
    )


@pytest.mark.parametrize(
    ("name", "values"),
    [
        *(("boosting", {"mode": mode, "base": base}) for mode in ("direct", "recursive") for base in ("level", "series")),
        *(("linear", {"base": base}) for base in ("level", "series")),
    ],
)
def test_a_series_four_times_as_large_is_forecast_four_times_as_large(name, values, tmp_path):
    past = _pulled()
    fitted = forecasters()[name].fit(Request(past, {"transform": "none", **values}, SETTINGS, 0))
    ahead = fitted.predict(past)
    assert np.allclose(fitted.predict(replace(past, observed=4 * past.observed)), 4 * ahead)
    before = replace(past, observed=np.concatenate([1e3 + past.observed, past.observed], axis=1), before=np.empty((3, 600, 0)),
                     known=np.empty((3, 604, 0)))  # fmt: skip
    assert np.allclose(fitted.predict(before), ahead), "what lies further back than models look is of no account"
    fitted.save(tmp_path)
    assert np.array_equal(forecasters()[name].load(tmp_path).predict(past), ahead)


@pytest.mark.parametrize(("name", "values"), [("boosting", {"mode": "direct"}), ("linear", {})])
def test_relative_to_its_whole_past_a_series_is_known_to_come_back(name, values):
    past = _pulled()
    fitted = forecasters()[name].fit(Request(past, {"transform": "none", "base": "series", **values}, SETTINGS, 0))
    far = past.observed.copy()
    far[:, -20:] = 50 + 6 * np.linspace(0.5, 1.5, 20)
    assert (fitted.predict(replace(past, observed=far))[:, -1] < far[:, -1]).all()
