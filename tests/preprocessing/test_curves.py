"""What a linear model sees bent: logarithms that do not depend on units, squares and products that do not explode."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, strategies as st
from hypothesis.extra.numpy import arrays

from automl_assist.preprocessing import Features, storage
from automl_assist.preprocessing.curves import LoggedNumbers, products_of
from automl_assist.preprocessing.encoders import LinearEncoder
from automl_assist.rules.classic import count_of_products


def _features(numbers):
    rows, width = numbers.shape
    empty = np.empty((rows, 0), np.int32), np.empty((rows, 0), object), ()
    return Features(numbers.astype(np.float32), *empty, tuple(f"x{k}" for k in range(width)), (), ())


def test_which_numbers_have_logarithms():
    numbers = np.array([[1.0, 0.0, -1.0, 5.0, np.nan], [10.0, 2.0, 3.0, 5.0, np.nan], [100.0, 6.0, 4.0, np.nan, np.nan]])
    logs = LoggedNumbers.fit(numbers)
    assert (logs.positions.tolist(), logs.shift.tolist(), logs.least.tolist()) == ([0, 1], [0.0, 2.0], [0.5, 1.0])
    seen = logs.transform(np.array([[1e-9, -7.0, -1.0, 5.0, np.nan], [np.nan, 0.0, 0.0, 0.0, 1.0]]))
    assert np.allclose(seen[0, :4], [np.log(0.5), 0.0, -1.0, 5.0])
    assert np.isnan(seen[1, 0]) and np.allclose(seen[1, 1:], [np.log(2.0), 0.0, 0.0, 1.0])


@given(st.floats(1e-3, 1e3), st.integers(0, 2**32 - 1))
def test_units_do_not_matter(unit, seed):
    rng = np.random.default_rng(seed)
    numbers = rng.poisson(3.0, (50, 2)) * rng.uniform(1, 9, 2)
    mine, other = (LoggedNumbers.fit(n).transform(n) for n in (numbers, numbers * unit))
    assert np.allclose(mine - mine.mean(axis=0), other - other.mean(axis=0), atol=1e-9)


@given(arrays(np.float64, (7, 3), elements=st.floats(-1e9, 1e9)))
def test_products_are_of_all_pairs_and_bounded(scaled):
    made = products_of(scaled, 3.0)
    assert made.shape == (7, count_of_products(3)) and np.isfinite(made).all() and np.abs(made).max() <= 9.001
    near = scaled / np.sqrt(1 + (scaled / 3) ** 2)
    assert np.allclose(made, [[r[i] * r[j] for i in range(3) for j in range(i, 3)] for r in near], rtol=1e-4, atol=1e-30)


@pytest.mark.parametrize(("logs", "products", "width"), [(False, 0, 4), (True, 0, 4), (False, 6, 10), (True, 6, 10), (True, 5, 4)])
def test_the_encoder_shows_them_and_comes_back_from_disk(logs, products, width, tmp_path):
    rng = np.random.default_rng(0)
    numbers = np.exp(rng.normal(size=(60, 3)))
    numbers[::7, 1] = np.nan
    features = _features(numbers)
    encoder, matrix = LinearEncoder.fit(features, np.arange(60) % 2, 2, 0, log_numbers=logs, products=products)
    assert matrix.shape == (60, width) == (60, encoder.width) and np.isfinite(matrix).all()
    assert np.array_equal(encoder.transform(features), matrix)
    storage.save(tmp_path, "encoder", encoder)
    assert np.array_equal(storage.load(tmp_path, "encoder", LinearEncoder).transform(features), matrix)
    if logs:
        with pytest.raises(ValueError, match="do not fit the columns"):
            dataclasses.replace(encoder, logs=LoggedNumbers(np.array([3]), np.zeros(1), np.ones(1)))


@pytest.mark.parametrize(
    ("positions", "shift", "least"), [([0.0], [0.0], [1.0]), ([0], [], [1.0]), ([0], [0.0], [0.0]), ([0], [0.0], [-1.0])]
)
def test_what_cannot_be_is_refused(positions, shift, least):
    with pytest.raises(ValueError, match=r"logarithm"):
        LoggedNumbers(np.array(positions), np.array(shift), np.array(least))
