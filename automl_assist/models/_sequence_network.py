"""What the families of networks of series share: the arrays they see, training, answers and files."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from automl_assist.models._beside import columns, given, widths
from automl_assist.models._family import FitRequest
from automl_assist.models._network import Happened, answer, facts_of, finished, judged, loss_of, objective, scale_of
from automl_assist.models._selection import Clock
from automl_assist.nn.forward import Weights
from automl_assist.nn.sequence_architecture import SequenceArchitecture
from automl_assist.nn.sequence_forward import first_sequence_weights, sequence_outputs
from automl_assist.nn.storage import load_network, save_network
from automl_assist.preprocessing import Features, storage
from automl_assist.preprocessing.choices import Choices
from automl_assist.preprocessing.encoders import NetworkEncoder
from automl_assist.preprocessing.series import block_of, filled, resampled, without_series
from automl_assist.rules.sequence import usual_network
from automl_assist.schema import Problem

LEAST_STEPS = 8  # between two looks at held-out rows: a few rows are gone through several times
LARGEST_VALUE = 8.0  # standard deviations: what lies further outside is drawn in


@dataclass(frozen=True)
class SequenceNetwork:
    """A trained network of series with its encoder; predicts without Keras."""

    beside: NetworkEncoder
    architecture: SequenceArchitecture
    weights: Weights
    happened: Happened

    def __post_init__(self) -> None:
        """Hold the network to its encoder; ValueError where they do not fit."""
        plain, levels = widths(self.beside)
        made = self.architecture
        if (made.plain, made.levels) != (plain, levels) or made.outputs != max(1, self.happened.n_classes) or made.channels % 2:
            raise ValueError("the network of series does not fit its encoder")

    def predict(self, features: Features) -> np.ndarray:
        """Return probabilities of shape (n, k), or values of shape (n,)."""
        if not len(features):
            return np.empty((0, self.happened.n_classes)) if self.happened.n_classes else np.empty(0)
        return answer(_outputs(self.architecture, self.weights, _inputs(self.beside, features, self.architecture.steps)), self.happened)

    def save(self, folder: Path) -> None:
        """Write the model into the existing empty `folder`."""
        storage.save(folder, "beside", self.beside)
        storage.save(folder, "model", self.happened)
        save_network(folder, self.architecture, self.weights)

    def facts(self) -> dict[str, Any]:
        """Return the epochs done, the best one, why training stopped, and the sizes."""
        return {**facts_of(self.happened, self.architecture), "steps": self.architecture.steps}


def fit_network(request: FitRequest, kind: str, blocks: int) -> SequenceNetwork:
    """Train, and keep the best epoch."""
    from automl_assist.nn.training import Recipe, Rows, train

    clock = Clock.start(request.seconds)
    problem, values = request.problem, request.values
    chosen = network_choices(problem)
    others, choices = _plain(request.features), Choices("network", problem.settings)
    beside, _ = NetworkEncoder.fit(others, request.target, problem.n_classes, request.seed, choices)
    plain, levels = widths(beside)
    channels, steps = block_of(request.features).shape[1:]
    architecture = SequenceArchitecture(
        kind=kind,
        channels=2 * channels,
        steps=min(steps, int(chosen[f"{kind}_steps"])),
        features=int(values["features"]),
        blocks=blocks,
        plain=plain,
        levels=levels,
        outputs=max(1, problem.n_classes),
        hidden=int(chosen["hidden"]),
    )
    loss = loss_of(problem, request.target)
    scale, target = scale_of(request, loss)
    some = np.sort(np.random.default_rng(request.seed).permutation(len(request.valid_target))[: int(chosen["judged_rows"])])
    some_target = np.asarray(request.valid_target)[some]
    held_out = _inputs(beside, request.valid_features, architecture.steps)
    batch = min(int(chosen["batch_size"]), len(request.target))
    padded_rows = max(request.padded_rows, LEAST_STEPS * batch)
    epochs = round(int(chosen["gradient_steps"]) * batch / padded_rows)
    epochs = min(int(chosen["most_epochs"]), max(int(chosen["least_epochs"]), epochs))
    trained = train(
        architecture,
        first_sequence_weights(architecture, request.seed),
        Rows(given(_inputs(beside, request.features, architecture.steps)), target),
        {name: array[some] for name, array in given(held_out).items()},
        lambda outputs: judged(problem, some_target, outputs, scale),
        Recipe(
            **objective(problem, loss, request.target),
            epochs=epochs,
            batch_size=batch,
            learning_rate=float(values["learning_rate"]),
            weight_decay=float(values["weight_decay"]),
            dropout=float(values["dropout"]),
            label_smoothing=0.0,
            patience=math.ceil(float(chosen["patience_share"]) * epochs),
        ),
        seed=request.seed,
        seconds=None if clock.seconds is None else clock.left,
        padded_rows=padded_rows,
    )
    outputs = _outputs(architecture, trained.weights, held_out)
    happened = finished(scale, problem, request.valid_target, outputs, trained)
    return SequenceNetwork(beside, architecture, trained.weights, happened)


def network_choices(problem: Problem) -> dict[str, Any]:
    """Return how networks follow series and learn, by the plan and else as usual."""
    return {**usual_network(problem.rows), **problem.settings.get("sequence.network", {})}


def load(folder: Path) -> SequenceNetwork:
    """Return the model that `save` wrote."""
    architecture, weights = load_network(folder, SequenceArchitecture)
    return SequenceNetwork(storage.load(folder, "beside", NetworkEncoder), architecture, weights, storage.load(folder, "model", Happened))


def _plain(features: Features) -> Features:
    """Return the columns beside the series without the length: a network sees where a series ends.

    Told it as a number, networks took it for the class where it went with it in training: trained in one room of two and tried in the
    other, their log loss was a quarter higher.
    """
    return without_series(features, length=False)


def _inputs(beside: NetworkEncoder, features: Features, steps: int) -> dict[str, np.ndarray]:
    """Return the series and its moves step by step, which steps are inside, and the columns beside."""
    block = block_of(features)
    if block.shape[2] > steps:
        every = np.stack([resampled(row, steps) for row in block]) if len(block) else np.empty((0, block.shape[1], steps), np.float32)
        block = every.astype(np.float32)
    values, lengths = filled(block)
    there = (np.arange(values.shape[2]) < lengths[:, None]).astype(np.int32)
    x = np.clip(values, -LARGEST_VALUE, LARGEST_VALUE)
    moves = np.diff(x, axis=2, prepend=x[:, :, :1])
    spread = np.float32(2.0)  # moves are smaller than values
    series = np.concatenate([x, spread * moves], axis=1).transpose(0, 2, 1) * there[:, :, None]
    return {"series": np.ascontiguousarray(series, np.float32), "there": there, **columns(beside, _plain(features))}


def _outputs(architecture: SequenceArchitecture, weights: Weights, inputs: dict[str, np.ndarray]) -> np.ndarray:
    return sequence_outputs(architecture, weights, inputs["series"], inputs["there"], inputs["plain"], inputs["codes"])
