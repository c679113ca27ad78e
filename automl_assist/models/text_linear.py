"""Logistic or ridge regression on TF-IDF of words and of letters."""

from __future__ import annotations

from pathlib import Path

from automl_assist.models._declare import declare
from automl_assist.models._family import Family, FitRequest, SearchSpace
from automl_assist.models._ngram_linear import NgramLinear, fit_ngrams, settle
from automl_assist.preprocessing import storage
from automl_assist.schema import Problem


def declare_space(hp: SearchSpace, problem: Problem) -> None:
    """Declare whether n-grams are counted; the penalty is found in the fit."""
    declare("text_linear", hp, problem)


def fit(request: FitRequest) -> NgramLinear:
    """Fit along a path of penalties and keep what does best on the held-out rows."""
    return fit_ngrams(request, binary=bool(request.values["binary"]))


def load(folder: Path) -> NgramLinear:
    """Return the model that `save` wrote."""
    return storage.load(folder, "model", NgramLinear)


FAMILY = Family(
    name="text_linear",
    title="Linear model of words and letters",
    group="classic",
    tasks=frozenset({"binary", "multiclass", "regression"}),
    declare_space=declare_space,
    fit=fit,
    load=load,
    settle=settle,
    why="One weight for each word, pair of words and run of letters: the yardstick for texts, in any language.",
)
