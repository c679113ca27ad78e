"""A convolution over word vectors, in Keras, after Kim (2014)."""

from __future__ import annotations

from typing import Any

from automl_assist.models._family import Family, FitRequest, SearchSpace
from automl_assist.models._text_network import Reading, TextNetwork, declare_space, fit_network, load
from automl_assist.schema import Problem

READING = Reading(kind="convolution", lengths=(1,), unknown=True)


def _space(hp: SearchSpace, problem: Problem) -> None:
    declare_space(hp, problem, rate=0.02, dropout=0.5, width=64, features=(64, 32, 128))


def portfolio(problem: Problem) -> tuple[dict[str, Any], ...]:
    """Return the defaults, and a wider one."""
    return ({}, {"learning_rate": 0.03, "features": 128})


def fit(request: FitRequest) -> TextNetwork:
    """Encode, train, and keep the best epoch."""
    return fit_network(request, READING)


FAMILY = Family(
    name="text_cnn",
    title="Convolution over words (Keras)",
    group="neural",
    tasks=frozenset({"binary", "multiclass", "regression"}),
    declare_space=_space,
    portfolio=portfolio,
    fit=fit,
    load=load,
    why="Sees words in their order, in spans of two to four: complements models that only count.",
    requires=("keras", "jax"),
)
