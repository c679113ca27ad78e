"""Forecasters that carry on each series by itself: fitted when they predict, so that nothing of them is stored but their settings."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from automl_assist.forecasting._forecaster import Fitted, Forecaster, Request, bounded
from automl_assist.forecasting._past import Past

LONGEST = 2_500  # steps that local models look back, as AutoGluon does; more are older than what they describe
Carrying = Callable[[Past, Mapping[str, Any]], np.ndarray]
CARRYING: dict[str, Carrying] = {}  # by the name of the forecaster


@dataclass(frozen=True)
class Local:
    """A way to carry on each series by itself, with its settings."""

    name: str
    values: Mapping[str, Any]
    steps: int = LONGEST

    def predict(self, past: Past) -> np.ndarray:
        """Return forecasts of shape (n, horizon)."""
        how = str(self.values.get("transform", "none"))
        seen = past.recent(self.steps)
        with np.errstate(all="ignore"):
            ahead = CARRYING[self.name](seen.transformed(how), self.values)
            return bounded(np.exp(ahead) if how == "log" else ahead, seen)

    def save(self, folder: Path) -> None:
        """Write the settings."""
        (folder / "local.json").write_text(json.dumps({"name": self.name, "values": dict(self.values), "steps": self.steps}), "utf-8")

    @classmethod
    def load(cls, folder: Path) -> Local:
        """Return what :meth:`save` wrote."""
        try:
            said = json.loads((folder / "local.json").read_text("utf-8"))
            made = cls(str(said["name"]), dict(said["values"]), int(said["steps"]))
        except (OSError, KeyError, TypeError) as error:
            raise ValueError(f"{folder} holds no forecaster: {error}") from error
        if made.name not in CARRYING or made.steps < 1:
            raise ValueError(f"there is no forecaster {made.name!r}")
        return made


def local(name: str, title: str, carry: Carrying) -> Forecaster:
    """Return the forecaster that `carry` makes of each series by itself."""
    CARRYING[name] = carry

    def fit(request: Request) -> Fitted:
        return Local(name, request.values, int(request.settings.get("forecast.history", {}).get("local", LONGEST)))

    return Forecaster(name, title, True, fit, Local.load)
