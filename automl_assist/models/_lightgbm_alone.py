"""LightGBM without scikit-learn, which it imports for wrappers that nothing here uses: a second no prediction need wait for."""

from __future__ import annotations

import sys
from typing import Any


def lightgbm_alone() -> Any:
    """Return the module ``lightgbm``; scikit-learn is not imported with it where neither has been imported before.

    LightGBM goes without scikit-learn where that is not installed, and so it is told for as long as its import takes.
    """
    if "lightgbm" in sys.modules or "sklearn" in sys.modules:
        import lightgbm

        return lightgbm
    sys.modules["sklearn"] = None  # type: ignore[assignment]  # Python's own way to say that a module is not to be had
    try:
        import lightgbm
    finally:
        del sys.modules["sklearn"]
    return lightgbm
