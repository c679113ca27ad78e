"""Columns of a table that stand beside the texts or series which a network reads."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from automl_assist.preprocessing import Features
from automl_assist.preprocessing.encoders import NetworkEncoder

WIDTH_STEP = 8  # columns; the number of indicators may differ by a few from fold to fold


def widths(beside: NetworkEncoder) -> tuple[int, tuple[int, ...]]:
    """Return the number of plain columns, rounded up so that folds share a program, and of the levels of each category."""
    numbers, plain, levels = beside.widths
    return WIDTH_STEP * math.ceil((numbers + plain) / WIDTH_STEP), levels


def columns(beside: NetworkEncoder, features: Features) -> dict[str, np.ndarray]:
    """Return ``plain``, float32 of the width above, and ``codes``, of rows without what is read."""
    rows = beside.transform(features)
    plain = np.concatenate([rows.numbers, rows.plain], axis=1).astype(np.float32)
    return {"plain": np.pad(plain, ((0, 0), (0, widths(beside)[0] - plain.shape[1]))), "codes": rows.codes}


def given(inputs: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return the inputs that have columns: those that the network was built with."""
    return {name: array for name, array in inputs.items() if array.shape[1]}
