"""A worker process: reads one JSON request a line from standard input, answers one JSON line.

Run as ``python -m automl_assist.tuning.worker``. It ends when its standard input closes, that is when the parent dies.
"""

from __future__ import annotations

import importlib
import json
import os
import queue
import sys
import threading
import traceback
from typing import Any

CALLABLE = "automl_assist.tuning."  # requests name functions of this package only


def main() -> None:
    """Serve requests until standard input closes."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever a library prints must not stand between the answers
    requests: queue.Queue[str] = queue.Queue()
    threading.Thread(target=_read, args=(requests,), daemon=True).start()
    _warm_up()
    while True:
        answers.write(json.dumps(_answer(json.loads(requests.get()))) + "\n")
        answers.flush()


def _read(requests: queue.Queue[str]) -> None:
    for line in sys.stdin:
        requests.put(line)
    os._exit(0)  # the parent is gone; a fit in native code would not notice


def _warm_up() -> None:
    """Import what every fit needs, while the parent still reads the data."""
    importlib.import_module("automl_assist.tuning.unit")
    importlib.import_module("sklearn.linear_model")


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    try:
        if not request["function"].startswith(CALLABLE):
            raise ValueError(f"{request['function']!r} is not a function of a worker")
        module, _, name = request["function"].rpartition(".")
        return {"result": getattr(importlib.import_module(module), name)(*request["arguments"])}
    except MemoryError:
        return {"error": "it ran out of memory"}
    except Exception as error:
        traceback.print_exc()
        first = str(error).strip().splitlines()
        return {"error": f"{type(error).__name__}: {first[0][:300] if first else ''}"}


if __name__ == "__main__":
    main()
