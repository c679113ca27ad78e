"""A bag of words and pairs of words with learned vectors, in Keras, after fastText (Joulin et al. 2017)."""

from __future__ import annotations

from automl_assist.models._declare import declare
from automl_assist.models._family import Family, FitRequest, SearchSpace
from automl_assist.models._text_network import Reading, TextNetwork, fit_network, load
from automl_assist.schema import Problem

READING = Reading(kind="bag", unknown=False)


def declare_space(hp: SearchSpace, problem: Problem) -> None:
    """Declare what text networks vary; all but the sizes need no new compilation."""
    declare("text_bag", hp, problem)


def fit(request: FitRequest) -> TextNetwork:
    """Encode, train, and keep the best epoch."""
    return fit_network(request, READING)


FAMILY = Family(
    name="text_bag",
    title="Bag of word vectors (Keras)",
    group="neural",
    tasks=frozenset({"binary", "multiclass", "regression"}),
    declare_space=declare_space,
    fit=fit,
    load=load,
    why="Learns which words mean the same for the question, and reads numbers and categories beside them.",
    requires=("keras", "jax"),
)
