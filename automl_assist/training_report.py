"""What is said of a training: the test of its model, the leaderboard, what drives the predictions, and notes, as report.json."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from automl_assist.evaluation import assessment
from automl_assist.evaluation.importance import permutation_importance
from automl_assist.evaluation.scoring import score
from automl_assist.metrics import Metric, metric
from automl_assist.modalities import Tested
from automl_assist.models import families
from automl_assist.records import to_json
from automl_assist.report.document import SCHEMA, about_budget, about_data, about_run, command_line, leaderboard, left_out, next_line
from automl_assist.report.verdict import named_checks, verdict
from automl_assist.runs import RunFolder, StopFlag
from automl_assist.schema import CLASSIFICATION, Machine, Message, Options, Plan, Profile, Trial
from automl_assist.serving.bundle import Bundle
from automl_assist.serving.predictor import Predictor
from automl_assist.tuning.clock import Clock, more_time
from automl_assist.tuning.data import Prepared
from automl_assist.tuning.search import SearchOutcome
from automl_assist.tuning.selection import Selection, test_prediction, too_slow

if TYPE_CHECKING:
    from automl_assist.planning import Understood

# Families that stand for a guess and for a simple model in the comparison, by the name of their place in it.
REFERENCES = {"baseline": ("baseline",), "linear": ("linear", "text_linear", "sequence_linear", "image_gradients")}
IMPORTANCE_SHARE, IMPORTANCE_MOST_S, IMPORTANCE_LEAST_S = 0.5, 30.0, 0.3  # further shuffles only make known intervals narrower
INSIGHT_SHARE, INSIGHT_MOST_S, INSIGHT_LEAST_S = 0.5, 30.0, 0.2  # of the time left, for what the kind of data adds to the report


@dataclass(frozen=True)
class Trained:
    """What a training leaves behind when its model is chosen and written.

    Attributes
    ----------
    understood, plan, options
        What was trained on, and how.
    machine, clock, stop
        Where it ran, the time that is left for the report, and whether the user wants an end.
    folder
        Of the run; the model lies in it already.
    prepared, outcome, selection, bundle
        The rows, every candidate that was tried, the ensemble that was chosen, and what was shipped of it.
    sensitive
        No cell value in what is said.
    """

    understood: Understood
    plan: Plan
    options: Options
    machine: Machine
    clock: Clock
    stop: StopFlag
    folder: RunFolder
    prepared: Prepared
    outcome: SearchOutcome
    selection: Selection
    bundle: Bundle
    sensitive: bool = False

    @property
    def profile(self) -> Profile:
        """The facts about the data."""
        return self.understood.profile

    @property
    def metric(self) -> Metric:
        """The metric that chose the model."""
        return metric(self.plan["metric"])

    @property
    def folds(self) -> int:
        """How many parts of the development rows were held out in turn."""
        return len(self.prepared.shared.folds)

    def finished(self, prediction: np.ndarray) -> np.ndarray:
        """Return a prediction of fold models as `predict` would give it, of the same shape, (n, k) or (n,)."""
        if self.plan["task"] in CLASSIFICATION:
            return prediction / prediction.sum(axis=1, keepdims=True)
        return np.maximum(prediction, 0.0) if self.plan["task"] == "count" else prediction

    def predictor(self) -> Predictor:
        """Load what was shipped, the first fold of each member alone: many predictions are asked of it in little time."""
        coding = json.loads((self.folder.model / "coding.json").read_text("utf-8"))
        return Predictor.of(self.bundle, coding, self.folder.model, first_fold_only=True)


def report_on(trained: Trained, notes: Sequence[Message]) -> dict[str, Any]:
    """Test the model on the locked rows and return the report.

    Parameters
    ----------
    trained : Trained
    notes : sequence of Message
        From `notes_on`; they stand in the report after the messages of the reading.
    """
    plan, prepared, clock, bundle, seed = trained.plan, trained.prepared, trained.clock, trained.bundle, trained.options.seed
    understood, outcome, selection = trained.understood, trained.outcome, trained.selection
    part = _test_part(trained)
    figures = assessment.measured(plan["metrics"], part, bundle.threshold, seed=seed, until=clock.share_until(0.25, 8.0))
    gains = assessment.gains(plan["metric"], part, seed=seed, until=clock.share_until(0.2, 5.0))
    half_width = float(np.interp(bundle.coverage, bundle.levels, bundle.half_widths)) if bundle.levels else 0.0
    reason = next((d.because for d in plan.decisions if d.topic == "threshold"), "")
    charts = assessment.charts(plan["task"], part, prepared.classes, bundle.threshold, reason, half_width, bundle.coverage, seed)
    if "calibration" in charts:
        charts["calibration"]["changed_by"] = to_json(selection.calibration)
    headline = {**figures[0], "gains": to_json(gains)}
    weights = {c.number: w for c, w in zip(selection.members, selection.weights, strict=True)}
    trials = [c.to_trial(trained.folds, weights.get(c.number, 0.0)) for c in outcome.candidates]
    failures = [{"name": f"{t.family}-{t.number}", "error": t.error} for t in trials if t.status == "failed" and t.error]
    facts = {
        "metric": headline, "gains": gains, "test_rows": len(part.y), "repeated": prepared.repeated_in_test,
        "findings": to_json(understood.findings), "charts": charts, "classes": understood.profile.classes if prepared.classes else (),
        "failures": failures, "complete": selection.complete, "doubt": selection.calibration.doubt,
    }  # fmt: skip
    checks = named_checks(facts)
    importance = _importance(trained)
    repeatable = plan["search"]["limit"] == "trials" and outcome.ended_by == "trials"
    return {
        "schema": SCHEMA,
        "kind": "train",
        "run": about_run(command_line(), seed, trained.machine, repeatable, "interrupted" if trained.stop else "ok"),
        **about_data(understood.profile, understood.findings, [*understood.table.messages, *notes], plan),
        "metric": headline,
        "verdict": verdict(
            headline,
            gains,
            checks,
            len(part.y),
            next_line(trained.folder.path, understood.profile.reading.format),
            guesses=_only_baseline(trained),
        ),
        "checks": checks,
        "split": _split(trained),
        "leaderboard": _leaderboard(trained, trials, headline),
        "test": {"metrics": figures},
        "charts": charts,
        "importance": importance,
        "insight": _insight(trained),
        "history": [[t, s] for t, s in outcome.history],
        "trials": {
            "finished": sum(t.status in ("complete", "partial") for t in trials),
            "failed": len(failures),
            "units": outcome.units,
        },
        "failures": failures,
        "budget": about_budget(clock.budget_s, clock.used_s, outcome.ended_by),
        "skipped": _skipped(trained, importance),
    }


def notes_on(trained: Trained) -> list[Message]:
    """Return what the user should know of the training beside its figures."""
    selection, missing, asked_s = trained.selection, trained.profile.target_missing, trained.clock.budget_s
    notes = list(trained.prepared.examples.notes)
    if missing:
        notes.append(Message("W0301", f"{missing:,} rows have no target and were left out"))
    if _only_baseline(trained):
        notes.append(_baseline_alone(bool(trained.bundle.columns), trained.outcome.ended_by, asked_s))
    return notes + too_slow(selection, trained.plan["limits"]["prediction_ms_per_1000"])


def _baseline_alone(learned_from: bool, ended_by: str, asked_s: float | None) -> Message:
    """Return why nothing but the baseline was fitted; more time helps only where it ran out."""
    if not learned_from:
        said = "no column can be learned from, so that nothing but the baseline was fitted"
        return Message("W0501", said, "the profile says of each column why it is left out; add columns that tell something of the target")
    if ended_by == "time" and asked_s:
        said = f"the time allowed nothing but the baseline ({asked_s:g} s were asked)"
        return Message("W0501", said, more_time(asked_s))
    said = "only the baseline could be fitted"
    if ended_by == "trials":
        return Message("W0501", said, "allow more trials, such as --trials 20")
    return Message("W0501", said, "look at what failed, in the report" if ended_by == "exhausted" else "let it run to its end")


def _only_baseline(trained: Trained) -> bool:
    """Whether nothing but the baseline could be fitted."""
    return not any(c.family != "baseline" for c in trained.selection.members) and not any(
        c.family != "baseline" and c.fitted for c in trained.outcome.candidates
    )


# --- test


def _test_part(trained: Trained) -> assessment.TestPart:
    references = {}
    for place, names in REFERENCES.items():
        first = next((c for c in trained.outcome.candidates if c.family in names and c.fitted), None)
        if first is not None:
            references[place] = trained.finished(test_prediction(first, trained.selection.averaging))
    return assessment.TestPart(trained.prepared.test_target, trained.finished(trained.selection.test_prediction()), references)


def _leaderboard(trained: Trained, trials: Sequence[Trial], headline: dict[str, Any]) -> list[dict[str, Any]]:
    prepared, selection, chosen_by = trained.prepared, trained.selection, trained.metric
    ensemble = {
        "fold_scores": selection.fold_scores(prepared.shared.target, chosen_by),
        "fit_s": float(sum(t.fit_s for t in trials)),
        "predict_ms_per_1000": float(sum(t.predict_ms_per_1000 or 0 for t in trials if t.weight)),
        "size_mb": float(sum(t.size_mb or 0 for t in trials if t.weight)),
        "test": {"value": headline["value"], "ci95": headline["ci95"]},
        "tied_with_best": True,
        "values": {c.name: w for c, w in zip(selection.members, selection.weights, strict=True)},
    }
    tests = {
        c.number: {"value": score(chosen_by, prepared.test_target, trained.finished(test_prediction(c, selection.averaging))), "ci95": None}
        for c in trained.outcome.candidates
        if c.fitted
    }
    return to_json(leaderboard(trials, ensemble, tests, chosen_by.higher_is_better, chosen_by.optimum))


# --- what drives the predictions


def _importance(trained: Trained) -> dict[str, Any]:
    prepared = trained.prepared
    if not prepared.modality.by_column:
        return _no_importance(f"columns are shuffled one by one for it, and {prepared.modality.title} are learned from whole")
    begun = time.monotonic()
    until = min(trained.clock.share_until(IMPORTANCE_SHARE), begun + IMPORTANCE_MOST_S)
    if trained.stop or until - begun < IMPORTANCE_LEAST_S:
        return _no_importance("no time was left for it")
    predictor = trained.predictor()
    strength = {c.name: c.association or 0.0 for c in prepared.columns}
    ordered = sorted(strength, key=lambda name: -strength[name])
    columns = permutation_importance(
        predictor.predict_typed,
        prepared.test_frame,
        prepared.test_target,
        trained.metric,
        ordered,
        seed=trained.options.seed,
        until=until,
        repeats=trained.plan["importance"]["repeats"],
        most_rows=trained.plan["importance"]["rows"],
        resamples=trained.plan["importance"]["resamples"],
    )
    if not columns:
        return _no_importance("one shuffle of one column would have taken longer than the time left")
    note = f"How much worse {trained.metric.title} gets on the test part when a column is shuffled; the intervals hold the chance of "
    note += "the shuffles and of the test rows. Columns that say the same share their importance."
    unmeasured = len(ordered) - len(columns)
    return {
        "columns": columns,
        "note": note + (f" {unmeasured:,} columns were not measured for want of time." if unmeasured else ""),
        "skipped": None,
    }


def _no_importance(why: str) -> dict[str, Any]:
    return {"columns": [], "note": "", "skipped": why}


def _insight(trained: Trained) -> dict[str, Any]:
    """Return what the kind of data has to say about the model, beyond what is said of every model."""
    until = min(trained.clock.share_until(INSIGHT_SHARE), time.monotonic() + INSIGHT_MOST_S)
    if trained.stop or until - time.monotonic() < INSIGHT_LEAST_S:
        return {"skipped": "no time was left for it"}
    prepared = trained.prepared
    tested = Tested(
        predict=trained.predictor().predict_typed,
        typed=prepared.test_frame,
        target=prepared.test_target,
        prediction=trained.finished(trained.selection.test_prediction()),
        development=prepared.dev_frame,
        development_target=prepared.dev_target,
        columns=prepared.columns,
        classes=prepared.classes,
        task=trained.plan["task"],
        settings=trained.plan.settings,
        arrangement=prepared.arrangement,
        sensitive=trained.sensitive,
        seed=trained.options.seed,
        until=until,
    )
    return to_json(prepared.modality.explain(tested))


# --- what the training did and left out


def _split(trained: Trained) -> dict[str, Any]:
    plan, prepared = trained.plan, trained.prepared
    reasons = {d.topic: d.because for d in plan.decisions}
    return {
        "kind": plan["split.kind"],
        "reason": reasons.get("split.kind", ""),
        "test_reason": reasons.get("split.test_share", ""),
        "folds": trained.folds,
        "train_rows": len(prepared.dev_rows),
        "test_rows": len(prepared.test_rows),
        "test_row_numbers": (_rows_of(prepared, prepared.test_rows) + 1).tolist(),
        "test_kind": plan["split.kind"],
        "unlabelled_rows": trained.profile.target_missing,
    }


def _rows_of(prepared: Prepared, examples: np.ndarray) -> np.ndarray:
    """Return the rows of the file behind some examples, counted from 0."""
    of = prepared.examples.example_of
    return examples if of is None else np.flatnonzero(np.isin(of, examples))


def _skipped(trained: Trained, importance: dict[str, Any]) -> list[dict[str, str]]:
    skipped = [{"what": "What drives the predictions", "why": importance["skipped"]}] if importance["skipped"] else []
    return skipped + left_out(trained.plan, families(), "Models of the family")
