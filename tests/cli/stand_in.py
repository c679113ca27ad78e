"""A stand-in for the pipeline, so that the shell around it can be tested in milliseconds.

What happens depends on the name of the data: some names are accidents, the others give a small whole document.
"""

from __future__ import annotations

import errno
import time
from typing import Any

from automl_assist.errors import AssistError
from automl_assist.schema import Message

calls: list[tuple[str, dict[str, Any]]] = []

COLUMN = {"kind": "number", "missing": 3, "distinct": 9, "evidence": "numbers", "action": "keep", "reason": ""}
METRIC = {
    "name": "roc_auc",
    "title": "ROC AUC",
    "value": 0.87,
    "ci95": [0.82, 0.92],
    "baseline": 0.5,
    "linear": 0.85,
    "higher_is_better": True,
}
FINDING = {"code": "F101", "severity": "warning", "columns": [], "rows": [1], "message": "3 cells are missing", "fix": "nothing"}
COST = {"time_s": 1.0, "memory_mb": 900, "disk_mb": 20, "trials": None, "backtests": None, "folds": 5}
DECISION = {
    "topic": "metric", "rule": "R201", "outcome": "roc_auc", "because": "classes are even", "key": "", "flip": "",
    "rejected": [{"option": "accuracy", "why": "hides the rare class"}], "overrides": [],
}  # fmt: skip


def _accident(name: str) -> None:
    accidents = {
        "memory": MemoryError(),
        "disk": OSError(errno.ENOSPC, "No space left on device"),
        "bug": ValueError("the secret 4711 stands in the message"),
        "library": ModuleNotFoundError("No module named 'lightgbm'", name="lightgbm"),
        "unreadable": AssistError("E0101", "there is no file 'unreadable'", where="looked in .", help="check the name"),
        "interrupt": KeyboardInterrupt(),
    }
    if name in accidents:
        raise accidents[name]


def _head(command: str) -> dict[str, Any]:
    return {"schema": f"assist.{command}/1", "command": command, "status": "ok", "exit_code": 0, "error": None}


def profile_data(path, options, **more):
    calls.append(("profile", {"path": path, "options": options, **more}))
    _accident(path)
    more["notify"].message(Message("W0104", f"{path} is read as cp1252", "say --encoding"))
    names = [f"column number {i}" for i in range(400 if path == "wide" else 2)]
    if path == "hostile":
        names = ["\x1b]0;owned\x07", "[red]größe[/red] \u202e 名前", "\ud800half"]
    columns = [{"name": name, **COLUMN} for name in names]
    data = {
        "path": path,
        "name": path,
        "sha256": "0" * 64,
        "rows": 100,
        "columns": len(columns),
        "size_bytes": 900,
        "encoding": "utf-8",
        "delimiter": ",",
    }
    target = {"name": columns[0]["name"], "reason": "it is the last column", "confidence": 0.9, "given": options.target is not None}
    return _head("profile") | {
        "data": data, "modality": "tabular", "target": target,
        "modality_guess": {"name": "tabular", "alternatives": [{"name": "forecast", "confidence": 0.3, "reason": "rows follow in time"}]},
        "task": {"name": "regression", "reason": "numbers", "ambiguous": False},
        "columns": columns, "recommendation": {"possible": True, "metric": "rmse", "families": ["linear"]}, "report": "prof/report.html",
        "findings": [FINDING],
    }  # fmt: skip


def recommend_plan(path, options, **more):
    calls.append(("recommend", {"path": path, "options": options, **more}))
    _accident(path)
    return _head("recommend") | {"plan": {"metric": "roc_auc"}, "decisions": [DECISION], "cost": COST | {"time_s": options.budget_s}}


def train_model(path, options, **more):
    calls.append(("train", {"path": path, "options": options, **more}))
    _accident(path)
    stop, notify = more["stop"], more["notify"]
    notify.note("training begins")
    if path == "slow":
        while not stop:
            notify.progress(1.0, options.budget_s, "trial 3", "ROC AUC 0.8")
            time.sleep(0.02)
    document = _head("train") | {
        "run_dir": str(more["out"]), "task": "binary", "modality": "tabular", "metric": METRIC, "findings": [],
        "checks": [{"state": "pass"}],
        "leaderboard": [{"rank": 1, "name": "ensemble", "title": "Ensemble of 3"}], "budget": {"asked_s": options.budget_s, "used_s": 1.0},
        "verdict": {"sentence": "A good model.", "worries": [], "next": "assist predict assist-run new.csv"},
        "split": {"kind": "random", "reason": ""},
        "target": {"name": "y", "reason": "given"}, "plan": {"metric": "roc_auc"}, "cost": COST, "files": ["report.html"],
    }  # fmt: skip
    if stop:
        document |= {"status": "interrupted", "exit_code": stop.code}
    if more["fail_under"]:
        error = AssistError("E0501", "roc_auc is 0.87", exit_code=7)
        document |= {"status": "failed", "exit_code": 7, "error": error.to_json()}
    return document


def predict_rows(run, path, **more):
    calls.append(("predict", {"run": run, "path": path, **more}))
    document = _head("predict") | {"rows": 2, "columns": ["prediction"], "out": str(more["out"]) if more["out"] else None}
    return document if more["out"] else document | {"text": "prediction\nyes\nno\n"}


def evaluate_run(run, path, **more):
    calls.append(("evaluate", {"run": run, "path": path, **more}))
    return _head("evaluate") | {"rows": 90, "rows_without_target": 10, "metric": METRIC | {"when_trained": 0.88}, "metrics": [METRIC]}


def write_report(run):
    calls.append(("report", {"run": run}))
    return _head("report") | {"report": str(run / "report.html")}


def explain(run_or_data, topic, options, notify, *, everything=False):
    calls.append(("why", {"run": run_or_data, "topic": topic}))
    return _head("why") | {"topic": topic, "decisions": [DECISION]}


def describe_machine():
    return _head("doctor") | {"versions": {"python": "3.11"}, "machine": {"cores": 2}, "backend": "jax"}
