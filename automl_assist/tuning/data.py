"""From a typed table and a plan to what workers share: development rows in folds, and a locked test part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from automl_assist.errors import AssistError
from automl_assist.evaluation.splits import Lines, folds, hold_out
from automl_assist.modalities import Examples, Modality, RowCoding, modality
from automl_assist.preprocessing.target import class_cells, class_order, class_spellings, target_codes
from automl_assist.schema import CLASSIFICATION, Column, Options, Plan, Problem, Profile
from automl_assist.tuning.copies import repeated
from automl_assist.tuning.unit import FoldData

DRAWN = ("random", "stratified", "group")  # lines along which folds can be drawn again; time has one order only
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
    dev_frame, dev_target
        What is learned from, typed, with its truth.
    dev_rows, test_rows
        Numbers of the examples, counted from 0: rows of the file, where every row is an example.
    classes, spellings
        Names by code, and how the file writes them.
    columns
        The feature columns that are used.
    repeated_in_test
        Test rows whose features and target stand in development too, equal and alike; see :func:`repeated`.
    """

    shared: FoldData
    modality: Modality
    arrangement: Mapping[str, Any]
    examples: Examples
    coding: RowCoding
    classes: tuple[str, ...]
    spellings: tuple[str, ...]
    test_target: np.ndarray
    test_frame: pd.DataFrame
    dev_frame: pd.DataFrame
    dev_rows: np.ndarray
    test_rows: np.ndarray
    columns: tuple[Column, ...]
    target: Column
    repeated_in_test: tuple[int, int]

    @property
    def dev_target(self) -> np.ndarray:
        """Truth of the development examples."""
        return self.shared.target


def prepare(cells: pd.DataFrame, typed: pd.DataFrame, profile: Profile, plan: Plan, options: Options, folder: Path) -> Prepared:
    """Encode the target, part the rows and learn the coding from the development rows.

    Parameters
    ----------
    cells : DataFrame
        The table as read, for the names of classes.
    typed : DataFrame
        The same rows with typed columns.
    folder : Path
        What relative paths in cells start from.

    Raises
    ------
    AssistError
        E0310 (exit 4) when the split leaves nothing to test or one class to learn.
    """
    if profile.target is None:
        raise AssistError("E0311", "no target is known", help="name it with --target COL", exit_code=2)
    task, target = plan["task"], profile.column(profile.target.name)
    kind_of_data = modality(profile.modality.name)
    arrangement = kind_of_data.plan_arrangement(profile, options, plan.settings)
    examples = kind_of_data.arrange(cells, typed, arrangement, folder)
    cells, typed = examples.cells, examples.typed
    classes: tuple[str, ...] = ()
    if task in CLASSIFICATION:
        classes = class_order(class_cells(cells[target.name], target).value_counts())
    y_all = target_codes(cells[target.name], target, task, classes)
    labelled = np.flatnonzero(y_all >= 0 if task in CLASSIFICATION else np.isfinite(y_all))
    y = y_all[labelled]
    kept = {*plan.kept_columns, *arrangement.get("columns", ())}  # what the arrangement needs has to be read from new rows too
    columns = tuple(c for c in profile.features if c.name in kept)
    learned_from = [name for name in examples.columns(columns) if name in typed]
    frame = typed.iloc[labelled][learned_from].reset_index(drop=True)
    lines = _lines(plan["split.kind"], typed.iloc[labelled], y, options)
    dev, test = hold_out(len(y), lines, plan["split.test_share"], options.seed)
    repeats = plan.settings.get("split.repeats", 1) if plan["split.kind"] in DRAWN else 1
    parts = [part for k in range(repeats) for part in folds(len(dev), lines.take(dev), plan["split.folds"], options.seed + k)]
    _require_testable(y, dev, test, parts, options)
    dev_frame, test_frame = frame.iloc[dev].reset_index(drop=True), frame.iloc[test].reset_index(drop=True)
    coding = kind_of_data.learn_coding(dev_frame, columns, plan.settings)
    features, test_features = coding.transform(dev_frame), coding.transform(test_frame)
    problem = Problem(
        task="regression" if task == "count" else task,
        n_classes=len(classes),
        metric=plan["metric"],
        rows=len(dev),
        numbers=features.numbers.shape[1],
        categories=features.categories.shape[1],
        texts=features.texts.shape[1],
        settings=_model_settings(plan.settings),
        blocks={name: block.shape[1:] for name, block in features.blocks.items()},
    )
    return Prepared(
        shared=FoldData(features, y[dev], tuple(parts), test_features, problem),
        modality=kind_of_data,
        arrangement=arrangement,
        examples=examples.without_rows(),
        coding=coding,
        classes=classes,
        spellings=class_spellings(cells[target.name], target, classes) if classes else (),
        test_target=y[test],
        test_frame=test_frame,
        dev_frame=dev_frame,
        dev_rows=labelled[dev],
        test_rows=labelled[test],
        columns=columns,
        target=target,
        repeated_in_test=repeated(features, y[dev], test_features, y[test]),
    )


def _model_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return what concerns the making of models: all but which columns are used and how rows are parted."""
    return {name: value for name, value in settings.items() if name != "columns" and not name.startswith("split.")}


def _lines(kind: str, typed: pd.DataFrame, y: np.ndarray, options: Options) -> Lines:
    if kind == "stratified":
        return Lines(kind, y)
    if kind == "group":
        return Lines(kind, pd.factorize(typed[options.group].astype(str))[0])
    if kind == "group_time":
        groups = pd.Series(pd.factorize(typed[options.group].astype(str))[0])
        moments = pd.Series(typed[options.time].rank(method="first", na_option="top").to_numpy(dtype=np.int64))
        return Lines(kind, moments.groupby(groups).transform("max").to_numpy(dtype=np.int64))  # a group stands where it ends
    if kind == "time":
        return Lines(kind, typed[options.time].rank(method="first", na_option="top").to_numpy(dtype=np.int64))
    return Lines("random")


def _require_testable(
    y: np.ndarray, dev: np.ndarray, test: np.ndarray, parts: list[tuple[np.ndarray, np.ndarray]], options: Options
) -> None:
    usable = len(test) >= LEAST_TEST_ROWS and all(len(train) and len(valid) for train, valid in parts)
    varied = len(np.unique(y[dev])) > 1
    if not usable or not varied:
        raise AssistError(
            "E0310",
            "the rows cannot be parted so that there is something to learn and something to test on",
            where=f"{len(y):,} rows with a target; {len(test):,} of them for the test"
            + ("" if varied else "; the others hold one value of the target only"),
            help="give more rows of each class"
            if not (options.group or options.time)
            else "give more rows, or leave out --group or --time",
        )
