"""A convolution over word vectors, in Keras, after Kim (2014)."""

from __future__ import annotations

from automl_assist.models._declare import declare
from automl_assist.models._family import Family, FitRequest, SearchSpace
from automl_assist.models._text_network import Reading, TextNetwork, fit_network, load
from automl_assist.schema import Problem

READING = Reading(kind="convolution", unknown=True)


def declare_space(hp: SearchSpace, problem: Problem) -> None:
    """Declare what text networks vary; all but the sizes need no new compilation."""
    declare("text_cnn", hp, problem)


def fit(request: FitRequest) -> TextNetwork:
    """Encode, train, and keep the best epoch."""
    return fit_network(request, READING)


FAMILY = Family(
    name="text_cnn",
    title="Convolution over words (Keras)",
    group="neural",
    tasks=frozenset({"binary", "multiclass", "regression"}),
    declare_space=declare_space,
    fit=fit,
    load=load,
    why="Sees words in their order, in spans of two to four: complements models that only count.",
    requires=("keras", "jax"),
)
