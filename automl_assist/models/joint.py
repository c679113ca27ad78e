"""One Keras network with several inputs: numbers and categories, words, and what pictures show, trained together."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from automl_assist.models._beside import given
from automl_assist.models._declare import declare
from automl_assist.models._family import Family, FitRequest, SearchSpace
from automl_assist.models._image_features import described, mirrors
from automl_assist.models._network import Happened, answer, facts_of, finished, judged, loss_of, scale_of
from automl_assist.models._selection import Clock
from automl_assist.models._table_network import SAMPLE_ROWS, architecture_of, padded, recipe, sizes
from automl_assist.models._text_network import WORDS_STEP, Reading, learned_words
from automl_assist.nn.forward import Weights
from automl_assist.nn.joint_architecture import JointArchitecture
from automl_assist.nn.joint_forward import first_joint_weights, joint_outputs
from automl_assist.nn.storage import load_network, save_network
from automl_assist.preprocessing import Features, storage
from automl_assist.preprocessing.choices import Choices
from automl_assist.preprocessing.encoders import NetworkEncoder
from automl_assist.preprocessing.gradients import gradient_features
from automl_assist.preprocessing.ngram_vectors import TokenEncoder, joined, without_texts
from automl_assist.preprocessing.pictures import BLOCK, pictures_of, without_pictures
from automl_assist.preprocessing.principal import Principal
from automl_assist.rules.joint import usual_joint
from automl_assist.rules.reading import READ_BY, reading_of
from automl_assist.schema import Problem

READING = Reading(kind=READ_BY["joint"], unknown=False)


@dataclass(frozen=True)
class _Encoders:
    beside: NetworkEncoder
    words: TokenEncoder | None
    seen: Principal | None
    mirror: bool


@dataclass(frozen=True)
class JointNetwork:
    """A trained network of several inputs with its encoders; predicts without Keras."""

    encoders: _Encoders
    architecture: JointArchitecture
    weights: Weights
    happened: Happened

    def __post_init__(self) -> None:
        """Hold the network to its encoders; ValueError where they do not fit."""
        made, words, seen = self.architecture, self.encoders.words, self.encoders.seen
        table = sizes(self.encoders.beside) == (made.numbers, made.plain, made.levels)
        reads = made.length == (words.length if words else 0) and made.words >= (len(words.buckets) + 2 if words else 0)
        sees = made.seen == (seen.width if seen else 0)
        if not (table and reads and sees) or made.outputs != max(1, self.happened.n_classes):
            raise ValueError("the network of several inputs does not fit its encoders")

    def predict(self, features: Features) -> np.ndarray:
        """Return probabilities of shape (n, k), or values of shape (n,); ValueError for pictures of another shape."""
        return answer(joint_outputs(self.architecture, self.weights, _inputs(self.encoders, features)), self.happened)

    def save(self, folder: Path) -> None:
        """Write the model into the existing empty `folder`."""
        storage.save(folder, "encoders", self.encoders)
        storage.save(folder, "model", self.happened)
        save_network(folder, self.architecture, self.weights)

    def facts(self) -> dict[str, Any]:
        """Return the epochs done, the best one, why training stopped, and the sizes."""
        made, words = self.architecture, self.encoders.words
        read = {"words": len(words.buckets), "length": made.length, "reads": words.unit} if words else {}
        return {**facts_of(self.happened, made), **read, **({"components": made.seen} if made.seen else {})}


def declare_space(hp: SearchSpace, problem: Problem) -> None:
    """Declare what networks of several inputs vary; the rates need no new compilation."""
    without = (*(() if problem.texts else ("word_width",)), *(() if BLOCK in problem.blocks else ("seen_width",)))
    declare("joint", hp, problem, without=without)


def fit(request: FitRequest) -> JointNetwork:
    """Encode, start from weights fitted to the rows, train, and keep the best epoch."""
    from automl_assist.nn.training import Rows, train

    clock = Clock.start(request.seconds)
    problem, values, chosen = request.problem, request.values, _chosen(request.problem)
    encoders = _learned(request, chosen["components"])
    rows, held_out = _inputs(encoders, request.features), _inputs(encoders, request.valid_features)
    architecture = _architecture(problem, values, encoders)
    sample = np.random.default_rng(request.seed).permutation(len(request.target))[:SAMPLE_ROWS]
    looked_at = {name: array[sample] for name, array in rows.items()}
    start = first_joint_weights(architecture, looked_at, request.seed, float(values["wave_sd"]))
    loss = loss_of(problem, request.target)
    scale, target = scale_of(request, loss)
    usual = recipe(problem, values, request.epoch_rows or request.padded_rows, loss, request.target)
    trained = train(
        architecture,
        start,
        Rows(given(rows), target),
        given(held_out),
        lambda outputs: judged(problem, request.valid_target, outputs, scale),
        replace(usual, epochs=chosen["epochs"], batch_size=chosen["batch_size"], patience=chosen["patience"]),
        seed=request.seed,
        seconds=None if clock.seconds is None else clock.left,
        padded_rows=request.padded_rows,
        epoch_rows=request.epoch_rows,
    )
    outputs = joint_outputs(architecture, trained.weights, held_out)
    happened = finished(scale, problem, request.valid_target, outputs, trained)
    return JointNetwork(encoders, architecture, trained.weights, happened)


def _chosen(problem: Problem) -> dict[str, int]:
    """Return how the plan says that it learns, or what its rule would say."""
    return {**usual_joint(problem.rows), **problem.settings.get("joint.network", {})}


def _architecture(problem: Problem, values: Mapping[str, Any], encoders: _Encoders) -> JointArchitecture:
    look, words, seen = architecture_of(problem), encoders.words, encoders.seen
    numbers, plain, levels = sizes(encoders.beside)
    waves = look["embedding"] == "waves" and numbers <= look["most_embedded"]
    most = reading_of(READING.kind, problem.settings)["vocabulary"] + WORDS_STEP
    return JointArchitecture(
        numbers=numbers,
        plain=plain,
        levels=levels,
        outputs=max(1, problem.n_classes),
        hidden=(int(values["width"]),) * int(values["layers"]),
        activation=str(look["activation"]),
        frequencies=int(look["frequencies"]) if waves else 0,
        number_width=int(look["number_width"]),
        level_width=int(look["level_width"]),
        words=min(WORDS_STEP * math.ceil((len(words.buckets) + 2) / WORDS_STEP), most) if words else 0,
        length=words.length if words else 0,
        word_width=int(values.get("word_width", 1)),
        seen=seen.width if seen else 0,
        seen_width=int(values.get("seen_width", 1)),
    )


def _learned(request: FitRequest, components: int) -> _Encoders:
    problem, features, mirror = request.problem, request.features, mirrors(request.problem)
    beside, _ = NetworkEncoder.fit(_beside(features), request.target, problem.n_classes, request.seed, Choices("network", problem.settings))
    words = seen = None
    if features.texts.shape[1]:
        words = learned_words(features, problem, READING)
    if pictures_of(features).shape[2]:
        seen = Principal.fit(_shown(features, mirror), components, request.seed)
    return _Encoders(beside, words, seen, mirror)


def _inputs(encoders: _Encoders, features: Features) -> dict[str, np.ndarray]:
    rows = padded(encoders.beside, encoders.beside.transform(_beside(features)))
    nothing = np.empty((len(features), 0), np.float32)
    return {
        "numbers": rows.numbers,
        "plain": rows.plain,
        "codes": rows.codes,
        "words": encoders.words.transform(joined(features)) if encoders.words else nothing.astype(np.int32),
        "seen": encoders.seen.transform(_shown(features, encoders.mirror)) if encoders.seen else nothing,
    }


def _beside(features: Features) -> Features:
    return without_texts(without_pictures(features))


def _shown(features: Features, mirror: bool) -> np.ndarray:
    return described(features, "gradients", gradient_features, mirror)


def load(folder: Path) -> JointNetwork:
    """Return the model that `save` wrote."""
    architecture, weights = load_network(folder, JointArchitecture)
    return JointNetwork(storage.load(folder, "encoders", _Encoders), architecture, weights, storage.load(folder, "model", Happened))


FAMILY = Family(
    name="joint",
    title="Network of several inputs (Keras)",
    group="neural",
    tasks=frozenset({"binary", "multiclass", "regression"}),
    declare_space=declare_space,
    fit=fit,
    load=load,
    why="Joins words and pictures with numbers and categories before it decides: sees what depends on two of them together.",
    requires=("keras", "jax"),
)
