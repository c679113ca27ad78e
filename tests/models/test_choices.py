"""Whatever a plan may say to a model works: it learns, it can be saved, and it predicts the same when loaded."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from automl_assist.models import FitRequest, families
from automl_assist.nn.compilation import prepare
from automl_assist.preprocessing import Features
from automl_assist.rules.classic import BOOSTING_LOSSES
from automl_assist.rules.network import ACTIVATIONS, CLASS_LOSSES, OPTIMIZERS, SCHEDULES, VALUE_LOSSES
from automl_assist.schema import Problem
from automl_assist.tuning.proposers import Defaults

prepare()
ROWS, HELD_OUT = 300, 150
QUICK = {"batch_size": 32, "epochs": 30}


def _request(family: str, task: str, settings: dict[str, object], metric: str = "", **target: float) -> FitRequest:
    rng = np.random.default_rng(0)
    numbers = rng.normal(size=(ROWS + HELD_OUT, 3)).astype(np.float32)
    score = numbers[:, 0] + 0.5 * numbers[:, 1] + target.get("noise", 0.3) * rng.normal(size=len(numbers))
    y = (score > target.get("above", 0.0)).astype(np.int64) if task == "binary" else rng.poisson(np.exp(1.5 + 0.7 * score)).astype(float)
    features = Features(
        numbers, np.empty((len(y), 0), np.int32), np.empty((len(y), 0), object), (), ("a", "b", "c"), (), ()
    )  # fmt: skip
    problem = Problem(task, 2 if task == "binary" else 0, metric or ("roc_auc" if task == "binary" else "rmse"), ROWS, 3, 0, 0, settings)
    values = Defaults({})
    families()[family].declare_space(values, problem)
    inside, outside = np.arange(ROWS), np.arange(ROWS, len(y))
    return FitRequest(
        features.take(inside), y[inside], features.take(outside), y[outside], problem, values.values, 0, None, 1, ROWS
    )  # fmt: skip


def _learns(request: FitRequest, family: str, tmp_path) -> np.ndarray:
    model = families()[family].fit(request)
    predicted, truth = model.predict(request.valid_features), request.valid_target
    assert np.isfinite(predicted).all()
    column = predicted[:, 1] if predicted.ndim == 2 else predicted
    assert np.corrcoef(column, truth)[0, 1] > 0.4
    model.save(tmp_path)
    assert np.allclose(families()[family].load(tmp_path).predict(request.valid_features), predicted, atol=1e-6)
    return predicted


@pytest.mark.parametrize("loss", VALUE_LOSSES)
def test_losses_of_values(loss, tmp_path):
    request = _request("mlp", "regression", {"network.optimizer": QUICK, "network.loss": loss})
    predicted = _learns(request, "mlp", tmp_path)
    if loss in ("poisson", "log_squared"):
        assert (predicted >= 0).all()


@pytest.mark.parametrize("loss", CLASS_LOSSES)
def test_losses_of_classes(loss, tmp_path):
    predicted = _learns(_request("mlp", "binary", {"network.optimizer": QUICK, "network.loss": loss}), "mlp", tmp_path)
    assert np.allclose(predicted.sum(axis=1), 1)


def test_balanced_cross_entropy_makes_a_rare_class_more_likely(tmp_path):
    settings = {"network.optimizer": QUICK, "network.calibration": {"kind": "none"}}
    plain = _learns(_request("mlp", "binary", settings, metric="log_loss", above=1.3, noise=0.8), "mlp", tmp_path)
    weighed = _request("mlp", "binary", {**settings, "network.loss": "balanced_cross_entropy"}, metric="log_loss", above=1.3, noise=0.8)
    balanced = families()["mlp"].fit(weighed)
    assert balanced.predict(weighed.valid_features)[:, 1].mean() > plain[:, 1].mean() + 0.05


@pytest.mark.parametrize(("level", "low", "high"), [(0.1, 0.0, 0.4), (0.9, 0.65, 1.0)])
def test_a_quantile_is_a_quantile(level, low, high, tmp_path):
    settings = {"network.optimizer": QUICK, "network.loss": "quantile", "network.loss_details": {"quantile": level}}
    request = dataclasses.replace(_request("mlp", "regression", settings, metric="mae"))
    predicted = families()["mlp"].fit(request).predict(request.features)
    assert low <= np.mean(request.target <= predicted) <= high


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("schedule", SCHEDULES)
def test_optimizers_and_schedules(name, schedule, tmp_path):
    chosen = {**QUICK, "name": name, "schedule": schedule, "warm_up": 0.1, "learning_rate": 0.05 if name == "sgd" else 0.01}
    _learns(_request("mlp", "binary", {"network.optimizer": chosen}), "mlp", tmp_path)


@pytest.mark.parametrize(
    "look",
    [*({"activation": a} for a in ACTIVATIONS), {"embedding": "none"}, {"frequencies": 4, "number_width": 2}, {"layers": 1, "width": 16}],
)
def test_architectures(look, tmp_path):
    _learns(_request("mlp", "binary", {"network.optimizer": QUICK, "network.architecture": look}), "mlp", tmp_path)


def test_no_patience_means_all_epochs():
    settings = {"network.optimizer": {**QUICK, "epochs": 12}, "network.regularization": {"patience": 0.0, "average": 1.0}}
    assert families()["mlp"].fit(_request("mlp", "binary", settings)).facts()["epochs"] == 12


@pytest.mark.parametrize("loss", [loss for loss in BOOSTING_LOSSES if loss != "cross_entropy"])
def test_losses_of_boosting(loss, tmp_path):
    _learns(_request("lightgbm", "regression", {"boosting.loss": loss}), "lightgbm", tmp_path)


@pytest.mark.parametrize("family", ["mlp", "lightgbm"])
@pytest.mark.parametrize("loss", ["poisson", "log_squared"])
def test_a_loss_that_the_values_do_not_allow_is_not_a_crash(family, loss):
    request = _request(family, "regression", {"network.optimizer": QUICK, "network.loss": loss, "boosting.loss": loss})
    request = dataclasses.replace(request, target=request.target - 50)
    assert np.isfinite(families()[family].fit(request).predict(request.valid_features)).all()
