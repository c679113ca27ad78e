"""Ridge on thousands of small convolutions of series, after MiniRocket and Hydra, with calibrated probabilities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from automl_assist.models._declare import declare
from automl_assist.models._family import Family, FitRequest, SearchSpace
from automl_assist.models._ridge import RidgeHead, fit_ridge
from automl_assist.models._selection import Clock, penalties_along, with_absent_classes
from automl_assist.preprocessing import Features, storage
from automl_assist.preprocessing.choices import Choices
from automl_assist.preprocessing.encoders import LinearEncoder
from automl_assist.preprocessing.series import block_of, filled, without_series
from automl_assist.preprocessing.series_kernels import CompetingKernels, FixedKernels
from automl_assist.rules._spaces import USUAL
from automl_assist.rules.sequence import KERNELS
from automl_assist.schema import Problem

TIMED_ROWS = 8  # which tell how long the figures of all rows would take
FEWEST = 0.05  # of the figures, however short the time: below it nothing is seen, and a fit that is late is better than none


@dataclass(frozen=True)
class Kernels:
    """What turns series into figures."""

    channels: int
    steps: int
    fixed: tuple[FixedKernels, ...]
    competing: tuple[CompetingKernels, ...]

    def transform(self, features: Features) -> np.ndarray:
        """Return float32 of shape (n, p)."""
        block = block_of(features)
        if block.shape[1:] != (self.channels, self.steps):
            raise ValueError(f"series of shape {block.shape[1:]} do not fit kernels for {(self.channels, self.steps)}")
        values, lengths = filled(block)
        both: tuple[FixedKernels | CompetingKernels, ...] = (*self.fixed, *self.competing)
        return np.concatenate([kernel.transform(values, lengths) for kernel in both], axis=1)


@dataclass(frozen=True)
class SequenceKernels:
    """Kernels, what stands beside the series, and a ridge."""

    kernels: Kernels
    beside: LinearEncoder
    weight: float
    head: RidgeHead
    present: np.ndarray
    n_classes: int
    rows: int

    def predict(self, features: Features) -> np.ndarray:
        """Return probabilities of shape (n, k), or values of shape (n,)."""
        matrix = _matrix(self.kernels.transform(features), _beside(self.beside, features), self.weight)
        if not self.n_classes:
            return self.head.outputs(matrix)[:, 0]
        return with_absent_classes(self.head.probabilities(matrix), self.present, self.n_classes, self.rows)

    def save(self, folder: Path) -> None:
        """Write the model into the existing empty `folder`."""
        storage.save(folder, "model", self)

    def facts(self) -> dict[str, Any]:
        """Return the penalty taken, how sure it is made, and the number of figures."""
        return {"penalty": self.head.penalty, "sharpness": self.head.sharpness, "figures": len(self.head.means)}


def _beside(encoder: LinearEncoder, features: Features) -> np.ndarray:
    return _dense(encoder.transform(without_series(features)))


def _dense(matrix: Any) -> np.ndarray:
    return np.asarray(matrix.todense() if hasattr(matrix, "todense") else matrix, np.float32)


def _matrix(figures: np.ndarray, beside: np.ndarray, weight: float) -> np.ndarray:
    return np.concatenate([figures, beside * np.float32(weight)], axis=1)


def declare_space(hp: SearchSpace, problem: Problem) -> None:
    """Declare how many kernels of each kind there are, and whether moves are looked at too."""
    declare("sequence_kernels", hp, problem)


def fit(request: FitRequest) -> SequenceKernels:
    """Draw kernels, as many as time allows, and fit the ridge."""
    clock = Clock.start(request.seconds)
    problem, target = request.problem, np.asarray(request.target)
    chosen = {**KERNELS, **problem.settings.get("sequence.kernels", {})}
    kernels, figures = _figures(request, clock, chosen)
    encoder, other = LinearEncoder.fit(
        without_series(request.features), target, problem.n_classes, request.seed, Choices("linear", problem.settings)
    )
    beside = _dense(other)
    means, scales = _scales(figures, kernels)
    weight = float(np.sqrt(chosen["beside"] * max(1, figures.shape[1]))) if beside.shape[1] else 1.0
    matrix = _matrix(figures, beside, weight)
    means = np.concatenate([means, beside.mean(axis=0) * np.float32(weight)]).astype(np.float32)
    scales = np.concatenate([scales, np.ones(beside.shape[1])]).astype(np.float32)
    penalties = penalties_along(chosen)[::-1]
    if not problem.is_classification:
        head = fit_ridge(matrix, target.astype(np.float64)[:, None], means, scales, None, penalties)
        return SequenceKernels(kernels, encoder, weight, head, np.zeros(0, np.int64), 0, len(target))
    present, codes = np.unique(target, return_inverse=True)
    goal = np.where(codes[:, None] == np.arange(len(present)), 1.0, -1.0)
    head = fit_ridge(matrix, goal, means, scales, codes, penalties, (chosen["softest"], chosen["sharpest"]))
    return SequenceKernels(kernels, encoder, weight, head, present.astype(np.int64), problem.n_classes, len(target))


def _figures(request: FitRequest, clock: Clock, chosen: Mapping[str, Any]) -> tuple[Kernels, np.ndarray]:
    """Return the kernels, and their figures of the training rows; fewer where a few rows show that all would take too long."""
    values, lengths = filled(block_of(request.features))
    share = 1.0
    if len(values) > chosen["rows"]:
        share = chosen["figures"] / _drawn(request, values, lengths, 1.0, TIMED_ROWS)[1].shape[1]
    if clock.seconds is not None:
        begun = clock.elapsed
        _drawn(request, values, lengths, share, TIMED_ROWS)
        expected = (clock.elapsed - begun) * len(values) / min(TIMED_ROWS, len(values))
        share *= min(1.0, max(FEWEST, chosen["time_share"] * clock.left / max(expected, 1e-6)))
    return _drawn(request, values, lengths, share, len(values))


def _drawn(request: FitRequest, values: np.ndarray, lengths: np.ndarray, share: float, rows: int) -> tuple[Kernels, np.ndarray]:
    rng = np.random.default_rng(request.seed)
    wanted, groups = int(request.values["fixed"]), int(request.values["groups"])
    if not wanted and not groups:
        wanted = int(USUAL["sequence_kernels"]["fixed"][0])  # one of them there must be
    views = (False, True) if request.values["moves"] and values.shape[2] > 2 else (False,)
    fixed = tuple(FixedKernels.fit(values, lengths, moves, round(share * wanted / len(views)), rng) for moves in views if wanted)
    competing = tuple(
        CompetingKernels.draw(values.shape[1], values.shape[2], moves, max(1, round(share * groups / len(views))), rng)
        for moves in views
        if groups
    )
    kernels = Kernels(values.shape[1], values.shape[2], fixed, competing)
    both: tuple[FixedKernels | CompetingKernels, ...] = (*fixed, *competing)
    return kernels, np.concatenate([kernel.transform(values[:rows], lengths[:rows]) for kernel in both], axis=1)


def _scales(figures: np.ndarray, kernels: Kernels) -> tuple[np.ndarray, np.ndarray]:
    """Return means, and one over the spreads; a figure that is nearly always zero, or never changes, counts little or nothing."""
    means, spreads = figures.mean(axis=0), figures.std(axis=0)
    counted = sum(kernel.width for kernel in kernels.fixed)
    sparse = np.zeros(figures.shape[1])
    sparse[counted:] = (figures[:, counted:] == 0).mean(axis=0) ** 4
    still = spreads < 1e-6
    return means.astype(np.float32), np.where(still, 0.0, 1 / (spreads + sparse + 1e-8)).astype(np.float32)


def load(folder: Path) -> SequenceKernels:
    """Return the model that `save` wrote."""
    return storage.load(folder, "model", SequenceKernels)


FAMILY = Family(
    name="sequence_kernels",
    title="Ridge on random convolutions",
    group="classic",
    tasks=frozenset({"binary", "multiclass", "regression"}),
    declare_space=declare_space,
    fit=fit,
    load=load,
    why="Sees short shapes wherever they stand, at many widths: among the most accurate on series, for seconds of work.",
)
