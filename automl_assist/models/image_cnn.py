"""A small convolutional network in Keras, sized to the data and to the time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from automl_assist.models._declare import declare
from automl_assist.models._family import Family, FitRequest, SearchSpace
from automl_assist.models._image_features import beside_columns, encoder_beside, mirrors, shifts
from automl_assist.models._network import Happened, answer, facts_of, finished, loss_of, objective, scale_of
from automl_assist.models._selection import Clock
from automl_assist.nn.forward import Weights
from automl_assist.nn.image_architecture import ImageArchitecture
from automl_assist.nn.image_forward import first_image_weights, image_outputs, whitening_filters
from automl_assist.nn.storage import load_network, save_network
from automl_assist.preprocessing import Features, storage
from automl_assist.preprocessing.encoders import LinearEncoder
from automl_assist.preprocessing.pictures import pictures_of
from automl_assist.rules.image import usual_network
from automl_assist.schema import Problem


@dataclass(frozen=True)
class _Beside:
    encoder: LinearEncoder
    mirror: bool


@dataclass(frozen=True)
class ImageNetwork:
    """A trained network with what stands beside the pictures; predicts without Keras."""

    beside: _Beside
    architecture: ImageArchitecture
    weights: Weights
    happened: Happened

    def __post_init__(self) -> None:
        """Hold the network to its encoder; ValueError where they do not fit."""
        made = self.architecture
        if made.plain != self.beside.encoder.width or made.outputs != max(1, self.happened.n_classes):
            raise ValueError("the network for pictures does not fit its encoder")

    def predict(self, features: Features) -> np.ndarray:
        """Return probabilities of shape (n, k), or values of shape (n,); ValueError for pictures of another shape."""
        return answer(_outputs(self.architecture, self.weights, self.beside, features), self.happened)

    def save(self, folder: Path) -> None:
        """Write the model into the existing empty `folder`."""
        storage.save(folder, "beside", self.beside)
        storage.save(folder, "model", self.happened)
        save_network(folder, self.architecture, self.weights)

    def facts(self) -> dict[str, Any]:
        """Return the epochs done, why training stopped, and the sizes."""
        return {**facts_of(self.happened, self.architecture), "stages": list(self.architecture.stages)}


def declare_space(hp: SearchSpace, problem: Problem) -> None:
    """Declare what networks for pictures vary."""
    declare("image_cnn", hp, problem)


def fit(request: FitRequest) -> ImageNetwork:
    """Train to the end of a schedule that fits into the time."""
    from automl_assist.nn.image_training import ImageRecipe, train_image

    problem, values = request.problem, request.values
    chosen = network_choices(problem)
    # a fold takes no more than its share, so that all of them are fitted: one that looked longer would be no use to the ensemble
    seconds = None if request.seconds is None else min(request.seconds, chosen["fold_seconds"] or request.seconds)
    clock = Clock.start(seconds)
    encoder = encoder_beside(request)
    beside = _Beside(encoder, mirrors(problem))
    pictures, plain = _inputs(beside, request.features)
    pictures = _halved(pictures) if min(pictures.shape[1:3]) >= chosen["halved_from"] else pictures
    architecture = _architecture(pictures.shape, plain.shape[1], int(values["width"]), max(1, problem.n_classes), chosen)
    loss = loss_of(problem, request.target)
    scale, target = scale_of(request, loss)
    trained = train_image(
        architecture,
        first_image_weights(architecture, pictures, request.seed),
        pictures,
        plain,
        target,
        ImageRecipe(
            **objective(problem, loss, request.target),
            epochs=int(chosen["epochs"]),
            batch_size=int(chosen["batch_size"]),
            learning_rate=float(values["learning_rate"]),
            weight_decay=float(values["weight_decay"]),
            dropout=float(values["dropout"]),
            label_smoothing=float(chosen["label_smoothing"]) if problem.is_classification else 0.0,
            mirror=beside.mirror,
            shift=shifts(problem),
        ),
        seed=request.seed,
        seconds=None if clock.seconds is None else clock.left,
    )
    held_out = _outputs(architecture, trained.weights, beside, request.valid_features)
    if not np.isfinite(held_out).all():
        raise ValueError("the weights grew without bound")
    happened = finished(scale, problem, request.valid_target, held_out, trained)
    return ImageNetwork(beside, architecture, trained.weights, happened)


def network_choices(problem: Problem) -> dict[str, Any]:
    """Return the sizes of the network and how it learns, by the plan and else as usual."""
    return {**usual_network(problem.rows), **problem.settings.get("image.network", {})}


def _architecture(shape: tuple[int, ...], plain: int, width: int, outputs: int, chosen: Mapping[str, Any]) -> ImageArchitecture:
    """Return stages that double in width each time that they halve the picture, until little is left of it."""
    _, height, across, channels = shape
    side, stages = max(height, across) / 2, [width]
    while side > chosen["last_side"] and len(stages) < chosen["most_stages"]:
        side /= 2
        stages.append(min(2 * stages[-1], 4 * width))
    return ImageArchitecture(height, across, channels, whitening_filters(channels, int(chosen["filters"])), tuple(stages), plain, outputs)


def _inputs(beside: _Beside, features: Features) -> tuple[np.ndarray, np.ndarray]:
    pictures = pictures_of(features)
    if not pictures.shape[2]:  # there is nothing to see: a blank, so that the columns beside it are learned from
        pictures = np.zeros((len(features), 8, 8, 1), np.uint8)
    return pictures, beside_columns(beside.encoder, features)


def _halved(pictures: np.ndarray) -> np.ndarray:
    """Return pictures at half their size."""
    n, height, width, channels = pictures.shape
    even = pictures[:, : height // 2 * 2, : width // 2 * 2].reshape(n, height // 2, 2, width // 2, 2, channels)
    return (even.sum(axis=(2, 4), dtype=np.uint16) // 4).astype(np.uint8)


def _outputs(architecture: ImageArchitecture, weights: Weights, beside: _Beside, features: Features) -> np.ndarray:
    pictures, plain = _inputs(beside, features)
    if pictures.shape[1] > architecture.height:  # it has learned from halves
        pictures = _halved(pictures)
    if pictures.shape[1:] != (architecture.height, architecture.width, architecture.channels):
        raise ValueError("pictures of another shape than the network has learned")
    outputs = image_outputs(architecture, weights, pictures, plain)
    if beside.mirror:
        outputs = (outputs + image_outputs(architecture, weights, pictures[:, :, ::-1], plain)) / 2
    return outputs


def load(folder: Path) -> ImageNetwork:
    """Return the model that `save` wrote."""
    architecture, weights = load_network(folder, ImageArchitecture)
    return ImageNetwork(storage.load(folder, "beside", _Beside), architecture, weights, storage.load(folder, "model", Happened))


FAMILY = Family(
    name="image_cnn",
    title="Convolutional network (Keras)",
    group="neural",
    tasks=frozenset({"binary", "multiclass", "regression"}),
    declare_space=declare_space,
    fit=fit,
    load=load,
    why="Learns what to look for, layer by layer: complements models whose features were chosen beforehand.",
    requires=("keras", "jax"),
)
