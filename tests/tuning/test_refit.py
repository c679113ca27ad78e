"""The last fit learns from the test rows too, in the time that there is, and never makes a model worse unseen."""

import json
import time
from dataclasses import replace

import numpy as np
import pytest

from automl_assist.metrics import metric
from automl_assist.models import families
from automl_assist.rules.split import MORE_ROUNDS, WHOLE as WHOLE_OF_PLAN
from automl_assist.tuning.candidates import Candidate, FittedFold
from automl_assist.tuning.pool import WorkerPool
from automl_assist.tuning.proposers import Defaults
from automl_assist.tuning.refit import PARENT_S, WHOLE, Refit, refit_s
from automl_assist.tuning.unit import fit_unit
from tests.tuning.made_up import fold_data


@pytest.fixture
def fitted(tmp_path):
    """A linear candidate with its folds, and what its test rows really are."""
    data = fold_data()
    (tmp_path / "data").mkdir()
    data.save(tmp_path / "data")
    candidate = Candidate(2, "linear", families()["linear"].title, {"choose_penalty": True, "penalty": 1.0}, "portfolio")
    for fold in range(3):
        out = tmp_path / f"unit-{fold}"
        spec = {"data": str(tmp_path / "data"), "out": str(out), "family": "linear", "values": dict(candidate.values), "fold": fold}
        result = fit_unit(spec | {"seed": 0, "seconds": None, "threads": 1})
        candidate.fitted[fold] = FittedFold(fold, out, result["score"], result["fit_s"], 1.0, 0.1, {})
    return candidate, data, tmp_path


def refit(pool, fitted, target, seconds=60.0):
    candidate, _, folder = fitted
    again = Refit(pool, folder / "data", folder / "refit", [candidate], [1.0], target, seed=0, until=time.monotonic() + seconds, timed=True)
    again.wait()
    return again.folders(candidate, metric("roc_auc"), 0.5)


def test_every_fold_learns_from_the_test_rows_and_wrong_ones_are_not_taken(fitted):
    candidate, data, _ = fitted
    true = (data.test_features.numbers[:, 0] > 0).astype(np.int64)
    with WorkerPool(2, 1) as pool:
        folders = refit(pool, fitted, true)
        assert set(folders) == {"fold-0", "fold-1", "fold-2"}
        model = families()["linear"].load(folders["fold-0"] / "model")
        before = families()["linear"].load(candidate.fitted[0].folder / "model")
        assert not np.allclose(model.predict(data.test_features), before.predict(data.test_features))
        assert not (folders["fold-0"] / "test.npy").exists(), "no figure can come from a model that knows the test rows"
        candidate.fitted[0] = replace(candidate.fitted[0], score=1e9)  # a first fit that no other comes near
        assert set(refit(pool, fitted, true)) == {"fold-1", "fold-2"}
        assert refit(pool, fitted, true, seconds=0.0) == {}


def test_a_forest_becomes_one_of_all_rows(fitted):
    linear, data, folder = fitted
    forest = Candidate(3, "extra_trees", "", {"random_forest": False, "max_features": "sqrt", "min_samples_leaf": 1}, "portfolio")
    forest.fitted.update({i: replace(fold, unit_s=1.0) for i, fold in linear.fitted.items()})
    true = (data.test_features.numbers[:, 0] > 0).astype(np.int64)
    with WorkerPool(1, 1) as pool:
        again = Refit(
            pool, folder / "data", folder / "again", [forest], [1.0], true, seed=0, until=time.monotonic() + 60, timed=True,
            whole={"extra_trees": 1},
        )  # fmt: skip
        again.wait()
    assert again.wanted == 1
    folders = again.folders(forest, metric("roc_auc"), 0.5)
    assert set(folders) == {WHOLE}
    model = families()["extra_trees"].load(folders[WHOLE] / "model")
    for features, target in ((data.features, data.target), (data.test_features, true)):
        assert (model.predict(features).argmax(axis=1) == target).all(), "a tree of single rows knows every row it was given"
    assert refit_s([forest], [1.0], 1, 1.0, {"extra_trees": 1}) < refit_s([forest], [1.0], 1, 1.0)


def test_boosted_trees_become_models_of_all_rows_with_the_rounds_of_the_folds(fitted):
    _, data, folder = fitted
    family, first = "lightgbm", Defaults({"num_leaves": 4, "learning_rate": 0.1})
    families()[family].declare_space(first, data.problem)
    candidate = Candidate(4, family, "", first.values, "portfolio")
    for fold in range(2):
        out = folder / f"{family}-{fold}"
        spec = {"data": str(folder / "data"), "out": str(out), "family": family, "values": first.values, "fold": fold}
        result = fit_unit(spec | {"seed": 0, "seconds": None, "threads": 1})
        candidate.fitted[fold] = FittedFold(fold, out, result["score"], 1.0, 1.0, 0.1, result["facts"], 1.0)
    true = (data.test_features.numbers[:, 0] > 0).astype(np.int64)
    settled = families()[family].settle([fold.facts for fold in candidate.fitted.values()])
    with WorkerPool(1, 1) as pool:
        again = Refit(
            pool, folder / "data", folder / "again", [candidate], [1.0], true, seed=0, until=time.monotonic() + 60, timed=True,
            whole={family: 3},
        )  # fmt: skip
        again.wait()
    folders = again.folders(candidate, metric("roc_auc"), 0.5)
    assert list(folders) == [WHOLE, f"{WHOLE}-1"], "no more models than there were folds"
    models = [families()[family].load(path / "model") for path in folders.values()]
    one, other = (model.predict(data.test_features) for model in models)
    assert not np.allclose(one, other), "models of all rows differ by their seeds"
    assert models[0].facts()["best_round"] == round(settled["rounds"] * MORE_ROUNDS)
    assert json.loads((folders[WHOLE] / "unit.json").read_text())["score"] is None


def test_the_plan_names_the_families_that_can_learn_from_all_rows():
    assert {name for name, family in families().items() if family.can_learn_all} == set(WHOLE_OF_PLAN)


def test_too_few_models_of_all_rows_do_not_take_the_place_of_the_folds(fitted):
    linear, data, folder = fitted
    again = Refit(
        WorkerPool(0, 1), folder / "data", folder / "again", [replace(linear, family="lightgbm")], [1.0], data.target[:5], seed=0,
        until=time.monotonic(), timed=True, whole={"lightgbm": 3},
    )  # fmt: skip
    again._done = {(linear.number, name): (folder, None) for name in [WHOLE]}
    assert again.folders(linear, metric("roc_auc"), 0.5) == {}
    again._done[linear.number, f"{WHOLE}-2"] = folder, None
    assert len(again.folders(linear, metric("roc_auc"), 0.5)) == 2


def test_its_cost_is_that_of_the_usual_fold_and_not_of_the_first_that_compiled(fitted):
    candidate, _, _ = fitted
    for fold, seconds in enumerate((9.0, 1.0, 1.0)):
        candidate.fitted[fold] = replace(candidate.fitted[fold], unit_s=seconds)
    assert refit_s([candidate], [1.0], 2, 1.0) == pytest.approx(1.5 * 1.2 + PARENT_S)
    dear = Candidate(3, "mlp", "", {}, "portfolio", {0: replace(candidate.fitted[0], unit_s=100.0)})
    assert refit_s([dear, candidate], [0.2, 0.8], 2, 0.8) == pytest.approx(1.5 * 1.2 + PARENT_S)
