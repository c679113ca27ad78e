"""What single families promise beyond the contract."""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace

import numpy as np
import pytest
from lightgbm.callback import EarlyStopException
from sklearn.linear_model import Ridge

from automl_assist.models import FitRequest, _network, baseline, extra_trees, lightgbm, linear, mlp
from automl_assist.models._selection import Clock, log_loss, selection_loss, with_absent_classes
from automl_assist.models._table_network import sizes as sizes_of
from automl_assist.preprocessing import Coding, Features
from automl_assist.preprocessing.encoders import NetworkEncoder
from automl_assist.rules.classic import STOPPING as ENDING
from automl_assist.schema import Problem
from tests.preprocessing.tables import columns, table, truth


def _features(numbers: np.ndarray) -> Features:
    rows, width = numbers.shape
    names = tuple(map(str, range(width)))
    return Features(numbers.astype(np.float32), np.empty((rows, 0), np.int32), np.empty((rows, 0), object), (), names, (), ())


def _request(numbers: np.ndarray, target: np.ndarray, task: str, metric: str, values: dict[str, object], **changes: object) -> FitRequest:
    train = len(target) * 3 // 4
    features = _features(numbers)
    problem = Problem(task, 0 if task == "regression" else int(target.max()) + 1, metric, len(target), numbers.shape[1], 0, 0)
    inside, outside = np.arange(train), np.arange(train, len(target))
    request = FitRequest(features.take(inside), target[inside], features.take(outside), target[outside], problem, values, 0, None, 1, train)
    return dataclasses.replace(request, **changes)


LIGHTGBM = {
    "learning_rate": 0.05,
    "num_leaves": 15,
    "min_data_in_leaf": 5,
    "feature_fraction": 1.0,
    "bagging_fraction": 1.0,
    "extra_trees": False,
}
NUMBERS = np.random.default_rng(0).normal(size=(400, 4))
SMOOTH = NUMBERS[:, 0] - 2 * NUMBERS[:, 1]
CURVED = np.sin(3 * NUMBERS[:, 0]) * NUMBERS[:, 1]


@pytest.mark.parametrize(("metric", "expected"), [("rmse", 4.0), ("r2", 4.0), ("mae", 1.0)])
def test_the_baseline_is_the_mean_or_the_median(metric, expected):
    target = np.array([1.0, 1.0, 10.0, 0.0])
    model = baseline.fit(_request(np.zeros((4, 1)), target, "regression", metric, {}))
    assert model.predict(_features(np.zeros((2, 1)))).tolist() == [expected, expected]


def test_the_baseline_is_the_share_of_each_class():
    model = baseline.fit(_request(np.zeros((8, 1)), np.array([0, 0, 1, 0, 2, 2, 1, 1]), "multiclass", "log_loss", {}))
    assert model.predict(_features(np.zeros((1, 1))))[0] == pytest.approx([1 / 2, 1 / 6, 1 / 3])


def test_ridge_agrees_with_scikit_learn():
    values = {"choose_penalty": False, "penalty": 3.0}
    for numbers in (NUMBERS, np.random.default_rng(1).normal(size=(40, 90))):  # both ways of solving it
        target = numbers[:, 0] - 2 * numbers[:, 1]
        request = _request(numbers, target, "regression", "rmse", values)
        model = linear.fit(request)
        encoded = model.encoder.transform(request.features).astype(float)
        expected = Ridge(alpha=3.0).fit(encoded, request.target)
        assert model.weights[:, 0] == pytest.approx(expected.coef_, abs=1e-6)
        assert model.intercepts[0] == pytest.approx(expected.intercept_)


def test_the_linear_model_finds_a_penalty():
    noisy = SMOOTH + 5 * np.random.default_rng(1).normal(size=400)
    wide = np.hstack([NUMBERS, np.random.default_rng(2).normal(size=(400, 250))])
    facts = linear.fit(_request(wide, noisy, "regression", "rmse", {"choose_penalty": True, "penalty": 1.0})).facts()
    assert facts["penalty"] > 10 and facts["penalties_tried"] > 3


def test_lightgbm_stops_early_and_keeps_the_best_round():
    model = lightgbm.fit(_request(NUMBERS, CURVED, "regression", "rmse", LIGHTGBM))
    facts = model.facts()
    assert facts["stopped"] == "no better on held-out rows" and facts["best_round"] < facts["rounds"]
    assert model.booster.num_trees() == facts["best_round"]


def test_lightgbm_learns_faster_when_time_is_short():
    values = LIGHTGBM | {"learning_rate": 0.005, "num_leaves": 200, "min_data_in_leaf": 1}
    numbers = np.random.default_rng(0).normal(size=(4000, 30))
    target = numbers[:, 0] * numbers[:, 1] + numbers[:, 2]
    facts = lightgbm.fit(_request(numbers, target, "regression", "rmse", values, seconds=1.0)).facts()
    assert facts["learning_rate"] > 0.005


def _rounds(down_to_zero: bool, rest_seconds: float = 0.0) -> int:
    """Return how many rounds LightGBM is let do whose loss of 100 falls to 1.5 at once, and then slowly towards 1."""
    stopper = lightgbm._Stopper(Clock.start(None), 0.05, 1, {**ENDING, "rest_seconds": rest_seconds}, down_to_zero)
    for k in range(10_000):
        loss = 1.0 + 98.5 * np.exp(-k / 3) + 0.5 * np.exp(-k / 400)
        try:
            stopper(SimpleNamespace(iteration=k, evaluation_result_list=[("held out", "l2", loss, False)]))
        except EarlyStopException:
            return k + 1
    return 10_000


def test_lightgbm_waits_for_what_is_left_of_the_loss_of_values():
    """With 1 % of the variance left, a hundredth of it in a hundred rounds is a gain; log loss would fall like that to the end."""
    assert 2 * _rounds(False) < _rounds(True) < 5_000
    assert _rounds(True, rest_seconds=1e-9) == _rounds(False)  # it is not waited for longer than a fold may take


def test_lightgbm_breaks_ties_of_a_perfect_ranking():
    target = (NUMBERS[:, 0] > 0).astype(np.int64)
    request = _request(NUMBERS, target, "binary", "roc_auc", LIGHTGBM)
    problem = dataclasses.replace(request.problem, settings={"boosting.stopping": {"judged_by": "metric"}})
    model = lightgbm.fit(dataclasses.replace(request, problem=problem))
    assert model.facts()["best_round"] > 30  # the first round already ranks almost perfectly


def test_a_forest_grows_less_when_time_is_short():
    values = {"random_forest": False, "max_features": "all", "min_samples_leaf": 1}
    model = extra_trees.fit(_request(NUMBERS, CURVED, "regression", "rmse", values, seconds=0.0))
    assert model.facts()["trees"] == extra_trees.FIRST_TREES


def test_a_forest_agrees_with_scikit_learn(monkeypatch):
    numbers = NUMBERS.copy()
    numbers[::7, 1] = np.nan
    values = {"random_forest": True, "max_features": "all", "min_samples_leaf": 3}
    grown = []
    monkeypatch.setattr(extra_trees, "_from_sklearn", lambda forest, *rest: grown.append(forest) or original(forest, *rest))
    request = _request(numbers, (CURVED > 0).astype(np.int64), "binary", "log_loss", values)
    model = extra_trees.fit(request)
    expected = grown[0].predict_proba(model.encoder.transform(request.valid_features))
    assert model.predict(request.valid_features) == pytest.approx(expected, abs=1e-6)


original = extra_trees._from_sklearn


def test_a_damaged_forest_is_refused():
    values = {"random_forest": False, "max_features": "all", "min_samples_leaf": 20}
    model = extra_trees.fit(_request(NUMBERS, CURVED, "regression", "rmse", values))
    for name, place, value in (("left", 0, 0), ("right", 0, 10_000), ("column", 0, 99), ("starts", -1, 3)):
        array = getattr(model, name).copy()
        array[place] = value
        with pytest.raises(ValueError):
            dataclasses.replace(model, **{name: array})


def test_the_network_beats_a_straight_line_on_a_curve():
    values = {"learning_rate": 0.2, "dropout": 0.0, "weight_decay": 0.02, "wave_sd": 0.1, "embed_numbers": True, "layers": 2, "width": 128}
    request = _request(NUMBERS, CURVED, "regression", "rmse", values)
    settings = {"network.optimizer": {"batch_size": 64, "epochs": 60}}
    model = mlp.fit(dataclasses.replace(request, problem=dataclasses.replace(request.problem, settings=settings)))
    error = np.sqrt(np.mean((model.predict(request.valid_features) - request.valid_target) ** 2))
    assert error < 0.6 * request.valid_target.std()


def test_folds_of_a_table_share_the_program_of_the_network():
    typed = table(120)
    features, target = Coding.fit(typed, columns()).transform(typed), truth(typed, "binary")
    sizes = set()
    for fold in range(5):
        inside = np.flatnonzero(np.arange(120) % 5 != fold)
        encoder, _ = NetworkEncoder.fit(features.take(inside), target[inside], 2, 0)
        sizes.add(sizes_of(encoder))
    assert len(sizes) == 1


def test_sharpness_is_the_one_with_the_least_log_loss():
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(3000, 3))
    target = np.array([rng.choice(3, p=p) for p in np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)])
    problem = Problem("multiclass", 3, "log_loss", 3000, 1, 0, 0)
    assert _network.sharpness_of(problem, target, 2.5 * logits) == pytest.approx(0.4, abs=0.04)
    assert _network.sharpness_of(problem, target[:0], logits[:0]) == 1.0


def test_selection_breaks_ties_and_knows_undefined_metrics():
    problem = Problem("binary", 2, "roc_auc", 4, 1, 0, 0)
    right, sure = np.array([[0.6, 0.4], [0.4, 0.6]]), np.array([[0.9, 0.1], [0.1, 0.9]])
    assert selection_loss(problem, np.array([0, 1]), sure) < selection_loss(problem, np.array([0, 1]), right)
    one_class = selection_loss(problem, np.array([1, 1]), right)
    assert one_class[0] == np.inf and one_class[1] == pytest.approx(log_loss(np.array([1, 1]), right))


def test_absent_classes_get_a_little_probability():
    spread = with_absent_classes(np.array([[0.3, 0.7]]), np.array([0, 2]), 4, 100)
    assert spread.sum() == pytest.approx(1) and (spread > 0).all() and spread[0, 2] > 0.68


def test_the_clock_without_a_limit_never_ends():
    assert Clock.start(None).left == np.inf and Clock.start(0.0).left == 0
