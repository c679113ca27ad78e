"""The Keras network for tables, on JAX."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from automl_assist.models._declare import declare
from automl_assist.models._family import Family, FitRequest, SearchSpace
from automl_assist.models._network import Happened, answer, facts_of, finished, judged, loss_of, scale_of
from automl_assist.models._selection import Clock
from automl_assist.models._table_network import (
    SAMPLE_ROWS,
    architecture_of,
    given_inputs,
    optimizer_of,
    padded,
    recipe,
    regularization_of,
    sizes,
)
from automl_assist.nn.architecture import Architecture
from automl_assist.nn.forward import Weights, first_weights, network_outputs
from automl_assist.nn.storage import load_network, save_network
from automl_assist.preprocessing import Features, storage
from automl_assist.preprocessing.choices import Choices
from automl_assist.preprocessing.encoders import NetworkEncoder
from automl_assist.schema import Problem


@dataclass(frozen=True)
class Network:
    """A trained network with its encoder; predicts without Keras."""

    encoder: NetworkEncoder
    architecture: Architecture
    weights: Weights
    happened: Happened

    def __post_init__(self) -> None:
        """Hold the network to the encoder; ValueError where they do not fit."""
        fitting = sizes(self.encoder) == (self.architecture.numbers, self.architecture.plain, self.architecture.levels)
        if not fitting or self.architecture.outputs != max(1, self.happened.n_classes):
            raise ValueError("the network does not fit its encoder")

    def predict(self, features: Features) -> np.ndarray:
        """Return probabilities of shape (n, k), or values of shape (n,)."""
        rows = padded(self.encoder, self.encoder.transform(features))
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
    look = architecture_of(problem)
    first = {
        "learning_rate": float(optimizer_of(problem)["learning_rate"]),
        "dropout": float(regularization_of(problem)["dropout"]),
        "weight_decay": float(regularization_of(problem)["weight_decay"]),
        "layers": int(look["layers"]),
        "width": int(look["width"]),
        "embed_numbers": look["embedding"] == "waves",
    }
    declare("mlp", hp, problem, first=first)


def designed(problem: Problem, values: Mapping[str, Any], numbers: int, plain: int, levels: tuple[int, ...]) -> Architecture:
    """Return the network that the plan and the hyper-parameters of a candidate ask for, for inputs of these widths."""
    look = architecture_of(problem)
    return Architecture(
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


def fit(request: FitRequest) -> Network:
    """Encode, start from weights fitted to the rows, train, and keep the best epoch."""
    from automl_assist.nn.training import Rows, train

    clock = Clock.start(request.seconds)
    problem, values = request.problem, request.values
    choices = Choices("network", problem.settings)
    encoder, rows = NetworkEncoder.fit(request.features, request.target, problem.n_classes, request.seed, choices)
    rows, held_out = padded(encoder, rows), padded(encoder, encoder.transform(request.valid_features))
    architecture = designed(problem, values, *sizes(encoder))
    sample = rows.take(np.random.default_rng(request.seed).permutation(len(rows))[:SAMPLE_ROWS])
    start = first_weights(architecture, sample.numbers, sample.plain, sample.codes, request.seed, float(values["wave_sd"]))
    loss = loss_of(problem, request.target)
    scale, target = scale_of(request, loss)
    trained = train(
        architecture,
        start,
        Rows(given_inputs(rows), target),
        given_inputs(held_out),
        lambda outputs: judged(problem, request.valid_target, outputs, scale),
        recipe(problem, values, request.epoch_rows or request.padded_rows, loss, request.target),
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


FAMILY = Family(
    name="mlp",
    title="Neural network (Keras)",
    group="neural",
    tasks=frozenset({"binary", "multiclass", "regression"}),
    declare_space=declare_space,
    fit=fit,
    load=load,
    why="Smooth where trees have steps: the best complement to them, above all for values and many numbers.",
    requires=("keras", "jax"),
)
