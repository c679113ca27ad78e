"""How many networks a minute are fitted, beside KerasTuner's random search over the same space with Keras' own fit.

``python tests/benchmarks/network_trials.py DATA --target COLUMN [--budget 60] [--seed 0]`` runs ``assist train --family neural`` and then,
on as many rows, with the plan's epochs, batch size and patience, ``keras_tuner.RandomSearch`` over the same space of the same Keras model,
trained by Keras' own AdamW at one rate and ``fit``. Both have the same seconds, start-up included; a fold of a candidate is one fit here, a
trial is one there. Ours are counted per minute until the search ends, since the test, the report and the last fit come after it.
The bar is five times as many.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from automl_assist.schema import Problem

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
    from automl_assist.nn.compilation import prepare

    prepare()
    import keras
    import keras_tuner

    from automl_assist.models import mlp
    from automl_assist.nn import forward, tabular

    table = pd.read_csv(data).dropna(subset=[target])
    y = table.pop(target)
    numeric = table.select_dtypes("number")
    x = {"numbers": ((numeric - numeric.mean()) / numeric.std().replace(0, 1)).fillna(0).to_numpy("float32")}
    words = table.drop(columns=list(numeric))
    levels = tuple(int(words[c].nunique()) + 1 for c in words)
    codes = (
        np.stack([words[c].astype("category").cat.codes + 1 for c in words], 1).astype("int32")
        if levels
        else np.zeros((len(y), 0), "int32")
    )
    x |= {"codes": codes} if levels else {}
    task, optimizer = plan["task"], plan["network"]["optimizer"]
    classes = y.nunique() if task != "regression" else 0
    answer = y.astype("category").cat.codes.to_numpy() if classes else ((y - y.mean()) / y.std()).to_numpy("float32")
    fitted = int(len(y) * (1 - plan["split"]["test_share"]) * (1 - 1 / plan["split"]["folds"]))  # as many rows as a fold of ours
    settings = {f"network.{part}": plan["network"][part] for part in ("architecture", "optimizer", "regularization")}
    problem = Problem(
        task, classes, plan["metric"], fitted, numeric.shape[1], len(levels), 0, {**settings, "space.mlp": plan["space"]["mlp"]}
    )

    def build(hp: Any) -> Any:
        mlp.declare_space(hp, problem)
        values = hp.values
        architecture = mlp.designed(problem, values, numeric.shape[1], 0, levels)
        model = tabular.build(architecture)
        start = forward.first_weights(
            architecture, x["numbers"][:1024], np.zeros((1024, 0))[: len(y)], codes[:1024], seed, values["wave_sd"]
        )
        for variable in model.trainable_variables:
            variable.assign(start[variable.path])
        for variable in model.non_trainable_variables:
            if variable.path.endswith("/rate"):
                variable.assign(values["dropout"])
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True) if classes else "mse"
        model.compile(keras.optimizers.AdamW(values["learning_rate"], weight_decay=values["weight_decay"]), loss)
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
        seen, held_out = ({k: v[part] for k, v in x.items()} for part in (slice(fitted), slice(fitted, None)))
        search.search(seen, answer[:fitted], validation_data=(held_out, answer[fitted:]), **told)
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
    here, there = 60 * fits / max(seconds, 1), 60 * max(trials, 1) / options.budget
    said = f"{fits} fits of assist in {seconds:.0f} s, {trials} trials of KerasTuner in {options.budget:g} s"
    sys.stdout.write(f"{options.data}: {said}: {here / there:.1f} times as many a minute (bar {BAR:g})\n")
    return int(here < BAR * there)


if __name__ == "__main__":
    sys.exit(main())
