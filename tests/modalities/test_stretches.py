"""What the report says of series: the stretch and the channel that matter, and typical courses of ten series or more alone."""

import time

import numpy as np
import pandas as pd

from automl_assist.modalities import Tested
from automl_assist.modalities._stretches import explain


def by_the_end(frame):
    """Look at the last quarter of the first channel alone."""
    p = np.array([1 / (1 + np.exp(-np.nanmean(one[0, -5:]))) for one in frame["series"]])
    return np.column_stack([1 - p, p])


def explained(**changes):
    rng = np.random.default_rng(0)
    target = np.arange(90) % 2
    target[:4] = 0
    held = np.empty(90, object)
    for k in range(90):
        held[k] = rng.normal(size=(2, 20 + k % 5)) + 4 * (np.arange(20 + k % 5) > 14) * (target[k] - 0.5)
    frame = pd.DataFrame({"series": held})
    fields = {
        "predict": by_the_end, "typed": frame.iloc[:40].reset_index(drop=True), "target": target[:40],
        "prediction": by_the_end(frame.iloc[:40]), "development": frame.iloc[40:].reset_index(drop=True), "development_target": target[40:],
        "columns": (), "classes": ("low", "high"), "task": "binary", "settings": {"metric": "roc_auc"},
        "arrangement": {"form": "wide", "made": "series", "names": ["level", "noise"]}, "sensitive": False, "seed": 0,
        "until": time.monotonic() + 60,
    }  # fmt: skip
    return Tested(**(fields | changes))


def test_the_end_and_the_first_channel_matter():
    found = explain(explained())
    effects = [s["effect"] for s in found["stretches"]]
    assert max(effects[:8]) == 0 < max(effects[-3:])
    assert [c["channel"] for c in found["channel_effects"]] == ["level", "noise"]
    assert found["channel_effects"][1]["effect"] == 0
    assert {(t["of"], t["channel"], t["series"]) for t in found["typical"]} == {
        (of, c, 25) for of in ("low", "high") for c in ("level", "noise")
    }
    assert found["lengths"] == [20, 22, 24]


def test_few_series_and_no_time_are_said():
    few = explained()
    short = explain(explained(typed=few.typed.iloc[:5], target=few.target[:5], development=few.development.iloc[:12]))
    assert "fewer than" in short["skipped"]
    assert short["typical"] == [], "no course of fewer than ten series"
    assert "no time" in explain(explained(until=time.monotonic()))["skipped"]
