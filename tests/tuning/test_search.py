"""The scheduler with real workers, and KerasTuner's oracle."""

import time
from concurrent.futures import Future

import numpy as np
import pytest

from automl_assist.metrics import metric
from automl_assist.models import families
from automl_assist.tuning.clock import Clock
from automl_assist.tuning.pool import WorkerPool
from automl_assist.tuning.proposers import ListProposer, OracleProposer, portfolio
from automl_assist.tuning.search import Search, SearchSetting
from automl_assist.tuning.selection import Combining, select
from tests.tuning.made_up import fold_data

NAMES = ("baseline", "linear", "lightgbm", "extra_trees")


class Silent:
    """Keeps what it is told."""

    def __init__(self):
        self.notes = []

    def message(self, message):
        self.notes.append(message.message)

    def note(self, text):
        self.notes.append(text)

    def progress(self, *_):
        pass


@pytest.fixture(scope="module")
def pool():
    with WorkerPool(2, 1) as workers:
        yield workers


def run_search(pool, folder, *, budget_s=None, trials=None, names=NAMES, oracle=True, stopped=lambda: False, clock=None, here=()):
    data = fold_data()
    (folder / "data").mkdir(parents=True)
    (folder / "units").mkdir()
    data.save(folder / "data")
    journal = []
    chosen = [families()[name] for name in names]
    proposer = OracleProposer(chosen, data.problem, 0, folder) if oracle else ListProposer(chosen, data.problem)
    told = (folder / "data", folder / "units", 3, 67, metric("roc_auc"), 0, trials, stopped, journal.append, lambda _: None)
    search = Search(SearchSetting(*told, here=here), proposer, pool, clock or Clock(time.monotonic(), budget_s), Silent())
    return search.run(), journal, data


def test_by_count_every_trial_is_complete_and_a_second_run_is_the_same(pool, tmp_path):
    first, journal, data = run_search(pool, tmp_path / "a", trials=4)
    assert first.ended_by == "trials"
    assert [c.family for c in first.candidates][:4] == list(NAMES)
    assert len(first.candidates) == 5  # the baseline is not counted
    assert all(c.is_complete(3) for c in first.candidates)
    assert sorted(t.number for t in journal) == [1, 2, 3, 4, 5]
    second, _, _ = run_search(pool, tmp_path / "b", trials=4)
    for a, b in zip(first.candidates, second.candidates, strict=True):
        assert (a.family, a.values) == (b.family, b.values)
        assert all((a.fitted[i].valid() == b.fitted[i].valid()).all() for i in range(3))
    selection = select(first.candidates, data.target, data.folds, metric("roc_auc"), Combining(steps=20, seed=0))
    assert sum(selection.weights) == pytest.approx(1)
    assert sorted(selection.rows) == list(range(200))
    assert "baseline" not in {c.family for c in selection.members}


def test_by_the_clock_it_ends_in_time_with_every_family_seen(pool, tmp_path):
    outcome, journal, _ = run_search(pool, tmp_path / "a", budget_s=8)
    assert outcome.ended_by == "time"
    assert {c.family for c in outcome.candidates if c.fitted} == set(NAMES)
    assert len({t.number for t in journal}) == len(journal)
    scores = [score for _, score in outcome.history]
    assert scores[-1] > 0.9
    assert scores == sorted(set(scores)), "each is better than the one before; first folds may look better than all of them"


@pytest.mark.parametrize(("waits", "fitted_here"), [(1.0, 1), (2.0, 3), (9.0, 0)])
def test_where_no_worker_answers_in_time_a_short_search_begins_or_ends_in_this_process(waits, fitted_here, tmp_path):
    class Busy:
        """Workers that never answer."""

        workers, threads = 2, 1

        def submit(self, *_):
            return Future()

        def kill(self, _):
            pass

    clock = Clock(time.monotonic(), 7.0)
    clock.waits = waits
    outcome, _, _ = run_search(Busy(), tmp_path / "a", clock=clock, oracle=False, here=("baseline", "linear"))
    assert outcome.ended_by == "time"
    fits = {c.family: len(c.fitted) for c in outcome.candidates if c.fitted}
    assert set(fits) == ({"baseline", "linear"} if fitted_here else set())
    assert fits.get("baseline", 0) == fitted_here  # how far the others come is for the clock to say


def test_stopping_keeps_what_was_fitted(pool, tmp_path):
    units = tmp_path / "a" / "units"
    outcome, _, _ = run_search(pool, tmp_path / "a", budget_s=60, oracle=False, stopped=lambda: len(list(units.glob("*/unit.json"))) >= 4)
    assert outcome.ended_by == "stopped"
    assert any(c.fitted for c in outcome.candidates)


def test_fitted_folds_of_an_interrupted_run_are_used_again(pool, tmp_path):
    first, _, data = run_search(pool, tmp_path / "a", trials=2)
    stamps = {p: p.stat().st_mtime_ns for p in (tmp_path / "a" / "units").rglob("unit.json")}
    setting = SearchSetting(
        tmp_path / "a" / "data", tmp_path / "a" / "units", 3, 67, metric("roc_auc"), 0, 3, lambda: False, lambda _: None, lambda _: None
    )
    chosen = [families()[name] for name in NAMES]
    again = Search(setting, OracleProposer(chosen, data.problem, 0, tmp_path / "a"), pool, Clock(time.monotonic(), None), Silent()).run()
    assert len(again.candidates) == len(first.candidates) + 1
    assert all(p.stat().st_mtime_ns == stamp for p, stamp in stamps.items())


def test_the_oracle_lists_the_portfolio_with_complete_values_then_steps_around_the_best(tmp_path):
    data = fold_data()
    chosen = [families()[name] for name in NAMES]
    proposer = OracleProposer(chosen, data.problem, 3, tmp_path)
    listed = portfolio(chosen, data.problem)
    rng = np.random.default_rng(0)
    asked = []
    for _ in range(len(listed) + 12):
        candidate = proposer.ask()
        asked.append(candidate)
        proposer.tell(candidate, 1.0 if candidate.family == "baseline" else float(rng.random()))
    for candidate, (family, partial) in zip(asked, listed, strict=False):
        assert candidate.family == family
        assert dict(partial).items() <= candidate.values.items()
    searched = asked[len(listed) :]
    assert {c.origin for c in searched} == {"search"}
    assert not {"baseline"} & {c.family for c in searched}
    keys = {name: set(next(c for c in asked if c.family == name).values) for name in {c.family for c in searched}}
    assert all(set(c.values) == keys[c.family] for c in searched)
    seen = [(c.family, tuple(sorted(c.values.items()))) for c in asked]
    assert len(set(seen)) == len(seen)
    again = OracleProposer(chosen, data.problem, 3, tmp_path / "other")
    assert [again.ask().values for _ in range(4)] == [c.values for c in asked[:4]]


def test_the_list_without_keras_proposes_the_same_first_candidates(tmp_path):
    data = fold_data()
    chosen = [families()[name] for name in NAMES]
    plain, oracle = ListProposer(chosen, data.problem), OracleProposer(chosen, data.problem, 0, tmp_path)
    for _ in range(4):
        a, b = plain.ask(), oracle.ask()
        assert (a.family, a.values, a.origin) == (b.family, b.values, b.origin)
