from __future__ import annotations

import json

import pytest

from automl_assist.nn.architecture import Architecture

SMALL = Architecture(numbers=3, plain=2, levels=(4, 12), outputs=3, hidden=(8, 8))


def test_json_there_and_back():
    assert Architecture.from_json(json.loads(json.dumps(SMALL.to_json()))) == SMALL


@pytest.mark.parametrize(
    "change",
    [
        {"hidden": [8] * 65},
        {"hidden": [20_000, 20_000]},
        {"hidden": []},
        {"numbers": -1},
        {"numbers": 10**12},
        {"outputs": 0},
        {"activation": "eval"},
        {"levels": [4, "x"]},
        {"plain": True},
        {"module": "os"},
    ],
)
def test_anything_else_is_refused(change):
    with pytest.raises(ValueError):
        Architecture.from_json(SMALL.to_json() | change)


def test_a_network_must_look_at_something():
    with pytest.raises(ValueError):
        Architecture(numbers=0, plain=0, levels=(), outputs=1)
