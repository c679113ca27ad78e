"""Families that see: they learn from pixels and obey the plan."""

import dataclasses

import numpy as np
import pytest

from automl_assist.models import FitRequest, families
from automl_assist.models._ridge_head import _decomposed
from automl_assist.preprocessing import Features
from automl_assist.schema import Problem
from automl_assist.tuning.proposers import Defaults

FAMILIES = ("image_gradients", "image_patches", "image_cnn")
SETTINGS = {"image.patches": {"side": 4, "entries": 40, "step": 1}, "image.augmentation": {"mirror": True, "shift": 0.1}}


def drawn(n=150, side=16, seed=0):
    """Bars that stand or lie, and how long they are."""
    rng = np.random.default_rng(seed)
    x = rng.integers(60, 120, (n, side, side, 3), dtype=np.uint8)
    standing, length = rng.integers(0, 2, n), rng.integers(4, side - 2, n)
    for k in range(n):
        a, b = rng.integers(0, side - length[k]), rng.integers(0, side - 3)
        bar = (slice(a, a + length[k]), slice(b, b + 2))
        x[(k, *(bar if standing[k] else bar[::-1]))] += 100
    return Features.of_blocks({"pictures": x}, n), standing, length.astype(float)


def fitted(name, task, settings=SETTINGS):
    features, standing, length = drawn()
    target = length if task == "regression" else standing
    metric, k = ("rmse", 0) if task == "regression" else ("log_loss", 2)
    problem = Problem(task, k, metric, 150, 0, 0, 0, settings, {"pictures": (16, 16, 3)})
    values = Defaults({})
    families()[name].declare_space(values, problem)
    inside, outside = np.arange(120), np.arange(120, 150)
    parts = features.take(inside), target[inside], features.take(outside), target[outside]
    return families()[name].fit(FitRequest(*parts, problem, values.values, seed=0, seconds=None, threads=1, padded_rows=120))


@pytest.mark.parametrize("name", FAMILIES)
def test_they_see_classes_and_sizes(name, tmp_path):
    features, standing, length = drawn(60, seed=1)
    model = fitted(name, "binary")
    assert (model.predict(features).argmax(axis=1) == standing).mean() > 0.85
    model.save(tmp_path)
    assert np.allclose(families()[name].load(tmp_path).predict(features), model.predict(features), atol=1e-5)
    if name != "image_cnn":  # the same path for values, and slow to compile again
        assert np.corrcoef(fitted(name, "regression").predict(features), length)[0, 1] > 0.7
    else:
        with pytest.raises(ValueError):
            model.predict(Features.of_blocks({"pictures": np.zeros((2, 12, 20, 3), np.uint8)}, 2))


def test_the_plan_is_followed():
    few = {**SETTINGS, "image.patches": {"side": 5, "entries": 20, "step": 2}}
    patches = fitted("image_patches", "binary", few).patches
    assert (patches.size, patches.step, len(patches.offset)) == (5, 2, 20)
    whiter = fitted("image_patches", "binary", {"image.patches": {**few["image.patches"], "whitening": 5.0}}).patches
    assert whiter.fingerprint != patches.fingerprint
    one = fitted("image_gradients", "binary", {**SETTINGS, "image.penalties": {"strongest": 0.5, "weakest": 0.5}})
    many = fitted("image_gradients", "binary", {**SETTINGS, "image.penalties": {"a_decade": 5, "worse_in_a_row": 50}})
    soft, sharp = (
        fitted("image_gradients", "binary", {**SETTINGS, "image.penalties": {"softest": by, "sharpest": by}}) for by in (0.5, 4.0)
    )
    assert (soft.head.sharpness, sharp.head.sharpness) == (0.5, 4.0)
    assert (one.head.penalty, one.head.tried) == (0.5, 1)
    assert many.head.penalty == pytest.approx(10**0.4)  # of five a decade
    still = {**SETTINGS, "image.augmentation": {"mirror": False, "shift": 0.0}}
    features = drawn(5)[0]
    turned = dataclasses.replace(features, blocks={"pictures": features.blocks["pictures"][:, :, ::-1]})
    for name in ("image_gradients", "image_patches"):
        model = fitted(name, "binary")
        assert np.allclose(model.predict(features), model.predict(turned), atol=1e-4), "a mirror image shows the same"
        model = fitted(name, "binary", still)
        assert not np.allclose(model.predict(features), model.predict(turned), atol=1e-4)


@pytest.mark.parametrize("shape", [(30, 80), (80, 30)])
def test_leave_one_out_is_exact(shape):
    rng = np.random.default_rng(0)
    x = rng.normal(size=shape)
    y = x[:, :3].sum(axis=1) + rng.normal(size=len(x))
    x, y = x - x.mean(axis=0), (y - y.mean())[:, None]
    for share, _, left_out in _decomposed(x, y, (10.0, 0.1, 1e-3)):
        one = np.arange(len(x)) == 7
        centre, middle = x[~one].mean(axis=0), y[~one].mean()
        others = x[~one] - centre
        penalty = share * (x**2).sum() / len(x)
        weights = np.linalg.solve(others.T @ others + penalty * np.eye(shape[1]), others.T @ (y[~one] - middle))
        assert np.allclose(left_out[one], (x[one] - centre) @ weights + middle, atol=1e-6)
