"""What this machine offers: cores and memory that this process may really use, and libraries that can be imported."""

from __future__ import annotations

import importlib.util
import os
from contextlib import suppress
from importlib import metadata
from pathlib import Path

from automl_assist.schema import Machine

OPTIONAL = ("lightgbm", "catboost", "keras", "jax", "keras_tuner", "duckdb", "python_calamine")
DISTRIBUTIONS = {"keras_tuner": "keras-tuner", "python_calamine": "python-calamine"}
CGROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")


def this_machine() -> Machine:
    """Return cores and memory within the limits set for this process."""
    return Machine(_cores(), _memory_mb(), tuple(name for name in OPTIONAL if can_import(name)))


def can_import(name: str) -> bool:
    """Whether a library is there, without importing it.

    An installed distribution must bring the module that Python would find: a folder of the same name in the way is not it.
    """
    try:
        spec = importlib.util.find_spec(name)
        if spec is None or spec.origin is None:
            return False
        brought = metadata.distribution(DISTRIBUTIONS.get(name, name)).locate_file(name)
    except (ImportError, ValueError):
        return False
    return Path(spec.origin).parent.resolve() == Path(str(brought)).resolve()


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return max(len(os.sched_getaffinity(0)), 1)
    return os.cpu_count() or 1


def _memory_mb() -> int:
    total = 0
    with suppress(ValueError, OSError, AttributeError):
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    with suppress(ValueError, OSError):
        total = min(total, int(CGROUP_LIMIT.read_text("ascii")))
    return total // 1_000_000
