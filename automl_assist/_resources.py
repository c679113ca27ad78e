"""Where templates and sample data lie: the only module that knows how the project is installed."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def templates_dir() -> Path:
    """Return the folder of HTML templates, from the wheel or from a checkout."""
    return _packaged_or_checkout("_templates", "templates")


def sample_data_dir() -> Path:
    """Return the folder of sample data sets, from the wheel or from a checkout."""
    return _packaged_or_checkout("_sample_data", "sample_data")


def _packaged_or_checkout(packaged: str, checkout: str) -> Path:
    inside = PACKAGE / packaged
    return inside if inside.is_dir() else PACKAGE.parent / checkout
