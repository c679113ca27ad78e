"""A candidate, its fitted folds, and what they came to."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from automl_assist.metrics import Metric
from automl_assist.schema import Trial


@dataclass(frozen=True)
class FittedFold:
    """One fitted fold of a candidate, on disk.

    Attributes
    ----------
    folder
        Holds ``model/``, ``valid.npy``, ``test.npy`` and ``unit.json``.
    score
        Of the held-out rows, natural sign of the metric.
    unit_s
        Seconds that the unit took, with predicting and saving.
    """

    fold: int
    folder: Path
    score: float
    fit_s: float
    predict_ms_per_1000: float
    size_mb: float
    facts: Mapping[str, Any]
    unit_s: float = 0.0

    def valid(self) -> np.ndarray:
        """Return predictions for the held-out rows of the fold."""
        return np.load(self.folder / "valid.npy", allow_pickle=False)

    def test(self) -> np.ndarray:
        """Return predictions for the locked test part."""
        return np.load(self.folder / "test.npy", allow_pickle=False)


@dataclass
class Candidate:
    """A family with hyper-parameters, and how far its folds have come."""

    number: int
    family: str
    title: str
    values: Mapping[str, Any]
    origin: str
    fitted: dict[int, FittedFold] = field(default_factory=dict)
    pending: set[int] = field(default_factory=set)
    dropped: str | None = None  # why no more folds are fitted
    error: str | None = None
    ended_s: float = 0.0
    ticket: Any = None  # of the proposer

    @property
    def name(self) -> str:
        """A short unique name, such as ``lightgbm-3``."""
        return f"{self.family}-{self.number}"

    @property
    def folders(self) -> dict[str, Path]:
        """The folder of each fitted fold, by the name that it has in the model."""
        return {f"fold-{i}": self.fitted[i].folder for i in sorted(self.fitted)}

    @property
    def score(self) -> float:
        """Mean over the fitted folds in which the metric is defined; NaN without any, such as AUC where a class was absent."""
        defined = [f.score for f in self.fitted.values() if math.isfinite(f.score)]
        return float(np.mean(defined)) if defined else math.nan

    def is_complete(self, folds: int) -> bool:
        """Whether every fold has been fitted."""
        return len(self.fitted) == folds

    def loss_on(self, fold: int, metric: Metric) -> float:
        """Return the loss on one fold; infinity where it was not fitted."""
        return metric.loss(self.fitted[fold].score) if fold in self.fitted else math.inf

    def to_trial(self, folds: int, weight: float = 0.0) -> Trial:
        """Return the line of the journal."""
        done = [self.fitted[i] for i in sorted(self.fitted)]
        status = "complete" if self.is_complete(folds) else "partial" if done else "failed" if self.error else "skipped"
        return Trial(
            number=self.number,
            family=self.family,
            title=self.title,
            values=dict(self.values),
            origin=self.origin,
            status=status,
            score=self.score if done else None,
            fold_scores=tuple(f.score for f in done),
            fit_s=float(sum(f.fit_s for f in done)),
            predict_ms_per_1000=float(sum(f.predict_ms_per_1000 for f in done)) if done else None,
            size_mb=float(sum(f.size_mb for f in done)) if done else None,
            weight=weight,
            error=self.error or self.dropped,
            ended_s=self.ended_s,
        )
