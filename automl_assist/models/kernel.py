"""Kernel ridge regression: a row is answered by the training rows that are like it. For few rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from automl_assist.models._declare import declare
from automl_assist.models._family import Family, FitRequest, SearchSpace
from automl_assist.models._logged import fitting, loading, without_logs
from automl_assist.models._selection import Clock, penalties_along, softmax, with_absent_classes
from automl_assist.preprocessing import Features, storage
from automl_assist.preprocessing.choices import Choices
from automl_assist.preprocessing.encoders import NetworkEncoder, NetworkRows
from automl_assist.rules.classic import KERNEL
from automl_assist.schema import Problem

SHARPNESSES = 30  # that are tried, from answers as they are to the sharpest that the plan allows
PLATT_STEPS = 25  # of Newton; some five are enough
CHUNK = 2_000  # rows predicted at a time, which bounds the memory
KERNELS = ("gaussian", "laplace")


@dataclass(frozen=True)
class Kernel:
    """Weights of training rows, and the encoder before them.

    Attributes
    ----------
    encoder
        As of networks.
    dense, codes
        The training rows as it gives them: float32 of shape (m, w), and int32 slots of embedded categories of shape (m, q).
    weights, centre
        float64 of shapes (m, outputs) and (outputs,).
    kernel, width
        ``gaussian`` or ``laplace``, and the squared distance at which it has fallen to 1 / e.
    slope, offset
        Of the logit of the second of two classes; the slope alone sharpens the answers for more.
    least, most
        Of the target: values stay within.
    present, n_classes, rows
        Codes of the classes in the fold, number of all classes (0 for values), training rows.
    penalty, reach
        What was chosen.
    """

    encoder: NetworkEncoder
    dense: np.ndarray
    codes: np.ndarray
    weights: np.ndarray
    centre: np.ndarray
    kernel: str
    width: float
    slope: float
    offset: float
    least: float
    most: float
    present: np.ndarray
    n_classes: int
    rows: int
    penalty: float
    reach: float

    def __post_init__(self) -> None:
        """Hold the weights to the rows and the classes; ValueError where they do not fit."""
        numbers, plain, levels = self.encoder.widths
        shapes = (self.dense.shape, self.codes.shape, self.weights.shape)
        if shapes != ((len(self.dense), numbers + plain), (len(self.dense), len(levels)), (len(self.dense), len(self.centre))):
            raise ValueError("the weights of a kernel machine do not fit its rows")
        if self.kernel not in KERNELS or not self.width > 0:
            raise ValueError(f"{self.kernel!r} of width {self.width} is no kernel")
        if len(self.present) != (len(self.centre) if self.n_classes else 0):
            raise ValueError("the outputs of a kernel machine do not fit its classes")
        if len(self.present) and not 0 <= self.present.min() <= self.present.max() < self.n_classes:
            raise ValueError("a kernel machine knows a class that is not there")

    def predict(self, features: Features) -> np.ndarray:
        """Return probabilities of shape (n, k), or values of shape (n,)."""
        dense, codes = _arrays(self.encoder.transform(features))
        outputs = np.empty((len(dense), len(self.centre)))
        for start in range(0, len(dense), CHUNK):
            rows = slice(start, start + CHUNK)
            distance = squared_distances(dense[rows], codes[rows], self.dense, self.codes)
            outputs[rows] = similarity(self.kernel, distance, self.width) @ self.weights + self.centre
        if not self.n_classes:
            return np.clip(outputs[:, 0], self.least, self.most)
        return with_absent_classes(_probabilities(outputs, self.slope, self.offset), self.present, self.n_classes, self.rows)

    def save(self, folder: Path) -> None:
        """Write the model into the existing empty `folder`."""
        storage.save(folder, "model", self)

    def facts(self) -> dict[str, Any]:
        """Return the penalty and the reach taken, and how many rows are kept."""
        return {"penalty": self.penalty, "reach": self.reach, "rows_kept": len(self.dense)}


def declare_space(hp: SearchSpace, problem: Problem) -> None:
    """Declare the shape of the kernel, its reach, and whether the fit chooses the reach by itself."""
    declare("kernel", hp, problem, without=without_logs(problem))


def fit(request: FitRequest) -> Kernel:
    """Solve for every penalty at once at each reach, and keep what errs least on rows left out one by one."""
    clock = Clock.start(request.seconds)
    problem, target = request.problem, np.asarray(request.target)
    details = {**KERNEL, **problem.settings.get("kernel.details", {})}
    chosen = np.sort(np.random.default_rng(request.seed).permutation(len(target))[: int(details["rows"])])
    encoder, encoded = NetworkEncoder.fit(request.features, target, problem.n_classes, request.seed, Choices("network", problem.settings))
    dense, codes = _arrays(encoded.take(chosen))
    target = target[chosen]
    present = np.unique(target).astype(np.int64) if problem.is_classification else np.zeros(0, np.int64)
    wanted = (target[:, None] == present).astype(np.float64) if problem.is_classification else target.astype(np.float64)[:, None]
    centre, spread = wanted.mean(axis=0), float(wanted.std()) or 1.0
    distance = squared_distances(dense, codes, dense, codes)
    middle = float(np.median(distance)) or 1.0
    reaches = details["reaches"] if request.values["choose_reach"] else (float(request.values["reach"]),)
    kernel = str(request.values["kernel"])
    solved = _path(kernel, distance, middle, (wanted - centre) / spread, reaches, penalties_along(details)[::-1], clock)
    _, reach, penalty, weights, left_out = min(solved, key=lambda one: one[0])
    slope, offset = _sharpened(left_out * spread + centre, target, present, float(details["sharpest"])) if len(present) else (1.0, 0.0)
    return Kernel(
        encoder, dense, codes, weights * spread, centre, kernel, middle * reach, slope, offset, float(wanted.min()), float(wanted.max()),
        present, problem.n_classes, len(request.target), penalty, reach,
    )  # fmt: skip


Solved = tuple[float, float, float, np.ndarray, np.ndarray]


def _path(
    kernel: str,
    distance: np.ndarray,
    middle: float,
    wanted: np.ndarray,
    reaches: Sequence[float],
    penalties: Sequence[float],
    clock: Clock,
) -> Iterator[Solved]:
    """Yield error, reach, penalty, weights and left-out predictions; the first reach in any case, the others while there is time.

    One eigendecomposition serves all penalties; what a row would be answered without it follows from the diagonal of the inverse
    (Rasmussen and Williams 2006, section 5.4.2).
    """
    slowest = 0.0
    for reach in reaches:
        before = clock.elapsed
        values, vectors = np.linalg.eigh(similarity(kernel, distance, middle * reach))
        projected, squares = vectors.T @ wanted, vectors**2
        for penalty in penalties:
            inverse = 1 / (np.maximum(values, 0.0) + penalty)
            weights = vectors @ (inverse[:, None] * projected)
            left_out = wanted - weights / (squares @ inverse)[:, None]
            yield float(((left_out - wanted) ** 2).mean()), reach, penalty, weights, left_out
        slowest = max(slowest, clock.elapsed - before)
        if clock.left < slowest:
            return


def squared_distances(dense: np.ndarray, codes: np.ndarray, others: np.ndarray, other_codes: np.ndarray) -> np.ndarray:
    """Return squared distances, float64 of shape (n, m); a slot counts as a column of 0 and 1, slot 0 as none."""
    left, right = dense.astype(np.float64), others.astype(np.float64)
    distance = (left**2).sum(axis=1)[:, None] + (right**2).sum(axis=1) - 2 * left @ right.T
    for one, other in zip(codes.T, other_codes.T, strict=True):
        there, also = (one > 0).astype(np.float64), (other > 0).astype(np.float64)
        distance += there[:, None] + also - 2.0 * ((one[:, None] == other) & (one[:, None] > 0))
    return np.maximum(distance, 0.0)


def similarity(kernel: str, distance: np.ndarray, width: float) -> np.ndarray:
    """Return what a kernel makes of squared distances: 1 at none, 1 / e at `width`."""
    scaled = distance / width
    return np.exp(-np.sqrt(scaled) if kernel == "laplace" else -scaled)


def _arrays(rows: NetworkRows) -> tuple[np.ndarray, np.ndarray]:
    return np.concatenate([rows.numbers, rows.plain], axis=1), rows.codes


def _probabilities(outputs: np.ndarray, slope: float, offset: float) -> np.ndarray:
    if outputs.shape[1] == 2:
        return softmax(np.column_stack([np.zeros(len(outputs)), slope * outputs[:, 1] + offset]))
    return softmax(slope * outputs)


def _sharpened(outputs: np.ndarray, target: np.ndarray, present: np.ndarray, sharpest: float) -> tuple[float, float]:
    """Return slope and offset with the least log loss on left-out predictions: Platt's for two classes, a slope for more."""
    if len(present) == 2:
        return _platt(outputs[:, 1], target == present[1])
    doubt = len(present) / (len(target) + len(present))  # one row of each class that is not there: no answer becomes too sure
    wanted = (1 - doubt) * (target[:, None] == present) + doubt / len(present)

    def loss(slope: float) -> float:
        return -float((wanted * np.log(np.maximum(_probabilities(outputs, slope, 0.0), 1e-12))).sum(axis=1).mean())

    return min(np.geomspace(1.0, sharpest, SHARPNESSES).tolist(), key=loss), 0.0


def _platt(scores: np.ndarray, second: np.ndarray) -> tuple[float, float]:
    """Return slope and offset of a logistic curve through scores, by Newton's steps, slightly held back; never falling."""
    counts = second.sum(), (~second).sum()
    wanted = np.where(second, (counts[0] + 1) / (counts[0] + 2), 1 / (counts[1] + 2))  # Platt's targets
    design = np.column_stack([scores, np.ones(len(scores))])
    found = np.array([4.0, -2.0])
    for _ in range(PLATT_STEPS):
        chance = 1 / (1 + np.exp(-np.clip(design @ found, -30, 30)))
        curvature = design.T @ (design * (chance * (1 - chance))[:, None]) + 1e-3 * np.eye(2)
        found = found - np.linalg.solve(curvature, design.T @ (chance - wanted) + 1e-3 * found)
        found = np.clip(found, -60.0, 60.0)
    return max(float(found[0]), 0.0), float(found[1])


def load(folder: Path) -> Kernel:
    """Return the model that `save` wrote."""
    return storage.load(folder, "model", Kernel)


FAMILY = Family(
    name="kernel",
    title="Kernel machine",
    group="classic",
    tasks=frozenset({"binary", "multiclass", "regression"}),
    declare_space=declare_space,
    fit=fitting(fit),
    load=loading(load),
    why="Answers by likeness to the training rows: smooth, quick on few rows, and unlike trees.",
)
