"""Forecasting: series on even steps, what carries them on, backtests, intervals, and the ensemble.

To add a kind of forecaster, define a ``Forecaster`` in a file of its own; :func:`forecasters` finds it.
"""

from __future__ import annotations

import sys

from automl_assist._registry import collect
from automl_assist.forecasting._forecaster import Fitted, Forecaster
from automl_assist.forecasting._past import Past

__all__ = ["Fitted", "Forecaster", "Past", "forecasters"]


def forecasters() -> dict[str, Forecaster]:
    """Return every kind of forecaster by its name."""
    return collect(sys.modules[__name__], Forecaster, key="name", several=True)
