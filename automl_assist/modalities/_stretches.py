"""What there is to say about a model of series: how they typically run, and which stretches and channels the predictions rest on."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from automl_assist.modalities._modality import Tested
from automl_assist.preprocessing.series import resampled
from automl_assist.profile.privacy import LEAST_SEEN

POINTS = 48  # of a typical course
MOST_TYPICAL = 2_000  # development series behind it
MOST_GROUPS, MOST_SHOWN = 6, 3  # classes, and channels, the most important first
STRETCHES, FEWEST_STRETCHES = 12, 4
MOST_CHANNELS = 24
MOST_EXCHANGED = 200  # test series in which something is exchanged
TRIAL = 20  # predicted first, to know what a prediction costs
FEWEST_TESTED = 8


def explain(tested: Tested) -> dict[str, Any]:
    """Return the report's part on series; nothing where there are none."""
    made = str(tested.arrangement.get("made", ""))
    if made not in tested.typed or not len(tested.typed):
        return {}
    names = _names(tested.arrangement)
    lengths = np.array([_length(one) for one in tested.development[made]])
    found: dict[str, Any] = {
        "kind": "sequence", "channels": names, "series": len(tested.development) + len(tested.typed),
        "lengths": [int(lengths.min()), int(np.median(lengths)), int(lengths.max())], "stretches": [], "channel_effects": [], "skipped": "",
    }  # fmt: skip
    exchange = _Exchange(tested, made)
    if len(tested.typed) < FEWEST_TESTED:
        found["skipped"] = f"fewer than {FEWEST_TESTED} series were kept for the test"
    elif not exchange.affordable:
        found["skipped"] = "no time was left to exchange stretches"
    else:
        found["stretches"] = exchange.stretches()
        found["channel_effects"] = exchange.channels(names)
    ordered = [names.index(entry["channel"]) for entry in found["channel_effects"]] or list(range(len(names)))
    found["typical"] = _typical(tested, made, names, ordered[:MOST_SHOWN])
    return found


def _names(arrangement: Mapping[str, Any]) -> list[str]:
    """Return the names of the channels in the order of the arrays."""
    if arrangement["form"] == "wide":
        return [str(name) for name in arrangement["names"]]
    names = []
    for channel in arrangement["channels"]:
        levels = channel["levels"]
        names += [f"{channel['name']} is {level}" for level in levels] if levels else [channel["name"]]
    return names or ["value"]


def _length(series: np.ndarray | None) -> int:
    return 0 if series is None else int(series.shape[1])


# --- typical courses


def _typical(tested: Tested, made: str, names: Sequence[str], shown: Sequence[int]) -> list[dict[str, Any]]:
    """Return the median course and its quartiles of each group and channel; of no group of fewer than ten series."""
    rng = np.random.default_rng([tested.seed, 9])
    chosen = rng.permutation(len(tested.development))[:MOST_TYPICAL]
    drawn = [tested.development[made].iloc[k] for k in chosen]
    target = np.asarray(tested.development_target)[chosen]
    found = []
    for name, inside in _groups(tested, target).items():
        courses = [resampled(drawn[k], POINTS) for k in np.flatnonzero(inside) if _length(drawn[k]) > 1]
        if len(courses) < LEAST_SEEN:
            continue
        stacked = np.stack(courses)
        for channel in shown:
            known = np.isfinite(stacked[:, channel]).sum(axis=0) >= LEAST_SEEN
            low, middle, high = np.full((3, POINTS), np.nan)
            if known.any():
                low[known], middle[known], high[known] = np.nanquantile(stacked[:, channel, known], (0.25, 0.5, 0.75), axis=0)
            found.append({"of": name, "channel": names[channel], "series": len(courses), "low": low, "middle": middle, "high": high})
    return found


def _groups(tested: Tested, target: np.ndarray) -> dict[str, np.ndarray]:
    """Return which series are of each class, the largest first, or which have low and which high values."""
    if not tested.classes:
        low, high = np.quantile(target, (1 / 3, 2 / 3))
        return {"high values": target >= high, "low values": target <= low}
    sizes = np.bincount(target, minlength=len(tested.classes))
    shown = sorted(np.argsort(-sizes, kind="stable")[:MOST_GROUPS].tolist())
    return {tested.classes[k]: target == k for k in shown if sizes[k]}


# --- stretches and channels


class _Exchange:
    """Test series in which a part comes from another series, and how much worse they are then predicted."""

    def __init__(self, tested: Tested, made: str) -> None:
        self.tested, self.made = tested, made
        self.rng = np.random.default_rng([tested.seed, 10])
        rows = self.rng.permutation(len(tested.typed))
        begun = time.monotonic()
        tested.predict(tested.typed.iloc[rows[:TRIAL]])
        a_series = max(1e-6, (time.monotonic() - begun) / min(TRIAL, len(rows)))
        affordable = int((tested.until - time.monotonic()) * 0.8 / a_series)
        channels = max((_series.shape[0] for _series in tested.typed[made] if _series is not None), default=1)
        parts = STRETCHES + (min(channels, MOST_CHANNELS) if channels > 1 else 0)
        self.parts = STRETCHES if affordable >= parts * TRIAL else FEWEST_STRETCHES
        fitting = affordable // (parts + 1)
        self.affordable = fitting >= FEWEST_TESTED
        self.rows = np.sort(rows[: max(FEWEST_TESTED, min(MOST_EXCHANGED, fitting))])
        self.typed = tested.typed.iloc[self.rows].reset_index(drop=True)
        self.series = [np.zeros((channels, 0)) if one is None else one for one in self.typed[made]]
        self.other = np.roll(np.arange(len(self.rows)), 1 + int(self.rng.integers(0, max(1, len(self.rows) - 1))))

    def stretches(self) -> list[dict[str, float]]:
        """Return for each stretch, from 0 to 1 of the series, how much is lost with that of another series."""
        bounds = list(pairwise(np.linspace(0, 1, self.parts + 1)))
        changed = [[self._with_stretch(k, low, high) for k in range(len(self.series))] for low, high in bounds]
        return [{"from": float(low), "to": float(high), **lost} for (low, high), lost in zip(bounds, self._lost(changed), strict=True)]

    def channels(self, names: Sequence[str]) -> list[dict[str, Any]]:
        """Return for each channel how much is lost with that of another series, the most important first."""
        if len(names) < 2:
            return []
        shown = names[:MOST_CHANNELS]
        changed = [[self._with_channel(k, channel) for k in range(len(self.series))] for channel in range(len(shown))]
        found = [{"channel": name, **lost} for name, lost in zip(shown, self._lost(changed), strict=True)]
        return sorted(found, key=lambda entry: -entry["effect"])

    def _with_channel(self, k: int, channel: int) -> np.ndarray:
        series, other = self.series[k], self.series[self.other[k]]
        one = series.copy()
        if series.shape[1] and other.shape[1]:
            one[channel] = resampled(other[channel : channel + 1], series.shape[1])[0]
        return one

    def _with_stretch(self, k: int, low: float, high: float) -> np.ndarray:
        series, other = self.series[k], self.series[self.other[k]]
        a, b = round(low * series.shape[1]), round(high * series.shape[1])
        c, d = round(low * other.shape[1]), round(high * other.shape[1])
        if b <= a or d <= c:
            return series
        one = series.copy()
        one[:, a:b] = resampled(other[:, c:d], b - a)
        return one

    def _lost(self, changed: Sequence[Sequence[np.ndarray]]) -> list[dict[str, Any]]:
        """Return for each set of changed series how far the probability of the true class falls, or how much larger the error gets.

        All sets are predicted at once: what a prediction costs by itself is more than what a few series cost.
        """
        every = [one for part in (self.series, *changed) for one in part]
        held = np.empty(len(every), object)
        for k, one in enumerate(every):
            held[k] = one
        typed = self.typed.iloc[np.tile(np.arange(len(self.series)), len(changed) + 1)].reset_index(drop=True)
        answer = self.tested.predict(typed.assign(**{self.made: held}))
        truth = np.tile(np.asarray(self.tested.target)[self.rows], len(changed) + 1)
        right = answer[np.arange(len(truth)), truth] if self.tested.classes else -np.abs(answer - truth)
        before, *after = right.reshape(len(changed) + 1, len(self.series))
        found = []
        for fall in (before - one for one in after):
            mean, spread = float(fall.mean()), 2 * float(fall.std()) / np.sqrt(len(fall))
            found.append({"effect": mean, "ci95": [mean - spread, mean + spread]})
        return found
