"""The target as arrays that many columns can be held against at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from automl_assist.checks._check import CheckContext
from automl_assist.checks._rows import sample
from automl_assist.schema import CLASSIFICATION

GOAL_ROWS = 20_000  # a share of 1 % stands on 200 rows then
MOST_CLASSES = 200


@dataclass(frozen=True)
class Goal:
    """The target of the rows that have one.

    Attributes
    ----------
    rows : (n,) array of int
        Positions in the table, rising; a seeded sample of a long table.
    values : (n,) array of float
        Numbers, or codes of classes.
    classes : bool
        Whether they are codes.
    """

    name: str
    rows: np.ndarray
    values: np.ndarray
    classes: bool

    @property
    def one_hot(self) -> np.ndarray:
        """A column for each class, (n, k)."""
        return np.eye(int(self.values.max()) + 1, dtype=np.float32)[self.values.astype(int)]


def average_ranks(values: np.ndarray) -> np.ndarray:
    """Return the ranks of numbers, of shape (n,), ties sharing their mean; by pandas, since scipy.stats takes half a second to come."""
    return pd.Series(values).rank().to_numpy()


def goal_of(context: CheckContext, *, fewest: int, most: int = GOAL_ROWS) -> Goal | None:
    """Return the target as numbers or codes, or None where there is none, or too few rows have it."""
    profile = context.profile
    name = profile.target.name if profile.target else None
    if name is None or name not in context.typed:
        return None
    rows = np.flatnonzero(context.typed[name].notna().to_numpy())
    if len(rows) < fewest:
        return None
    rows = rows[sample(len(rows), most)]
    held = context.typed[name].iloc[rows]
    classes = (profile.task is not None and profile.task.name in CLASSIFICATION) or held.dtype.kind not in "fiu"
    if classes:
        codes, values = pd.factorize(held.to_numpy(), sort=False)
        return Goal(name, rows, codes.astype(float), True) if 2 <= len(values) <= MOST_CLASSES else None
    numbers = held.to_numpy(float)
    return Goal(name, rows, numbers, False) if np.ptp(numbers) > 0 else None
