"""Many rows get from LightGBM's trees what few rows get."""

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
