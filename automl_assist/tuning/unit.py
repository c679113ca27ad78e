"""The unit of work: one fold of one candidate, fitted in a worker process from data on disk."""

from __future__ import annotations

import json
import os
import shutil
import time
import warnings
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from automl_assist.evaluation.scoring import score
from automl_assist.metrics import metric
from automl_assist.models import FitRequest, Model, families
from automl_assist.preprocessing import Features
from automl_assist.records import from_json, to_json
from automl_assist.schema import Problem

TEST_TARGET = "test_target.npy"  # beside the shared data; not there before the test is over
TIMED_ROWS = 1_000  # on which the time of a prediction is measured where it is limited
TIMED_DENSE = 50  # of pictures and series, where it is not


@dataclass(frozen=True)
class FoldData:
    """What workers share by memory map: rows to develop on, their folds, and the features of the test part without its target."""

    features: Features
    target: np.ndarray
    folds: tuple[tuple[np.ndarray, np.ndarray], ...]
    test_features: Features
    problem: Problem

    @property
    def padded_rows(self) -> int:
        """Rows of the largest training part, those of the test among them where the plan's last fit takes them."""
        added = len(self.test_features) if self.problem.settings.get("refit", {}).get("rows") == "all" else 0
        return self.epoch_rows + added

    @property
    def epoch_rows(self) -> int:
        """Rows of the largest training part before the last fit."""
        return max(len(train) for train, _ in self.folds)

    def save(self, folder: Path) -> None:
        """Write everything into the existing `folder`."""
        for name, features in (("features", self.features), ("test_features", self.test_features)):
            (folder / name).mkdir()
            features.save(folder / name)
        np.save(folder / "target.npy", self.target, allow_pickle=False)
        for i, (train, valid) in enumerate(self.folds):
            np.save(folder / f"fold-{i}-train.npy", train, allow_pickle=False)
            np.save(folder / f"fold-{i}-valid.npy", valid, allow_pickle=False)
        (folder / "problem.json").write_text(json.dumps({"folds": len(self.folds), "problem": to_json(self.problem)}), "utf-8")

    @classmethod
    def load(cls, folder: Path) -> FoldData:
        """Map what :meth:`save` wrote."""
        about = json.loads((folder / "problem.json").read_text("utf-8"))

        def array(name: str) -> np.ndarray:
            return np.load(folder / name, mmap_mode="r", allow_pickle=False)

        return cls(
            Features.load(folder / "features"),
            array("target.npy"),
            tuple((array(f"fold-{i}-train.npy"), array(f"fold-{i}-valid.npy")) for i in range(about["folds"])),
            Features.load(folder / "test_features"),
            from_json(Problem, about["problem"]),
        )


@lru_cache(maxsize=1)
def _mapped(folder: str) -> FoldData:
    return FoldData.load(Path(folder))


@lru_cache(maxsize=2)
def _fold_features(folder: str, fold: int) -> tuple[Features, Features]:
    data = _mapped(folder)
    train, valid = data.folds[fold]
    return data.features.take(train), data.features.take(valid)


def _timed_rows(problem: Problem, valid: Features) -> int:
    """Return on how many rows the time of a prediction is measured apart; 0 where that of the held-out rows tells it."""
    if 0 < len(valid) < TIMED_ROWS and problem.settings.get("limits", {}).get("prediction_ms_per_1000"):
        return TIMED_ROWS  # few rows would be charged with the start of a call
    return TIMED_DENSE if len(valid) and valid.blocks else 0


def _timed(model: Model, features: Features) -> float:
    begun = time.perf_counter()
    model.predict(features)
    return time.perf_counter() - begun


def fit_unit(spec: dict[str, Any]) -> dict[str, Any]:
    """Fit one fold of one candidate, write its model and predictions, and return what happened.

    Parameters
    ----------
    spec : dict
        ``data`` (folder), ``out`` (folder to be made), ``family``, ``values``, ``fold``, ``seed``, ``seconds`` (or None), ``threads``;
        ``with_test`` where the test part is learned from too, ``whole`` where the held-out rows are as well: then there is no
        score, and ``settled`` says what the folds found.

    Returns
    -------
    dict
        ``values``, ``score``, ``fit_s``, ``unit_s`` (with predicting and saving), ``predict_ms_per_1000``, ``size_mb``, ``facts``; also
        written to ``unit.json`` in `out`.
    """
    warnings.simplefilter("ignore")  # what a fit has to say goes into its facts, and a worker has no terminal
    started = time.perf_counter()
    data = _mapped(spec["data"])
    features, valid_features = _fold_features(spec["data"], spec["fold"])
    train, valid = data.folds[spec["fold"]]
    target = np.asarray(data.target[train])
    with_test, whole = bool(spec.get("with_test")), bool(spec.get("whole"))
    if whole:
        features, target = data.features, np.asarray(data.target)
    if with_test:
        features = features.joined(data.test_features)
        target = np.concatenate([target, np.load(Path(spec["data"]) / TEST_TARGET, allow_pickle=False)])
    begun = time.perf_counter()
    model = families()[spec["family"]].fit(
        FitRequest(
            features=features,
            target=target,
            valid_features=valid_features,
            valid_target=np.asarray(data.target[valid]),
            problem=data.problem,
            values=spec["values"],
            seed=spec["seed"],
            seconds=spec["seconds"],
            threads=spec["threads"],
            padded_rows=data.padded_rows,
            epoch_rows=data.epoch_rows,
            settled=spec.get("settled"),
        )
    )
    fit_s = time.perf_counter() - begun
    begun = time.perf_counter()
    predicted = model.predict(valid_features)
    predict_s = time.perf_counter() - begun
    predict_ms = 1e6 * predict_s / max(len(valid), 1)
    timed = _timed_rows(data.problem, valid_features)
    if timed:
        # rows that nothing has been made of yet: what is kept for all folds would make a prediction look free, and is paid once by all
        fresh = replace(valid_features.take(np.resize(np.arange(len(valid)), timed)))
        first_s, again_s = _timed(model, fresh), _timed(model, fresh)
        predict_ms = 1e6 * (again_s + max(first_s - again_s, 0.0) / len(data.folds)) / timed
    if not np.isfinite(predicted).all():
        raise ValueError("its predictions are not finite")
    result: dict[str, Any] = {
        "values": spec["values"],
        "score": None if whole else score(metric(data.problem.metric), np.asarray(data.target[valid]), predicted),
        "fit_s": fit_s,
        "predict_ms_per_1000": predict_ms,
        "facts": to_json(model.facts()),
    }
    out = Path(spec["out"])
    temporary = out.with_name(f"{out.name}.tmp-{os.getpid()}")
    shutil.rmtree(temporary, ignore_errors=True)
    (temporary / "model").mkdir(parents=True)
    model.save(temporary / "model")
    np.save(temporary / "valid.npy", predicted.astype(np.float64), allow_pickle=False)
    if not with_test:
        np.save(temporary / "test.npy", model.predict(data.test_features).astype(np.float64), allow_pickle=False)
    result["size_mb"] = sum(f.stat().st_size for f in (temporary / "model").rglob("*") if f.is_file()) / 1e6
    result["unit_s"] = time.perf_counter() - started
    (temporary / "unit.json").write_text(json.dumps(to_json(result)), "utf-8")
    shutil.rmtree(out, ignore_errors=True)  # of a run that was interrupted, with other values
    os.replace(temporary, out)
    return result
