"""What families that look at figures of series share: the same rows with numbers in place of the series."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from automl_assist.models._family import FitRequest, Model
from automl_assist.preprocessing import Features
from automl_assist.preprocessing.series import BLOCK

Figures = Callable[[Features], tuple[np.ndarray, tuple[str, ...]]]


@dataclass(frozen=True)
class OnFigures:
    """A model of tables that sees a series as figures; what it saves is the model alone."""

    model: Model
    figures: Figures

    def predict(self, features: Features) -> np.ndarray:
        """Return probabilities of shape (n, k), or values of shape (n,)."""
        return self.model.predict(with_figures(features, self.figures))

    def save(self, folder: Path) -> None:
        """Write the model into the existing empty `folder`."""
        self.model.save(folder)

    def facts(self) -> dict[str, Any]:
        """Return what the model says of itself."""
        return self.model.facts()


def with_figures(features: Features, figures: Figures) -> Features:
    """Return the rows with figures of the series as further numbers, and without the series."""
    matrix, names = figures(features)
    numbers = np.ascontiguousarray(np.column_stack([features.numbers, matrix]), dtype=np.float32)
    blocks = {name: block for name, block in features.blocks.items() if name != BLOCK}
    return replace(features, numbers=numbers, number_names=(*features.number_names, *names), blocks=blocks)


def request_with_figures(request: FitRequest, figures: Figures) -> FitRequest:
    """Return the same fit for rows with figures."""
    return replace(
        request,
        features=with_figures(request.features, figures),
        valid_features=with_figures(request.valid_features, figures),
    )
