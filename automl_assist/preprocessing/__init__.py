"""From typed columns to arrays: coding learned once, encoders fitted inside each fold."""

from automl_assist.preprocessing.coding import Coding
from automl_assist.preprocessing.features import Features

__all__ = ["Coding", "Features"]
