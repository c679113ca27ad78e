"""How much of the time is kept for what comes after the search."""

from __future__ import annotations

import pytest

from automl_assist.tuning import clock
from automl_assist.tuning.clock import Clock


@pytest.mark.parametrize(("processor_s", "kept"), [(3.0, 4.0), (1.5, 4.0), (0.75, 8.0), (0.01, 16.0)])
def test_who_waited_for_the_processor_keeps_more_for_the_end(monkeypatch, processor_s, kept):
    monkeypatch.setattr(clock.time, "monotonic", lambda: 103.0)
    monkeypatch.setattr(clock.time, "process_time", lambda: processor_s)
    here = Clock(100.0, 60.0)
    here.begin_search()
    least = max(6.0, kept)  # a tenth of the budget is kept in any case
    assert here.ends - here.search_until == pytest.approx(least)


def test_a_tiny_budget_is_not_kept_for_the_end_alone(monkeypatch):
    monkeypatch.setattr(clock.time, "monotonic", lambda: 102.0)
    monkeypatch.setattr(clock.time, "process_time", lambda: 0.1)
    here = Clock(100.0, 10.0)
    here.begin_search()
    assert here.ends - here.search_until == pytest.approx(3.5)
