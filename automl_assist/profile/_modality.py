"""What kind of data it is as a whole: a table, or texts, images, sequences or a forecast that a table only lists.

A modality other than a plain table is named only where the layout is clear; a dated table with columns to learn from stays a table, and
the other reading is told beside it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

from automl_assist.profile._cells import Cells
from automl_assist.profile._layout import Layout, is_amount
from automl_assist.profile._wide import find_wide
from automl_assist.schema import CLASSIFICATION, Alternative, Column, Guess, Options

CARRIERS = {"text": "text", "image": "image"}  # kinds of columns that make a modality of their own when nothing stands beside them
NO_FEATURE = frozenset(["identifier", "constant", "empty", "url", "email"])
FEWEST_SERIES, FEWEST_ROWS = 6, 8  # of labelled sequences; rows of a usual one
FEWEST_TIMES = 8  # steps of a series that can be carried on
MANY_TIMES = 100  # steps from which several measured columns together are series of their own
CLOSE = 0.5  # correlation with the step before, of a quantity that moves on slowly
CALENDAR_NAME = re.compile(
    r"(^|[_\W])(year|quarter|month|week|weekday|day|hour|minute|holiday|weekend|season|dow|doy|dayofweek|day_of_week|day_of_year|week_of_year|date|time)"
    r"([_\W]|$)|is_?(holiday|weekend|workingday)",
    re.IGNORECASE,
)


def infer_modality(
    columns: Sequence[Column],
    target: Guess | None,
    task: Guess | None,
    cells: Mapping[str, Cells],
    typed: Mapping[str, np.ndarray],
    layout: Layout | None,
    options: Options,
) -> Guess:
    """Return the modality: what the user said, or what the columns beside the target and the order of rows say."""
    if options.modality:
        return Guess(options.modality, 1.0, f"you asked for it with --modality {options.modality}", given=True)
    if options.task == "forecast" or options.horizon is not None:
        said = "--task forecast" if options.task == "forecast" else f"--horizon {options.horizon}"
        return Guess("forecast", 1.0, f"you asked for it with {said}", given=True)
    features = [c for c in columns if target is None or c.name != target.name]
    useful = [c for c in features if c.kind not in NO_FEATURE]
    if (found := _carried(useful)) is not None:
        return found
    if options.series is None and (wide := find_wide(features, typed)) is not None:
        return Guess("sequence", wide.confidence, wide.reason, alternatives=(Alternative("tabular", round(1 - wide.confidence, 2)),))
    other = None
    if layout and target and task:
        if options.series is not None and task.name in CLASSIFICATION:
            return Guess("sequence", 1.0, f"you named {options.series!r} with --series, and each of its series has a class")
        if (found := _labelled_series(layout, target, cells, features, named=options.series is not None)) is not None:
            return found
        found, other = _forecast(layout, target, task, cells, typed, features)
        if found is not None:
            return found
    texts, pictures = (sum(c.kind == kind for c in useful) for kind in CARRIERS)
    among = [f"{number} of them {what}" for number, what in ((texts, "free text"), (pictures, "pictures")) if number]
    said = ", ".join([f"{len(useful)} columns to learn from", *among])
    return Guess("tabular", 0.75 if other else 0.95, said, alternatives=(other,) if other else ())


def _carried(useful: Sequence[Column]) -> Guess | None:
    """Return texts or images, when a table does nothing but list them: a column beside may hold what the pictures do not show."""
    for kind, modality in CARRIERS.items():
        carriers = [c.name for c in useful if c.kind == kind]
        if carriers and len(carriers) == len(useful):
            named = ", ".join(repr(n[:40]) for n in carriers[:3])
            return Guess(modality, 0.95, f"every column to learn from is of kind {kind}: {named}")
    return None


def _labelled_series(layout: Layout, target: Guess, cells: Mapping[str, Cells], features: Sequence[Column], *, named: bool) -> Guess | None:
    """Return sequence where rows are steps of series and each series has one label; few and short ones only where the user named them."""
    enough = named or (layout.n_series >= FEWEST_SERIES and layout.length >= FEWEST_ROWS)
    if not layout.series or not enough or not layout.static(cells[target.name].codes):
        return None
    measured = [c for c in beside(layout, features) if is_amount(c) and not layout.static(cells[c.name].codes)]
    if not measured:
        return None
    order = repr(layout.time[0]) if layout.time else "the file"
    said = (
        f"{layout.n_series:,} series ({', '.join(map(repr, layout.series))}) of about {layout.length:,.0f} rows in the order of "
        f"{order}, each with one value of {target.name!r}; {len(measured)} measured columns change within a series"
    )
    return Guess("sequence", 0.9, said, alternatives=(Alternative("tabular", 0.1, "each row by itself"),))


def _forecast(
    layout: Layout,
    target: Guess,
    task: Guess,
    cells: Mapping[str, Cells],
    typed: Mapping[str, np.ndarray],
    features: Sequence[Column],
) -> tuple[Guess | None, Alternative | None]:
    """Return forecast where little but the time stands beside an amount; else how far it is one, as a second opinion."""
    values = typed[target.name]
    counts = task.name == "multiclass" and any(other.name == "regression" for other in task.alternatives)  # or codes of classes
    amount = values.dtype.kind == "f" and (counts or task.name not in CLASSIFICATION) and not task.given
    if not amount or layout.length < FEWEST_TIMES or layout.static(cells[target.name].codes):
        return None, None
    others = [
        c
        for c in beside(layout, features)
        if not (CALENDAR_NAME.search(c.name) and len(cells[c.name].values) <= 366) and not layout.static(cells[c.name].codes)
    ]
    if counts and others:
        return None, None
    of = f" for each of {layout.n_series:,} series ({', '.join(map(repr, layout.series))})" if layout.series else ""
    said = f"one row a step of {', '.join(map(repr, layout.time))}{of}, {layout.even:.0%} of the steps of the same length"
    also = (Alternative("tabular", 0.15, "each row by itself, with the parts of the date"),)
    alone = f"nothing but the time to tell {target.name!r} from"
    if not layout.is_even:
        if others or layout.series:
            return None, Alternative("forecast", 0.15, f"{said}: too uneven")
        return Guess("forecast", 0.7, f"{said}, but {alone}", alternatives=also), None
    if layout.again:
        told = f"{said}; {layout.again:.0%} of the rows tell a time again, with the same {target.name!r}, which so belongs to the time"
        return Guess("forecast", 0.75, told, alternatives=also), None
    if not others:
        return Guess("forecast", 0.95, f"{said}, and {alone}", alternatives=also), None
    if len(others) == 1:
        return Guess("forecast", 0.85, f"{said}, and only {others[0].name!r} beside the time", alternatives=also), None
    if layout.dated and layout.length >= MANY_TIMES and all(is_amount(c) for c in others):
        order = layout.ordered()
        same = np.diff(layout.groups[order]) == 0
        if all(_moves_slowly(typed[name][order], same) for name in (target.name, *(c.name for c in others))):
            return Guess(
                "forecast", 0.8, f"{said}; the {len(others) + 1} measured columns all move on slowly from step to step", alternatives=also
            ), None
    return None, Alternative("forecast", 0.25, f"{said}, but {len(others)} columns tell more about each row")


def beside(layout: Layout, features: Sequence[Column]) -> list[Column]:
    """Return the columns beside time and series that say something."""
    return [c for c in features if c.kind not in NO_FEATURE and c.name not in layout.time and c.name not in layout.series]


def _moves_slowly(values: np.ndarray, same: np.ndarray) -> bool:
    before, after = values[:-1][same], values[1:][same]
    both = np.isfinite(before) & np.isfinite(after)
    if both.sum() < FEWEST_TIMES or before[both].std() == 0 or after[both].std() == 0:
        return False
    return float(np.corrcoef(before[both], after[both])[0, 1]) >= CLOSE
