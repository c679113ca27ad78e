"""A network with weights from elsewhere whose last layers learn on from the linear head that was found on its frozen answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from automl_assist.models import image_backbone
from automl_assist.models._declare import declare
from automl_assist.models._family import Family, FitRequest, SearchSpace
from automl_assist.models._image_features import beside_columns, shifts
from automl_assist.models._network import loss_of, objective, sharpness_of
from automl_assist.models._ridge_head import RidgeHead
from automl_assist.models._selection import Clock, selection_loss
from automl_assist.models.image_backbone import BackboneModel
from automl_assist.preprocessing import Features, storage
from automl_assist.preprocessing.pictures import pictures_of
from automl_assist.rules.backbone import usual_tuning
from automl_assist.schema import Problem

if TYPE_CHECKING:
    from automl_assist.nn.fine_tuning import Head, Seen, TuningRecipe


@dataclass(frozen=True)
class FineTunedModel:
    """The network as it was kept, with its head, and what happened; epoch 0 is that of the frozen one."""

    seen_with: BackboneModel
    epochs: int
    best_epoch: int
    stopped: str
    seconds_an_epoch: float

    def predict(self, features: Features) -> np.ndarray:
        """Return probabilities of shape (n, k), or values of shape (n,)."""
        model = self.seen_with
        if not self.best_epoch:
            return model.predict(features)
        from automl_assist.nn.fine_tuning import features_of

        # of each fold its own network: nothing that others could use again, so nothing is kept
        return model.head.predict(features_of(model.name, model.weights, _seen(model, features), model.mirror))

    def save(self, folder: Path) -> None:
        """Write the model into the existing empty `folder`."""
        storage.save(folder, "model", self)

    def facts(self) -> dict[str, Any]:
        """Return what the frozen one says, the epochs done, the best one and why training stopped."""
        happened = {"epochs": self.epochs, "best_epoch": self.best_epoch, "stopped": self.stopped}
        return {**self.seen_with.facts(), **happened, "seconds_an_epoch": self.seconds_an_epoch}


def declare_space(hp: SearchSpace, problem: Problem) -> None:
    """Declare what fine-tuning varies."""
    declare("image_fine_tuned", hp, problem)


def fit(request: FitRequest) -> FineTunedModel:
    """Fit the frozen one, and let its last layers learn on for as long as there is time; ValueError where the plan names no backbone."""
    problem = request.problem
    chosen = {**usual_tuning(), **problem.settings.get("image.fine_tuning", {})}
    # a fold takes no more than its share, so that all of them are fitted: one that learned longer would be no use to the ensemble
    seconds = None if request.seconds is None else min(request.seconds, chosen["fold_seconds"] or request.seconds)
    clock = Clock.start(seconds)
    frozen = image_backbone.fit(replace(request, seconds=seconds))
    sees = pictures_of(request.features).shape[2] and len(request.valid_target) and frozen.head.tried
    if not sees or clock.left < chosen["start_seconds"]:
        return FineTunedModel(frozen, 0, 0, "too little time to start" if sees else "nothing to learn from", 0.0)
    from automl_assist.nn.fine_tuning import fine_tune

    outputs = _Outputs.of(frozen.head, request)
    tuned = fine_tune(
        frozen.name,
        frozen.weights,
        outputs.first_head(),
        _seen(frozen, request.features),
        outputs.learned(request.target),
        _seen(frozen, request.valid_features),
        outputs.judge,
        selection_loss(problem, request.valid_target, frozen.predict(request.valid_features)),
        _recipe(request, chosen, frozen),
        seed=request.seed,
        seconds=None if seconds is None else clock.left,
    )
    kept = frozen
    if tuned.best_epoch:
        kept = replace(frozen, weights=tuned.weights, head=outputs.last_head(tuned.head, tuned.held_out))
    return FineTunedModel(kept, tuned.epochs, tuned.best_epoch, tuned.stopped, tuned.seconds_an_epoch)


def _recipe(request: FitRequest, chosen: Mapping[str, Any], frozen: BackboneModel) -> TuningRecipe:
    from automl_assist.nn.fine_tuning import TuningRecipe

    problem = request.problem
    loss = loss_of(problem, request.target)
    if loss in ("poisson", "log_squared"):
        loss = "squared"  # the head was found on the values themselves
    details = objective(problem, loss, request.target)
    if details["class_weights"]:
        details["class_weights"] = tuple(details["class_weights"][k] for k in frozen.head.present)
    return TuningRecipe(
        **details,
        layers=float(chosen["layers"]),
        epochs=int(chosen["epochs"]),
        batch_size=int(chosen["batch_size"]),
        learning_rate=float(request.values["learning_rate"]),
        weight_decay=float(request.values["weight_decay"]),
        warm_up=float(chosen["warm_up"]),
        mirror=frozen.mirror,
        shift=shifts(problem),
    )


def _seen(model: BackboneModel, features: Features) -> Seen:
    from automl_assist.nn.fine_tuning import Seen

    return Seen(pictures_of(features), beside_columns(model.beside, features))


@dataclass(frozen=True)
class _Outputs:
    """From the outputs of a ridge head to those that a network learns, logits or values of mean 0 and spread 1, and back."""

    ridge: RidgeHead
    problem: Problem
    centre: float
    spread: float
    valid_target: np.ndarray

    @classmethod
    def of(cls, ridge: RidgeHead, request: FitRequest) -> _Outputs:
        if ridge.n_classes:
            return cls(ridge, request.problem, 0.0, 1 / ridge.sharpness, request.valid_target)
        values = np.asarray(request.target, np.float64)
        return cls(ridge, request.problem, float(values.mean()), float(values.std()) or 1.0, request.valid_target)

    def first_head(self) -> Head:
        from automl_assist.nn.fine_tuning import Head

        ridge = self.ridge
        kernel, bias = ridge.weights / self.spread, (ridge.intercepts - self.centre) / self.spread
        return Head(ridge.centre, ridge.scale, kernel.astype(np.float32), bias.astype(np.float32))

    def learned(self, target: np.ndarray) -> np.ndarray:
        """Return the target as the loss sees it."""
        return np.searchsorted(self.ridge.present, target) if self.ridge.n_classes else (target - self.centre) / self.spread

    def judge(self, outputs: np.ndarray) -> tuple[float, float]:
        """Return how good outputs are for the held-out rows, once they are calibrated."""
        answers = self._sharpened(outputs).answer(outputs if self.ridge.n_classes else outputs * self.spread + self.centre)
        return selection_loss(self.problem, self.valid_target, answers)

    def last_head(self, head: Head, held_out: np.ndarray) -> RidgeHead:
        """Return a ridge head with what was learned, calibrated on its outputs for the held-out rows."""
        if self.ridge.n_classes:
            return replace(self._sharpened(held_out), weights=head.kernel, intercepts=head.bias)
        return replace(self.ridge, weights=head.kernel * np.float32(self.spread), intercepts=head.bias * self.spread + self.centre)

    def _sharpened(self, logits: np.ndarray) -> RidgeHead:
        if not self.ridge.n_classes:
            return self.ridge
        inside = np.isin(self.valid_target, self.ridge.present)
        known = np.searchsorted(self.ridge.present, self.valid_target[inside])
        return replace(self.ridge, sharpness=sharpness_of(self.problem, known, logits[inside]))


def load(folder: Path) -> FineTunedModel:
    """Return the model that `save` wrote."""
    return storage.load(folder, "model", FineTunedModel)


FAMILY = Family(
    name="image_fine_tuned",
    title="Pretrained network, fine-tuned",
    group="neural",
    tasks=frozenset({"binary", "multiclass", "regression"}),
    declare_space=declare_space,
    fit=fit,
    load=load,
    why="Goes on learning from your pictures what it has learned from others; only asked for by name, with --pretrained.",
    requires=("keras", "jax"),
)
