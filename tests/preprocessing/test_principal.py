"""Many features pressed into few."""

import numpy as np
import pytest

from automl_assist.preprocessing import storage
from automl_assist.preprocessing.principal import Principal


def test_what_varies_most_is_kept(tmp_path):
    rng = np.random.default_rng(0)
    hidden = rng.normal(size=(400, 3))
    features = (hidden @ rng.normal(size=(3, 90)) * 4 + rng.normal(0, 0.2, (400, 90))).astype(np.float32)
    found = Principal.fit(features, 3, seed=1)
    made = found.transform(features)
    assert made.shape == (400, 3) and np.allclose(made.std(axis=0), 1, atol=0.1)
    assert np.abs(np.corrcoef(made.T) - np.eye(3)).max() < 0.01, "directions are at right angles"
    rest = hidden - made @ np.linalg.lstsq(made, hidden, rcond=None)[0]
    assert (rest**2).mean() < 0.02 * (hidden**2).mean()
    storage.save(tmp_path, "it", found)
    assert np.array_equal(storage.load(tmp_path, "it", Principal).transform(features), made)
    with pytest.raises(ValueError):
        found.transform(features[:, :80])


def test_fewer_rows_or_features_than_wanted():
    features = np.arange(12, dtype=np.float32).reshape(4, 3) ** 2
    assert Principal.fit(features, 64, seed=0).transform(features).shape == (4, 3)
    assert np.isfinite(Principal.fit(np.ones((5, 4), np.float32), 2, seed=0).transform(np.zeros((2, 4), np.float32))).all()
