"""How many networks a minute are fitted, beside KerasTuner's random search over the same space with Keras' own fit.

``python tests/benchmarks/network_trials.py DATA --target COLUMN [--budget 60] [--seed 0]`` runs ``assist train --family neural`` and then,
on as many rows, with the plan's epochs, batch size and patience, ``keras_tuner.RandomSearch`` over plain dense networks of the plan's
layers, widths, dropout, weight decay and learning rate (without the waves in which ours sees numbers: it does less). Both have the same
seconds, start-up included; a fold of a candidate is one fit here, a trial is one there. Ours are counted per minute until the search ends,
since the test, the report and the last fit come after it. The bar is five times as many.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

BAR = 5.0


def ours(data: Path, target: str, budget: float, work: Path) -> tuple[int, float, dict[str, Any]]:
    """Return how many networks a training fitted, in how many seconds until its search ended, and its plan."""
    run = work / "run"
    words = ["train", str(data), "--target", target, "--family", "neural", "--time-budget", f"{budget:g}s", "--out", str(run), "-q"]
    subprocess.run([sys.executable, "-m", "automl_assist", *words], check=True, capture_output=True)
    trials = [json.loads(line) for line in (run / "trials.jsonl").read_text("utf-8").splitlines()]
    fits = sum(sum(score is not None for score in trial["fold_scores"]) for trial in trials if trial["family"] == "mlp")
    return fits, max(trial["ended_s"] for trial in trials), yaml.safe_load((run / "plan.yaml").read_text("utf-8"))


def stock(data: Path, target: str, plan: dict[str, Any], end: float, seed: int, work: Path) -> int:
    """Return how many trials of KerasTuner's random search end before `end`, a time of ``time.monotonic()``."""
    os.environ["KERAS_BACKEND"] = "jax"
    import keras
    import keras_tuner

    table = pd.read_csv(data).dropna(subset=[target])
    y = table.pop(target)
    x = pd.get_dummies(table.loc[:, [c for c in table if table[c].dtype != object or table[c].nunique() <= 50]], dtype="float32")
    x = ((x - x.mean()) / x.std().replace(0, 1)).fillna(0).to_numpy("float32")
    classes = y.nunique() if plan["task"] != "regression" else 0
    answer = y.astype("category").cat.codes.to_numpy() if classes else ((y - y.mean()) / y.std()).to_numpy("float32")
    fitted = int(len(x) * (1 - plan["split"]["test_share"]) * (1 - 1 / plan["split"]["folds"]))  # as many rows as a fold of ours
    space, optimizer = plan["space"]["mlp"], plan["network"]["optimizer"]

    def build(hp: Any) -> Any:
        layers = [keras.Input((x.shape[1],))]
        width, decay = hp.Int("width", space["width"][-2], space["width"][-1], step=64), hp.Float("weight_decay", 1e-3, 0.1, sampling="log")
        for _ in range(hp.Int("layers", *space["layers"])):
            layers += [keras.layers.Dense(width, "selu"), keras.layers.Dropout(hp.Float("dropout", *space["dropout"]))]
        layers.append(keras.layers.Dense(max(classes, 1), "softmax" if classes else None))
        model = keras.Sequential(layers)
        rate = hp.Float("learning_rate", 1e-4, 1e-2, sampling="log")
        loss = "sparse_categorical_crossentropy" if classes else "mse"
        model.compile(keras.optimizers.AdamW(rate, weight_decay=decay), loss)
        return model

    ended = [0]

    class Search(keras_tuner.RandomSearch):  # type: ignore[misc]
        def on_trial_end(self, trial: Any) -> None:
            super().on_trial_end(trial)
            ended[0] += time.monotonic() < end

    class Until(keras.callbacks.Callback):  # type: ignore[misc]
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            del epoch, logs
            if time.monotonic() > end:
                raise TimeoutError

    search = Search(
        build, "val_loss", max_trials=100_000, seed=seed, directory=str(work), project_name="stock", max_consecutive_failed_trials=1
    )
    patience = round(plan["network"]["regularization"]["patience"] * optimizer["epochs"])
    halt = [keras.callbacks.EarlyStopping("val_loss", patience=patience), Until()]
    told = {"epochs": optimizer["epochs"], "batch_size": optimizer["batch_size"], "callbacks": halt, "verbose": 0}
    try:
        search.search(x[:fitted], answer[:fitted], validation_data=(x[fitted:], answer[fitted:]), **told)
    except (TimeoutError, RuntimeError) as error:  # KerasTuner wraps what a callback raises
        if time.monotonic() < end:
            raise RuntimeError("the stock search failed") from error
    return ended[0]


def main() -> int:
    """Print both counts and their ratio; 1 where it is below the bar."""
    asked = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked.add_argument("data", type=Path)
    asked.add_argument("--target", required=True)
    asked.add_argument("--budget", type=float, default=60.0, help="seconds of each")
    asked.add_argument("--seed", type=int, default=0)
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as work:
        fits, seconds, plan = ours(options.data, options.target, options.budget, Path(work))
        trials = stock(options.data, options.target, plan, time.monotonic() + options.budget, options.seed, Path(work))
    here, there = 60 * fits / seconds, 60 * max(trials, 1) / options.budget
    said = f"{fits} fits of assist in {seconds:.0f} s, {trials} trials of KerasTuner in {options.budget:g} s"
    sys.stdout.write(f"{options.data}: {said}: {here / there:.1f} times as many a minute (bar {BAR:g})\n")
    return int(here < BAR * there)


if __name__ == "__main__":
    sys.exit(main())
