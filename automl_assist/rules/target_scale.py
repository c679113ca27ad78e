"""Whether some candidates learn the logarithm of the target."""

from __future__ import annotations

from collections.abc import Iterator

from automl_assist.rules._rule import ORDINARY, SPECIAL, Choice, Decided, Rule
from automl_assist.rules.columns import TABLES
from automl_assist.rules.metric import target_spread
from automl_assist.schema import Facts, Rejected

SCALES_OF_TARGET = ("as it is", "as it is, and its logarithm")
LONG_TAIL = 2.0  # one value in twenty is that many times the median: seldom so where values lie evenly around their middle


def offers_logs(decided: Decided) -> bool:
    """Whether candidates may learn the logarithm."""
    return bool(decided.get("target_scale", SCALES_OF_TARGET[0]) != SCALES_OF_TARGET[0])


def _as_it_is(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if decided["task"] == "regression" and facts.profile.modality.name in TABLES:
        spread = target_spread(facts)
        said = "it has values below zero, or a median of zero" if spread is None else f"its upper values are {spread:.3g} times the median"
        yield Choice(
            SCALES_OF_TARGET[0],
            f"{said}: errors are alike all over it, or there is no logarithm",
            {"upper_to_median": spread},
            (Rejected(SCALES_OF_TARGET[1], "it would give small values a weight that the metric does not"),),
            f"without values below zero, and from {LONG_TAIL:g} times the median for the 95 % quantile, its logarithm would be tried too",
        )


def _long_tail(facts: Facts, decided: Decided) -> Iterator[Choice]:
    spread = target_spread(facts)
    if decided["task"] == "regression" and facts.profile.modality.name in TABLES and spread is not None and spread >= LONG_TAIL:
        yield Choice(
            SCALES_OF_TARGET[1],
            f"its upper values are {spread:.3g} times the median: what makes it larger may multiply rather than add, so that some "
            "candidates learn its logarithm, and the ensemble keeps what is better on the scale of the target",
            {"upper_to_median": spread},
            (Rejected("its logarithm alone", "as often it is worse: where effects add up, the exponential overshoots"),),
            f"below {LONG_TAIL:g} times the median it would be learned as it is; it has {spread:.3g}",
        )


AS_IT_IS = Rule("R475", "The target as it is", "target_scale", ORDINARY, _as_it_is, ("Duan 1983",), when="values are predicted")
LOGS_TOO = Rule(
    "R476",
    "The logarithm of a target with a long tail",
    "target_scale",
    SPECIAL,
    _long_tail,
    ("Duan 1983",),
    when=f"values are above zero and one in twenty is {LONG_TAIL:g} times the median",
)
