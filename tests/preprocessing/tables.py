"""Small typed tables with every kind of column, for tests."""

from __future__ import annotations

import numpy as np
import pandas as pd

from automl_assist.schema import Column

KINDS = {
    "size": "number",
    "count": "integer",
    "empty": "number",
    "same": "number",
    "flag": "boolean",
    "colour": "category",
    "street": "category",
    "from": "datetime",
    "until": "datetime",
    "note": "text",
}


def columns(*names: str) -> list[Column]:
    return [Column(name, k, KINDS[name], 0, 0, "") for k, name in enumerate(names or KINDS)]


def table(rows: int, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    size = rng.normal(size=rows)
    size[rng.random(rows) < 0.1] = np.nan
    start = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 500, rows), unit="D")
    frame = pd.DataFrame(
        {
            "size": size,
            "count": rng.integers(0, 50, rows).astype(float),
            "empty": np.full(rows, np.nan),
            "same": np.ones(rows),
            "flag": rng.choice(np.array(["true", "false", None], object), rows),
            "colour": rng.choice(np.array(["red", "green", "blue", None], object), rows),
            "street": np.array([f"street {k}" for k in rng.integers(0, 150, rows)], object),
            "from": start,
            "until": start + pd.to_timedelta(rng.integers(1, 30, rows), unit="D"),
            "note": np.array([" ".join(rng.choice(["good", "bad", "slow", "quick", "dear", "cheap"], 12)) for _ in range(rows)], object),
        }
    )
    return frame.astype({"flag": object, "colour": object, "street": object, "note": object})


def truth(typed: pd.DataFrame, task: str, seed: int = 0) -> np.ndarray:
    """Return a target that the columns tell something about."""
    rng = np.random.default_rng(seed)
    score = typed["size"].fillna(0).to_numpy() + (typed["colour"] == "red").to_numpy() + 0.5 * rng.normal(size=len(typed))
    if task == "regression":
        return 100 + 10 * score
    return np.digitize(score, [0.3] if task == "binary" else [-0.3, 0.7]).astype(np.int64)
