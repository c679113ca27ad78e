"""The report of a trained forecast: figures of the test beside the last season, checks, leaderboard, and what is shown of series."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from automl_assist.forecasting import forecasters
from automl_assist.forecasting._backtests import Backtests, figure, scores_by_series
from automl_assist.forecasting._intervals import Widths, widths
from automl_assist.forecasting._shown import gain_interval, record, shown
from automl_assist.metrics import metric
from automl_assist.records import to_json
from automl_assist.report.document import SCHEMA, about_budget, about_data, about_run, command_line, leaderboard, left_out
from automl_assist.report.forecast_verdict import forecast_checks, forecast_verdict
from automl_assist.runs import RunFolder, StopFlag
from automl_assist.schema import Machine, Message, Options, Plan, Trial
from automl_assist.serving.forecaster import SeriesForecaster
from automl_assist.tuning.clock import Clock, more_time
from automl_assist.tuning.forecast_search import ForecastOutcome

if TYPE_CHECKING:
    from automl_assist.planning import Understood


@dataclass(frozen=True)
class TrainedForecast:
    """What the training of a forecast leaves behind when its model is chosen and written.

    Attributes
    ----------
    understood, plan, options
        What was trained on, and how.
    machine, clock, stop
        Where it ran, the time that it took, and whether the user wanted an end.
    folder
        Of the run; the model lies in it already.
    backtests, names
        The series at their origins, and what they are called.
    outcome, weights
        Every candidate that was tried, and the weights of the chosen ones, by name.
    mixed : ndarray of shape (w, n, h)
        The forecasts of these combined, the test first.
    sensitive
        Series are not called by their names.
    """

    understood: Understood
    plan: Plan
    options: Options
    machine: Machine
    clock: Clock
    stop: StopFlag
    folder: RunFolder
    backtests: Backtests
    names: Sequence[tuple[str, ...]]
    outcome: ForecastOutcome
    weights: Mapping[str, float]
    mixed: np.ndarray
    sensitive: bool = False

    @property
    def is_reference(self) -> bool:
        """Whether the model is the last season again."""
        return list(self.weights) == [self.outcome.reference.name]

    @property
    def is_alone(self) -> bool:
        """Whether nothing but the reference has answered."""
        return len([c for c in self.outcome.candidates if c.forecasts is not None]) == 1


def notes_on(trained: TrainedForecast) -> list[Message]:
    """Return what is to be said where the model is the reference itself."""
    if not trained.is_reference:
        return []
    if trained.is_alone:
        return [Message("W0501", "the time allowed nothing but the seasonal naive forecast", more_time(trained.clock.budget_s or 0.0))]
    return [Message("W0502", "no forecaster beats repeating the last season on the backtests, so that is what the model does")]


def report_on(trained: TrainedForecast, notes: Sequence[Message]) -> dict[str, Any]:
    """Compare the forecast with what came in the test and return the report.

    Parameters
    ----------
    trained : TrainedForecast
    notes : sequence of Message
        From the layout of the series and from `notes_on`; they stand in the report after the messages of the reading.
    """
    plan, understood, candidates = trained.plan, trained.understood, trained.outcome.candidates
    naive = _naive(trained)
    measured = [_measured(trained, name, naive[0]) for name in plan["metrics"]]
    wide = widths(trained.backtests.truth[1:], trained.mixed[1:], trained.backtests.scale)
    coverage = _coverage(trained, wide)
    trials = [c.to_trial(trained.weights.get(c.name, 0.0)) for c in candidates]
    failures = [{"name": c.name, "error": c.error} for c in candidates if c.error]
    facts = _facts(trained, measured[0], naive, coverage, failures)
    checks = forecast_checks(facts)
    late = [{"what": c.title, "why": "the time was used up before its turn came"} for c in trained.outcome.left_out]
    late = [{"what": c.title, "why": "its fit was stopped, as the time was used up"} for c in candidates if c.stopped] + late
    repeatable = plan["search"]["limit"] == "trials" and trained.outcome.ended_by == "exhausted"
    return {
        "schema": SCHEMA,
        "kind": "train",
        "run": about_run(command_line(), trained.options.seed, trained.machine, repeatable, "interrupted" if trained.stop else "ok"),
        **about_data(understood.profile, understood.findings, [*understood.table.messages, *notes], plan),
        "metric": measured[0],
        "verdict": forecast_verdict(facts, checks, f"assist predict {trained.folder.path} --out forecast.csv"),
        "checks": checks,
        "split": _split(trained),
        "leaderboard": _leaderboard(trained, trials, measured[0]),
        "test": {"metrics": measured},
        "charts": {"interval_coverage": coverage},
        "importance": {"columns": [], "note": "", "skipped": "a forecast rests on the past of its series"},
        "insight": {},
        "forecast": _forecast(trained, naive, wide),
        "history": [],
        "trials": {"finished": sum(t.status == "complete" for t in trials), "failed": len(failures), "units": len(trials)},
        "failures": failures,
        "budget": about_budget(trained.clock.budget_s, trained.clock.used_s, trained.outcome.ended_by),
        "skipped": [*late, *left_out(plan, forecasters(), "Forecasters of the kind")],
    }


# --- the test


def _naive(trained: TrainedForecast) -> np.ndarray:
    naive = trained.outcome.reference.forecasts
    assert naive is not None  # it is made in the process of the training, and an error would have ended the run
    return naive


def _facts(
    trained: TrainedForecast,
    headline: Mapping[str, Any],
    naive: np.ndarray,
    coverage: Mapping[str, Any] | None,
    failures: list[dict[str, Any]],
) -> dict[str, Any]:
    """Return what the checks and the verdict look at."""
    tests = trained.backtests
    return {
        "metric": headline,
        "gain": gain_interval(_by_unit(trained, trained.mixed), _by_unit(trained, naive), trained.options.seed),
        "naive": trained.is_reference,
        "alone": trained.is_alone,
        "windows": tests.count,
        "series": tests.past.n,
        "coverage": coverage,
        "failures": failures,
        "horizon": tests.windows.horizon,
        "tested": int(np.isfinite(tests.truth[0]).any(axis=1).sum()),
    }


def _measured(trained: TrainedForecast, name: str, naive: np.ndarray) -> dict[str, Any]:
    truth, scale, ahead = trained.backtests.truth[0], trained.backtests.scale, trained.mixed[0]
    each = scores_by_series(truth, ahead, scale, name) if name != "wql" else None
    return record(metric(name), figure(truth, ahead, scale, name), each, figure(truth, naive, scale, name), trained.options.seed)


def _by_unit(trained: TrainedForecast, forecasts: np.ndarray) -> np.ndarray:
    """Return the figure of each series at each origin, of shape (w, n)."""
    tests = trained.backtests
    name = "mase" if tests.metric == "wql" else tests.metric
    return np.stack([scores_by_series(tests.truth[w], forecasts[w], tests.scale, name) for w in range(len(tests.truth))])


def _coverage(trained: TrainedForecast, wide: Widths) -> dict[str, Any] | None:
    promised, truth = float(trained.plan["interval"]["coverage"]), trained.backtests.truth[0]
    known = np.isfinite(truth)
    if not known.any():
        return None
    half = wide.half(promised)
    inside = (np.abs(truth - trained.mixed[0]) <= half)[known]
    return {"promised": promised, "observed": float(inside.mean()), "rows": int(known.sum()), "width": float(2 * half[known].mean())}


def _split(trained: TrainedForecast) -> dict[str, Any]:
    reasons = {d.topic: d.because for d in trained.plan.decisions}
    tested = int(np.isfinite(trained.backtests.truth[0]).sum())
    rows = int(np.isfinite(trained.backtests.past.observed).sum())
    return {
        "kind": "rolling_origin",
        "reason": reasons.get("forecast.backtests", ""),
        "test_reason": "",
        "folds": trained.backtests.count,
        "train_rows": rows - tested,
        "test_rows": tested,
        "test_kind": "rolling_origin",
        "unlabelled_rows": trained.understood.profile.target_missing,
    }


# --- candidates and series


def _leaderboard(trained: TrainedForecast, trials: list[Trial], headline: Mapping[str, Any]) -> list[dict[str, Any]]:
    candidates, tests, chosen_by = trained.outcome.candidates, trained.backtests, metric(trained.backtests.metric)
    ensemble = {
        "fold_scores": tests.scores(trained.mixed),
        "fit_s": float(sum(t.fit_s for t in trials)),
        "predict_ms_per_1000": None,
        "size_mb": float(sum(t.size_mb or 0 for t in trials if t.weight)),
        "test": {"value": headline["value"], "ci95": headline["ci95"]},
        "tied_with_best": True,
        "values": dict(trained.weights),
    }
    numbered = [replace(t, number=k) for k, t in enumerate(trials)]
    on_test = {
        k: {"value": figure(tests.truth[0], c.forecasts[0], tests.scale, tests.metric), "ci95": None}
        for k, c in enumerate(candidates)
        if c.forecasts is not None
    }
    rows = leaderboard(numbered, ensemble, on_test, chosen_by.higher_is_better, chosen_by.optimum)
    named = {f"{c.family}-{k}": c.name for k, c in enumerate(candidates)}
    return list(to_json([{**row, "name": named.get(row["name"], row["name"])} for row in rows]))


def _forecast(trained: TrainedForecast, naive: np.ndarray, wide: Widths) -> dict[str, Any]:
    """Return what the report shows of a forecast alone."""
    tests, model = trained.backtests, SeriesForecaster.load(trained.folder.model)
    return to_json(
        shown(
            tests.past,
            tests.truth,
            trained.mixed,
            naive,
            tests.scale,
            wide,
            model.widths,
            model.ahead(model.past),
            trained.names,
            tests.windows.cuts,
            float(trained.plan["interval"]["coverage"]),
            named=not trained.sensitive,
        )
    )
