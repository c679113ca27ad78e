"""Keras networks from the recent window and the calendar to every step of the horizon, across all series."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from automl_assist.forecasting import _examples as examples
from automl_assist.forecasting._forecaster import Forecaster, Request, bounded
from automl_assist.forecasting._past import Past
from automl_assist.forecasting.linear import features_of, padded, window_of
from automl_assist.nn.series_architecture import SeriesArchitecture
from automl_assist.nn.series_forward import first_series_weights, series_outputs
from automl_assist.nn.storage import load_network, save_network
from automl_assist.preprocessing import storage

FEWEST = 300
HELD_OUT = 0.15  # of the origins, the latest
PADDED = 1_024  # examples are padded to a multiple of this, so that backtests share a compiled program
OF_TRAINING = ("epochs", "batch_size", "learning_rate", "weight_decay", "dropout", "patience")  # of what the plan says of these networks
LARGEST = 20.0  # sizes of a series beyond which a target says more about the size than about the series


@dataclass(frozen=True)
class Scaling:
    """How windows become inputs; stored beside the weights."""

    middle: np.ndarray
    spread: np.ndarray
    window: int
    base: str
    transform: str
    local: int  # steps of the past that a series' own level and size are taken from


class Network:
    """A trained network; it predicts without Keras."""

    def __init__(self, scaling: Scaling, architecture: SeriesArchitecture, weights: Mapping[str, np.ndarray]):
        self.scaling, self.architecture, self.weights = scaling, architecture, weights

    def predict(self, past: Past) -> np.ndarray:
        """Return forecasts of shape (n, horizon)."""
        scaling = self.scaling
        moved = past.transformed(scaling.transform)
        whole = examples.whole_sizes(moved, scaling.local)
        moved = padded(moved.recent(scaling.window), scaling.window)
        inputs, start, size = features_of(moved, examples.ends(moved), scaling.window, scaling.base, whole)
        if inputs.shape[1] != len(scaling.middle) or past.horizon != self.architecture.outputs:
            return examples.baseline(past)
        inputs = _scaled(inputs, scaling)
        with np.errstate(all="ignore"):
            answer = series_outputs(self.architecture, self.weights, inputs[:, : scaling.window], inputs[:, scaling.window :])
            ahead = start + size[:, None] * answer
            return bounded(np.exp(ahead) if scaling.transform == "log" else ahead, past)

    def save(self, folder: Path) -> None:
        """Write the scaling, the architecture and the weights."""
        storage.save(folder, "scaling", self.scaling)
        save_network(folder, self.architecture, self.weights)

    @classmethod
    def load(cls, folder: Path) -> Network:
        """Return what :meth:`save` wrote."""
        scaling = storage.load(folder, "scaling", Scaling)
        architecture, weights = load_network(folder, SeriesArchitecture)
        if architecture.window != scaling.window or architecture.window + architecture.plain != len(scaling.middle):
            raise ValueError("the network and its inputs do not fit together")
        return cls(scaling, architecture, weights)


def _scaled(inputs: np.ndarray, scaling: Scaling) -> np.ndarray:
    return np.clip((inputs - scaling.middle) / scaling.spread, -10, 10)


def _fit(kind: str, request: Request) -> Network:
    """Train on origins drawn from all series, stopping on the latest; ValueError where there are too few."""
    from automl_assist.nn.training import Recipe, Rows, train

    base, transform = str(request.values.get("base", "level")), str(request.values.get("transform", "none"))
    past, chosen = request.past.transformed(transform), request.settings["forecast.network"]
    window = window_of(past) if kind == "window" else min(window_of(past), int(chosen["longest_read"]))
    most = min(int(chosen["examples"]), int(request.settings["forecast.history"]["rows"]))
    at = examples.origins(past, window, most, request.seed)
    target = examples.futures(past, at)
    whole = np.isfinite(target).all(axis=1)
    at, target = at.take(np.flatnonzero(whole)), target[whole]
    if len(at) < FEWEST:
        raise ValueError(f"only {len(at)} origins to learn from")
    local = int(request.settings["forecast.history"]["local"])
    inputs, start, size = features_of(past, at, window, base, examples.whole_sizes(past, local))
    target = np.clip((target - start) / size[:, None], -LARGEST, LARGEST)
    spread = inputs.std(axis=0)
    scaling = Scaling(inputs.mean(axis=0), np.where(spread > 1e-9, spread, 1.0), window, base, transform, local)
    inputs = _scaled(inputs, scaling).astype(np.float32)
    later = at.column >= np.quantile(at.column, 1 - HELD_OUT)
    earlier = at.column < np.quantile(at.column, 1 - HELD_OUT) - past.horizon
    if earlier.sum() < FEWEST // 2:
        earlier = ~later
    architecture = SeriesArchitecture(kind, window, inputs.shape[1] - window, chosen["hidden"], chosen["features"], past.horizon)

    def arrays(rows: np.ndarray) -> dict[str, np.ndarray]:
        found = {"window": inputs[rows, :window]}
        return found | ({"plain": inputs[rows, window:]} if architecture.plain else {})

    truth = target[later]
    trained = train(
        architecture,
        first_series_weights(architecture, request.seed),
        Rows(arrays(earlier), target[earlier]),
        arrays(later),
        lambda outputs: (float(np.abs(outputs - truth).mean()),),
        Recipe(loss="absolute", label_smoothing=0.0, **{name: chosen[name] for name in OF_TRAINING}),
        seed=request.seed,
        seconds=request.seconds,
        padded_rows=PADDED * math.ceil(int(earlier.sum()) / PADDED),
    )
    if not trained.epochs:
        raise ValueError("the time was too short for an epoch")
    return Network(scaling, architecture, trained.weights)


WINDOW = Forecaster(
    "window_network",
    "Network on the recent window (Keras)",
    False,
    lambda request: _fit("window", request),
    Network.load,
    ("keras", "jax"),
)
RECURRENT = Forecaster(
    "recurrent_network",
    "Recurrent network (Keras)",
    False,
    lambda request: _fit("recurrent", request),
    Network.load,
    ("keras", "jax"),
)
