"""Many rows get from LightGBM's trees what few rows get."""

from concurrent.futures import ThreadPoolExecutor

import lightgbm
import numpy as np
import pytest

from automl_assist.models._booster_answers import MANY_ROWS, TREES_AT_ONCE, answers_of


@pytest.mark.parametrize("objective", ["binary", "multiclass", "regression", "poisson", "huber"])
def test_passes_of_some_trees_add_up_to_the_answer_of_all(objective):
    draw = np.random.default_rng(0)
    rows = draw.normal(size=(MANY_ROWS, 5)).astype(np.float32)
    rows[draw.random(rows.shape) < 0.1] = np.nan
    target = draw.integers(0, 2 if objective == "binary" else 3, len(rows))
    chosen = {"objective": objective, "num_leaves": 4, "num_threads": 1, "verbosity": -1} | (
        {"num_class": 3} if objective == "multiclass" else {}
    )
    booster = lightgbm.train(chosen, lightgbm.Dataset(rows, target), 2 * TREES_AT_ONCE + 3)
    restored = lightgbm.Booster(model_str=booster.model_to_string())
    expected = booster.predict(rows, num_threads=1)
    for one in (booster, restored):
        np.testing.assert_allclose(answers_of(one, rows, 1), expected, rtol=1e-12, atol=1e-14)
    np.testing.assert_array_equal(answers_of(restored, rows[:50], 1), expected[:50])


def test_threads_that_ask_one_booster_get_its_own_answers():
    """LightGBM keeps in the booster which trees are asked for: without a lock most rows get the sum of others."""
    draw = np.random.default_rng(1)
    rows = draw.normal(size=(2 * MANY_ROWS, 4))
    chosen = {"objective": "regression", "num_leaves": 8, "num_threads": 1, "verbosity": -1}
    booster = lightgbm.train(chosen, lightgbm.Dataset(rows, rows @ [3.0, -2.0, 1.0, 0.5]), 10 * TREES_AT_ONCE)
    parts = [*np.split(rows, 2), rows[: MANY_ROWS - 1], rows[MANY_ROWS + 1 :]] * 4
    expected = [booster.predict(part, num_threads=1) for part in parts]
    with ThreadPoolExecutor(4) as threads:
        for answer, wanted in zip(threads.map(lambda part: answers_of(booster, part, 1), parts), expected, strict=True):
            np.testing.assert_allclose(answer, wanted, rtol=1e-9)
