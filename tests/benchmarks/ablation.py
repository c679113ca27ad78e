"""What each part of a training brings: one run with all of it, and one without each part.

``python tests/benchmarks/ablation.py FOLDER --only NAME ... [--budget 60] [--variants NAME ...] [--seed 0]`` takes a folder of data sets,
each with data.csv or .parquet and a meta.json that names target and task. A quarter of the rows is held out; every variant trains on the
rest with the same seconds and the plan of ``assist recommend``, changed in one place, and is scored on the held-out rows by the plan's own
metric. Printed are the errors of each variant over those of the whole (above 1: what was left out helps), their geometric means, and beside
them LightGBM with its defaults and the best single model of the whole run. Run it on a quiet machine: one variant follows the other.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import pandas as pd
import yaml
from sklearn.model_selection import train_test_split

from automl_assist.evaluation.scoring import score
from automl_assist.metrics import metric

HELD_OUT = 0.25
NETWORKS = ("mlp", "text_bag", "text_cnn", "text_rnn", "joint", "image_cnn")
LEAST_ROWS_OF_A_CLASS = 8  # fewer cannot stand on both sides of the split
Plan = dict[str, Any]


def without(*families: str) -> Callable[[Plan], bool]:
    """Return what takes families out of a plan; False where none of them is there, or nothing else is."""

    def edit(plan: Plan) -> bool:
        left = [name for name in plan["families"] if name not in families]
        changed = len(left) < len(plan["families"]) and len(left) > 1
        plan["families"] = left
        return changed

    return edit


def only(*families: str) -> Callable[[Plan], bool]:
    """Return what keeps only some families in a plan, and the baseline."""

    def edit(plan: Plan) -> bool:
        plan["families"] = [name for name in plan["families"] if name in families or name == "baseline"]
        return len(plan["families"]) > 1

    return edit


def no_made_columns(plan: Plan) -> bool:
    """Make no columns of others."""
    made = plan.get("made_columns", {})
    found = any(made.get(name) for name in ("combinations", "arithmetic", "groups"))
    made.update({name: 0 for name in ("combinations", "arithmetic", "groups") if name in made})
    return found


def no_racing(plan: Plan) -> bool:
    """Give every candidate all its folds, however far behind it is."""
    plan["shares"] |= {"behind": 10.0, "near": 1.0}
    return True


def no_last_fit(plan: Plan) -> bool:
    """Keep the tested models of the folds."""
    found = plan["refit"]["rows"] == "all"
    plan["refit"]["rows"] = "development"
    return found


def three_folds(plan: Plan) -> bool:
    """Fit three folds of each candidate."""
    found = plan["split"]["folds"] > 3
    plan["split"]["folds"] = 3
    return bool(found)


VARIANTS: dict[str, Callable[[Plan], bool]] = {
    "all": lambda _: True,
    "no linear": without("linear", "text_linear", "nb_linear"),
    "no lightgbm": without("lightgbm", "text_boosted"),
    "no extra_trees": without("extra_trees"),
    "no kernel": without("kernel"),
    "no networks": without(*NETWORKS),
    "Keras only": only(*NETWORKS),
    "no made columns": no_made_columns,
    "no racing": no_racing,
    "no last fit": no_last_fit,
    "three folds": three_folds,
}


def halves(folder: Path, meta: Plan, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rows to train on and those held out, classes in equal shares."""
    parquet = folder / "data.parquet"
    table = pd.read_parquet(parquet) if parquet.is_file() else pd.read_csv(folder / "data.csv", low_memory=False)
    table = table[table[meta["target"]].notna()]
    classes = None
    if meta["task"] != "regression":
        table = table[table[meta["target"]].map(table[meta["target"]].value_counts()) >= LEAST_ROWS_OF_A_CLASS]
        classes = table[meta["target"]]
    first, second = train_test_split(table, test_size=HELD_OUT, random_state=seed, stratify=classes)
    return first, second


def assist(*words: str) -> Plan:
    """Return what a command says; RuntimeError with its error where it failed."""
    done = subprocess.run([sys.executable, "-m", "automl_assist", *words, "--json", "-q"], capture_output=True, text=True)
    document: Plan = json.loads(done.stdout)
    if document.get("status") != "ok":
        raise RuntimeError(str(document.get("error")))
    return document


def error_of(name: str, value: float) -> float:
    """Return the figure of a metric as an error: what is left to its optimum."""
    one = metric(name)
    return 1.0 - value if one.higher_is_better else value


def lightgbm_defaults(train: pd.DataFrame, test: pd.DataFrame, target: str, task: str, name: str) -> float:
    """Return the error of LightGBM with its defaults, categories as such."""
    both = pd.concat([train, test]).drop(columns=[target])
    for column in both.columns:
        if not pd.api.types.is_numeric_dtype(both[column]):
            both[column] = both[column].astype("category")
    both.columns = [f"c{k}" for k in range(both.shape[1])]
    known, asked = both.iloc[: len(train)], both.iloc[len(train) :]
    if task == "regression":
        model = lightgbm.LGBMRegressor(verbose=-1).fit(known, train[target])
        return error_of(name, score(metric(name), test[target].to_numpy(float), np.asarray(model.predict(asked), float)))
    levels = sorted(train[target].unique().tolist(), key=str)
    code = {level: k for k, level in enumerate(levels)}
    model = lightgbm.LGBMClassifier(verbose=-1).fit(known, train[target].map(code))
    return error_of(name, score(metric(name), test[target].map(code).to_numpy(), np.asarray(model.predict_proba(asked))))


def best_single(document: Plan) -> float:
    """Return the error, on the locked test part of the whole run, of the best single model over that of the ensemble; nan without one."""
    name, board = document["metric"]["name"], [e for e in document["leaderboard"] if e.get("test") and e["status"] == "complete"]
    single = [e for e in board if e["family"] not in ("ensemble", "baseline")]
    chosen = [e for e in board if e["family"] == "ensemble"]
    if not single or not chosen:
        return math.nan
    least = min if not metric(name).higher_is_better else max  # chosen by folds, as the ensemble was, not by the test
    best = least(single, key=lambda e: float(e["score"]))
    return error_of(name, best["test"]["value"]) / max(error_of(name, chosen[0]["test"]["value"]), 1e-12)


def measured(folder: Path, options: argparse.Namespace, work: Path) -> tuple[str, dict[str, float]]:
    """Return the metric of a data set and the error of each variant on it."""
    meta = json.loads((folder / "meta.json").read_text("utf-8"))
    first, second = halves(folder, meta, options.seed)
    train, test, plan_file = work / "train.csv", work / "test.csv", work / "plan.yaml"
    first.to_csv(train, index=False)
    second.to_csv(test, index=False)
    budget = f"{options.budget:g}s"
    assist("recommend", str(train), "--target", meta["target"], "--time-budget", budget, "--out", str(plan_file), "--overwrite")
    asked, errors, name = yaml.safe_load(plan_file.read_text("utf-8")), {}, ""
    for variant in options.variants:
        plan = json.loads(json.dumps(asked))
        if not VARIANTS[variant](plan):
            continue
        plan_file.write_text(yaml.safe_dump(plan, sort_keys=False, allow_unicode=True), "utf-8")
        run = work / "run"
        document = assist("train", str(train), "--plan", str(plan_file), "--time-budget", budget, "--out", str(run), "--overwrite")
        found = assist("evaluate", str(run), str(test))["metric"]
        name = found["name"]
        errors[variant] = error_of(name, found["value"])
        if variant == "all":
            errors["best single model"] = errors["all"] * best_single(document)
    errors["LightGBM defaults"] = lightgbm_defaults(first, second, meta["target"], meta["task"], name)
    return name, errors


def main() -> int:
    """Print a line for each table and the geometric means."""
    asked = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked.add_argument("folder", type=Path)
    asked.add_argument("--only", nargs="+", required=True, help="names of data sets")
    asked.add_argument("--budget", type=float, default=60.0, help="seconds of each run")
    asked.add_argument("--variants", nargs="+", default=list(VARIANTS), choices=list(VARIANTS), help="what to leave out")
    asked.add_argument("--seed", type=int, default=0, help="of the split")
    options = asked.parse_args()
    every: dict[str, list[float]] = {}
    for data in options.only:
        with tempfile.TemporaryDirectory() as work:
            name, errors = measured(options.folder / data, options, Path(work))
        base = errors[options.variants[0]]
        sys.stdout.write(f"{data} ({name}, {options.variants[0]}: {base:.5g})\n")
        for variant, error in errors.items():
            every.setdefault(variant, []).append(error / base)
            sys.stdout.write(f"    {variant:20} {error:12.5g} {error / base:8.3f}\n")
        sys.stdout.flush()
    sys.stdout.write("geometric means\n")
    for variant, ratios in every.items():
        sys.stdout.write(f"    {variant:20} {math.exp(np.nanmean(np.log(np.maximum(ratios, 1e-6)))):8.3f} of {len(ratios)} tables\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
