"""Real worker processes: they answer, fail, die and come back."""

import os
import threading
import time
from concurrent.futures import wait

import pytest

from automl_assist.tuning.pool import UnitFailedError, WorkerDiedError, WorkerPool
from automl_assist.tuning.unit import FoldData, fit_unit
from tests.tuning.made_up import fold_data


@pytest.fixture(scope="module")
def pool():
    with WorkerPool(2, 1) as workers:
        yield workers


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    fold_data().save(folder)
    return folder


def spec(data, out, family="linear", fold=0, values=None):
    return {
        "data": str(data),
        "out": str(out),
        "family": family,
        "values": values or {},
        "fold": fold,
        "seed": 0,
        "seconds": 20,
        "threads": 1,
    }


def test_a_unit_leaves_a_model_predictions_and_its_score(pool, data, tmp_path):
    result = pool.submit(fit_unit, spec(data, tmp_path / "u", "baseline")).result(timeout=60)
    assert result["score"] == pytest.approx(0.5)
    assert sorted(p.name for p in (tmp_path / "u").iterdir()) == ["model", "test.npy", "unit.json", "valid.npy"]
    assert not list(tmp_path.glob("*.tmp*"))


def test_the_first_unit_given_away_leaves_time_for_other_work_and_its_errors_are_not_ours(data, tmp_path):
    done = []

    def work():
        done.append(threading.current_thread())
        raise RuntimeError

    with WorkerPool(1, 1, meanwhile=work) as one:
        assert not done
        for name in ("u", "v"):
            one.submit(fit_unit, spec(data, tmp_path / name, "baseline")).result(timeout=60)
    assert len(done) == 1
    assert done[0] is not threading.current_thread()


def test_a_unit_that_fails_says_why_and_its_worker_lives_on(pool, data, tmp_path):
    with pytest.raises(UnitFailedError, match="KeyError"):
        pool.submit(fit_unit, spec(data, tmp_path / "u", "no such family")).result(timeout=60)
    assert pool.submit(fit_unit, spec(data, tmp_path / "v", "baseline")).result(timeout=60)["score"] == pytest.approx(0.5)


def test_a_killed_worker_costs_its_unit_alone(pool, data, tmp_path):
    futures = [pool.submit(fit_unit, spec(data, tmp_path / f"u{i}", "baseline")) for i in range(2)]
    wait(futures, timeout=60)
    (tmp_path / "hangs").mkdir()
    os.mkfifo(tmp_path / "hangs" / "problem.json")  # nobody writes to it: reading never ends
    stuck = pool.submit(fit_unit, spec(tmp_path / "hangs", tmp_path / "never"))
    time.sleep(0.5)
    assert stuck.running()
    pool.kill(stuck)
    with pytest.raises(WorkerDiedError, match="killed"):
        stuck.result(timeout=10)
    assert pool.submit(fit_unit, spec(data, tmp_path / "after", "baseline")).result(timeout=60)


def test_workers_run_functions_of_our_package_only(pool):
    with pytest.raises(UnitFailedError, match="not a function of a worker"):
        pool.submit(os.system, "true").result(timeout=60)


def test_shutdown_leaves_no_process():
    workers = WorkerPool(2, 1)
    pids = [p.pid for p in workers._processes.values()]
    workers.shutdown()
    for pid in pids:
        for _ in range(100):
            try:
                os.waitpid(pid, os.WNOHANG)
                os.kill(pid, 0)
            except (ChildProcessError, ProcessLookupError):
                break
            time.sleep(0.02)
        else:
            pytest.fail(f"worker {pid} still runs")


def test_shared_data_comes_back_from_the_memory_map(data):
    loaded, made = FoldData.load(data), fold_data()
    assert (loaded.features.numbers == made.features.numbers).all()
    assert (loaded.target == made.target).all()
    assert loaded.problem == made.problem
    assert loaded.padded_rows == max(len(train) for train, _ in made.folds)


def test_two_workers_may_use_a_gpu_and_the_others_the_processors(monkeypatch):
    started = []

    class Process:
        def __init__(self, *_, env, **__):
            started.append(env.get("JAX_PLATFORMS"))

        def poll(self):
            return 0

    monkeypatch.delenv("JAX_PLATFORMS", raising=False)
    monkeypatch.setattr("automl_assist.tuning.pool.subprocess.Popen", Process)
    with WorkerPool(4, 1):
        assert started == [None, None, "cpu", "cpu"]
    monkeypatch.setenv("JAX_PLATFORMS", "cuda")
    with WorkerPool(4, 1):
        assert started[4:] == ["cuda"] * 4, "who says where networks run is taken at their word"
