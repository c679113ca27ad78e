"""What networks share that have a table before them: their sizes, their recipe, and columns padded so that folds share a program."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from automl_assist.models._network import objective
from automl_assist.preprocessing.encoders import NetworkEncoder, NetworkRows
from automl_assist.rules.network import usual_architecture, usual_optimizer, usual_regularization
from automl_assist.schema import Problem

if TYPE_CHECKING:
    from automl_assist.nn.training import Recipe

SAMPLE_ROWS = 1_024  # rows that the first weights are fitted to
WIDTH_STEP = 8  # columns; the number of indicators may differ by a few from fold to fold


def recipe(problem: Problem, values: Mapping[str, Any], rows: int, loss: str, target: np.ndarray) -> Recipe:
    """Return how the plan says that such networks are trained on so many rows, with the hyper-parameters of a candidate."""
    from automl_assist.nn.training import Recipe

    optimizer, held_back = optimizer_of(problem, rows), regularization_of(problem)
    epochs = int(optimizer["epochs"])
    return Recipe(
        **objective(problem, loss, target),
        epochs=epochs,
        batch_size=int(optimizer["batch_size"]),
        learning_rate=float(values["learning_rate"]),
        weight_decay=float(values["weight_decay"]),
        dropout=float(values["dropout"]),
        label_smoothing=float(held_back["label_smoothing"]),
        patience=math.ceil(float(held_back["patience"]) * epochs),
        optimizer=str(optimizer["name"]),
        schedule=str(optimizer["schedule"]),
        warm_up=float(optimizer["warm_up"]),
        momentum=float(optimizer["momentum"]),
        average=float(held_back["average"]),
    )


def architecture_of(problem: Problem) -> dict[str, Any]:
    """Return depth, width, embeddings and activation, by the plan and else as usual."""
    return {**usual_architecture(problem.is_classification), **problem.settings.get("network.architecture", {})}


def optimizer_of(problem: Problem, rows: int = 0) -> dict[str, Any]:
    """Return optimiser, rate, schedule, batch and epochs for so many rows, by the plan and else as usual."""
    return {**usual_optimizer(problem.is_classification, rows), **problem.settings.get("network.optimizer", {})}


def regularization_of(problem: Problem) -> dict[str, Any]:
    """Return what holds the network back, by the plan and else as usual."""
    return {**usual_regularization(problem.metric), **problem.settings.get("network.regularization", {})}


def sizes(encoder: NetworkEncoder) -> tuple[int, int, tuple[int, ...]]:
    """Return the widths of the encoded rows, the plain columns rounded up so that folds rarely differ."""
    numbers, plain, levels = encoder.widths
    needed = plain if numbers or plain or levels else 1  # a network needs something to look at
    return numbers, WIDTH_STEP * math.ceil(needed / WIDTH_STEP), levels


def padded(encoder: NetworkEncoder, rows: NetworkRows) -> NetworkRows:
    """Return the rows with columns of zeros up to the width of the network."""
    missing = sizes(encoder)[1] - rows.plain.shape[1]
    return NetworkRows(rows.numbers, np.pad(rows.plain, ((0, 0), (0, missing))), rows.codes)


def given_inputs(rows: NetworkRows) -> dict[str, np.ndarray]:
    """Return the inputs by name that have columns: those that the network was built with."""
    arrays = {"numbers": rows.numbers, "plain": rows.plain, "codes": rows.codes}
    return {name: array for name, array in arrays.items() if array.shape[1]}
