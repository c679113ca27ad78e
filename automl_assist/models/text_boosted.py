"""Boosted trees on pressed texts: directions of a truncated SVD, and what a linear model of the words says, beside the other columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from automl_assist.models import lightgbm as boosting, nb_linear
from automl_assist.models._declare import declare, first_values
from automl_assist.models._family import Family, FitRequest, SearchSpace
from automl_assist.models._ngram_linear import NgramLinear, ngrams_of
from automl_assist.models._selection import Clock
from automl_assist.preprocessing import Features, storage
from automl_assist.preprocessing.ngram_vectors import NgramEncoder, without_texts
from automl_assist.schema import Problem

POWER_STEPS = 2  # of the truncated SVD; trees need directions that are about right


@dataclass(frozen=True)
class _Pressed:
    """N-grams, and the directions that they are pressed into: float32 of shape (components, w)."""

    ngrams: NgramEncoder
    directions: np.ndarray

    def __post_init__(self) -> None:
        """Hold the directions to the n-grams; ValueError where they do not fit."""
        if self.directions.ndim != 2 or self.directions.shape[1] != self.ngrams.width:
            raise ValueError("the directions of a text model do not fit its n-grams")

    @classmethod
    def fit(cls, features: Features, details: Mapping[str, Any], seed: int) -> tuple[_Pressed, np.ndarray]:
        """Learn the directions, and return them with the training rows."""
        from sklearn.decomposition import TruncatedSVD

        ngrams, rows = NgramEncoder.fit(features, binary=False, most=details["pressed"], details=details)
        size = min(details["directions"], rows.shape[1] - 1, rows.shape[0] - 1)
        if size < 1:
            return cls(ngrams, np.zeros((0, rows.shape[1]), np.float32)), np.zeros((len(features), 0), np.float32)
        found = TruncatedSVD(size, n_iter=POWER_STEPS, random_state=seed).fit(rows).components_.astype(np.float32)
        pressed = cls(ngrams, found)
        return pressed, np.asarray(rows @ found.T, np.float32)

    def transform(self, features: Features) -> np.ndarray:
        """Return new rows, float32 of shape (n, components)."""
        return np.asarray(self.ngrams.transform(features) @ self.directions.T, np.float32)


@dataclass(frozen=True)
class TextBoosted:
    """Trees, with what comes before them."""

    pressed: _Pressed
    readers: tuple[NgramLinear, ...]
    trees: boosting.BoostedTrees

    def predict(self, features: Features) -> np.ndarray:
        """Return probabilities of shape (n, k), or values of shape (n,)."""
        scores = _mean_score(self.readers, features) if self.readers else np.zeros((len(features), 0))
        return self.trees.predict(_with_numbers(features, self.pressed.transform(features), scores))

    def save(self, folder: Path) -> None:
        """Write the model into the existing empty `folder`."""
        storage.save(folder, "pressed", self.pressed)
        storage.save(folder, "readers", _Readers(self.readers))
        self.trees.save(folder)

    def facts(self) -> dict[str, Any]:
        """Return what the trees say, and how many components and scores they look at."""
        return {**self.trees.facts(), "components": len(self.pressed.directions), "readers": len(self.readers)}


@dataclass(frozen=True)
class _Readers:
    models: tuple[NgramLinear, ...]


def declare_space(hp: SearchSpace, problem: Problem) -> None:
    """Declare whether a linear model reads the texts first, and LightGBM's space around smaller trees: the scores say most at once."""
    declare("text_boosted", hp, problem)


def fit(request: FitRequest) -> TextBoosted:
    """Press the texts, let linear models read them by inner folds, and boost on all of it."""
    clock = Clock.start(request.seconds)
    pressed, rows = _Pressed.fit(request.features, ngrams_of(request.problem), request.seed)
    readers: tuple[NgramLinear, ...] = ()
    scores = np.zeros((len(request.features), 0))
    if request.values["stacked"]:
        readers, scores = _read(request, clock)
    valid_scores = _mean_score(readers, request.valid_features) if readers else np.zeros((len(request.valid_features), 0))
    values: Mapping[str, Any] = {name: value for name, value in request.values.items() if name != "stacked"}
    trees = boosting.fit(
        replace(
            request,
            features=_with_numbers(request.features, rows, scores),
            valid_features=_with_numbers(request.valid_features, pressed.transform(request.valid_features), valid_scores),
            values=values,
            seconds=None if request.seconds is None else max(0.2, clock.left),
        )
    )
    return TextBoosted(pressed, readers, trees)


def _read(request: FitRequest, clock: Clock) -> tuple[tuple[NgramLinear, ...], np.ndarray]:
    """Return a reader for each inner fold, and for each row the score of the one that never saw it.

    The held-out rows of the whole fold choose nothing here: the penalty is found on a part of the training rows. New rows get the
    mean of all readers, whose spread over rows is the same as that of one alone but for a little noise.
    """
    # A row's score comes from a model that never saw the row: what it learned by heart would be all that trees look at.
    chosen = ngrams_of(request.problem)
    folds = chosen["inner_folds"]
    part = np.random.default_rng(request.seed).integers(0, folds, len(request.features))
    read_as = first_values("nb_linear", request.problem)
    readers: list[NgramLinear] = []
    scores: np.ndarray | None = None
    for fold in range(folds):
        inside, outside = np.flatnonzero(part != fold), np.flatnonzero(part == fold)
        if not len(inside) or not len(outside):
            return (), np.zeros((len(part), 0))
        seconds = None if request.seconds is None else max(0.1, (chosen["time_share"] * request.seconds - clock.elapsed) / (folds - fold))
        inner = replace(
            request,
            features=_texts_alone(request.features.take(inside)),
            target=request.target[inside],
            valid_features=_texts_alone(request.features.take(outside)),
            valid_target=request.target[outside],
            seconds=seconds,
        )
        # the first reader finds the penalty, the others take it: they differ in a third of their rows
        penalties = (readers[0].penalty,) if readers else ()
        reader = nb_linear.fit_weighed(inner, read_as["binary"], read_as["smoothing"], read_as["power"], penalties)
        found = _score(reader, request.features.take(outside))
        scores = np.zeros((len(part), found.shape[1])) if scores is None else scores
        scores[outside] = found
        readers.append(reader)
    assert scores is not None
    return tuple(readers), scores


def _score(reader: NgramLinear, features: Features) -> np.ndarray:
    """Return log-odds of each class but the first, or the value, of shape (n, columns)."""
    answer = reader.predict(_texts_alone(features))
    if answer.ndim == 1:
        return answer[:, None]
    logs = np.log(np.maximum(answer, 1e-6))
    return logs[:, 1:] - logs[:, :1] if answer.shape[1] == 2 else logs


def _mean_score(readers: tuple[NgramLinear, ...], features: Features) -> np.ndarray:
    return np.mean([_score(reader, features) for reader in readers], axis=0)


def _texts_alone(features: Features) -> Features:
    rows = len(features)
    return replace(
        features, numbers=np.empty((rows, 0), np.float32), number_names=(), categories=np.empty((rows, 0), np.int32),
        category_names=(), cardinalities=(),
    )  # fmt: skip


def _with_numbers(features: Features, *blocks: np.ndarray) -> Features:
    """Return the rows with further numbers in place of the texts."""
    numbers = np.ascontiguousarray(np.column_stack([features.numbers, *blocks]), dtype=np.float32)
    names = (*features.number_names, *(f"text {k}" for k in range(numbers.shape[1] - features.numbers.shape[1])))
    return replace(without_texts(features), numbers=numbers, number_names=names)


def load(folder: Path) -> TextBoosted:
    """Return the model that `save` wrote."""
    return TextBoosted(storage.load(folder, "pressed", _Pressed), storage.load(folder, "readers", _Readers).models, boosting.load(folder))


FAMILY = Family(
    name="text_boosted",
    title="Boosted trees on pressed texts",
    group="classic",
    tasks=frozenset({"binary", "multiclass", "regression"}),
    declare_space=declare_space,
    fit=fit,
    load=load,
    why="Joins what the words say with numbers and categories, and finds where they matter together.",
    requires=("lightgbm",),
)
