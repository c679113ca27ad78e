"""What every family must do."""

from __future__ import annotations

import dataclasses
import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest

from automl_assist.modalities.tabular import FAMILIES as FAMILIES_OF_TABLES
from automl_assist.models import Family, FitRequest, families, proven
from automl_assist.nn import backbone
from automl_assist.nn.compilation import prepare
from automl_assist.preprocessing import Coding, Features
from automl_assist.rules._portfolios import proven_settings
from automl_assist.rules.families import EXTRAS
from automl_assist.schema import Problem
from tests.preprocessing.tables import columns, table, truth

prepare()
import keras_tuner  # noqa: E402  it imports Keras, whose backend is chosen above

ROWS, HELD_OUT = 80, 40
CLASSES = {"binary": 2, "multiclass": 3, "regression": 0}
METRICS = {"binary": "roc_auc", "multiclass": "log_loss", "regression": "rmse"}
SETTINGS = {
    "boosting.stopping": {"rounds": 60},
    "network.optimizer": {"name": "adamw", "batch_size": 32, "epochs": 6},
    "sequence.network": {"least_epochs": 3, "most_epochs": 4},  # what is asked here does not hang on how much is learned
    "joint.network": {"epochs": 4},
    "image.backbone": {"name": "MobileNetV2", "weights": "MobileNetV2.h5"},
}
SAMPLES = 3
MANY_ROWS = 2_100  # that are predicted side by side where rows are many
INSTALLED = [family for family in families().values() if not family.missing_libraries()]  # extras are tested where they are
CASES = [(family, task) for family in INSTALLED for task in CLASSES if task in family.tasks]
IDS = [f"{family.name}-{task}" for family, task in CASES]


@pytest.fixture(autouse=True)
def weights(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put arrays in the place of weights from elsewhere: these tables have no pictures to see with them."""
    monkeypatch.setattr(backbone, "pretrained_weights", lambda *_: (np.zeros((2, 2), np.float16),))


def _problem(task: str, features: Features, **changes: object) -> Problem:
    widths = features.numbers.shape[1], features.categories.shape[1], features.texts.shape[1]
    shapes = {name: block.shape[1:] for name, block in features.blocks.items()}
    return dataclasses.replace(Problem(task, CLASSES[task], METRICS[task], ROWS + HELD_OUT, *widths, SETTINGS, shapes), **changes)


def _space(family: Family, problem: Problem, sample: int | None = None) -> dict[str, object]:
    """Return the defaults, or a draw from the space."""
    hp = keras_tuner.HyperParameters()
    family.declare_space(hp, problem)
    values = dict(hp.values)
    if sample is not None:
        values |= {one.name: one.random_sample(seed=sample) for one in hp.space}
    return values


def _request(family: Family, task: str, names: tuple[str, ...] = (), sample: int | None = None, **changes: object) -> FitRequest:
    typed = table(ROWS + HELD_OUT)
    features = dataclasses.replace(Coding.fit(typed.iloc[:ROWS], columns(*names)).transform(typed), blocks={"series": _series(typed)})
    problem = _problem(task, features)
    target = truth(typed, task)
    inside, outside = np.arange(ROWS), np.arange(ROWS, ROWS + HELD_OUT)
    request = FitRequest(
        features.take(inside),
        target[inside],
        features.take(outside),
        target[outside],
        problem,
        _space(family, problem, sample),
        seed=0,
        seconds=None,
        threads=1,
        padded_rows=ROWS,
    )
    return dataclasses.replace(request, **changes)


def _series(typed: pd.DataFrame) -> np.ndarray:
    """Return two channels of up to 24 steps, some shorter, with a gap and a channel that was never measured."""
    rng = np.random.default_rng(1)
    size = typed["size"].fillna(0).to_numpy()
    series = np.sin(np.arange(24) / (2 + size[:, None, None] / 10)) + rng.normal(0, 0.1, (len(typed), 2, 24))
    series[::3, :, 15:] = np.nan
    series[1, :, 5:9] = np.nan
    series[2, 1] = np.nan
    return series.astype(np.float32)


def _hold(prediction: np.ndarray, rows: int, task: str) -> None:
    assert prediction.shape == ((rows, CLASSES[task]) if CLASSES[task] else (rows,))
    assert np.isfinite(prediction).all()
    if CLASSES[task]:
        assert (prediction >= 0).all() and np.allclose(prediction.sum(axis=1), 1, atol=1e-6)


@pytest.mark.parametrize(("family", "task"), CASES, ids=IDS)
@pytest.mark.parametrize("sample", [None, *range(SAMPLES)])
def test_fit_predict_save_load(family, task, sample, tmp_path, capfd):
    request = _request(family, task, sample=sample)
    new = request.valid_features
    model = family.fit(request)
    prediction = model.predict(new)
    _hold(prediction, HELD_OUT, task)
    assert isinstance(model.facts(), dict)
    model.save(tmp_path)
    loaded = family.load(tmp_path)
    assert np.allclose(loaded.predict(new), prediction, atol=1e-6, rtol=1e-6)
    alone = np.concatenate([loaded.predict(new.take(np.array([k]))) for k in range(3)])
    assert np.allclose(alone, prediction[:3], atol=1e-6, rtol=1e-6)
    _hold(loaded.predict(new.take(np.arange(0))), 0, task)
    assert capfd.readouterr().out == ""
    if sample is None:
        assert np.array_equal(family.fit(request).predict(new), prediction), "the same seed must give the same model"


@pytest.mark.parametrize("family", INSTALLED, ids=lambda f: f.name)
def test_threads_get_the_answers_of_one(family):
    request = _request(family, "binary" if "binary" in family.tasks else sorted(family.tasks)[0])
    # rounds and rows enough for boosted trees to take them in several passes; those of series and pictures would take minutes
    problem = dataclasses.replace(request.problem, settings={**request.problem.settings, "boosting.stopping": {"rounds": 300}})
    request = dataclasses.replace(request, problem=problem, valid_features=request.features, valid_target=request.target)
    model = family.fit(request)
    new = request.features
    rows = MANY_ROWS if family.name in FAMILIES_OF_TABLES else len(new)
    parts = [new.take(np.roll(np.resize(np.arange(len(new)), rows), k)) for k in range(4)] * 2
    alone = [model.predict(part) for part in parts]
    fresh = [dataclasses.replace(part.take(np.arange(len(part)))) for part in parts]
    with ThreadPoolExecutor(4) as threads:
        for answer, wanted in zip(threads.map(model.predict, fresh), alone, strict=True):
            assert np.allclose(answer, wanted, atol=1e-6, rtol=1e-6)


@pytest.mark.parametrize("family", INSTALLED, ids=lambda f: f.name)
def test_saved_models_hold_no_pickle(family, tmp_path):
    family.fit(_request(family, "binary")).save(tmp_path)
    for path in tmp_path.rglob("*"):
        assert path.suffix in (".json", ".npz", ".txt", ".skops", ".cbm"), path
        content = path.read_bytes()
        assert not content.startswith(b"\x80"), f"{path} begins like a pickle"
        assert b"csklearn" not in content and b"numpy.core.multiarray" not in content and b"numpy._core.multiarray" not in content


@pytest.mark.parametrize("family", INSTALLED, ids=lambda f: f.name)
def test_damaged_folders_are_refused(family, tmp_path):
    with pytest.raises(ValueError):
        family.load(tmp_path)
    family.fit(_request(family, "binary")).save(tmp_path)
    for path in sorted(tmp_path.rglob("*")):
        whole = path.read_bytes()
        path.write_bytes(whole[: len(whole) // 2])
        with pytest.raises(ValueError):
            family.load(tmp_path)
        path.write_bytes(whole)
    family.load(tmp_path)


@pytest.mark.parametrize("family", INSTALLED, ids=lambda f: f.name)
@pytest.mark.parametrize(
    "names", [("size",), ("empty", "same"), ("flag", "colour"), ("street",), ("note",), ("from", "until"), "none"], ids=str
)
def test_every_mix_of_columns(family, names):
    request = _request(family, "binary", names=("size",) if names == "none" else names)
    if names == "none":
        nothing = Features(np.empty((ROWS, 0), np.float32), np.empty((ROWS, 0), np.int32), np.empty((ROWS, 0), object), (), (), (), ())
        problem = dataclasses.replace(request.problem, numbers=0)
        request = dataclasses.replace(request, features=nothing, valid_features=nothing.take(np.arange(HELD_OUT)), problem=problem)
    model = family.fit(request)
    _hold(model.predict(request.valid_features), HELD_OUT, "binary")


@pytest.mark.parametrize(("family", "task"), CASES, ids=IDS)
def test_a_class_that_the_fold_lacks_and_odd_cells(family, task):
    request = _request(family, task)
    target = request.target.copy()
    if CLASSES[task]:
        target[target == 1] = 0
    else:
        target[:] = 7.0  # a constant
    request = dataclasses.replace(request, target=target)
    model = family.fit(request)
    odd = Features(
        np.full_like(request.valid_features.numbers, np.nan),
        np.full_like(request.valid_features.categories, -2),
        np.full_like(request.valid_features.texts, ""),
        *(getattr(request.features, n) for n in ("cardinalities", "number_names", "category_names", "text_names")),
        {name: np.full_like(block, np.nan) for name, block in request.valid_features.blocks.items()},
    )
    _hold(model.predict(odd), HELD_OUT, task)
    _hold(model.predict(request.valid_features), HELD_OUT, task)


@pytest.mark.parametrize(("family", "task"), CASES, ids=IDS)
def test_a_model_in_half_a_second(family, task):
    unlimited = {"image.backbone": SETTINGS["image.backbone"]}  # as many epochs as a plan would have
    problem = _problem(task, _request(family, task).features, settings=unlimited)
    model = family.fit(_request(family, task, seconds=0.5, problem=problem))
    _hold(model.predict(_request(family, task).valid_features), HELD_OUT, task)


@pytest.mark.parametrize(("family", "task"), CASES, ids=IDS)
def test_the_portfolio_lies_in_the_space(family, task):
    for names in ((), ("size",)):
        problem = _request(family, task, names=names).problem
        hp = keras_tuner.HyperParameters()
        family.declare_space(hp, problem)
        space = {one.name: one for one in hp.space}
        listed = proven_settings(family.name, space) if family.group != "baseline" else [{}]
        planned = dataclasses.replace(problem, settings={**problem.settings, "portfolio": {family.name: listed}})
        candidates = proven(family.name, planned)
        assert candidates == listed, "they lie within the usual ranges"
        assert {} in candidates, "the defaults are a candidate too"
        for values in candidates:
            assert set(values) <= set(space)
            for name, value in values.items():
                one = space[name]
                if isinstance(one, keras_tuner.engine.hyperparameters.Choice):
                    assert value in one.values
                elif isinstance(one, keras_tuner.engine.hyperparameters.Boolean):
                    assert type(value) is bool
                else:
                    assert one.min_value <= value <= one.max_value
                assert math.isfinite(one.value_to_prob(value))


@pytest.mark.parametrize("family", families().values(), ids=lambda f: f.name)
def test_it_says_what_it_is(family):
    assert family.title and family.why.endswith(".") and family.group in ("baseline", "classic", "neural")
    assert family.tasks <= {"binary", "multiclass", "multilabel", "regression", "count", "forecast"}
    assert not family.missing_libraries() or family.name in EXTRAS
