"""Series as blocks, and the figures that are taken of them: the same alone and among others, whatever is missing."""

import numpy as np
import pandas as pd
import pytest

from automl_assist.preprocessing import Features
from automl_assist.preprocessing.series import BLOCK, SeriesCoding, block_of, filled, resampled, stretched
from automl_assist.preprocessing.series_features import interval_quantiles, intervals, summaries
from automl_assist.preprocessing.series_kernels import COMPETING, TRIPLES, CompetingKernels, FixedKernels

RNG = np.random.default_rng(0)


def cells(*series):
    held = np.empty(len(series), object)
    held[:] = list(series)
    return pd.DataFrame({"series": held})


def test_shorter_series_end_earlier_and_longer_ones_lose_their_end():
    coding = SeriesCoding.fit(cells(np.arange(10.0)[None], np.arange(6.0)[None]), (), {})
    features = coding.transform(cells(np.arange(3.0)[None], np.arange(30.0)[None], None, np.empty((1, 0))))
    block = block_of(features)
    assert block.shape == (4, 1, 10)
    assert np.isfinite(block[0, 0]).sum() == 3
    assert np.isfinite(block[1]).all()
    assert np.isnan(block[2:]).all()
    assert features.numbers[:2, 0].tolist() == [3, 30]
    assert SeriesCoding.from_json(coding.to_json()) == coding
    drawn = SeriesCoding.fit(
        cells(np.arange(10.0)[None], np.arange(6.0)[None]), (), {"sequence.length": {"steps": 5, "unequal": "stretch"}}
    )
    assert np.isfinite(block_of(drawn.transform(cells(np.arange(3.0)[None])))).all()
    for damaged in ({"steps": 0}, {"unequal": "cut"}, {"spreads": [0.0]}, {"spreads": [1.0, 2.0]}, {"stride": float("nan")}, {"made": 3}):
        with pytest.raises(ValueError):
            SeriesCoding.from_json(coding.to_json() | damaged)


def test_resampling_keeps_levels_and_gaps():
    x = np.arange(12.0)[None]
    assert np.allclose(resampled(x, 6), x.reshape(1, 6, 2).mean(axis=2))
    assert np.allclose(resampled(x[:, :3], 5), [[0, 0.5, 1, 1.5, 2]])
    x[0, 4:6] = np.nan
    assert np.isnan(resampled(x, 6)[0, 2])
    assert np.isfinite(resampled(x, 6)).sum() == 5
    block = np.array([[[1, np.nan, 3, np.nan]]], np.float32)
    values, lengths = filled(block)
    assert (values[0, 0, :3].tolist(), lengths.tolist()) == ([1, 2, 3], [3])
    assert stretched(values, lengths, 5)[0, 0].tolist() == [1, 1.5, 2, 2.5, 3]


def test_figures_are_finite_and_the_same_alone_and_among_others():
    block = RNG.normal(size=(12, 2, 40)).astype(np.float32)
    block[1, :, 1:] = np.nan
    block[2] = 0
    block[3, 1] = np.nan
    block[4:, :, 30:] = np.nan
    block[5, 0, 3:9] = np.nan
    features = Features.of_blocks({BLOCK: block}, 12)
    for take in (lambda f: summaries(f)[0], interval_quantiles):
        every = take(features)
        assert np.isfinite(every).all()
        for k in range(6):
            assert np.allclose(take(features.take(np.array([k]))), every[k], atol=1e-5)
    assert intervals(8)[:3] == [(0, 8), (0, 4), (4, 8)]


def test_kernels_count_what_a_loop_counts():
    values, lengths = RNG.normal(size=(5, 2, 30)).astype(np.float32), np.array([30, 30, 12, 30, 30])
    values[2, :, 12:] = 0
    fixed = FixedKernels.fit(values, lengths, False, 200, RNG)
    found = fixed.transform(values, lengths).reshape(5, len(fixed.dilations), len(TRIPLES), -1)
    x = np.rint(values * 2**11) / 2**11
    for row, kernel in ((0, 3), (2, 50)):
        weights = np.where(np.isin(np.arange(9), TRIPLES[kernel]), 2.0, -1.0)
        summed = (x[row] * fixed.looks[1, kernel][:, None]).sum(axis=0)
        reach = int(fixed.dilations[1])
        at = [sum(w * summed[t + (k - 4) * reach] for k, w in enumerate(weights) if 0 <= t + (k - 4) * reach < 30) for t in range(30)]
        share = np.mean(np.array(at[: lengths[row]])[:, None] > fixed.cuts[1, kernel], axis=0)
        assert np.allclose(found[row, 1, kernel], share)
    competing = CompetingKernels.draw(2, 30, True, 4, RNG)
    both = competing.transform(values, lengths)
    assert np.array_equal(competing.transform(values[2:3], lengths[2:3])[0], both[2])
    last = (both.reshape(5, len(competing.dilations), 2, -1, COMPETING)[:, :, 1] ** 2).sum(axis=3)
    assert np.allclose(last[0], 29), "one kernel of each group is last at each step"
