"""The Keras network for tables, on JAX."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from automl_assist.models._family import Family, FitRequest, SearchSpace
from automl_assist.models._selection import Clock, selection_loss, softmax
from automl_assist.nn.architecture import Architecture
from automl_assist.nn.forward import Weights, first_weights, network_outputs
from automl_assist.nn.storage import load_network, save_network
from automl_assist.preprocessing import Features, storage
from automl_assist.preprocessing.encoders import NetworkEncoder, NetworkRows
from automl_assist.schema import Problem

if TYPE_CHECKING:
    from automl_assist.nn.training import Recipe

SAMPLE_ROWS = 1_024  # rows that the first weights are fitted to
# Above it an embedding of every number costs more than it gives: four times as many columns, and sixteen waves each.
MOST_EMBEDDED_NUMBERS = 200
# When the plan does not say: batch by rows as in pytabkit; epochs so that a fold takes 2 to 10 s on one core, more gain nothing.
BATCH_BY_ROWS = ((1_024, 64), (8_192, 128), (30_000, 256), (100_000, 512))
LARGEST_BATCH = 1_024
EPOCHS_BY_ROWS = ((2_000, 200), (8_000, 100), (20_000, 50), (50_000, 32))
FEWEST_EPOCHS = 20
PATIENCE_SHARE = 0.4  # of the epochs; the falling rate may still bring better ones
# Logits are multiplied by a factor chosen on the held-out rows, since networks grow too sure of themselves long before they stop
# to improve (Guo et al. 2017; "refine, then calibrate", Berta et al. 2025). Few held-out rows could ask for any factor.
LEAST_SHARPNESS, MOST_SHARPNESS = 0.2, 1.2
SHARPNESS_STEPS = 12
CALIBRATED_METRICS = ("log_loss", "brier")
WIDTH_STEP = 8  # columns; the number of indicators may differ by a few from fold to fold
CLASS_RATE, VALUE_RATE = 0.02, 0.1  # half of RealMLP's, for a schedule of one wave
WIDTHS = (128, 256, 384)


@dataclass(frozen=True)
class _Facts:
    """What `facts` says, and what turns outputs into predictions."""

    n_classes: int
    centre: float
    spread: float
    least: float
    most: float
    sharpness: float
    epochs: int
    best_epoch: int
    stopped: str
    seconds_an_epoch: float


@dataclass(frozen=True)
class Network:
    """A trained network with its encoder; predicts without Keras."""

    encoder: NetworkEncoder
    architecture: Architecture
    weights: Weights
    happened: _Facts

    def __post_init__(self) -> None:
        """Hold the network to the encoder; ValueError where they do not fit."""
        fitting = _sizes(self.encoder) == (self.architecture.numbers, self.architecture.plain, self.architecture.levels)
        if not fitting or self.architecture.outputs != max(1, self.happened.n_classes):
            raise ValueError("the network does not fit its encoder")

    def predict(self, features: Features) -> np.ndarray:
        """Return probabilities of shape (n, k), or values of shape (n,)."""
        rows = _padded(self.encoder, self.encoder.transform(features))
        return _answer(network_outputs(self.architecture, self.weights, rows.numbers, rows.plain, rows.codes), self.happened)

    def save(self, folder: Path) -> None:
        """Write the model into the existing empty `folder`."""
        storage.save(folder, "encoder", self.encoder)
        storage.save(folder, "model", self.happened)
        save_network(folder, self.architecture, self.weights)

    def facts(self) -> dict[str, Any]:
        """Return the epochs done, the best one, why training stopped, and the size."""
        weights = sum(math.prod(shape) for shape in self.architecture.weight_shapes().values())
        happened = self.happened
        return {
            "epochs": happened.epochs,
            "best_epoch": happened.best_epoch,
            "stopped": happened.stopped,
            "seconds_an_epoch": happened.seconds_an_epoch,
            "weights": weights,
        }


def declare_space(hp: SearchSpace, problem: Problem) -> None:
    """Declare TabArena's space for RealMLP; all but layers, width and embedding need no new compilation."""
    held_back = problem.settings.get("network.regularization") or {}
    hp.Float("learning_rate", 0.005, 0.5, sampling="log", default=CLASS_RATE if problem.is_classification else VALUE_RATE)
    hp.Float("dropout", 0.0, 0.5, default=min(0.5, float(held_back.get("dropout", 0.15))))
    hp.Float("weight_decay", 1e-3, 0.1, sampling="log", default=min(0.1, max(1e-3, float(held_back.get("weight_decay", 0.02)))))
    hp.Float("wave_sd", 0.02, 10.0, sampling="log", default=0.1)
    hp.Boolean("embed_numbers", default=True)
    hp.Int("layers", 2, 4, default=3)
    hp.Choice("width", list(WIDTHS), default=256)


def portfolio(problem: Problem) -> tuple[dict[str, Any], ...]:
    """Return RealMLP's defaults, the simple variant without embeddings, and two that are held back more or less."""
    usual = CLASS_RATE if problem.is_classification else VALUE_RATE
    return (
        {},
        {"embed_numbers": False, "dropout": 0.1},
        {"wave_sd": 1.0, "dropout": 0.3},
        {"width": 384, "layers": 4, "dropout": 0.05, "weight_decay": 0.005, "learning_rate": usual / 2},
    )


def fit(request: FitRequest) -> Network:
    """Encode, start from weights fitted to the rows, train, and keep the best epoch."""
    from automl_assist.nn.training import Rows, train

    clock = Clock.start(request.seconds)
    problem, values = request.problem, request.values
    encoder, rows = NetworkEncoder.fit(request.features, request.target, problem.n_classes, request.seed)
    rows, held_out = _padded(encoder, rows), _padded(encoder, encoder.transform(request.valid_features))
    numbers, plain, levels = _sizes(encoder)
    architecture = Architecture(
        numbers=numbers,
        plain=plain,
        levels=levels,
        outputs=max(1, problem.n_classes),
        hidden=(int(values["width"]),) * int(values["layers"]),
        activation="selu" if problem.is_classification else "mish",
        frequencies=16 if values["embed_numbers"] and numbers <= MOST_EMBEDDED_NUMBERS else 0,
    )
    sample = rows.take(np.random.default_rng(request.seed).permutation(len(rows))[:SAMPLE_ROWS])
    start = first_weights(architecture, sample.numbers, sample.plain, sample.codes, request.seed, float(values["wave_sd"]))
    scale = _scale_of(request)
    target = request.target if problem.is_classification else (request.target - scale.centre) / scale.spread
    trained = train(
        architecture,
        start,
        Rows(_inputs(rows), target),
        _inputs(held_out),
        lambda outputs: _judged(problem, request.valid_target, outputs, scale),
        _recipe(problem, values, request.padded_rows),
        seed=request.seed,
        seconds=None if clock.seconds is None else clock.left,
        padded_rows=request.padded_rows,
    )
    outputs = network_outputs(architecture, trained.weights, held_out.numbers, held_out.plain, held_out.codes)
    happened = replace(
        scale,
        sharpness=_sharpness(request.valid_target, outputs) if problem.is_classification else 1.0,
        epochs=trained.epochs,
        best_epoch=trained.best_epoch,
        stopped=trained.stopped,
        seconds_an_epoch=trained.seconds_an_epoch,
    )
    return Network(encoder, architecture, trained.weights, happened)


def load(folder: Path) -> Network:
    """Return the model that `save` wrote."""
    architecture, weights = load_network(folder)
    return Network(storage.load(folder, "encoder", NetworkEncoder), architecture, weights, storage.load(folder, "model", _Facts))


def _answer(outputs: np.ndarray, scale: _Facts) -> np.ndarray:
    """Return probabilities, or values on the scale of the target and within what training saw."""
    if scale.n_classes:
        return softmax(outputs * scale.sharpness)
    return np.clip(outputs[:, 0] * scale.spread + scale.centre, scale.least, scale.most)


def _judged(problem: Problem, target: np.ndarray, outputs: np.ndarray, scale: _Facts) -> tuple[float, float]:
    if problem.metric in CALIBRATED_METRICS:
        scale = replace(scale, sharpness=_sharpness(target, outputs))
    return selection_loss(problem, target, _answer(outputs, scale))


def _sharpness(target: np.ndarray, logits: np.ndarray) -> float:
    """Return the factor of the logits with the least log loss: its derivative rises, so halve the interval."""
    if not len(target):
        return 1.0
    low, high = LEAST_SHARPNESS, MOST_SHARPNESS
    of_truth = logits[np.arange(len(target)), target]
    for _ in range(SHARPNESS_STEPS):
        middle = (low + high) / 2
        slope = np.mean((softmax(logits * middle) * logits).sum(axis=1) - of_truth)
        low, high = (low, middle) if slope > 0 else (middle, high)
    return (low + high) / 2


def _recipe(problem: Problem, values: Mapping[str, Any], rows: int) -> Recipe:
    from automl_assist.nn.training import Recipe

    optimizer = problem.settings.get("network.optimizer") or {}
    held_back = problem.settings.get("network.regularization") or {}
    epochs = int(optimizer.get("epochs", _by_rows(EPOCHS_BY_ROWS, FEWEST_EPOCHS, rows)))
    return Recipe(
        loss=_loss(problem),
        epochs=epochs,
        batch_size=int(optimizer.get("batch_size", _by_rows(BATCH_BY_ROWS, LARGEST_BATCH, rows))),
        learning_rate=float(values["learning_rate"]),
        weight_decay=float(values["weight_decay"]),
        dropout=float(values["dropout"]),
        label_smoothing=float(held_back.get("label_smoothing", 0.0)),
        patience=max(1, math.ceil(PATIENCE_SHARE * epochs)),
    )


def _scale_of(request: FitRequest) -> _Facts:
    if request.problem.is_classification:
        return _Facts(request.problem.n_classes, 0.0, 1.0, 0.0, 0.0, 1.0, 0, 0, "", 0.0)
    target = np.asarray(request.target, np.float64)
    spread = float(target.std())
    return _Facts(0, float(target.mean()), spread if spread > 0 else 1.0, float(target.min()), float(target.max()), 1.0, 0, 0, "", 0.0)


def _loss(problem: Problem) -> str:
    if problem.is_classification:
        return "cross_entropy"
    absolute = problem.metric in ("mae", "median_absolute_error")
    return str(problem.settings.get("network.loss") or ("absolute" if absolute else "squared"))


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


def _by_rows(table: tuple[tuple[int, int], ...], otherwise: int, rows: int) -> int:
    return next((value for most, value in table if rows <= most), otherwise)


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
