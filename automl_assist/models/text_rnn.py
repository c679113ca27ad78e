"""A gated recurrent network that reads the words both ways, in Keras, after Cho et al. (2014)."""

from __future__ import annotations

from automl_assist.models._declare import declare
from automl_assist.models._family import Family, FitRequest, SearchSpace
from automl_assist.models._text_network import Reading, TextNetwork, fit_network, load
from automl_assist.schema import Problem

READING = Reading(kind="recurrent", unknown=True)


def declare_space(hp: SearchSpace, problem: Problem) -> None:
    """Declare what text networks vary; all but the sizes need no new compilation."""
    declare("text_rnn", hp, problem)


def fit(request: FitRequest) -> TextNetwork:
    """Encode, train, and keep the best epoch."""
    return fit_network(request, READING)


FAMILY = Family(
    name="text_rnn",
    title="Recurrent network over words (Keras)",
    group="neural",
    tasks=frozenset({"binary", "multiclass", "regression"}),
    declare_space=declare_space,
    fit=fit,
    load=load,
    why="Reads a text from both ends: worth its cost on many short texts whose order matters.",
    requires=("keras", "jax"),
)
