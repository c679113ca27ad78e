"""How good the first candidate of a plan is, untuned, beside the best of a longer run.

``python tests/benchmarks/zero_shot.py FOLDER [--budget 300] [--only NAME ...]`` takes a folder of data sets, each with data.csv or .parquet
and a meta.json that names target and task. Each table is trained once for that many seconds. From its comparison, all on the same locked
test part: the constant baseline, the best found, and the first candidate of every kind of model with its settings as they stand in the
plan. Printed is their share of the gain over the baseline; the plan's first candidate is that of boosted trees, of the linear model on
texts alone. The bar is a mean share of 97 %. Run it on a quiet machine.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

MODALITIES = ("tabular", "text", "mixed")
TASKS = ("binary", "multiclass", "regression", "count")
FAMILIES = ("linear", "lightgbm", "extra_trees", "mlp", "text_linear")
BAR = 0.97


def sets(folder: Path, only: list[str]) -> Iterator[tuple[str, Path, dict[str, Any]]]:
    """Yield the name, data file and description of each table in `folder`."""
    for meta_file in sorted(folder.glob("*/meta.json")):
        meta = json.loads(meta_file.read_text("utf-8"))
        data = next((p for p in (meta_file.with_name("data.csv"), meta_file.with_name("data.parquet")) if p.is_file()), None)
        named = not only or meta_file.parent.name in only
        fitting = meta.get("modality") in MODALITIES and meta.get("task") in TASKS and isinstance(meta.get("target"), str)
        if named and data and fitting:
            yield meta_file.parent.name, data, meta


def trained(data: Path, target: str, out: Path, seconds: float) -> dict[str, Any]:
    """Return what a training says; RuntimeError with its error where it failed."""
    words = ["train", str(data), "--target", target, "--out", str(out), "--overwrite", "--time-budget", f"{seconds:.0f}s", "--json", "-q"]
    done = subprocess.run([sys.executable, "-m", "automl_assist", *words], capture_output=True, text=True)
    document = json.loads(done.stdout)
    if document.get("status") != "ok":
        raise RuntimeError(str(document.get("error")))
    return document


def shares(document: dict[str, Any]) -> dict[str, float]:
    """Return, for each family, which share of the way from the baseline to the best its first candidate went on the test part."""
    board = [e for e in document["leaderboard"] if e.get("test")]
    baseline = document["metric"]["baseline"]
    gain = document["metric"]["value"] - baseline
    found = {}
    for family in FAMILIES:
        own = [e for e in board if e["family"] == family and e["status"] == "complete"]
        if own and gain:
            first = min(own, key=lambda e: int(e["name"].rpartition("-")[2]))
            found[family] = (first["test"]["value"] - baseline) / gain
    return found


def main() -> int:
    """Print a line for each table and the means; 1 where that of the plan's first candidates is below the bar."""
    asked = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked.add_argument("folder", type=Path)
    asked.add_argument("--budget", type=float, default=300.0, help="seconds of each run")
    asked.add_argument("--only", nargs="*", default=[], help="names of data sets")
    options = asked.parse_args()
    firsts: list[float] = []
    by_family: dict[str, list[float]] = {family: [] for family in FAMILIES}
    head = " ".join(f"{family:>12}" for family in FAMILIES)
    sys.stdout.write(f"{'data':28} {'metric':18} {'baseline':>10} {'best':>10} {'first':>8} {head}\n")
    with tempfile.TemporaryDirectory() as work:
        for name, data, meta in sets(options.folder, options.only):
            try:
                document = trained(data, meta["target"], Path(work) / "run", options.budget)
            except (RuntimeError, ValueError) as error:
                sys.stdout.write(f"{name:28} {str(error)[:100]}\n")
                continue
            found, metric = shares(document), document["metric"]
            first = found.get("text_linear" if document["modality"] == "text" else "lightgbm", math.nan)
            firsts.append(first)
            for family, share in found.items():
                by_family[family].append(share)
            each = " ".join(f"{found.get(family, math.nan):12.1%}" for family in FAMILIES)
            line = f"{name:28} {metric['name']:18} {metric['baseline']:10.4g} {metric['value']:10.4g} {first:8.1%} {each}\n"
            sys.stdout.write(line)
            sys.stdout.flush()
    mean = float(np.nanmean(firsts)) if firsts else math.nan
    means = " ".join(f"{np.mean(found) if found else math.nan:12.1%}" for found in by_family.values())
    sys.stdout.write(f"{f'mean over {len(firsts)} tables (bar {BAR:.0%})':69} {mean:8.1%} {means}\n")
    return int(not mean >= BAR)


if __name__ == "__main__":
    sys.exit(main())
