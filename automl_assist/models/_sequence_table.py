"""What families that look at figures of series share: the same rows with numbers in place of the series."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from automl_assist.models._family import FitRequest
from automl_assist.preprocessing import Features
from automl_assist.preprocessing.series import BLOCK

Figures = Callable[[Features], tuple[np.ndarray, tuple[str, ...]]]


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
