"""The figures behind the report's charts, as plain data."""

from __future__ import annotations

from typing import Any

import numpy as np

from automl_assist.evaluation.scoring import labels
from automl_assist.evaluation.thresholds import precision_recall_f1
from automl_assist.metrics import metric

MOST_POINTS = 120  # of a curve: more cannot be seen
MOST_DOTS = 600  # of a scatter
MOST_CLASSES = 25  # of a confusion matrix; rarer ones are counted together
CALIBRATION_BINS = 10
LEAST_CALIBRATION_ROWS = 100


def classification_charts(
    y: np.ndarray, probability: np.ndarray, names: list[str], threshold: float | None, threshold_reason: str
) -> dict[str, Any]:
    """Return confusion, curves, threshold table, figures by class and calibration.

    Parameters
    ----------
    y : ndarray of int, shape (n,)
    probability : ndarray, shape (n, k)
    names : list of str
        The k classes.
    threshold : float or None
        On the second class, for two classes.
    """
    predicted = labels(probability, threshold)
    charts: dict[str, Any] = {
        "confusion": _confusion(y, predicted, names, threshold),
        "per_class": [_one_class(y, predicted, code, name) for code, name in enumerate(names)],
    }
    if len(names) == 2:
        charts |= _binary(y == 1, probability[:, 1], names[1], 0.5 if threshold is None else threshold, threshold_reason)
    if len(y) >= LEAST_CALIBRATION_ROWS:
        sure = probability[:, 1] if len(names) == 2 else probability.max(axis=1)
        right = (y == 1) if len(names) == 2 else (probability.argmax(axis=1) == y)
        charts["calibration"] = _calibration(sure, right)
    return charts


def _one_class(y: np.ndarray, predicted: np.ndarray, code: int, name: str) -> dict[str, Any]:
    precision, recall, f1 = precision_recall_f1(y == code, predicted == code)
    return {"label": name, "rows": int((y == code).sum()), "precision": precision, "recall": recall, "f1": f1}


def _confusion(y: np.ndarray, predicted: np.ndarray, names: list[str], threshold: float | None) -> dict[str, Any]:
    k = len(names)
    counts = np.bincount(y * k + predicted, minlength=k * k).reshape(k, k)
    shown = list(range(k))
    if k > MOST_CLASSES:
        shown = sorted(np.argsort(-counts.sum(axis=1), kind="stable")[:MOST_CLASSES].tolist())
        others = [i for i in range(k) if i not in set(shown)]
        kept = np.zeros((len(shown) + 1, len(shown) + 1), dtype=counts.dtype)
        kept[:-1, :-1] = counts[np.ix_(shown, shown)]
        kept[:-1, -1] = counts[np.ix_(shown, others)].sum(axis=1)
        kept[-1, :-1] = counts[np.ix_(others, shown)].sum(axis=0)
        kept[-1, -1] = counts[np.ix_(others, others)].sum()
        counts = kept
    labels_shown = [names[i] for i in shown] + ([f"{k - len(shown)} others"] if k > len(shown) else [])
    return {"labels": labels_shown, "counts": counts.tolist(), "threshold": threshold, "labels_shown": len(shown), "labels_total": k}


def _binary(positive: np.ndarray, p: np.ndarray, name: str, threshold: float, reason: str) -> dict[str, Any]:
    order = np.argsort(-p, kind="stable")
    hits, taken = np.cumsum(positive[order]), np.arange(1, len(p) + 1)
    ends = np.append(np.diff(p[order]) != 0, True)
    hits, taken = hits[ends], taken[ends]
    found, negatives = int(positive.sum()), int((~positive).sum())
    two = np.column_stack([1 - p, p])
    code = positive.astype(int)
    charts: dict[str, Any] = {}
    precision, recall, f1 = precision_recall_f1(positive, p >= threshold)
    false_alarms = float(((p >= threshold) & ~positive).sum())
    if found and negatives:
        roc = np.column_stack([(taken - hits) / negatives, hits / found])
        charts["roc"] = {
            "points": [[0.0, 0.0], *_thin(roc)],
            "value": metric("roc_auc").compute(code, two),
            "chosen": [false_alarms / negatives, recall],
        }
        curve = np.column_stack([hits / found, hits / taken])
        charts["precision_recall"] = {
            "points": _thin(curve),
            "value": metric("average_precision").compute(code, two),
            "base_rate": found / len(p),
            "chosen": [recall, precision],
        }
    table = []
    for cut in np.linspace(0, 1, 21):
        a, b, c = precision_recall_f1(positive, p >= cut)
        table.append({"threshold": float(cut), "precision": a, "recall": b, "f1": c})
    charts["threshold"] = {
        "value": threshold, "reason": reason, "positive": name, "precision": precision, "recall": recall, "f1": f1, "table": table,
    }  # fmt: skip
    return charts


def _thin(points: np.ndarray) -> list[list[float]]:
    """Return at most MOST_POINTS of the points, ends included."""
    if len(points) > MOST_POINTS:
        points = points[np.unique(np.linspace(0, len(points) - 1, MOST_POINTS).round().astype(int))]
    return points.tolist()


def _calibration(sure: np.ndarray, right: np.ndarray) -> dict[str, Any]:
    """Bins with equally many rows; the error is the mean gap, weighted by rows."""
    order = np.argsort(sure, kind="stable")
    bins = [
        {"predicted": float(sure[part].mean()), "observed": float(right[part].mean()), "rows": len(part)}
        for part in np.array_split(order, CALIBRATION_BINS)
    ]
    error = sum(abs(b["predicted"] - b["observed"]) * b["rows"] for b in bins) / len(sure)
    return {"bins": bins, "error": error}


def regression_charts(y: np.ndarray, prediction: np.ndarray, half_width: float, coverage: float, seed: int) -> dict[str, Any]:
    """Return predicted against actual, residuals, and how often the interval held.

    Parameters
    ----------
    y, prediction : ndarray of shape (n,)
    half_width : float
        Of the interval around a prediction, in units of the target.
    coverage : float
        The share that it promises.
    """
    rows = np.arange(len(y))
    if len(y) > MOST_DOTS:
        rows = np.random.default_rng([seed, 6]).choice(len(y), MOST_DOTS, replace=False)
    both = np.concatenate([y, prediction])
    residual = y - prediction
    low, high = np.quantile(residual, [0.005, 0.995])
    counts, edges = np.histogram(np.clip(residual, low, high), bins=20, range=(low, high) if high > low else None)
    inside = np.abs(residual) <= half_width
    return {
        "predicted_actual": {
            "x": "actual", "points": np.column_stack([y, prediction])[rows].tolist(), "range": [float(both.min()), float(both.max())],
        },
        "residuals": {
            "edges": edges.tolist(), "counts": counts.tolist(), "median_absolute": float(np.median(np.abs(residual))), "unit": None,
        },
        "interval_coverage": {
            "promised": coverage, "observed": float(inside.mean()), "rows": len(y), "width": 2 * half_width,
        },
    }  # fmt: skip
