"""What the families of text networks share: encoding, training, answers and files."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from automl_assist.models._beside import columns, given, widths
from automl_assist.models._family import FitRequest
from automl_assist.models._network import Happened, answer, facts_of, finished, judged, loss_of, objective, scale_of
from automl_assist.models._selection import Clock
from automl_assist.nn.forward import Weights
from automl_assist.nn.storage import load_network, save_network
from automl_assist.nn.text_architecture import TextArchitecture
from automl_assist.nn.text_forward import first_text_weights, text_outputs
from automl_assist.preprocessing import Features, storage
from automl_assist.preprocessing.choices import Choices
from automl_assist.preprocessing.encoders import NetworkEncoder
from automl_assist.preprocessing.ngram_vectors import TokenEncoder, joined, without_texts
from automl_assist.rules.reading import reading_of, usual_training
from automl_assist.schema import Problem

WORDS_STEP = 2_048  # the vocabulary is rounded up to so many rows, so that folds share a compiled program


@dataclass(frozen=True)
class Reading:
    """How a family reads: fixed for all its candidates.

    Attributes
    ----------
    kind
        As in `TextArchitecture`.
    unknown
        Whether unknown words keep their places.
    """

    kind: str
    unknown: bool


@dataclass(frozen=True)
class _Encoders:
    words: TokenEncoder
    beside: NetworkEncoder


@dataclass(frozen=True)
class TextNetwork:
    """A trained text network with its encoders; predicts without Keras."""

    encoders: _Encoders
    architecture: TextArchitecture
    weights: Weights
    happened: Happened

    def __post_init__(self) -> None:
        """Hold the network to its encoders; ValueError where they do not fit."""
        made, words = self.architecture, self.encoders.words
        plain, levels = widths(self.encoders.beside)
        fits = made.length == words.length and made.words >= len(words.buckets) + 2 and (made.plain, made.levels) == (plain, levels)
        if not fits or made.outputs != max(1, self.happened.n_classes):
            raise ValueError("the text network does not fit its encoders")

    def predict(self, features: Features) -> np.ndarray:
        """Return probabilities of shape (n, k), or values of shape (n,)."""
        if not len(features):
            return np.empty((0, self.happened.n_classes)) if self.happened.n_classes else np.empty(0)
        return answer(_outputs(self.architecture, self.weights, _inputs(self.encoders, features)), self.happened)

    def save(self, folder: Path) -> None:
        """Write the model into the existing empty `folder`."""
        storage.save(folder, "encoders", self.encoders)
        storage.save(folder, "model", self.happened)
        save_network(folder, self.architecture, self.weights)

    def facts(self) -> dict[str, Any]:
        """Return the epochs done, the best one, why training stopped, and the sizes."""
        return {
            **facts_of(self.happened, self.architecture),
            "words": len(self.encoders.words.buckets),
            "length": self.architecture.length,
            "reads": self.encoders.words.unit,
        }


def fit_network(request: FitRequest, reading: Reading) -> TextNetwork:
    """Encode, train, and keep the best epoch."""
    from automl_assist.nn.training import Recipe, Rows, train

    clock = Clock.start(request.seconds)
    problem, values = request.problem, request.values
    chosen = reading_of(reading.kind, problem.settings)
    learning = _learning(problem)
    words = learned_words(request.features, problem, reading)
    others, choices = without_texts(request.features), Choices("network", problem.settings)
    beside, _ = NetworkEncoder.fit(others, request.target, problem.n_classes, request.seed, choices)
    encoders = _Encoders(words, beside)
    plain, levels = widths(beside)
    architecture = TextArchitecture(
        kind=reading.kind,
        words=min(WORDS_STEP * math.ceil((len(words.buckets) + 2) / WORDS_STEP), chosen["vocabulary"] + WORDS_STEP),
        length=words.length,
        width=int(values["width"]),
        features=int(values.get("features", 1)),
        plain=plain,
        levels=levels,
        outputs=max(1, problem.n_classes),
        hidden=learning["hidden"],
    )
    loss = loss_of(problem, request.target)
    scale, target = scale_of(request, loss)
    rng = np.random.default_rng(request.seed)
    some = np.sort(rng.permutation(len(request.valid_target))[: learning["judged_rows"]])
    some_target = np.asarray(request.valid_target)[some]
    held_out = _inputs(encoders, request.valid_features)
    trained = train(
        architecture,
        first_text_weights(architecture, request.seed),
        Rows(given(_inputs(encoders, request.features)), target),
        {name: array[some] for name, array in given(held_out).items()},
        lambda outputs: judged(problem, some_target, outputs, scale),
        Recipe(
            **objective(problem, loss, request.target),
            epochs=chosen["epochs"],
            batch_size=learning["batch_size"],
            learning_rate=float(values["learning_rate"]),
            weight_decay=float(values["weight_decay"]),
            dropout=float(values["dropout"]),
            label_smoothing=0.0,
            patience=learning["patience"],
        ),
        seed=request.seed,
        seconds=None if clock.seconds is None else clock.left,
        padded_rows=request.padded_rows,
        epoch_rows=request.epoch_rows,
    )
    weights = trained.weights
    outputs = _outputs(architecture, weights, held_out)
    happened = finished(scale, problem, request.valid_target, outputs, trained)
    return TextNetwork(encoders, architecture, weights, happened)


def learned_words(features: Features, problem: Problem, reading: Reading) -> TokenEncoder:
    """Return which words, or runs of letters, of the texts a network knows that reads so."""
    chosen, least = reading_of(reading.kind, problem.settings), _learning(problem)["least_texts"]
    return TokenEncoder.fit(joined(features), chosen, least=least, unknown=reading.unknown)[0]


def _learning(problem: Problem) -> dict[str, int]:
    return {**usual_training(problem.rows), **problem.settings.get("text.training", {})}


def load(folder: Path) -> TextNetwork:
    """Return the model that `save` wrote."""
    architecture, weights = load_network(folder, TextArchitecture)
    return TextNetwork(storage.load(folder, "encoders", _Encoders), architecture, weights, storage.load(folder, "model", Happened))


def _inputs(encoders: _Encoders, features: Features) -> dict[str, np.ndarray]:
    return {"words": encoders.words.transform(joined(features)), **columns(encoders.beside, without_texts(features))}


def _outputs(architecture: TextArchitecture, weights: Weights, inputs: Mapping[str, np.ndarray]) -> np.ndarray:
    return text_outputs(architecture, weights, inputs["words"], inputs["plain"], inputs["codes"])
