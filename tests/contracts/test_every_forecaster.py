"""What every forecaster must do."""

import numpy as np
import pytest

from automl_assist.forecasting import Past, forecasters
from automl_assist.forecasting._backtests import Windows, backtest
from automl_assist.forecasting._forecaster import Request
from automl_assist.profile.frequency import Frequency
from automl_assist.rules._portfolios import forecaster_settings
from automl_assist.rules.families import CLASSIC, NEURAL
from automl_assist.rules.forecasters import NETWORK, TREES

SETTINGS = {
    "forecast.boosting": TREES,
    "forecast.network": NETWORK,
    "forecast.transforms": ["none", "log"],
    "forecast.history": {"local": 500, "rows": 4_000},
    "forecast.horizon": 6,
    "forecast.backtests": {"windows": 2, "stride": 6},
}


def past(n=3, length=90, positive=True):
    """Return monthly series with a trend, a season and noise; one begins late, one has gaps, one is constant."""
    rng = np.random.default_rng(0)
    t = np.arange(length)
    values = 50 + 0.3 * t + 10 * np.sin(2 * np.pi * t / 12) + rng.normal(0, 1, (n, length)) - (0 if positive else 60)
    values[1, : length // 2] = np.nan
    values[0, [3, 4, 5, 6, 7, 12]] = np.nan
    if n > 2:
        values[2] = 7.0
    empty = np.empty((n, length, 0))
    return Past(values, np.full(n, length - 1), empty, np.empty((n, length + 6, 0)), 6, (12,), Frequency("month", 1.0))


def test_the_rules_choose_among_the_same_forecasters():
    assert {*CLASSIC["forecast"], *NEURAL["forecast"]} == set(forecasters())


@pytest.mark.parametrize("name", list(forecasters()))
def test_it_forecasts_and_comes_back_from_disk_as_it_was(name, tmp_path):
    one = forecasters()[name]
    neural = name in NEURAL["forecast"]
    for k, values in enumerate((forecaster_settings(name, SETTINGS["forecast.transforms"]) or [{}])[: 1 if neural else None]):
        series = past(length=300 if neural else 90)
        ahead, fitted = backtest(one, Request(series, values, SETTINGS, seconds=20.0), Windows.of(SETTINGS))
        assert ahead.shape == (3, 3, 6)
        assert np.isfinite(ahead).all(), values
        assert np.abs(ahead[:, 2] - 7.0).max() < 1.0, "a constant stays one"
        assert np.abs(ahead[0, 0] - series.values[0, -6:]).mean() < 15
        folder = tmp_path / str(k)
        folder.mkdir()
        fitted.save(folder)
        again = one.load(folder)
        np.testing.assert_allclose(again.predict(series), fitted.predict(series), rtol=1e-6)
        longer = past(5, 20)
        assert np.isfinite(again.predict(longer)).all(), "series shorter than those of training, and more of them"


@pytest.mark.parametrize("name", list(forecasters()))
def test_a_folder_of_something_else_is_refused(name, tmp_path):
    (tmp_path / "local.json").write_text('{"name": "os.system", "values": {}, "steps": 1}')
    with pytest.raises(ValueError, match=r".+"):
        forecasters()[name].load(tmp_path)
