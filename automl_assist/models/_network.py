"""What networks of every kind share: the loss of the plan, the scale of the target, and the way from outputs to predictions."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from automl_assist.models._family import FitRequest
from automl_assist.models._selection import selection_loss, softmax
from automl_assist.nn.sized import Sized
from automl_assist.rules.network import CLASS_LOSSES, LOSS_DETAILS, TEMPERATURE, VALUE_LOSSES, usual_loss
from automl_assist.schema import Problem

if TYPE_CHECKING:
    from automl_assist.nn.training import Trained

SHARPNESS_STEPS = 12  # halvings of the interval in which the plan looks for it: to some thousandth
CALIBRATED_METRICS = ("log_loss", "brier")  # those that see it
LARGEST_LOG_RATE = 20.0  # as in the loss
# What the topic network.loss_details calls the shape of a loss.
SHAPES = {"focal": "focal_gamma", "huber": "huber_delta", "quantile": "quantile"}
LINKS = ("identity", "log", "log1p")


@dataclass(frozen=True)
class Happened:
    """What `facts` says, and what turns outputs into predictions.

    An output o of values means o * spread + centre, through `link` the exponential of that (``log``), or one less (``log1p``).
    """

    n_classes: int
    link: str
    centre: float
    spread: float
    least: float
    most: float
    sharpness: float
    epochs: int
    best_epoch: int
    stopped: str
    seconds_an_epoch: float

    def __post_init__(self) -> None:
        """Know the link; ValueError for another."""
        if self.link not in LINKS:
            raise ValueError(f"{self.link!r} is no link of a network")


def facts_of(happened: Happened, architecture: Sized) -> dict[str, Any]:
    """Return what every network says of itself: the epochs done, the best one, why training stopped, and the size."""
    return {
        "epochs": happened.epochs,
        "best_epoch": happened.best_epoch,
        "stopped": happened.stopped,
        "seconds_an_epoch": happened.seconds_an_epoch,
        "weights": architecture.weights,
    }


def finished(scale: Happened, problem: Problem, valid_target: np.ndarray, outputs: np.ndarray, trained: Trained) -> Happened:
    """Return the scale of the target with what happened in training, sharpened by the outputs of the held-out rows."""
    return replace(
        scale,
        sharpness=sharpness_of(problem, valid_target, outputs),
        epochs=trained.epochs,
        best_epoch=trained.best_epoch,
        stopped=trained.stopped,
        seconds_an_epoch=trained.seconds_an_epoch,
    )


def answer(outputs: np.ndarray, scale: Happened) -> np.ndarray:
    """Return probabilities, or values on the scale of the target and within what training saw."""
    if scale.n_classes:
        return softmax(outputs * scale.sharpness)
    values = outputs[:, 0] * scale.spread + scale.centre
    if scale.link != "identity":
        values = np.exp(np.clip(values, -LARGEST_LOG_RATE * 2, LARGEST_LOG_RATE * 2)) - (scale.link == "log1p")
    return np.clip(values, scale.least, scale.most)


def judged(problem: Problem, target: np.ndarray, outputs: np.ndarray, scale: Happened) -> tuple[float, ...]:
    """Return how good outputs are for held-out rows, as the plan's metric sees them once they are calibrated.

    A metric that looks at the order or at the likeliest class alone may be at its best by chance after the first epoch, when every
    probability is still near the same. Such outputs do harm among those of other folds and families, so that an epoch whose
    probabilities say more than the shares of the classes comes before every one whose do not.
    """
    if not problem.is_classification:
        return selection_loss(problem, target, answer(outputs, scale))
    sharpness = sharpness_of(problem, target, outputs)
    figures = selection_loss(problem, target, answer(outputs, replace(scale, sharpness=sharpness)))
    if problem.metric in CALIBRATED_METRICS:
        return figures
    shares = np.bincount(target)[target] / max(len(target), 1)
    return float(figures[1] >= -np.log(shares).mean()) if len(target) else 0.0, *figures


def sharpness_of(problem: Problem, target: np.ndarray, logits: np.ndarray) -> float:
    """Return the factor of the logits with the least log loss, within the plan's bounds: its derivative rises, so halve the interval."""
    calibration = {**TEMPERATURE, **problem.settings.get("network.calibration", {})}
    if not problem.is_classification or calibration["kind"] == "none" or not len(target):
        return 1.0
    low, high = float(calibration["least"]), float(calibration["most"])
    of_truth = logits[np.arange(len(target)), target]
    for _ in range(SHARPNESS_STEPS):
        middle = (low + high) / 2
        slope = np.mean((softmax(logits * middle) * logits).sum(axis=1) - of_truth)
        low, high = (low, middle) if slope > 0 else (middle, high)
    return (low + high) / 2


def objective(problem: Problem, loss: str, target: np.ndarray) -> dict[str, Any]:
    """Return what a recipe says of the loss: its name for the training loop, its shape, and the weights of the classes."""
    details = {**LOSS_DETAILS, **problem.settings.get("network.loss_details", {})}
    return {
        "loss": "squared" if loss == "log_squared" else loss,
        "shape": float(details[SHAPES[loss]]) if loss in SHAPES else 0.0,
        "class_weights": class_weights(target, problem.n_classes) if loss == "balanced_cross_entropy" else (),
    }


def class_weights(target: np.ndarray, n_classes: int) -> tuple[float, ...]:
    """Return weights that make all classes of the fold count alike, and the mean row count 1; 1 for a class that it lacks."""
    counts = np.bincount(target, minlength=n_classes)
    present = np.count_nonzero(counts)
    return tuple(float(len(target) / (present * count)) if count else 1.0 for count in counts)


def scale_of(request: FitRequest, loss: str) -> tuple[Happened, np.ndarray]:
    """Return what turns outputs into predictions, and the target as the loss sees it."""
    if request.problem.is_classification:
        return Happened(request.problem.n_classes, "identity", 0.0, 1.0, 0.0, 0.0, 1.0, 0, 0, "", 0.0), request.target
    target = np.asarray(request.target, np.float64)
    least, most = float(target.min()), float(target.max())
    if loss == "poisson":  # outputs are logarithms of multiples of the mean
        mean = float(target.mean())
        return Happened(0, "log", math.log(mean), 1.0, least, most, 1.0, 0, 0, "", 0.0), target / mean
    link = "log1p" if loss == "log_squared" else "identity"
    seen = np.log1p(target) if link == "log1p" else target
    centre, spread = float(seen.mean()), float(seen.std()) or 1.0
    return Happened(0, link, centre, spread, least, most, 1.0, 0, 0, "", 0.0), (seen - centre) / spread


def loss_of(problem: Problem, target: np.ndarray) -> str:
    """Return the loss of the plan; squared where the fold has values that it is not defined for."""
    loss = str(problem.settings.get("network.loss") or usual_loss(problem.is_classification, problem.metric))
    if problem.is_classification:
        return loss if loss in CLASS_LOSSES else "cross_entropy"
    unfit = (loss == "poisson" and (target.min() < 0 or target.sum() <= 0)) or (loss == "log_squared" and target.min() <= -1)
    return "squared" if unfit or loss not in VALUE_LOSSES else loss
