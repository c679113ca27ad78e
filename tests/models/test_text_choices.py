"""What the plan says of reading is what the families of texts do."""

import numpy as np
import pytest

from automl_assist.models import nb_linear, text_bag, text_boosted, text_linear
from automl_assist.models._family import FitRequest
from automl_assist.models._ngram_linear import most_ngrams, penalties_of
from automl_assist.preprocessing import Features
from automl_assist.schema import Problem
from automl_assist.tuning.proposers import Defaults

WORDS = ["good", "bad", "slow", "quick", "dear", "cheap", "kind", "rude"]


def request(family, settings):
    rng = np.random.default_rng(0)
    texts = np.array([[" ".join(rng.choice(WORDS, 12))] for _ in range(120)], object)
    target = np.array([int("good" in row[0].split()[:6]) for row in texts])
    rows = Features(np.empty((120, 0), np.float32), np.empty((120, 0), np.int32), texts, (), (), (), ("note",))
    problem = Problem("binary", 2, "log_loss", 120, 0, 0, 1, settings)
    defaults = Defaults({})
    family.FAMILY.declare_space(defaults, problem)
    train, valid = np.arange(90), np.arange(90, 120)
    return FitRequest(
        rows.take(train), target[train], rows.take(valid), target[valid], problem, defaults.values, seed=0, seconds=None, threads=1,
        padded_rows=90,
    )  # fmt: skip


def facts(family, settings):
    found = family.fit(request(family, settings)).facts()
    return {key: value for key, value in found.items() if "seconds" not in key}


@pytest.mark.parametrize(
    ("family", "topic", "value"),
    [
        (text_linear, "text.ngrams", {"letters": 100}),
        (text_linear, "text.ngrams", {"least_texts": 60}),
        (text_linear, "text.penalties", {"strongest": 100.0, "worse_in_a_row": 50}),
        (nb_linear, "text.penalties", {"a_decade": 5, "worse_in_a_row": 50}),
        (text_boosted, "text.ngrams", {"directions": 3}),
        (text_boosted, "text.ngrams", {"inner_folds": 5}),
        (text_boosted, "space.nb_linear", {"power": [4.0]}),
        (text_bag, "text.reading", {"bag": {"epochs": 2}}),
        (text_bag, "text.reading", {"bag": {"longest": 8}}),
        (text_bag, "text.training", {"least_texts": 80}),
        (text_bag, "text.training", {"hidden": 8}),
    ],
)
def test_an_edit_is_followed(family, topic, value):
    assert facts(family, {topic: value}) != facts(family, {})


def test_many_classes_share_the_weights_down_to_the_fewest_ngrams():
    assert [most_ngrams(100, 100_000, fewest) for fewest in (500, 20_000)] == [1_000, 20_000]


def test_penalties_are_as_the_plan_spaces_them():
    problem = Problem("binary", 2, "log_loss", 100, 0, 0, 1, {"text.penalties": {"strongest": 10.0, "weakest": 0.1, "a_decade": 1}})
    assert penalties_of(problem) == pytest.approx((10.0, 1.0, 0.1))
