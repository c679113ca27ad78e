"""Where examples are whole series, or rows steps in time, no column is accused of what the layout brings about."""

import numpy as np
import pandas as pd

from tests.checks.reading import understood

SILENT = {"F202", "F203", "F205", "F308", "F602"}


def accused(findings):
    return {(f.code, f.columns) for f in findings if f.code in SILENT}


def test_labelled_series_one_below_the_other(tmp_path):
    rng = np.random.default_rng(0)
    series, steps = 40, 30
    label = np.repeat(rng.choice(["walk", "run"], series), steps)
    frame = pd.DataFrame({"case": np.repeat(rng.permutation(series), steps), "step": np.tile(np.arange(steps), series)})
    frame["x"] = (np.sin(frame["step"] * np.where(label == "run", 1.0, 0.3)) + rng.normal(0, 0.1, len(frame))).round(4)
    frame["gait"] = label
    profile, findings = understood(frame, tmp_path, "gait")
    assert profile.modality.name == "sequence"
    assert accused(findings) == set()


def test_labelled_series_side_by_side(tmp_path):
    rng = np.random.default_rng(1)
    label = rng.integers(0, 2, 80)
    steps = np.arange(60)
    curves = np.where(label[:, None] == 1, np.exp(-((steps - 20) ** 2) / 50.0), np.exp(-((steps - 40) ** 2) / 50.0))
    frame = pd.DataFrame((curves + rng.normal(0, 0.05, curves.shape)).round(4), columns=[f"t{k}" for k in steps])
    frame["kind"] = np.where(label == 1, "early", "late")
    profile, findings = understood(frame, tmp_path, "kind")
    assert profile.modality.name == "sequence"
    assert accused(findings) == set()


def test_several_series_to_be_carried_on(tmp_path):
    rng = np.random.default_rng(2)
    frames = [
        pd.DataFrame(
            {
                "store": f"S{k}",
                "month": pd.date_range("2010-01-01", periods=72, freq="MS").strftime("%Y-%m-%d"),
                "sold": (200 * (k + 1) + 20 * np.sin(np.arange(72) * np.pi / 6) + rng.normal(0, 5, 72)).round(1),
            }
        )
        for k in range(8)
    ]
    profile, findings = understood(pd.concat(frames, ignore_index=True), tmp_path, "sold")
    assert profile.modality.name == "forecast"
    assert accused(findings) == set()
