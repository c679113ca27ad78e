"""The Keras network for tables, on JAX."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from automl_assist.models._declare import declare, within
from automl_assist.models._family import Family, FitRequest, SearchSpace
from automl_assist.models._network import Happened, answer, facts_of, finished, judged, loss_of, objective, scale_of
from automl_assist.models._selection import Clock
from automl_assist.nn.architecture import Architecture
from automl_assist.nn.forward import Weights, first_weights, network_outputs
from automl_assist.nn.storage import load_network, save_network
from automl_assist.preprocessing import Features, storage
from automl_assist.preprocessing.choices import Choices
from automl_assist.preprocessing.encoders import NetworkEncoder, NetworkRows
from automl_assist.rules.network import usual_architecture, usual_optimizer, usual_regularization
from automl_assist.schema import Problem

if TYPE_CHECKING:
    from automl_assist.nn.training import Recipe

SAMPLE_ROWS = 1_024  # rows that the first weights are fitted to
WIDTH_STEP = 8  # columns; the number of indicators may differ by a few from fold to fold


@dataclass(frozen=True)
class Network:
    """A trained network with its encoder; predicts without Keras."""

    encoder: NetworkEncoder
    architecture: Architecture
    weights: Weights
    happened: Happened

    def __post_init__(self) -> None:
        """Hold the network to the encoder; ValueError where they do not fit."""
        fitting = _sizes(self.encoder) == (self.architecture.numbers, self.architecture.plain, self.architecture.levels)
        if not fitting or self.architecture.outputs != max(1, self.happened.n_classes):
            raise ValueError("the network does not fit its encoder")

    def predict(self, features: Features) -> np.ndarray:
        """Return probabilities of shape (n, k), or values of shape (n,)."""
        rows = _padded(self.encoder, self.encoder.transform(features))
        return answer(network_outputs(self.architecture, self.weights, rows.numbers, rows.plain, rows.codes), self.happened)

    def save(self, folder: Path) -> None:
        """Write the model into the existing empty `folder`."""
        storage.save(folder, "encoder", self.encoder)
        storage.save(folder, "model", self.happened)
        save_network(folder, self.architecture, self.weights)

    def facts(self) -> dict[str, Any]:
        """Return the epochs done, the best one, why training stopped, and the size."""
        return facts_of(self.happened, self.architecture)


def declare_space(hp: SearchSpace, problem: Problem) -> None:
    """Declare TabArena's space for RealMLP; all but layers, width and embedding need no new compilation."""
    look = _architecture(problem)
    first = {
        "learning_rate": float(_optimizer(problem)["learning_rate"]),
        "dropout": float(_regularization(problem)["dropout"]),
        "weight_decay": float(_regularization(problem)["weight_decay"]),
        "layers": int(look["layers"]),
        "width": int(look["width"]),
        "embed_numbers": look["embedding"] == "waves",
    }
    declare("mlp", hp, problem, first=first)


def portfolio(problem: Problem) -> tuple[dict[str, Any], ...]:
    """Return RealMLP's defaults, the simple variant without embeddings, and two that are held back more or less."""
    usual = float(_optimizer(problem)["learning_rate"])
    candidates: tuple[dict[str, Any], ...] = (
        {},
        {"embed_numbers": False, "dropout": 0.1},
        {"wave_sd": 1.0, "dropout": 0.3},
        {"width": 384, "layers": 4, "dropout": 0.05, "weight_decay": 0.005, "learning_rate": usual / 2},
    )
    return within("mlp", problem, candidates)


def fit(request: FitRequest) -> Network:
    """Encode, start from weights fitted to the rows, train, and keep the best epoch."""
    from automl_assist.nn.training import Rows, train

    clock = Clock.start(request.seconds)
    problem, values = request.problem, request.values
    choices = Choices("network", problem.settings)
    encoder, rows = NetworkEncoder.fit(request.features, request.target, problem.n_classes, request.seed, choices)
    rows, held_out = _padded(encoder, rows), _padded(encoder, encoder.transform(request.valid_features))
    numbers, plain, levels = _sizes(encoder)
    look = _architecture(problem)
    architecture = Architecture(
        numbers=numbers,
        plain=plain,
        levels=levels,
        outputs=max(1, problem.n_classes),
        hidden=(int(values["width"]),) * int(values["layers"]),
        activation=str(look["activation"]),
        frequencies=int(look["frequencies"]) if values["embed_numbers"] and numbers <= look["most_embedded"] else 0,
        number_width=int(look["number_width"]),
        level_width=int(look["level_width"]),
    )
    sample = rows.take(np.random.default_rng(request.seed).permutation(len(rows))[:SAMPLE_ROWS])
    start = first_weights(architecture, sample.numbers, sample.plain, sample.codes, request.seed, float(values["wave_sd"]))
    loss = loss_of(problem, request.target)
    scale, target = scale_of(request, loss)
    trained = train(
        architecture,
        start,
        Rows(_inputs(rows), target),
        _inputs(held_out),
        lambda outputs: judged(problem, request.valid_target, outputs, scale),
        _recipe(problem, values, request.epoch_rows or request.padded_rows, loss, request.target),
        seed=request.seed,
        seconds=None if clock.seconds is None else clock.left,
        padded_rows=request.padded_rows,
        epoch_rows=request.epoch_rows,
    )
    outputs = network_outputs(architecture, trained.weights, held_out.numbers, held_out.plain, held_out.codes)
    happened = finished(scale, problem, request.valid_target, outputs, trained)
    return Network(encoder, architecture, trained.weights, happened)


def load(folder: Path) -> Network:
    """Return the model that `save` wrote."""
    architecture, weights = load_network(folder, Architecture)
    return Network(storage.load(folder, "encoder", NetworkEncoder), architecture, weights, storage.load(folder, "model", Happened))


def _recipe(problem: Problem, values: Mapping[str, Any], rows: int, loss: str, target: np.ndarray) -> Recipe:
    from automl_assist.nn.training import Recipe

    optimizer, held_back = _optimizer(problem, rows), _regularization(problem)
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


def _architecture(problem: Problem) -> dict[str, Any]:
    return {**usual_architecture(problem.is_classification), **problem.settings.get("network.architecture", {})}


def _optimizer(problem: Problem, rows: int = 0) -> dict[str, Any]:
    return {**usual_optimizer(problem.is_classification, rows), **problem.settings.get("network.optimizer", {})}


def _regularization(problem: Problem) -> dict[str, Any]:
    return {**usual_regularization(problem.metric), **problem.settings.get("network.regularization", {})}


def _sizes(encoder: NetworkEncoder) -> tuple[int, int, tuple[int, ...]]:
    """Return the widths of the encoded rows, the plain columns rounded up so that folds rarely differ."""
    numbers, plain, levels = encoder.widths
    needed = plain if numbers or plain or levels else 1  # a network needs something to look at
    return numbers, WIDTH_STEP * math.ceil(needed / WIDTH_STEP), levels


def _padded(encoder: NetworkEncoder, rows: NetworkRows) -> NetworkRows:
    """Return the rows with columns of zeros up to the width of the network."""
    missing = _sizes(encoder)[1] - rows.plain.shape[1]
    return NetworkRows(rows.numbers, np.pad(rows.plain, ((0, 0), (0, missing))), rows.codes)


def _inputs(rows: NetworkRows) -> dict[str, np.ndarray]:
    arrays = {"numbers": rows.numbers, "plain": rows.plain, "codes": rows.codes}
    return {name: array for name, array in arrays.items() if array.shape[1]}


FAMILY = Family(
    name="mlp",
    title="Neural network (Keras)",
    group="neural",
    tasks=frozenset({"binary", "multiclass", "regression"}),
    declare_space=declare_space,
    portfolio=portfolio,
    fit=fit,
    load=load,
    why="Smooth where trees have steps: the best complement to them, above all for values and many numbers.",
    requires=("keras", "jax"),
)
