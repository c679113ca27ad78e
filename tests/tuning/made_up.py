"""A small learnable table, shared with workers as a real run shares it."""

import numpy as np

from automl_assist.evaluation.splits import Lines, folds
from automl_assist.preprocessing import Features
from automl_assist.rules._portfolios import proven_settings
from automl_assist.rules._spaces import OF_CATEGORIES, OF_NUMBERS, USUAL
from automl_assist.schema import Problem
from automl_assist.tuning.unit import FoldData

SENSELESS = {"log_target", "linear_leaves", *OF_CATEGORIES, *OF_NUMBERS}  # no plan offers them here
LISTED = {name: proven_settings(name, USUAL[name].keys() - SENSELESS) for name in ("linear", "lightgbm", "extra_trees", "mlp")}


def features(numbers):
    """Return features of numeric columns only."""
    n, p = numbers.shape
    return Features(
        numbers=np.ascontiguousarray(numbers, dtype=np.float32),
        categories=np.empty((n, 0), np.int32),
        texts=np.empty((n, 0), object),
        cardinalities=(),
        number_names=tuple(f"x{i}" for i in range(p)),
        category_names=(),
        text_names=(),
    )


def fold_data(n=200, k=3, task="binary", p=4):
    """Return data whose first column decides."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(n, p))
    y = (x[:, 0] + 0.3 * rng.normal(size=n) > 0).astype(np.int64) if task == "binary" else x[:, 0] + 0.1 * rng.normal(size=n)
    metric = "roc_auc" if task == "binary" else "rmse"
    problem = Problem(task, 2 if task == "binary" else 0, metric, n, p, 0, 0, {"portfolio": LISTED})
    parts = folds(n, Lines("random"), k, 0)
    return FoldData(features(x), y, tuple(parts), features(rng.normal(size=(20, p))), problem)
