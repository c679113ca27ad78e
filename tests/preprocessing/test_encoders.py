from __future__ import annotations

import dataclasses
import time

import numpy as np
import pytest
from scipy import sparse

from automl_assist.preprocessing import Coding, Features, storage
from automl_assist.preprocessing.encoders import LinearEncoder, NetworkEncoder, NetworkRows, TreeEncoder
from automl_assist.preprocessing.levels import LevelSlots, TargetMeans, target_outputs
from automl_assist.preprocessing.scaling import ScaledNumbers
from automl_assist.preprocessing.texts import TextVectors
from automl_assist.rules.encoding import TEXT_DETAILS
from tests.preprocessing.tables import columns, table, truth

ENCODERS = (TreeEncoder, LinearEncoder, NetworkEncoder)


def _array(encoded: object) -> np.ndarray:
    if isinstance(encoded, NetworkRows):
        return np.hstack([encoded.numbers, encoded.plain, encoded.codes])
    return encoded.toarray() if sparse.issparse(encoded) else np.asarray(encoded)


def _numbers(numbers: np.ndarray) -> Features:
    rows, width = numbers.shape
    names = tuple(map(str, range(width)))
    return Features(numbers.astype(np.float32), np.empty((rows, 0), np.int32), np.empty((rows, 0), object), (), names, (), ())


def _codes(codes: np.ndarray, cardinality: int) -> Features:
    rows = len(codes)
    return Features(
        np.empty((rows, 0), np.float32), codes[:, None].astype(np.int32), np.empty((rows, 0), object), (cardinality,), (), ("c",), ()
    )


@pytest.mark.parametrize("encoder", ENCODERS)
@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
@pytest.mark.parametrize("names", [(), ("size", "empty", "same"), ("flag", "colour"), ("street",), ("note",), ("empty",)])
def test_every_mix_of_columns(tmp_path, encoder, task, names):
    typed = table(120)
    coding = Coding.fit(typed, columns(*names))
    features, new = coding.transform(typed), coding.transform(table(40, seed=1).assign(colour="never seen"))
    target = truth(typed, task)
    fitted, encoded = encoder.fit(features, target, {"binary": 2, "multiclass": 3, "regression": 0}[task], seed=0)
    matrix = _array(fitted.transform(new))
    assert matrix.shape == (40, _array(encoded).shape[1])
    if encoder is not TreeEncoder:
        assert np.isfinite(matrix).all()
    assert _array(fitted.transform(new.take(np.arange(0)))).shape == (0, matrix.shape[1])
    storage.save(tmp_path, "encoder", fitted)
    assert np.array_equal(_array(storage.load(tmp_path, "encoder", encoder).transform(new)), matrix, equal_nan=True)
    assert np.allclose(_array(fitted.transform(new.take(np.array([7])))), matrix[[7]], atol=1e-6, equal_nan=True)


@pytest.mark.parametrize("encoder", ENCODERS)
def test_other_features_are_refused(encoder):
    fitted, _ = encoder.fit(_numbers(np.eye(4)), np.arange(4.0), 0, 0)
    with pytest.raises(ValueError):
        fitted.transform(_numbers(np.eye(5)))


@pytest.mark.parametrize("encoder", ENCODERS)
def test_twenty_thousand_columns(encoder):
    numbers = np.random.default_rng(0).normal(size=(60, 20_000))
    started = time.monotonic()
    _, encoded = encoder.fit(_numbers(numbers), np.arange(60.0), 0, 0)
    assert _array(encoded).shape == (60, 20_000)
    assert time.monotonic() - started < 10


@pytest.mark.parametrize("encoder", ENCODERS)
def test_ten_thousand_levels(encoder):
    codes = np.random.default_rng(0).integers(0, 10_000, 5_000)
    fitted, encoded = encoder.fit(_codes(codes, 10_000), (codes % 2).astype(np.int64), 2, 0)
    assert _array(encoded).shape[1] < 10
    assert np.isfinite(_array(fitted.transform(_codes(np.array([-2, -1, 3]), 10_000)))).all()


def test_trees_keep_missing_values_and_codes():
    typed = table(50)
    features = Coding.fit(typed, columns("size", "colour")).transform(typed)
    fitted, encoded = TreeEncoder.fit(features, truth(typed, "binary"), 2, 0)
    assert np.array_equal(encoded[:, 0], features.numbers[:, 0], equal_nan=True)
    assert fitted.categorical_columns == [1]
    assert np.array_equal(np.isnan(encoded[:, 1]), features.categories[:, 0] < 0)


def test_cross_fitted_means_do_not_give_the_target_away():
    codes = np.arange(200)  # a level a row: its own mean is the target itself
    target = np.random.default_rng(0).integers(0, 2, 200)
    outputs = target_outputs(target, 2, 8)
    means = TargetMeans.fit(codes, 200, outputs)
    assert np.corrcoef(means.transform(codes)[:, 0], target)[0, 1] > 0.99
    assert abs(np.corrcoef(means.cross_fitted(codes, outputs, 0)[:, 0], target)[0, 1]) < 0.3


def test_means_of_levels_are_smoothed_and_unseen_ones_get_the_overall_mean():
    means = TargetMeans.fit(np.array([0] * 10 + [1] * 10), 3, np.array([1.0] * 10 + [0.0] * 10)[:, None])
    assert means.transform(np.array([0, 1, 2, -2]))[:, 0] == pytest.approx([0.75, 0.25, 0.5, 0.5])


def test_rare_levels_share_a_slot_with_unseen_ones():
    slots = LevelSlots.fit(np.array([0, 0, 0, 1, 2, -1, -1, -1]), 3, 3, missing=True, rest=True)
    assert slots.size == 3
    own, rare, other, gone, unseen = slots.transform(np.array([0, 1, 2, -1, -2]))
    assert rare == other == unseen != own and gone not in (own, rare)


def test_scaling_agrees_with_numpy():
    numbers = np.random.default_rng(0).normal(size=(101, 3))
    numbers[::5, 1] = np.nan
    scaler = ScaledNumbers.fit(numbers)
    low, median, high = np.nanquantile(numbers, [0.25, 0.5, 0.75], axis=0)
    assert (
        scaler.fill == pytest.approx(median) and scaler.centre == pytest.approx(median) and scaler.scale == pytest.approx(1 / (high - low))
    )
    assert scaler.indicators.tolist() == [1]


def test_scaling_of_odd_columns():
    numbers = np.array([[np.nan, 5.0, 0.0], [np.nan, 5.0, 0.0], [np.nan, 5.0, 0.0], [np.nan, 5.0, 1e30], [np.nan, 5.0, 0.0]])
    scaler = ScaledNumbers.fit(numbers)
    scaled = scaler.transform(np.vstack([numbers, [[1e38, -1e38, -1e38]]]))
    assert np.isfinite(scaled).all() and (abs(scaled) <= 3).all()
    assert (scaled[:, :2] == 0).all()


def test_a_damaged_encoder_is_refused():
    fitted, _ = TreeEncoder.fit(_codes(np.array([0, 1, 0, 1]), 2), np.array([0, 1, 0, 1]), 2, 0)
    with pytest.raises(ValueError):
        dataclasses.replace(fitted, codes=np.array([4]))
    with pytest.raises(ValueError):
        LevelSlots(np.array([0, 0, 9]), 2)
    with pytest.raises(ValueError):
        TextVectors("word", (1, 2), ("a",), 0, 100, np.ones(2), np.empty((0, 1), np.float32))
    for lengths in ((), (0, 1), (2, 4), (9,)):
        with pytest.raises(ValueError, match="such lengths"):
            TextVectors("word", lengths, ("a",), 0, 100, np.ones(1), np.empty((0, 1), np.float32))


def test_texts_keep_only_terms_of_five_rows():
    texts = np.array(
        ["a fine long evening by the river with friends and music"] * 5 + ["Rumpelstiltskin lives here alone among the hills and trees"],
        object,
    )
    vectors = TextVectors.fit(texts, 100, 0, 0)
    assert "river" in vectors.vocabulary and "rumpelstiltskin" not in vectors.vocabulary
    assert TextVectors.fit(texts[:3], 100, 4, 0).components(texts).shape == (6, 0)


@pytest.mark.parametrize("by", ["tf_idf", "hashing"])
def test_terms_are_as_long_as_they_were_when_it_learned(by, tmp_path):
    texts = np.array([f"{a} {b} evening" for a in ("fine", "long") for b in ("red", "blue", "green")] * 3, object)
    details = {**TEXT_DETAILS, "least_rows": 1}
    vectors = TextVectors.fit(texts, 2**16, 0, 0, terms="words", by=by, details={**details, "word_lengths": [2, 3]})
    usual = TextVectors.fit(texts, 2**16, 0, 0, terms="words", by=by, details=details)
    storage.save(tmp_path, "vectors", vectors)
    again = storage.load(tmp_path, "vectors", TextVectors).terms(texts)
    assert (again != vectors.terms(texts)).nnz == 0
    assert again[0].nnz == 3, "fine red, red evening, fine red evening"
    assert usual.terms(texts)[0].nnz == 5
