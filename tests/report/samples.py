"""Realistic reports, one for each kind of page; built from arithmetic alone, so that they never change."""

from __future__ import annotations

import itertools
import math
import random

from tests.report.sample_parts import CHECKS, Report, about_run, column, decisions, entry, guess, metric, numbers, reading, titanic


def binary() -> Report:
    profile, findings = titanic()
    headline = metric(
        "roc_auc",
        "ROC AUC",
        0.871,
        [0.812, 0.921],
        0.5,
        0.853,
        True,
        "How often a row of the class gets a higher score than one not of it.",
    )
    board = [
        entry(1, "ensemble", 0.876, 0.021, family="ensemble", origin="ensemble", weight=1.0, fit_s=None, values={}),
        entry(2, "lightgbm-3", 0.872, 0.022, weight=0.5, tied_with_best=True),
        entry(3, "mlp-9", 0.868, 0.026, weight=0.3, tied_with_best=True),
        entry(4, "extra_trees-5", 0.866, 0.024, weight=0.2, tied_with_best=True),
        entry(5, "lightgbm-7", 0.861, 0.02, origin="search"),
        entry(6, "linear-2", 0.855, 0.025),
        entry(7, "mlp-11", 0.848, 0.0, ci95=None, folds=1, status="partial", test=None),
        entry(8, "baseline-1", 0.5, 0.0, origin="baseline", ci95=[0.5, 0.5], values={"strategy": "prior"}),
    ]
    steps = [i / 60 for i in range(61)]
    roc = [[x, min(1.0, x**0.24)] for x in steps]
    curve = [[x, 1 - 0.12 * x - 0.5 * x**6] for x in steps[1:]]
    table = [
        {
            "threshold": t / 20,
            "precision": None if t == 20 else 0.384 + 0.6 * (t / 20) ** 0.7,
            "recall": 1 - (t / 20) ** 2.2,
            "f1": 0.83 - abs(t / 20 - 0.41) * 0.9,
        }
        for t in range(21)
    ]
    bins = [
        {"predicted": (i + 0.5) / 10, "observed": min(1.0, max(0.0, (i + 0.5) / 10 + 0.06 * math.sin(i))), "rows": 18} for i in range(10)
    ]
    others = [
        ("average_precision", "Average precision", 0.84, 0.384, 0.82, True),
        ("log_loss", "Log loss", 0.421, 0.666, 0.442, False),
        ("accuracy", "Accuracy", 0.832, 0.616, 0.81, True),
        ("f1", "F1", 0.77, 0.0, 0.75, True),
        ("brier", "Brier score", 0.131, 0.237, 0.14, False),
    ]
    return {
        "schema": "assist.report/1",
        "kind": "train",
        "run": about_run("assist train titanic.csv --target Survived --time-budget 60s"),
        "data": profile["reading"],
        "profile": profile,
        "findings": findings,
        "messages": [{"code": "W0104", "message": "The delimiter was guessed.", "help": "--delimiter ,"}],
        "task": "binary",
        "modality": "tabular",
        "target": "Survived",
        "plan": {
            "settings": {
                "task": "binary",
                "columns": {
                    c["name"]: {"use": c["kind"] not in ("identifier",), "kind": c["kind"]}
                    for c in profile["columns"]
                    if c["name"] != "Survived"
                },
            },
            "decisions": decisions("binary", "roc_auc"),
        },
        "metric": headline,
        "verdict": {
            "state": "good",
            "next": "assist predict assist-run new.csv",
            "worries": [CHECKS[3]["message"], findings[0]["message"]],
            "sentence": "Clearly better than guessing. ROC AUC is 0.871 (95 % interval 0.812 to 0.921) on 179 rows it had never seen; "
            "guessing gives 0.5, "
            "a linear model 0.853.",
        },
        "checks": CHECKS,
        "split": {
            "kind": "stratified",
            "reason": "classes are predicted, so every part gets the same share of each class",
            "folds": 5,
            "train_rows": 712,
            "test_rows": 179,
            "test_kind": "random",
            "unlabelled_rows": 0,
        },
        "leaderboard": board,
        "test": {
            "metrics": [
                headline,
                *(metric(n, t, v, [v - 0.05, v + 0.05], b, li, up, f"{t} in plain words.") for n, t, v, b, li, up in others),
            ]
        },
        "charts": {
            "confusion": {"labels": ["0", "1"], "counts": [[98, 12], [18, 51]], "threshold": 0.41, "labels_shown": 2, "labels_total": 2},
            "roc": {"points": roc, "value": 0.871, "chosen": [0.109, 0.739]},
            "precision_recall": {"points": curve, "value": 0.84, "base_rate": 0.384, "chosen": [0.739, 0.81]},
            "threshold": {
                "value": 0.41,
                "reason": "the class with the higher probability is predicted",
                "positive": "1",
                "precision": 0.81,
                "recall": 0.739,
                "f1": 0.773,
                "table": table,
            },
            "per_class": [
                {"label": "0", "rows": 110, "precision": 0.845, "recall": 0.891, "f1": 0.867},
                {"label": "1", "rows": 69, "precision": 0.81, "recall": 0.739, "f1": 0.773},
            ],
            "calibration": {"bins": bins, "error": 0.061, "changed_by": {"power": 0.8, "shift": 0.0}},
        },
        "importance": {
            "columns": [
                {"name": n, "drop": d, "ci95": [d - h, d + h]}
                for n, d, h in (
                    ("Sex", 0.161, 0.03),
                    ("Pclass", 0.058, 0.02),
                    ("Age", 0.031, 0.014),
                    ("Fare", 0.022, 0.011),
                    ("Cabin", 0.011, 0.009),
                    ("Name", 0.004, 0.008),
                    ("Embarked", 0.002, 0.006),
                    ("SibSp", -0.003, 0.005),
                )
            ],
            "note": "measured on the test rows, five shuffles each",
            "skipped": None,
        },
        "history": [[4.1, 0.5], [5.2, 0.855], [11.9, 0.868], [19.5, 0.871], [33.8, 0.872]],
        "trials": {"finished": 11, "failed": 1, "units": 52},
        "failures": [{"name": "mlp-6", "error": "the loss became infinite in epoch 3"}],
        "budget": {"asked_s": 60, "used_s": 58.9, "note": None},
        "skipped": [{"what": "Probability calibration", "why": "fewer than 1,000 rows; it would add noise"}],
    }


def multiclass(classes: int = 7) -> Report:
    r = random.Random(2)
    report = binary()
    names = ["sedan", "estate", "coupé", "van", "convertible", "pick-up truck with a long bed", "SUV"][:classes] + [
        f"model {i:04d}" for i in range(classes - 7)
    ]
    report["profile"]["classes"] = [[n, max(2, 400 - 60 * i if i < 6 else 40 - i % 30)] for i, n in enumerate(names)]
    shown = names[:25] + ([f"{classes - 25} others"] if classes > 25 else [])
    counts = [[(60 if i == j else r.choice((0, 0, 1, 3, 9))) for j in range(len(shown))] for i in range(len(shown))]
    headline = metric(
        "log_loss", "Log loss", 0.612, [0.55, 0.69], 1.71, 0.83, False, "How surprised the model is by the truth: 0 is perfect."
    )
    board = [
        {**row, "score": 1.3 - 0.8 * row["score"], "ci95": row["ci95"] and [1.3 - 0.8 * v for v in reversed(row["ci95"])]}
        for row in report["leaderboard"]
    ]
    board[-1] |= {"score": 1.71, "ci95": [1.7, 1.72]}
    for row in board:
        row["test"] = row["test"] and {"value": 1.02 * row["score"], "ci95": [0.95 * row["score"], 1.1 * row["score"]]}
    for c in ("roc", "precision_recall", "threshold"):
        del report["charts"][c]
    report["charts"] |= {
        "confusion": {"labels": shown, "counts": counts, "threshold": None, "labels_shown": min(classes, 25), "labels_total": classes},
        "per_class": [
            {
                "label": n,
                "rows": 60 - i % 50,
                "precision": 0.9 - 0.01 * (i % 40),
                "recall": 0.8 - 0.01 * (i % 30),
                "f1": 0.85 - 0.01 * (i % 37),
            }
            for i, n in enumerate(names)
        ],
    }
    report |= {
        "task": "multiclass",
        "metric": headline,
        "leaderboard": board,
        "history": [[3.0, 1.71], [6.5, 0.83], [22.4, 0.65], [55.1, 0.62]],
    }
    report["test"]["metrics"] = [headline, *(m for m in report["test"]["metrics"] if m["name"] in ("accuracy", "f1", "brier"))]
    report["verdict"] |= {"sentence": "Clearly better than guessing. Log loss is 0.612 on 179 rows it had never seen."}
    return report


def regression() -> Report:
    r = random.Random(3)
    report = binary()
    rows = 1460
    prices = [round(math.exp(r.gauss(12.1, 0.4)) / 100) * 100 for _ in range(rows)]
    columns = [
        column("house_id", 0, "identifier", distinct=rows, evidence="one for each row"),
        column(
            "price",
            1,
            "number",
            distinct=663,
            evidence="reads as money",
            affix="€",
            thousands=",",
            numbers=numbers([float(p) for p in prices]),
        ),
        column(
            "area",
            2,
            "integer",
            distinct=861,
            evidence="whole numbers",
            numbers=numbers([float(round(r.gauss(130, 40))) for _ in range(rows)]),
            association=0.7,
        ),
        column(
            "town",
            3,
            "category",
            distinct=25,
            evidence="25 values",
            top=[["Łódź", 225], ["北京市", 150], ["São Paulo", 113]],
            missing=3,
            association=0.4,
        ),
        column(
            "sold",
            4,
            "datetime",
            distinct=730,
            evidence="dates like 31.12.2024",
            numbers=numbers([1.6e9 + 86_400 * r.randint(0, 1400) for _ in range(rows)]),
        ),
        column("garden", 5, "boolean", missing=81, evidence="yes and no", top=[["yes", 1300], ["no", 79]]),
        column("note", 6, "text", distinct=1400, mean_length=212.5, evidence="31 words on average"),
        column("currency", 7, "constant", distinct=1, evidence="one value in every row"),
    ]
    profile = report["profile"] | {
        "reading": reading("houses.csv", rows, len(columns)),
        "rows": rows,
        "columns": columns,
        "classes": [],
        "target": guess("price", 1.0, "you named it", given=True),
        "task": guess("regression", 0.98, "663 different numbers"),
    }
    headline = metric(
        "rmse",
        "RMSE",
        28_412.7,
        [25_100.2, 32_874.1],
        79_400.0,
        34_210.9,
        False,
        "The typical size of an error, in the unit of the target; large ones count more.",
    )
    actual = [r.choice(prices) for _ in range(292)]
    points = [[float(a), a * math.exp(r.gauss(0, 0.13))] for a in actual]
    errors = [a - b for a, b in points]
    edges = [-140_000.0 + 14_000 * i for i in range(21)]
    counts = [sum(a <= e < b for e in errors) for a, b in itertools.pairwise(edges)]
    board = [
        {**row, "score": 28_000 + 1_300 * i, "ci95": [26_100 + 1_300 * i, 29_800 + 1_300 * i]}
        for i, row in enumerate(report["leaderboard"])
    ]
    board[-1] |= {"score": 79_100, "ci95": [76_000, 82_000]}
    for row in board:
        row["test"] = row["test"] and {"value": 1.02 * row["score"], "ci95": [0.95 * row["score"], 1.1 * row["score"]]}
    plan = {
        "settings": {
            "columns": {
                c["name"]: {"use": c["kind"] not in ("identifier", "constant"), "kind": c["kind"]} for c in columns[:1] + columns[2:]
            }
        }
    }
    report |= {
        "run": about_run("assist train houses.csv --target price --time-budget 60s"),
        "data": profile["reading"],
        "profile": profile,
        "task": "regression",
        "target": "price",
        "metric": headline,
        "leaderboard": board,
        "plan": {**plan, "decisions": decisions("regression", "rmse")},
        "verdict": {
            "state": "weak",
            "sentence": "Better than guessing, but only a little.",
            "worries": [],
            "next": "assist predict assist-run new.csv",
        },
        "test": {
            "metrics": [headline, metric("r2", "R²", 0.872, [0.83, 0.9], 0.0, 0.81, True, "The share of the spread that is explained.")]
        },
        "charts": {
            "predicted_actual": {"x": "actual", "points": points, "range": [min(min(p) for p in points), max(max(p) for p in points)]},
            "residuals": {"edges": edges, "counts": counts, "median_absolute": sorted(map(abs, errors))[146], "unit": None},
            "interval_coverage": {"promised": 0.9, "observed": 0.894, "rows": 292, "width": 91_200.0},
        },
        "importance": {
            "columns": [
                {"name": n, "drop": d, "ci95": [0.9 * d, 1.1 * d]} for n, d in (("area", 41_000.0), ("town", 17_500.0), ("sold", 900.0))
            ],
            "note": "",
            "skipped": None,
        },
        "history": [[3.0, 79_100.0], [6.5, 34_000.0], [22.4, 30_650.0], [55.1, 29_300.0]],
        "split": {
            "kind": "time",
            "reason": "the past predicts the future along 'sold'",
            "folds": 5,
            "train_rows": 1100,
            "test_rows": 292,
            "test_kind": "time",
            "unlabelled_rows": 68,
        },
    }
    return report


def profile() -> Report:
    facts, findings = titanic()
    return {
        "schema": "assist.report/1",
        "kind": "profile",
        "run": about_run("assist profile titanic.csv"),
        "data": facts["reading"],
        "profile": facts,
        "findings": findings,
        "messages": [],
        "task": "binary",
        "modality": "tabular",
        "target": "Survived",
        "plan": {
            "settings": {
                "columns": {
                    c["name"]: {"use": c["kind"] != "identifier", "kind": c["kind"]} for c in facts["columns"] if c["name"] != "Survived"
                }
            },
            "decisions": decisions("binary", "roc_auc"),
        },
    }


def wide(columns: int, name: str = "sensor reading number {}") -> Report:
    report = binary()
    r = random.Random(4)
    facts = numbers([r.gauss(0, 1) for _ in range(200)])
    report["profile"]["columns"] += [
        column(name.format(i), 12 + i, "number", distinct=800, evidence="reads as numbers", numbers=facts, reason="it varies")
        for i in range(columns - 12)
    ]
    report["data"] |= {"columns": columns}
    return report


def texts() -> Report:
    report = binary()
    names = [str(name) for name, _ in report["profile"]["classes"]]
    return report | {
        "insight": {
            "kind": "text",
            "columns": ["note"],
            "words": [
                {"of": name, "words": [{"word": w, "effect": 0.3 / k, "texts": 40 * k} for k, w in enumerate(("cabin", "deck", "boat"), 1)]}
                for name in names
            ],
            "words_skipped": "",
            "lengths": [
                {"from": 40 * k, "to": 40 * k + 40, "rows": 60, "error": 0.1 + 0.05 * k, "ci95": [0.05 + 0.05 * k, 0.15 + 0.05 * k]}
                for k in range(3)
            ],
            "mistakes": [{"place": 3, "characters": 120, "words": 20, "truth": names[0], "said": names[1], "sure": 0.97}],
            "ablation": {
                "how": "refitted", "metric": "ROC AUC", "higher_is_better": True,
                "ways": [
                    {"way": "all", "title": "everything", "value": 0.87},
                    {"way": "without", "title": "without the texts", "value": 0.84},
                    {"way": "alone", "title": "the texts alone", "value": 0.71},
                ],
            },
        },
    }  # fmt: skip


def forecast() -> Report:
    report = regression()
    wave = [120.0, 135.0, 160.0, 150.0, 130.0, 110.0]

    def fan(before_end: int, test: bool, **more: object) -> Report:
        ahead = [[k + 1, v * 1.02] for k, v in enumerate(wave[:4])]
        return {
            "before_end": before_end,
            "history": [[k - 5, v] for k, v in enumerate(wave)],
            "truth": [[k + 1, v] for k, v in enumerate(wave[:4])],
            "ahead": ahead,
            "naive": [[k + 1, v * 0.9] for k, v in enumerate(wave[:4])],
            "lower": [[k, v - 8 - k] for k, v in ahead],
            "upper": [[k, v + 8 + k] for k, v in ahead],
            "test": test,
            **more,
        }

    return report | {
        "task": "forecast",
        "modality": "forecast",
        "split": report["split"] | {"kind": "rolling_origin", "folds": 2},
        "forecast": {
            "horizon": 4, "frequency": "monthly", "seasons": [12], "series": 3, "typical": "Harbour", "coverage": 0.9,
            "fans": [fan(12, False), fan(8, False), fan(4, True)], "worst_fans": [fan(4, True, series="Market")],
            "next": fan(0, False) | {"truth": [], "naive": []}, "by_step": [[1, 0.4, 0.9], [2, 0.5, 1.0], [3, 0.6, 1.1], [4, None, None]],
            "worst": [{"series": name, "value": v, "baseline": 1.0, "steps": 108} for name, v in (("Market", 1.2), ("Harbour", 0.7))],
            "lost": 1, "scored": 3,
        },
    }  # fmt: skip


PIXEL = (  # one grey point
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg=="
)


def images() -> Report:
    report = multiclass()
    names = [str(name) for name, _ in report["profile"]["classes"]]
    shown = {"picture": PIXEL, "height": 32, "width": 24, "truth": names[0], "said": names[1], "sure": 0.97}
    looked = [[0.0, 0.1, 0.2], [0.2, 1.0, 0.6], [0.0, 0.3, 0.0]]
    return report | {
        "insight": {
            "pictures": {
                "columns": ["path"], "rows": 60, "skipped": "",
                "mistakes": [shown | {"place": 3, "looked": looked}, shown | {"place": 4}],
                "right": [shown | {"place": 5, "said": names[0], "looked": looked}],
                "ablation": {
                    "how": "refitted", "metric": "Log loss", "higher_is_better": False,
                    "ways": [
                        {"way": "all", "title": "everything", "value": 0.31},
                        {"way": "without", "title": "without the pictures", "value": 0.44},
                        {"way": "alone", "title": "the pictures alone", "value": 0.52},
                    ],
                },
            },
        },
    }  # fmt: skip


def series() -> Report:
    report = binary()
    names = [str(name) for name, _ in report["profile"]["classes"]]
    course = [k / 10 for k in range(48)]
    return report | {
        "insight": {
            "kind": "sequence",
            "channels": ["speed", "heading"],
            "series": 200,
            "lengths": [20, 48, 60],
            "skipped": "",
            "typical": [
                {
                    "of": name, "channel": channel, "series": 90, "low": [v - 1 for v in course], "high": [v + 1 for v in course],
                    "middle": [None, *course[1:]],
                }
                for name in names
                for channel in ("speed", "heading")
            ],
            "stretches": [{"from": k / 4, "to": k / 4 + 0.25, "effect": k / 20, "ci95": [k / 20 - 0.02, k / 20 + 0.02]} for k in range(4)],
            "channel_effects": [{"channel": c, "effect": e, "ci95": [e - 0.05, e + 0.05]} for c, e in (("speed", 0.3), ("heading", 0.01))],
        },
    }  # fmt: skip


SAMPLES = {
    "binary": binary, "multiclass": multiclass, "regression": regression, "profile": profile, "texts": texts, "forecast": forecast,
    "images": images, "series": series,
}  # fmt: skip
