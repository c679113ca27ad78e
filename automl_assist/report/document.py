"""report.json, put together: the one source of the page, the terminal and ``--json``."""

from __future__ import annotations

import math
import os
import platform
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from automl_assist import __version__
from automl_assist.records import to_json
from automl_assist.schema import Machine, Message, Plan, Profile, Trial

SCHEMA = "assist.report/1"
LIBRARIES = ("numpy", "pandas", "scikit-learn", "lightgbm", "catboost", "keras", "keras-tuner", "jax", "duckdb", "click", "jinja2")
QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
ENDED = {  # why a search ended, in words; that its time was over needs none
    "stopped": "you stopped the run; the best model so far was kept",
    "trials": "all trials that were asked for are done",
    "exhausted": "there was nothing left to try",
}
TIED_SES = 2.0  # standard errors of the paired difference within which two candidates cannot be told apart


def versions() -> dict[str, str]:
    """Return the versions of Python and of the libraries that matter; those not installed are left out."""
    found = {"python": platform.python_version(), "automl-assist": __version__}
    for name in LIBRARIES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def about_run(command: str, seed: int, machine: Machine, repeatable: bool, status: str) -> dict[str, Any]:
    """Return who made the report with what."""
    now = datetime.now(UTC)
    reason = (
        "the number of trials was fixed"
        if repeatable
        else "a run limited by time depends on how fast the machine was; --trials N repeats exactly"
    )
    return {
        "id": f"{now:%Y%m%d-%H%M%S}-{os.getpid()}",
        "created": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        "version": __version__,
        "command": command,
        "seed": seed,
        "repeatable": repeatable,
        "repeatable_reason": reason,
        "versions": versions(),
        "machine": {"cores": machine.cores, "memory_mb": machine.memory_mb, "system": f"{platform.system()} {platform.machine()}"},
        "status": status,
    }


def about_data(profile: Profile, findings: Sequence[Any], messages: Sequence[Message], plan: Plan | None) -> dict[str, Any]:
    """Return what profile and training reports share."""
    return {
        "data": to_json(profile.reading),
        "profile": to_json(profile),
        "findings": to_json(findings),
        "messages": to_json(messages),
        "task": plan["task"] if plan else profile.task.name if profile.task else None,
        "modality": profile.modality.name,
        "target": profile.target.name if profile.target else None,
        "plan": to_json(plan) if plan else None,
    }


def about_budget(asked_s: float | None, used_s: float, ended_by: str) -> dict[str, Any]:
    """Return the seconds asked for and used, and what ended the search but the time: ``stopped``, ``trials`` or ``exhausted``."""
    return {"asked_s": asked_s, "used_s": used_s, "note": ENDED.get(ended_by)}


def left_out(plan: Plan, known: Iterable[str], kind: str) -> list[dict[str, str]]:
    """Return the families that the plan does without, each with the reason that its rule gave.

    Parameters
    ----------
    known : iterable of str
        Names of all families that there are.
    kind : str
        What they are called, such as ``Models of the family``.
    """
    absent = set(known) - set(plan["families"])
    reasons = [r for d in plan.decisions if d.topic == "families" for r in d.rejected if r.option in absent]
    return [{"what": f"{kind} {r.option}", "why": r.why} for r in reasons]


def leaderboard(
    trials: Sequence[Trial], ensemble: Mapping[str, Any], tests: Mapping[int, Any], higher_is_better: bool, optimum: float
) -> list[dict[str, Any]]:
    """Return the ensemble and every candidate, best first.

    Parameters
    ----------
    ensemble : mapping
        ``fold_scores``, ``test`` and what it costs to predict.
    tests : mapping
        Test figures by the number of the trial.
    """
    sign = -1.0 if higher_is_better else 1.0

    def scored_by(scores: Sequence[float]) -> dict[str, Any]:
        defined = [s for s in scores if math.isfinite(s)]
        mean = sum(defined) / len(defined) if defined else None
        return {"score": mean, "ci95": _fold_interval(defined, higher_is_better, optimum), "folds": len(scores)}

    scored = [t for _, t in sorted(((t.status != "complete", sign * (t.score or 0.0), t.number), t) for t in trials if t.fold_scores)]
    best = next((t for t in scored if t.status == "complete"), None)
    rows = [
        {
            "name": f"{t.family}-{t.number}",
            "family": t.family,
            "title": t.title,
            **scored_by(t.fold_scores),
            "fit_s": t.fit_s,
            "predict_ms_per_1000": t.predict_ms_per_1000,
            "size_mb": t.size_mb,
            "weight": t.weight,
            "origin": t.origin,
            "status": t.status,
            "test": tests.get(t.number),
            "tied_with_best": best is not None and _tied(t.fold_scores, best.fold_scores),
            "values": to_json(t.values),
        }
        for t in scored
    ]
    whole = {key: value for key, value in ensemble.items() if key != "fold_scores"} | scored_by(ensemble["fold_scores"])
    members = [t for t in trials if t.weight]
    title = f"Ensemble of one: {members[0].title}" if len(members) == 1 else "Ensemble"
    table = [
        {"name": "ensemble", "family": "ensemble", "title": title, "origin": "ensemble", "status": "complete", "weight": 1.0, **whole},
        *rows,
    ]
    return [{"rank": rank, **row} for rank, row in enumerate(table, 1)]


def _spread(values: Sequence[float]) -> tuple[float, float]:
    mean = sum(values) / len(values)
    sd = (sum((v - mean) ** 2 for v in values) / (len(values) - 1)) ** 0.5
    # Folds share rows, so the usual standard error is too small by far (Nadeau and Bengio 2003).
    return mean, sd * (1 / len(values) + 1 / (len(values) - 1)) ** 0.5


def _fold_interval(scores: Sequence[float], higher_is_better: bool, optimum: float) -> list[float] | None:
    """Return mean plus and minus two standard errors, never beyond the best value that there is."""
    if len(scores) < 3:
        return None
    mean, se = _spread(scores)
    low, high = mean - TIED_SES * se, mean + TIED_SES * se
    return [low, min(high, optimum)] if higher_is_better else [max(low, optimum), high]


def _tied(scores: Sequence[float], best: Sequence[float]) -> bool:
    if len(scores) != len(best):
        return False
    differences = [a - b for a, b in zip(scores, best, strict=True) if math.isfinite(a - b)]
    if len(differences) < 3:
        return False
    mean, se = _spread(differences)
    return abs(mean) <= TIED_SES * se


def hide(document: Any, path: str) -> Any:
    """Return the document without cell values, paths and command lines, for ``--sensitive``.

    Column names and class names stay: without them nothing could be understood.
    """
    if isinstance(document, Mapping):
        hidden = {key: hide(value, path) for key, value in document.items()}
        for key in ("evidence", "message"):
            if isinstance(hidden.get(key), str):
                hidden[key] = QUOTED.sub("'...'", hidden[key])
        if "top" in hidden:
            hidden["top"] = []
        if "sha256" in hidden and "path" in hidden:
            hidden |= {"path": "(hidden)", "name": "(hidden)"}
        if "command" in hidden and "seed" in hidden:
            hidden["command"] = "(hidden)"
        if "machine" in hidden and isinstance(hidden["machine"], Mapping):
            hidden["machine"] = {**hidden["machine"], "system": "(hidden)"}
        return hidden
    if isinstance(document, list):
        return [hide(value, path) for value in document]
    if isinstance(document, str) and path and path in document:
        return document.replace(path, "(hidden)")
    return document


def next_line(run: Path, format: str) -> str:
    """Return what to type after a training on data of a format: new data of the same kind."""
    return f"assist predict {run} {'new-pictures' if format.startswith('image_') else 'new.csv'} --out predictions.csv"


def command_line() -> str:
    """Return the command as it was typed, with the program's plain name."""
    words = ["assist", *sys.argv[1:]]
    return " ".join(word if re.fullmatch(r"[\w@%+=:,./-]+", word) else "'" + word.replace("'", "'\\''") + "'" for word in words)
