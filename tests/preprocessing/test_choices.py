"""What a plan says of a column is what the encoders do with it."""

from __future__ import annotations

import numpy as np
import pytest

from automl_assist.preprocessing.choices import Choices
from automl_assist.preprocessing.scaling import ScaledNumbers
from automl_assist.preprocessing.texts import TextVectors

NUMBERS = np.array([[1.0, 10.0], [2.0, np.nan], [3.0, 30.0], [4.0, 40.0], [100.0, 50.0]], np.float32)


def _scaled(**said) -> np.ndarray:
    settings = {f"columns.{topic}": {"b": value} for topic, value in said.items()}
    return ScaledNumbers.fit(NUMBERS, ("a", "b: month"), Choices("linear", settings)).transform(NUMBERS)


def test_each_scale_does_what_it_says():
    there = ~np.isnan(NUMBERS[:, 1])
    standard = _scaled(scale={"linear": "standard"})[there, 1]
    assert standard.mean() == pytest.approx(0, abs=1e-6) and standard.std() == pytest.approx(1, abs=1e-6)
    extent = _scaled(scale={"linear": "range"})[there, 1]
    assert (extent.min(), extent.max()) == (0, 1)
    assert _scaled(scale={"linear": "none"})[there, 1].tolist() == [10, 30, 40, 50]
    ranks = _scaled(scale={"linear": "quantile"})[there, 1]
    assert (np.diff(ranks) > 0).all() and ranks[0] == pytest.approx(-ranks[-1])
    assert np.allclose(_scaled(scale={"linear": "standard"})[:, 0], _scaled()[:, 0]), "the other column is as it was"


@pytest.mark.parametrize(("fill", "value"), [("median", 35.0), ("mean", 32.5), ("zero", 0.0)])
def test_each_fill_stands_in_for_missing_cells(fill, value):
    assert _scaled(scale={"linear": "none"}, missing={"fill": fill})[1, 1] == pytest.approx(value)


def test_a_flag_can_be_left_out():
    assert ScaledNumbers.fit(NUMBERS, ("a", "b"), Choices("linear")).indicators.tolist() == [1]
    said = Choices("linear", {"columns.missing": {"b": {"flag": False}}})
    assert ScaledNumbers.fit(NUMBERS, ("a", "b"), said).indicators.tolist() == []


def test_encodings_are_the_rules_where_the_plan_says_nothing():
    assert Choices("linear").encoding("city", 40) == ("one_hot",)
    assert Choices("linear").encoding("city", 41) == ("target",)
    assert Choices("network").encoding("city", 101) == ("embedding", "target")
    said = {"columns.levels": {"city": {"linear": "ordinal + target", "network": "none"}}}
    assert Choices("linear", said).encoding("city", 3) == ("ordinal", "target")
    assert Choices("network", said).encoding("city", 3) == ()


def test_hashed_terms_are_the_weighed_terms_of_a_vocabulary_without_their_names():
    texts = np.array(["a quick brown fox", "a slow brown bear", "the quick bear", "no fox at all"] * 5, object)
    hashed = TextVectors.fit(texts, 2**16, 0, 0, terms="words", by="hashing")
    named = TextVectors.fit(texts, 2**16, 0, 0, terms="words")
    assert hashed.vocabulary == () and hashed.width == 2**16
    a, b = hashed.terms(texts), named.terms(texts)
    assert np.allclose((a @ a.T).toarray(), (b @ b.T).toarray(), atol=1e-6), "texts are as alike by the one as by the other"
    assert TextVectors.fit(texts, 64, 3, 0, by="hashing").components(texts).shape == (20, 3)
