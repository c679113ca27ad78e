"""Model families, one a file: each declares its space, and how to fit and load; `rules` has the ranges and the proven settings.

To add one, copy a neighbour, define ``FAMILY``, name its hyper-parameters and settings in `rules._spaces` and `rules._portfolios`, and run
``pytest tests/contracts/test_every_family.py``.
"""

from __future__ import annotations

import sys

from automl_assist._registry import collect
from automl_assist.models._declare import proven
from automl_assist.models._family import Family, FitRequest, Model

__all__ = ["Family", "FitRequest", "Model", "families", "proven"]


def families() -> dict[str, Family]:
    """Return every family by its name."""
    return collect(sys.modules[__name__], Family, key="name")
