"""How long the first word takes: each command's help beside `python -c pass`, in turn, the fastest of ten.

Run as ``python tests/benchmarks/start_up.py``. The aim is at most 0.1 s more.
"""

from __future__ import annotations

import subprocess
import sys
import time

from automl_assist.cli import LAZY

TIMES = 10


def seconds(command: list[str]) -> float:
    """Return how long a command takes."""
    begun = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - begun


def main() -> None:
    """Print one line for each command."""
    bare = [sys.executable, "-c", "pass"]
    for words in (["--help"], ["--version"], *([name, "--help"] for name in LAZY)):
        ours = [sys.executable, "-m", "automl_assist", *words]
        pairs = [(seconds(bare), seconds(ours)) for _ in range(TIMES)]
        least, most = min(a for a, _ in pairs), min(b for _, b in pairs)
        sys.stdout.write(f"{' '.join(words):20} {most:.3f} s, python -c pass {least:.3f} s, {most - least:+.3f} s\n")


if __name__ == "__main__":
    main()
