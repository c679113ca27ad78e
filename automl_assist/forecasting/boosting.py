"""Boosted trees across all series: what was seen lately, at the same place of earlier seasons, and the calendar of the step to forecast.

``direct`` answers for every step of the horizon at once, with the step as a feature; ``recursive`` goes one step and on from there.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from automl_assist.forecasting import _examples as examples
from automl_assist.forecasting._forecaster import Forecaster, Request, bounded
from automl_assist.forecasting._past import Past
from automl_assist.models._booster_text import load_booster
from automl_assist.preprocessing import storage
from automl_assist.rules._portfolios import BASES

RECENT = 12  # last values, one feature each
CYCLES = 3  # earlier seasons
FEWEST = 60  # rows to learn from
HELD_OUT = 0.15  # of the origins, the latest, to stop on
CHECK_TIME = 20  # rounds


@dataclass(frozen=True)
class Recipe:
    """How rows are made; stored beside the trees."""

    mode: str
    base: str
    transform: str
    window: int
    features: int
    local: int  # steps of the past that a series' own level and size are taken from


class Boosted:
    """A fitted booster."""

    def __init__(self, recipe: Recipe, booster: Any):
        self.recipe, self.booster = recipe, booster

    def predict(self, past: Past) -> np.ndarray:
        """Return forecasts of shape (n, horizon)."""
        recipe = self.recipe
        moved = past.transformed(recipe.transform)
        whole = examples.whole_sizes(moved, recipe.local)
        moved = moved.recent(recipe.window)
        if _width(moved, recipe.mode) != recipe.features:
            return examples.baseline(past)
        with np.errstate(all="ignore"):
            ahead = self._direct(moved, whole) if recipe.mode == "direct" else self._recursive(moved, whole)
            return bounded(np.exp(ahead) if recipe.transform == "log" else ahead, past)

    def _direct(self, past: Past, whole: examples.Sizes) -> np.ndarray:
        rows, start, size = pairs(past, examples.ends(past), self.recipe, whole, past.horizon)
        answer = self.booster.predict(rows, num_threads=1).reshape(past.n, past.horizon)
        return start + size[:, None] * answer

    def _recursive(self, past: Past, whole: examples.Sizes) -> np.ndarray:
        values = past.values
        ahead = np.empty((past.n, past.horizon))
        calendar = past.calendar()
        for k in range(past.horizon):
            now = replace(
                past, observed=values, last=past.last + k, known=past.known[:, k:], before=_held(past.before, k), horizon=past.horizon - k
            )
            rows, start, size = pairs(now, examples.ends(now), self.recipe, whole, 1, when=calendar[:, k:])
            ahead[:, k] = start[:, 0] + size * self.booster.predict(rows, num_threads=1)
            values = np.concatenate([values, ahead[:, k : k + 1]], axis=1)[:, 1:]
        return ahead

    def save(self, folder: Path) -> None:
        """Write the trees as LightGBM's text, and the recipe of the rows."""
        storage.save(folder, "recipe", self.recipe)
        (folder / "trees.txt").write_text(self.booster.model_to_string(), encoding="ascii")

    @classmethod
    def load(cls, folder: Path) -> Boosted:
        """Return what :meth:`save` wrote; the text is checked before LightGBM reads it."""
        recipe = storage.load(folder, "recipe", Recipe)
        if recipe.mode not in ("direct", "recursive") or recipe.base not in BASES or recipe.window < 1:
            raise ValueError("the recipe of the rows is none")
        return cls(recipe, load_booster(folder / "trees.txt", recipe.features))


def _held(before: np.ndarray, k: int) -> np.ndarray:
    """Return the covariates as they would stand `k` steps later if nothing changed."""
    if not k or not before.shape[2] or not before.shape[1]:
        return before
    return np.concatenate([before[:, k:], np.repeat(before[:, -1:], min(k, before.shape[1]), axis=1)], axis=1)[:, -before.shape[1] :]


def _width(past: Past, mode: str) -> int:
    """Return the number of features of a row."""
    seasons = [s for s in past.seasons if s > 1]
    calendar = past.take(np.arange(0)).calendar().shape[-1]
    return RECENT + 4 + (CYCLES + 2 + past.known.shape[2]) * len(seasons) + calendar + past.before.shape[2] + past.known.shape[2] + 2


def pairs(
    past: Past, at: examples.Origins, recipe: Recipe, whole: examples.Sizes, steps: int, when: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return one row for each origin and step, (e * steps, f), the base of each forecast (e, steps), and the size of each origin (e,)."""
    window = recipe.window
    seen = np.nan_to_num(examples.windows(past, at, window))
    level, size, start = examples.framed(seen, at, recipe.base, whole, past.season, steps)
    scaled = (seen - level[:, None]) / size[:, None]
    e = len(at)
    recent = scaled[:, -min(RECENT, window) :]
    recent = np.pad(recent, ((0, 0), (RECENT - recent.shape[1], 0)), mode="edge")
    short, medium = min(window, 7), min(window, max(past.season, 14))
    summary = np.column_stack(
        [
            scaled[:, -short:].mean(axis=1),
            scaled[:, -medium:].mean(axis=1),
            scaled[:, -medium:].std(axis=1),
            scaled[:, -short:].mean(axis=1) - scaled[:, : max(short, window // 2)].mean(axis=1),
        ]
    )
    one = np.repeat(np.concatenate([recent, summary], axis=1), steps, axis=0)
    parts = [one]
    ahead = np.tile(np.arange(steps), e)
    who = np.repeat(np.arange(e), steps)
    for season in (s for s in past.seasons if s > 1):
        back = window - season + ahead % season  # of the window: the same place in the last season
        for place in (*(back - j * season for j in range(CYCLES)), back - 1, back + 1):
            inside = (place >= 0) & (place < window)
            parts.append(np.where(inside, scaled[who, np.clip(place, 0, window - 1)], np.nan)[:, None])
        earlier = at.column[who] - window + 1 + back  # what is known ahead, as it was at that place
        parts.append(past.known[at.row[who], np.clip(earlier, 0, past.known.shape[1] - 1)])
    column = at.column[who] + 1 + ahead
    parts.append((past.calendar() if when is None else when)[at.row[who], column])
    parts.append(past.before[at.row[who], at.column[who]])
    parts.append(past.known[at.row[who], column])
    parts.append(np.column_stack([ahead + 1.0, np.repeat((start[:, 0] - level) / size, steps)]))
    return np.concatenate(parts, axis=1), start, size


def fit(request: Request) -> Boosted:
    """Fit the booster, stopping on the latest origins or for time; ValueError where there are too few rows."""
    import lightgbm

    values, chosen = request.values, request.settings["forecast.boosting"]
    mode, base, transform = str(values.get("mode", "direct")), str(values.get("base", "season")), str(values.get("transform", "none"))
    past = request.past.transformed(transform)
    steps = past.horizon if mode == "direct" else 1
    window = _window(past)
    most = max(200, int(request.settings["forecast.history"]["rows"]) // steps)
    at = examples.origins(
        past if mode == "direct" else replace(past, horizon=1, known=past.known[:, : past.length + 1]), window, most, request.seed
    )
    if len(at) * steps < FEWEST:
        raise ValueError(f"only {len(at) * steps} rows to learn from")
    recipe = Recipe(mode, base, transform, window, 0, int(request.settings["forecast.history"]["local"]))
    rows, start, size = pairs(past, at, recipe, examples.whole_sizes(past, recipe.local), steps)
    truth = past.observed[at.row[:, None], at.column[:, None] + 1 + np.arange(steps)[None, :]]
    target = ((truth - start) / size[:, None]).ravel()
    column = np.repeat(at.column, steps)
    border = np.quantile(at.column, 1 - HELD_OUT)
    later = column >= border
    use = np.isfinite(target)
    train = np.flatnonzero(use & (column < border - (steps if len(at) > 50 * steps else 0)))
    valid = np.flatnonzero(use & later)
    if len(train) < FEWEST // 2 or len(valid) < 5:
        raise ValueError(f"only {len(train)} rows to learn from")
    until = time.monotonic() + request.seconds if request.seconds else None
    parameters = {
        "objective": "regression_l1",
        "learning_rate": chosen["learning_rate"],
        "num_leaves": values.get("num_leaves", chosen["leaves"]),
        "min_data_in_leaf": chosen["least_rows" if len(train) > chosen["few_rows"] else "least_rows_of_few"],
        "feature_fraction": chosen["column_share"],
        "bagging_fraction": chosen["row_share"],
        "bagging_freq": 1,
        "lambda_l2": chosen["l2"],
        "verbosity": -1,
        "seed": request.seed,
        "num_threads": request.threads,
        "deterministic": True,
        "force_col_wise": True,
    }
    data = lightgbm.Dataset(rows[train], target[train])
    stop = [lightgbm.early_stopping(chosen["patience"], verbose=False), _on_time(lightgbm, until)]
    booster = lightgbm.train(parameters, data, chosen["rounds"], valid_sets=[data.create_valid(rows[valid], target[valid])], callbacks=stop)
    best = booster.best_iteration or booster.current_iteration()
    left = None if until is None else until - time.monotonic()
    if left is None or left > 0.2 * (
        request.seconds or 0
    ):  # the latest origins say most about the next: once more with them, as far as it was good
        everything = lightgbm.Dataset(rows[np.flatnonzero(use)], target[use])
        booster = lightgbm.train(parameters, everything, max(best, 5), callbacks=[_on_time(lightgbm, until)])
    else:
        booster = lightgbm.Booster(model_str=booster.model_to_string(num_iteration=best))
    return Boosted(replace(recipe, features=rows.shape[1]), booster)


def _on_time(lightgbm: Any, until: float | None) -> Any:
    def check(state: Any) -> None:
        if until is not None and state.iteration % CHECK_TIME == 0 and time.monotonic() > until and state.iteration:
            raise lightgbm.callback.EarlyStopException(state.iteration, state.evaluation_result_list or [])

    return check


def _window(past: Past) -> int:
    usual = float(np.median(past.length - past.first)) if past.n else 0.0
    longest = max(s for s in past.seasons) * CYCLES
    return int(max(3, min(max(longest, RECENT + 2), (usual - past.horizon) // 2)))


BOOSTING = Forecaster("boosting", "Boosted trees on lags and calendar (LightGBM)", False, fit, Boosted.load, ("lightgbm",))
