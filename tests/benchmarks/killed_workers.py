"""Whether a run survives the death of its workers, and keeps its time.

``python tests/benchmarks/killed_workers.py [DATA --target COLUMN] [--runs 50] [--budget 10] [--kills 1]`` trains that often, on the sample
table of penguins unless another is named; at random moments of each run one of its worker processes gets SIGKILL, as a system short of
memory would send it. Afterwards the model must predict every row. The bars: as many models as runs, and each within 102 % of the budget
and one second more. Run it on a quiet machine (Linux: it finds the workers in /proc).
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from automl_assist._resources import sample_data_dir

ALLOWED_SHARE, ALLOWED_S = 1.02, 1.0


def workers_of(pid: int) -> list[int]:
    """Return the children of a process."""
    with contextlib.suppress(OSError):
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]
    return []


def one_run(data: Path, target: str, budget: float, kills: int, draw: random.Random, out: Path) -> tuple[str, float, list[str]]:
    """Return what was wrong with a run (nothing: an empty string), its seconds, and the kills."""
    words = ["train", str(data), "--target", target, "--time-budget", f"{budget:g}s", "--out", str(out), "--overwrite", "--json", "-q"]
    moments = sorted(draw.uniform(0.0, budget) for _ in range(kills))
    started, done = time.monotonic(), []
    process = subprocess.Popen([sys.executable, "-m", "automl_assist", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    for moment in moments:
        while process.poll() is None and time.monotonic() - started < moment:
            time.sleep(0.01)
        workers = workers_of(process.pid)
        if workers and process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(draw.choice(workers), signal.SIGKILL)
                done.append(f"{moment:.1f}")
    answer, said = process.communicate()
    seconds = time.monotonic() - started
    if process.returncode != 0:
        return f"exit code {process.returncode}: {said[-200:]}", seconds, done
    family = {row["family"] for row in json.loads(answer)["leaderboard"] if row.get("weight")}
    if not family - {"ensemble", "baseline"}:
        return "nothing but the baseline", seconds, done
    predicted = out.with_name("predictions.csv")
    words = ["predict", str(out), str(data), "--out", str(predicted), "--overwrite"]
    if subprocess.run([sys.executable, "-m", "automl_assist", *words], capture_output=True).returncode != 0:
        return "its model does not predict", seconds, done
    if len(predicted.read_bytes().splitlines()) < len(data.read_bytes().splitlines()):
        return "rows are missing from its predictions", seconds, done
    return "", seconds, done


def main() -> int:
    """Print a line for each run; 1 where a run failed or came late."""
    asked = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked.add_argument("data", type=Path, nargs="?", default=sample_data_dir() / "penguins.csv")
    asked.add_argument("--target", default="species")
    asked.add_argument("--runs", type=int, default=50)
    asked.add_argument("--budget", type=float, default=10.0)
    asked.add_argument("--kills", type=int, default=1, help="in each run")
    asked.add_argument("--seed", type=int, default=0)
    options = asked.parse_args()
    draw = random.Random(options.seed)
    wrong, late, longest = 0, 0, 0.0
    with tempfile.TemporaryDirectory() as work:
        for number in range(1, options.runs + 1):
            why, seconds, kills = one_run(options.data, options.target, options.budget, options.kills, draw, Path(work) / "run")
            too_late = seconds > ALLOWED_SHARE * options.budget + ALLOWED_S
            wrong, late, longest = wrong + bool(why), late + too_late, max(longest, seconds)
            sys.stdout.write(f"{number:3}  killed at {', '.join(kills) or '-':12} {seconds:6.2f} s{'  LATE' if too_late else ''}  {why}\n")
            sys.stdout.flush()
    sys.stdout.write(
        f"{options.runs - wrong} models in {options.runs} runs, {late} late, the longest {longest:.2f} s of {options.budget:g} s\n"
    )
    return int(wrong or late)


if __name__ == "__main__":
    sys.exit(main())
