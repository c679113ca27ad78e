"""From a typed table and a plan to what workers share: development rows in folds, and a locked test part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from automl_assist.errors import AssistError
from automl_assist.evaluation.splits import Lines, folds, hold_out
from automl_assist.modalities import modality
from automl_assist.preprocessing import Coding
from automl_assist.preprocessing.target import class_cells, class_order, target_codes
from automl_assist.schema import CLASSIFICATION, Column, Options, Plan, Problem, Profile
from automl_assist.tuning.unit import FoldData

LEAST_TEST_ROWS = 2  # below this nothing can be said about new rows


@dataclass(frozen=True)
class Prepared:
    """A table ready to be learned from.

    Attributes
    ----------
    shared
        What the workers map.
    test_target
        Truth of the locked part; workers never see it.
    test_frame
        The locked rows, typed, with feature columns only.
    dev_rows, test_rows
        Numbers of the rows in the file, counted from 0.
    columns
        The feature columns that are used.
    repeated_in_test
        Test rows whose features and target stand in development too.
    """

    shared: FoldData
    coding: Coding
    classes: tuple[str, ...]
    test_target: np.ndarray
    test_frame: pd.DataFrame
    dev_rows: np.ndarray
    test_rows: np.ndarray
    columns: tuple[Column, ...]
    target: Column
    repeated_in_test: int


def prepare(cells: pd.DataFrame, typed: pd.DataFrame, profile: Profile, plan: Plan, options: Options) -> Prepared:
    """Encode the target, part the rows and learn the coding from the development rows.

    Parameters
    ----------
    cells : DataFrame
        The table as read, for the names of classes.
    typed : DataFrame
        The same rows with typed columns.

    Raises
    ------
    AssistError
        E0310 (exit 4) when the split leaves nothing to test or one class to learn.
    """
    if profile.target is None:
        raise AssistError("E0311", "no target is known", help="name it with --target COL", exit_code=2)
    task, target = plan["task"], profile.column(profile.target.name)
    classes: tuple[str, ...] = ()
    if task in CLASSIFICATION:
        classes = class_order(class_cells(cells[target.name], target).value_counts())
    y_all = target_codes(cells[target.name], target, task, classes)
    labelled = np.flatnonzero(y_all >= 0 if task in CLASSIFICATION else np.isfinite(y_all))
    y = y_all[labelled]
    kept = set(plan.kept_columns)
    columns = tuple(c for c in profile.features if c.name in kept)
    frame = typed.iloc[labelled][[c.name for c in columns]].reset_index(drop=True)
    lines = _lines(plan["split.kind"], typed.iloc[labelled], y, options)
    dev, test = hold_out(len(y), lines, plan["split.test_share"], options.seed)
    parts = folds(len(dev), lines.take(dev), plan["split.folds"], options.seed)
    _require_testable(y, dev, test, parts)
    dev_frame, test_frame = frame.iloc[dev].reset_index(drop=True), frame.iloc[test].reset_index(drop=True)
    coding = modality(profile.modality.name).learn_coding(dev_frame, columns)
    features = coding.transform(dev_frame)
    problem = Problem(
        task="regression" if task == "count" else task,
        n_classes=len(classes),
        metric=plan["metric"],
        rows=len(dev),
        numbers=features.numbers.shape[1],
        categories=features.categories.shape[1],
        texts=features.texts.shape[1],
        settings=_model_settings(plan.settings),
    )
    return Prepared(
        shared=FoldData(features, y[dev], tuple(parts), coding.transform(test_frame), problem),
        coding=coding,
        classes=classes,
        test_target=y[test],
        test_frame=test_frame,
        dev_rows=labelled[dev],
        test_rows=labelled[test],
        columns=columns,
        target=target,
        repeated_in_test=_repeated(dev_frame, y[dev], test_frame, y[test]),
    )


def _model_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return what concerns the making of models: the topics of the network."""
    return {name: value for name, value in settings.items() if name.startswith("network.")}


def _lines(kind: str, typed: pd.DataFrame, y: np.ndarray, options: Options) -> Lines:
    if kind == "stratified":
        return Lines(kind, y)
    if kind == "group":
        return Lines(kind, pd.factorize(typed[options.group].astype(str))[0])
    if kind == "time":
        return Lines(kind, typed[options.time].rank(method="first", na_option="top").to_numpy(dtype=np.int64))
    return Lines("random")


def _require_testable(y: np.ndarray, dev: np.ndarray, test: np.ndarray, parts: list[tuple[np.ndarray, np.ndarray]]) -> None:
    usable = len(test) >= LEAST_TEST_ROWS and all(len(train) and len(valid) for train, valid in parts)
    varied = len(np.unique(y[dev])) > 1
    if not usable or not varied:
        raise AssistError(
            "E0310",
            "the rows cannot be parted so that there is something to learn and something to test on",
            where=f"{len(y):,} rows with a target; {len(test):,} of them for the test"
            + ("" if varied else "; the others hold one value of the target only"),
            help="give more rows, or leave out --group or --time",
        )


def _repeated(dev: pd.DataFrame, y_dev: np.ndarray, test: pd.DataFrame, y_test: np.ndarray) -> int:
    """Return how many test rows stand in development too, features and target alike."""

    def keys(frame: pd.DataFrame, y: np.ndarray) -> np.ndarray:
        joined = np.column_stack([pd.util.hash_pandas_object(frame, index=False).to_numpy(), pd.util.hash_array(y)])
        return pd.util.hash_pandas_object(pd.DataFrame(joined), index=False).to_numpy()

    return int(np.isin(keys(test, y_test), keys(dev, y_dev)).sum())
