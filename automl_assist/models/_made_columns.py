"""Columns made for boosted trees: what a few quick trees miss says which are worth making."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from automl_assist.models._family import FitRequest
from automl_assist.models._selection import Clock
from automl_assist.preprocessing.choices import Choices
from automl_assist.preprocessing.encoders import TreeEncoder
from automl_assist.preprocessing.levels import frequent_classes, target_outputs
from automl_assist.preprocessing.making import Missed, make_columns, rows_looked_at

FEWEST_ROWS = 30  # below this nothing can be seen that is not chance


def with_made_columns(
    request: FitRequest, encoder: TreeEncoder, matrix: np.ndarray, choices: Choices, clock: Clock
) -> tuple[TreeEncoder, np.ndarray]:
    """Return the encoder with made columns, and the training rows with them; both as they are where nothing is worth making."""
    asked = choices.made(request.problem.n_classes)
    looked = rows_looked_at(len(matrix), int(asked["rows"]), request.seed)
    if len(looked) < FEWEST_ROWS or not matrix.shape[1]:
        return encoder, matrix
    n_classes, most = request.problem.n_classes, int(choices.levels["classes"])
    outputs = target_outputs(request.target, n_classes, most)
    expected, used = _quick_trees(request, matrix[looked], np.asarray(request.target)[looked], encoder.categorical_columns, asked, clock)
    expected = expected[:, frequent_classes(np.asarray(request.target, np.int64), n_classes, most)] if n_classes > 2 else expected[:, :1]
    missed = Missed(looked, outputs[looked] - expected, used[: encoder.numbers])
    made, columns = make_columns(request.features, outputs, missed, request.seed, asked, choices.levels)
    if not made.width:
        return encoder, matrix
    return replace(encoder, made=made), np.concatenate([matrix, columns], axis=1)


def _quick_trees(
    request: FitRequest, matrix: np.ndarray, target: np.ndarray, categorical: Sequence[int], asked: Mapping[str, Any], clock: Clock
) -> tuple[np.ndarray, np.ndarray]:
    """Return predictions by trees that have not seen the row, shape (m, k) or (m, 1), and how much they gained by each column."""
    import lightgbm

    problem = request.problem
    task = "regression" if problem.n_classes == 0 else problem.task
    parameters: dict[str, Any] = {
        "objective": task,
        "learning_rate": asked["rate"],
        "num_leaves": int(asked["leaves"]),
        "min_data_in_leaf": int(asked["leaf_rows"]),
        "feature_fraction": asked["columns_share"],
        "num_threads": request.threads,
        "seed": request.seed,
        "deterministic": True,
        "force_col_wise": True,
        "verbosity": -1,
        **({"num_class": problem.n_classes} if task == "multiclass" else {}),
    }
    ends = clock.elapsed + asked["time_share"] * clock.left

    def in_time(env: Any) -> None:
        if clock.elapsed > ends:
            raise lightgbm.callback.EarlyStopException(env.iteration, [])

    half = np.random.default_rng([request.seed, 13]).permutation(len(matrix)) % 2
    expected, used = np.zeros((len(matrix), max(1, problem.n_classes))), np.zeros(matrix.shape[1])
    for side in (0, 1):
        seen = half != side
        data = lightgbm.Dataset(matrix[seen], target[seen], categorical_feature=list(categorical), params=parameters)
        trees = lightgbm.train(parameters, data, int(asked["rounds"]), callbacks=[in_time])
        answer = np.asarray(trees.predict(matrix[~seen], num_threads=request.threads)).reshape(int((~seen).sum()), -1)
        expected[~seen] = answer
        used += trees.feature_importance("gain")
    return expected, used
