"""What comes back in a series, and what a stronger season hides."""

import numpy as np

from automl_assist.profile._series_facts import series_facts
from automl_assist.profile.frequency import DAY


def _days(values):
    return series_facts(np.arange(len(values)) * DAY, np.zeros(len(values), np.int64), True, values, {}, None)["seasons"]


def test_a_year_hidden_by_the_week_is_seen_once_the_week_is_out():
    rng = np.random.default_rng(0)
    day = np.arange(1_500)
    week = 200.0 * np.isin(day % 7, (5, 6))
    year = 8.0 * np.sin(2 * np.pi * day / 365)
    found = {s["period"]: s for s in _days(500 + week + year + rng.normal(0, 5, len(day)))}
    assert found[7]["strength"] > 0.9
    assert found[365]["strength"] < 0.1
    assert found[365]["beyond"] > 0.3
    noise = {s["period"]: s for s in _days(500 + week + rng.normal(0, 5, len(day)))}
    assert noise[365]["beyond"] < 0.1


def test_seasons_do_not_depend_on_the_order_of_the_series():
    rng = np.random.default_rng(0)
    steps, series = np.tile(np.arange(48.0), 150), np.repeat(np.arange(150), 48)
    values = np.sin(steps * np.pi / 6) * series + rng.normal(0, 20, len(steps))
    turned = rng.permutation(150)[series]
    one, other = (series_facts(steps, groups, False, values, {}, 12)["seasons"] for groups in (series, turned))
    assert one
    assert one == other
