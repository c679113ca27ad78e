"""Residual convolutions over the steps of series, in Keras, after InceptionTime and LITE."""

from __future__ import annotations

from automl_assist.models._declare import declare
from automl_assist.models._family import Family, FitRequest, SearchSpace
from automl_assist.models._sequence_network import SequenceNetwork, fit_network, load
from automl_assist.schema import Problem


def declare_space(hp: SearchSpace, problem: Problem) -> None:
    """Declare what the network varies; all but the sizes need no new compilation."""
    declare("sequence_cnn", hp, problem)


def fit(request: FitRequest) -> SequenceNetwork:
    """Train, and keep the best epoch."""
    return fit_network(request, "convolution", int(request.values["blocks"]))


FAMILY = Family(
    name="sequence_cnn",
    title="Residual convolutions of series (Keras)",
    group="neural",
    tasks=frozenset({"binary", "multiclass", "regression"}),
    declare_space=declare_space,
    fit=fit,
    load=load,
    why="Learns its own shapes and how they follow one another: gains as series become many.",
    requires=("keras", "jax"),
)
