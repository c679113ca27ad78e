"""Contexts for tests of checks: a profile made by hand from cells, without the profile package."""

import numpy as np
import pandas as pd

from automl_assist.checks import CheckContext, checks
from automl_assist.schema import Column, Guess, NumberFacts, Profile, Reading


def make_context(cells, target=None, task=None, kinds=None, tokens=None, associations=None, ambiguous=False):
    """Return a context; `cells` maps names to lists of str or None, `kinds` and `tokens` overrule what is seen in them."""
    cells = pd.DataFrame({name: pd.Series(list(values), dtype=object) for name, values in cells.items()})
    columns, typed = [], {}
    for position, name in enumerate(cells.columns):
        known = (tokens or {}).get(name, ())
        typed[name], kind = cast(cells[name], known, (kinds or {}).get(name))
        columns.append(column(name, position, kind, typed[name], known, (associations or {}).get(name)))
    typed = pd.DataFrame(typed, index=cells.index)
    rows = len(cells)
    classes = ()
    if target and task in ("binary", "multiclass"):
        classes = tuple((str(v), int(n)) for v, n in typed[target].value_counts().items())
    profile = Profile(
        reading=Reading("t.csv", "t.csv", "csv", "0" * 64, 10, rows, len(columns)),
        rows=rows,
        columns=tuple(columns),
        modality=Guess("tabular", 1.0, "columns"),
        target=Guess(target, 1.0, "given", given=True) if target else None,
        task=Guess(task, 0.6, "it has few values", ambiguous=ambiguous) if task else None,
        classes=classes,
        target_missing=int(typed[target].isna().sum()) if target else 0,
    )
    return CheckContext(profile, cells, typed)


def cast(cells, tokens, kind):
    """Return typed values of one column and its kind."""
    cells = cells.where(~cells.isin(tokens), None)
    if kind == "datetime":
        return pd.to_datetime(cells, errors="coerce"), kind
    numbers = pd.to_numeric(cells, errors="coerce").astype(float).replace([np.inf, -np.inf], np.nan)
    present = cells.notna().sum()
    if kind in ("number", "integer") or (kind is None and present and numbers.notna().sum() > 0.9 * present):
        return numbers, kind or "number"
    if not present:
        kind = "empty"
    elif cells.nunique() == 1 and kind is None:
        kind = "constant"
    return cells, kind or "category"


def column(name, position, kind, typed, tokens, association):
    """Return the facts that checks look at."""
    counts = typed.value_counts()
    numbers = None
    if typed.dtype.kind == "f" and typed.notna().any():
        values = typed.dropna()
        quantiles = tuple(float(q) for q in values.quantile((0.05, 0.25, 0.5, 0.75, 0.95)))
        numbers = NumberFacts(
            *map(float, (values.min(), values.max(), values.mean(), values.std(ddof=0))), quantiles, (), int((values == 0).sum()), 0, False
        )
    top = tuple((f"{v:g}" if isinstance(v, float) else str(v), int(n)) for v, n in counts.items() if n >= 10)[:5]
    return Column(
        name,
        position,
        kind,
        int(typed.isna().sum()),
        len(counts),
        "made by hand",
        missing_tokens=tuple(tokens),
        top=top,
        numbers=numbers,
        association=association,
    )


def found(code, context):
    """Return the findings of one check."""
    return list(checks()[code].run(context))


def numbers(n, seed=0):
    """Return n different numbers as cells."""
    return [f"{v:.6f}" for v in np.random.default_rng(seed).normal(size=n)]


def words(n, options, seed=0):
    """Return n cells drawn from some words."""
    return [str(w) for w in np.random.default_rng(seed).choice(options, n)]
