"""What comes back in a series, and what a stronger season hides."""

import numpy as np

from automl_assist.profile._series_facts import series_facts
from automl_assist.profile.frequency import DAY, find_frequency, frequency_of


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


def test_one_row_a_week_on_days_that_change_is_weekly():
    rng = np.random.default_rng(0)
    mondays = 4.0 + 7 * np.arange(150)
    groups, counts = np.zeros(150, np.int64), rng.poisson(30, 150) + 1.0
    working = (mondays + rng.integers(0, 5, 150)) * DAY
    around = (mondays + rng.choice([-1, 0, 1, 2], 150) + 3) * DAY + 3_600
    for stamps in (working, around):
        found = find_frequency(stamps, groups, True, logged=True)
        assert found.name == "weekly"
        for frequency in (found, frequency_of("week", 1.0, stamps, groups)):
            assert (np.diff(frequency.steps(stamps)) == 1).all()
        facts = series_facts(stamps, groups, True, counts, {}, None)
        assert (facts["frequency"], facts["gaps"], facts["repeated"]) == ("weekly", 0.0, 0)
    logged = np.cumsum(rng.geometric(1 / 7, 150)) * DAY  # something that happens once a week on average
    assert find_frequency(logged, groups, True, logged=True).name == "daily"
