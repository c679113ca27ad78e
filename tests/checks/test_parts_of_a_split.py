"""F605: a column that says which row somebody meant for what."""

import numpy as np
import pytest

from tests.checks.contexts import found, make_context, numbers, words

N = 400
R = np.random.default_rng(2)


def _finding(name, cells):
    found_ones = found("F605", make_context({"a": numbers(N), name: cells, "y": words(N, ["no", "yes"], 5)}, "y", "binary"))
    return found_ones[0] if found_ones else None


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("set", ["train" if i % 5 else "test" for i in range(N)]),
        ("Usage", words(N, ["Training", "PublicTest", "PrivateTest"], 3)),
        ("x", words(N, ["TRAIN", "valid", "hold-out"], 3)),
        ("is_train", words(N, ["True", "False"], 1)),
        ("testSet", words(N, ["0", "1"], 1)),
        ("fold", [str(i % 10) for i in range(N)]),
        ("cv_fold", [str(i % 5 + 1) for i in range(N)]),
    ],
)
def test_it_is_found_by_its_words_or_by_its_name(name, cells):
    finding = _finding(name, cells)
    assert (finding.severity, finding.columns) == ("warning", (name,))
    assert "left out" in finding.fix


def test_the_parts_are_shown_with_their_shares():
    assert "'train' in 80 %, 'test' in 20 % of 400 rows" in _finding("set", ["train" if i % 5 else "test" for i in range(N)]).message


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("mode", words(N, ["train", "bus", "car"], 3)),
        ("train", words(N, ["0", "1"], 1)),  # whether one took it
        ("test", words(N, ["positive", "negative"], 1)),
        ("test_id", [str(i % 7) for i in range(N)]),
        ("train_id", words(N, ["ICE", "TGV"], 1)),
        ("is_test", words(N, ["0", "1"], 1)),  # of an account
        ("training", words(N, ["yes", "no"], 1)),
        ("exam", words(N, ["test", "eval"], 1)),  # nothing to learn from: two kinds of exams
        ("fold", [str(int(v)) for v in R.poisson(3, N).clip(0, 9)]),  # so many as something was folded
        ("folder", [str(i % 5) for i in range(N)]),
        ("manifold", [str(i % 5) for i in range(N)]),
    ],
)
def test_what_only_sounds_so_is_none(name, cells):
    assert _finding(name, cells) is None
