"""Intervals for numbers from errors on held-out rows."""

from __future__ import annotations

import numpy as np


def residual_quantiles(y: np.ndarray, prediction: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """Return the absolute error that holds a share `levels` of held-out rows, with the finite-sample rank.

    With rank ``ceil((n + 1) * level)`` a new row lies inside with at least that probability when it is drawn as the others
    were (Barber et al. 2021; the fold models are averaged here, so the guarantee holds approximately).

    Parameters
    ----------
    y, prediction : ndarray of shape (n,)
    levels : ndarray of shape (m,)
        Shares between 0 and 1.

    Returns
    -------
    ndarray of shape (m,)
    """
    errors = np.sort(np.abs(y - prediction))
    ranks = np.ceil((len(errors) + 1) * levels).astype(int)
    return errors[np.clip(ranks, 1, len(errors)) - 1]
