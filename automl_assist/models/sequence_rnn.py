"""A gated recurrent network that reads series both ways, in Keras."""

from __future__ import annotations

from automl_assist.models._declare import declare
from automl_assist.models._family import Family, FitRequest, SearchSpace
from automl_assist.models._sequence_network import SequenceNetwork, fit_network, load
from automl_assist.schema import Problem


def declare_space(hp: SearchSpace, problem: Problem) -> None:
    """Declare what the network varies; all but the width need no new compilation."""
    declare("sequence_rnn", hp, problem)


def fit(request: FitRequest) -> SequenceNetwork:
    """Train, and keep the best epoch."""
    return fit_network(request, "recurrent", 0)


FAMILY = Family(
    name="sequence_rnn",
    title="Gated recurrent network of series (Keras)",
    group="neural",
    tasks=frozenset({"binary", "multiclass", "regression"}),
    declare_space=declare_space,
    fit=fit,
    load=load,
    why="Remembers what came before, however long ago: for series in which the order of events matters more than their shape.",
    requires=("keras", "jax"),
)
