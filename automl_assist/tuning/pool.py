"""Worker processes that the parent can kill, behind the interface of ``concurrent.futures``.

Any other executor, such as the one of a Dask client, can take their place: units are plain functions of plain dicts.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import IO, Any

# Sixteen processes on one H100 had trained nothing in the 30 s in which each of two trains three networks of pictures to the end. So the
# first ones may use what JAX finds, and the others compute beside them.
WORKERS_ON_GPU = 2
HURRIED_S = 8.0  # a worker that still imports its libraries may not answer within less on a busy machine


class WorkerDiedError(Exception):
    """The process of a unit ended without an answer."""


class UnitFailedError(Exception):
    """A unit raised; the message says what."""


class WorkerPool(Executor):
    """Processes that run one unit each at a time.

    Parameters
    ----------
    workers : int
        Number of processes; they are started at once, so that their imports overlap with the reading of the data.
    threads : int
        Threads that each may use: BLAS, OpenMP and XLA are told by environment variables.
    log : Path, optional
        Where their standard error goes; nowhere by default.
    meanwhile : callable, optional
        Done once, in another thread, when the first unit is given away and whoever did so waits. Its errors are for later to find.
    """

    def __init__(self, workers: int, threads: int, log: Path | None = None, meanwhile: Callable[[], object] | None = None):
        self.workers = workers
        self.threads = threads
        self._log = log
        self._requests: queue.Queue[tuple[Future[Any], str] | None] = queue.Queue()
        self._processes: dict[int, subprocess.Popen[str]] = {}
        self._running: dict[Future[Any], int] = {}
        self._lock = threading.Lock()
        self._closed = False
        self._meanwhile = meanwhile
        self._servers = [threading.Thread(target=self._serve, args=(slot,), daemon=True) for slot in range(workers)]
        for slot in range(workers):
            self._start(slot)
        for server in self._servers:
            server.start()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Queue ``fn(*args)``: a module-level function of ``automl_assist.tuning``, with JSON data as arguments and result."""
        if kwargs:
            raise TypeError("units take positional arguments only")
        future: Future[Any] = Future()
        self._requests.put((future, json.dumps({"function": f"{fn.__module__}.{fn.__qualname__}", "arguments": args}) + "\n"))
        if self._meanwhile is not None:
            threading.Thread(target=_tried, args=(self._meanwhile,), daemon=True).start()
            self._meanwhile = None
        return future

    def kill(self, future: Future[Any]) -> None:
        """Kill the process that runs `future`; it ends with :class:`WorkerDiedError`, and another process takes its place."""
        with self._lock:
            slot = self._running.get(future)
            if slot is not None:
                _kill(self._processes[slot])

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Kill every process; nothing is waited for, since units are written whole or not at all."""
        with self._lock:
            self._closed = True
            for process in self._processes.values():
                _kill(process)
        for _ in self._servers:
            self._requests.put(None)
        if wait:
            for server in self._servers:
                server.join(timeout=2)

    def _start(self, slot: int) -> subprocess.Popen[str]:
        n = str(self.threads)
        limits = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NPROC"), n)
        flags = f"{os.environ.get('XLA_FLAGS', '')} --xla_cpu_multi_thread_eigen={'true' if self.threads > 1 else 'false'}".strip()
        environment = os.environ | limits | {"XLA_FLAGS": flags, "KERAS_BACKEND": "jax", "PYTHONHASHSEED": "0"}
        if slot >= WORKERS_ON_GPU:
            environment.setdefault("JAX_PLATFORMS", "cpu")
        with contextlib.ExitStack() as stack:
            errors: IO[bytes] | int = subprocess.DEVNULL
            if self._log is not None:
                errors = stack.enter_context(self._log.open("ab"))
            process = subprocess.Popen(
                [sys.executable, "-m", "automl_assist.tuning.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                encoding="utf-8",
                env=environment,
                start_new_session=True,  # Ctrl-C on the terminal goes to the parent alone, which then decides
            )
        self._processes[slot] = process
        return process

    def _serve(self, slot: int) -> None:
        while True:
            request = self._requests.get()
            if request is None or self._closed:
                return
            future, line = request
            if not future.set_running_or_notify_cancel():
                continue
            with self._lock:
                process = self._processes[slot]
                if process.poll() is not None:
                    process = self._start(slot)
                self._running[future] = slot
            answer = _ask(process, line)
            with self._lock:
                del self._running[future]
                if answer is None and not self._closed:
                    self._start(slot)  # now, so that its imports are done when the next unit comes
            if answer is None:
                future.set_exception(WorkerDiedError(_cause(process)))
            elif "error" in answer:
                future.set_exception(UnitFailedError(answer["error"]))
            else:
                future.set_result(answer["result"])


def _ask(process: subprocess.Popen[str], line: str) -> dict[str, Any] | None:
    """Return the answer, or None if the process ended without one."""
    if process.stdin is None or process.stdout is None:
        return None
    try:
        process.stdin.write(line)
        process.stdin.flush()
        answer = process.stdout.readline()
        return json.loads(answer) if answer.endswith("\n") else None
    except (OSError, ValueError):
        return None


def _cause(process: subprocess.Popen[str]) -> str:
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=1)
    code = process.returncode
    if code == -signal.SIGKILL:
        return "its process was killed, by the clock or for memory"
    if code is not None and code < 0:
        return f"its process crashed with {signal.Signals(-code).name}"
    return f"its process ended with exit code {code}"


def _tried(work: Callable[[], object]) -> None:
    with contextlib.suppress(Exception):
        work()


def _kill(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        with contextlib.suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
