"""A number to predict with a long tail.

A few huge values then decide the squared error, and a model that fits them is worse on all others. An error that grows evenly, or
learning the logarithm, keeps them in their place.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from automl_assist.checks._check import Check, CheckContext, Hit
from automl_assist.checks._rows import examples
from automl_assist.checks._wording import counted, named, share

FEWEST_ROWS = 30
SKEW = 3.0  # an exponential distribution has 2
FAR = 10.0  # interquartile ranges from the median; a normal distribution has none in 10^40


def _find(context: CheckContext) -> Iterator[Hit]:
    profile = context.profile
    name = profile.target.name if profile.target else None
    if name is None or name not in context.typed or profile.task is None or profile.task.name not in ("regression", "count"):
        return
    if context.values[name].dtype.kind not in "fiu":
        return
    values = context.values[name]
    present = np.isfinite(values)
    if present.sum() < FEWEST_ROWS:
        return
    low, middle, high = np.quantile(values[present], (0.25, 0.5, 0.75))
    far = np.flatnonzero(present & (np.abs(values - middle) > FAR * (high - low))) if high > low else np.array([], int)
    skew = _skewness(values[present])
    if not len(far) and abs(skew) < SKEW:
        return
    tail = f"a skewness of {skew:.1f}" if abs(skew) >= SKEW else "values far out"
    outliers = (
        f"; {counted(len(far), 'value')} ({share(len(far), int(present.sum()))}) {'lies' if len(far) == 1 else 'lie'} more than {FAR:.0f} "
        "interquartile ranges from the median"
        if len(far)
        else ""
    )
    message = f"The target {named(name)} has a long tail, with {tail} in {counted(int(present.sum()), 'row')}{outliers}."
    yield Hit(message, (name,), examples(context, far), "--metric mae")


def _skewness(values: np.ndarray) -> float:
    scale = np.abs(values).max() or 1.0  # squares of huge numbers overflow
    centred = values / scale - (values / scale).mean()
    spread = centred.std()
    return float((centred**3).mean() / spread**3) if spread > np.finfo(float).tiny ** (1 / 4) else 0.0


CHECK = Check("F306", "Target with a long tail", "info", _find)
