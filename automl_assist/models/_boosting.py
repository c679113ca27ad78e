"""What boosters of any library share: the loss of values, how long they wait for a better round, and the rate that time allows."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from automl_assist.models._selection import Clock
from automl_assist.rules.classic import usual_boosting_loss
from automl_assist.schema import Problem

TIME_MARGIN = 0.9  # of the time left: rounds grow somewhat slower than the first ones, and the rest is for writing


def value_loss(problem: Problem, target: np.ndarray) -> str:
    """Return the loss of values; squared where the Poisson loss is not defined, since a fold holds a value below zero or zeros alone."""
    loss = str(problem.settings.get("boosting.loss") or usual_boosting_loss(False, problem.metric))
    return "squared" if loss == "poisson" and (target.min() < 0 or target.sum() <= 0) else loss


def patience(ending: Mapping[str, float], rate: float, best_round: int) -> float:
    """Return how many rounds without a better one are waited for, by the plan's ``boosting.stopping``."""
    least, most, share = (ending[f"patience_{name}"] for name in ("least", "most", "share"))
    return min(most, max(least, ending["patience_over_rate"] / rate, share * best_round))


def rate_in_time(clock: Clock, a_round_s: float, rounds_times_rate: float, fastest: float) -> float:
    """Return the learning rate whose rounds fit into the time left: a faster one loses less than stopping a slow one early.

    Parameters
    ----------
    a_round_s : float
        Seconds of a round.
    rounds_times_rate : float
        Learning rate times rounds at the best round of a usual table.
    fastest : float
        Never faster than that.
    """
    return min(fastest, rounds_times_rate / max(1.0, TIME_MARGIN * clock.left / max(a_round_s, 1e-6)))
