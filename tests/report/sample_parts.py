"""What the sample reports are built of."""

from __future__ import annotations

import math
import random
from typing import Any

Report = dict[str, Any]


def numbers(values: list[float]) -> dict[str, Any]:
    ordered = sorted(values)
    low, high = ordered[0], ordered[-1]
    bins = [0] * 20
    for v in ordered:
        bins[min(int((v - low) / ((high - low) or 1) * 20), 19)] += 1
    mean = sum(ordered) / len(ordered)
    return {
        "minimum": low,
        "maximum": high,
        "mean": mean,
        "sd": (sum((v - mean) ** 2 for v in ordered) / len(ordered)) ** 0.5,
        "quantiles": [ordered[int(q * (len(ordered) - 1))] for q in (0.05, 0.25, 0.5, 0.75, 0.95)],
        "histogram": bins,
        "zeros": ordered.count(0),
        "negatives": sum(v < 0 for v in ordered),
        "whole": all(float(v).is_integer() for v in ordered),
    }


def column(name: str, position: int, kind: str, **more: Any) -> dict[str, Any]:
    base = {
        "name": name,
        "position": position,
        "kind": kind,
        "missing": 0,
        "distinct": 2,
        "evidence": "",
        "action": "keep",
        "reason": "",
        "missing_tokens": [],
        "date_format": None,
        "true_token": None,
        "false_token": None,
        "thousands": None,
        "affix": None,
        "numbers": None,
        "top": [],
        "mean_length": None,
        "association": None,
    }
    return base | more


def reading(name: str, rows: int, columns: int) -> dict[str, Any]:
    return {
        "path": name,
        "name": name,
        "format": "csv",
        "sha256": "3b9e1c0f" * 8,
        "size_bytes": 61_194,
        "rows": rows,
        "columns": columns,
        "encoding": "utf-8",
        "delimiter": ",",
        "quote": '"',
        "decimal": ".",
        "header": True,
        "skipped_lines": 0,
        "dayfirst": None,
        "assumptions": ["the first line holds the names of the columns", "an empty cell is a missing value"],
    }


def guess(name: str, confidence: float, reason: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "confidence": confidence, "reason": reason, "ambiguous": False, "alternatives": [], "given": False} | more


def decision(topic: str, rule: str, title: str, outcome: Any, because: str, **more: Any) -> dict[str, Any]:
    base = {
        "topic": topic,
        "rule": rule,
        "title": title,
        "outcome": outcome,
        "because": because,
        "facts": {},
        "rejected": [],
        "flip": "",
        "refs": [],
        "priority": 10,
        "overrides": [],
        "key": "",
    }
    return base | more


def about_run(command: str) -> dict[str, Any]:
    return {
        "id": "20261125-020000-4711",
        "created": "2026-11-25T02:00:00Z",
        "version": "0.1.0",
        "command": command,
        "seed": 0,
        "repeatable": False,
        "repeatable_reason": "a run limited by time depends on how fast the machine was; --trials N repeats exactly",
        "versions": {
            "python": "3.11.7",
            "automl-assist": "0.1.0",
            "numpy": "2.3.1",
            "scikit-learn": "1.8.0",
            "lightgbm": "4.7.0",
            "keras": "3.12.0",
        },
        "machine": {"cores": 2, "memory_mb": 24_000, "system": "Linux x86_64"},
        "status": "ok",
    }


def decisions(task: str, metric: str) -> list[dict[str, Any]]:
    return [
        decision("task", "R101", "The kind of the target", task, "the target holds what this task predicts"),
        decision(
            "metric",
            "R201",
            "Two classes: the order of the scores",
            metric,
            "two classes, the rarer in 38.4% of the rows: the order of the scores matters",
            facts={"rarest_share": 0.384},
            rejected=[{"option": "accuracy", "why": "guessing the frequent class alone reaches 61.6%"}],
            flip="below 10% for the rarer class it would be average_precision",
            refs=["Fawcett 2006"],
            overrides=["R209"],
        ),
        decision(
            "split.kind",
            "R302",
            "Classes: the same share in every part",
            "stratified",
            "classes are predicted, so every part gets the same share",
        ),
        decision(
            "split.folds",
            "R311",
            "Folds by rows",
            5,
            "891 rows: five folds, the usual balance of cost and noise",
            flip="up to 500 rows it would be 8",
        ),
        decision(
            "families",
            "R501",
            "Every kind of model that is installed",
            ["baseline", "linear", "lightgbm", "extra_trees", "mlp"],
            "no kind of model wins on all tables: they compete, and the ensemble keeps what helps",
            facts={"rows": 891, "budget_s": 60.0},
            flip="below 20 s the network would be left out",
            refs=["Erickson et al. 2025, TabArena"],
        ),
        decision(
            "network.optimizer", "R601", "AdamW", {"name": "adamw", "batch_size": 128, "epochs": 200}, "a default that needs little care"
        ),
        decision(
            "columns",
            "R402",
            "Identifying columns are left out",
            {"use": False, "kind": "identifier"},
            "it names the row and says nothing about new rows",
            key="PassengerId",
            flip="--kind PassengerId=category if it is one",
        ),
        decision(
            "columns",
            "R402",
            "Identifying columns are left out",
            {"use": False, "kind": "text"},
            "nearly every value is its own",
            key="Ticket",
        ),
    ]


def titanic() -> tuple[dict[str, Any], list[dict[str, Any]]]:
    r = random.Random(1)
    rows = 891
    age = [max(0.4, r.gauss(30, 14)) for _ in range(714)]
    fare = [math.exp(r.gauss(2.9, 1.0)) for _ in range(rows)]
    columns = [
        column("PassengerId", 0, "identifier", distinct=891, evidence="a whole number, one for each row, rising by one"),
        column("Survived", 1, "boolean", evidence="two values, 0 and 1", top=[["0", 549], ["1", 342]], association=None),
        column(
            "Pclass",
            2,
            "category",
            distinct=3,
            evidence="whole numbers, only 3 of them",
            top=[["3", 491], ["1", 216], ["2", 184]],
            association=0.34,
        ),
        column("Name", 3, "text", distinct=891, mean_length=27.0, evidence="4 words on average, nearly all distinct", association=0.11),
        column("Sex", 4, "category", evidence="2 values", top=[["male", 577], ["female", 314]], association=0.54),
        column(
            "Age",
            5,
            "number",
            missing=177,
            distinct=88,
            evidence="reads as numbers, 3 % with decimals",
            numbers=numbers(age),
            association=0.08,
        ),
        column(
            "SibSp",
            6,
            "integer",
            distinct=7,
            evidence="whole numbers from 0 to 8",
            numbers=numbers([float(min(int(r.expovariate(1.1)), 8)) for _ in range(rows)]),
        ),
        column("Ticket", 7, "identifier", distinct=681, evidence="letters and digits, 76 % distinct", association=0.02),
        column("Fare", 8, "number", distinct=248, evidence="reads as numbers", numbers=numbers(fare), association=0.26),
        column("Cabin", 9, "category", missing=687, distinct=147, evidence="147 values", association=0.3),
        column(
            "Embarked",
            10,
            "category",
            missing=2,
            distinct=3,
            evidence="3 values",
            top=[["S", 644], ["C", 168], ["Q", 77]],
            association=0.17,
        ),
        column(
            "Boarded",
            11,
            "datetime",
            distinct=3,
            evidence="dates like 1912-04-10",
            numbers=numbers([-1_821_398_400.0] * 600 + [-1_821_312_000.0] * 291),
        ),
    ]
    profile = {
        "reading": reading("titanic.csv", rows, len(columns)),
        "rows": rows,
        "columns": columns,
        "modality": guess("tabular", 0.99, "a table of mixed columns"),
        "target": guess(
            "Survived",
            0.93,
            "its name and its two values fit a target",
            alternatives=[{"name": "Pclass", "confidence": 0.04, "reason": "few values"}],
        ),
        "task": guess("binary", 0.98, "two classes"),
        "classes": [["0", 549], ["1", 342]],
        "target_missing": 0,
        "duplicate_rows": 2,
    }
    findings = [
        {
            "code": "F101",
            "title": "Many missing values",
            "severity": "warning",
            "message": "'Cabin' is empty in 77 % of the rows.",
            "columns": ["Cabin"],
            "rows": [1, 3, 5, 6, 8],
            "fix": "keep it: that a value is missing may itself say something",
        },
        {
            "code": "F301",
            "title": "Repeated rows",
            "severity": "info",
            "message": "2 rows repeat another one.",
            "columns": [],
            "rows": [17, 201],
            "fix": "",
        },
    ]
    return profile, findings


def entry(rank: int, name: str, score: float, half: float, **more: Any) -> dict[str, Any]:
    family = name.rpartition("-")[0] or name
    base = {
        "rank": rank,
        "name": name,
        "family": family,
        "title": family.replace("_", " ").capitalize(),
        "score": score,
        "ci95": [score - half, score + half],
        "folds": 5,
        "fit_s": 1.7 + rank,
        "predict_ms_per_1000": 4.2 * rank,
        "size_mb": 0.4 * rank,
        "weight": 0.0,
        "origin": "portfolio",
        "status": "complete",
        "test": {"value": score - 0.01, "ci95": [score - 0.06, score + 0.04]},
        "tied_with_best": False,
        "values": {"learning_rate": 0.05, "leaves": 31, "rounds": 400, "subsample": 0.8},
    }
    return base | more


def metric(
    name: str, title: str, value: float | None, ci: list[float] | None, baseline: float, linear: float, up: bool, plain: str
) -> dict[str, Any]:
    return {
        "name": name,
        "title": title,
        "value": value,
        "ci95": ci,
        "baseline": baseline,
        "linear": linear,
        "higher_is_better": up,
        "optimum": 1.0 if up else 0.0,
        "plain": plain,
    }


CHECKS = [
    {
        "id": "beats_baseline",
        "title": "Beats the baseline",
        "state": "pass",
        "message": "It is better than guessing by 0.32 to 0.42.",
        "fix": "",
    },
    {
        "id": "beats_linear",
        "title": "Not worse than a linear model",
        "state": "pass",
        "message": "It cannot be told from a linear model.",
        "fix": "--family linear",
    },
    {"id": "all_folds", "title": "Every fold was used", "state": "pass", "message": "Every row was predicted once.", "fix": ""},
    {
        "id": "calibrated",
        "title": "Probabilities can be believed",
        "state": "warn",
        "fix": "more rows, or a longer --time-budget",
        "message": "Predicted and observed shares differ by 6.1% on average: take probabilities as an order.",
    },
    {
        "id": "coverage",
        "title": "Intervals hold what they promise",
        "state": "not_checked",
        "message": "No intervals were made.",
        "fix": "",
    },
]
