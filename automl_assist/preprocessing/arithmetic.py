"""Numbers made of two others."""

from __future__ import annotations

import numpy as np

OPERATIONS = ("*", "/", "-", "+")


def made_of(first: np.ndarray, operation: str, second: np.ndarray) -> np.ndarray:
    """Return a number made of two others, float64; NaN where one is missing or divided by zero."""
    first, second = np.asarray(first, np.float64), np.asarray(second, np.float64)
    with np.errstate(all="ignore"):
        if operation == "/":
            return np.where(second == 0, np.nan, first / np.where(second == 0, 1.0, second))
        return first * second if operation == "*" else first - second if operation == "-" else first + second
