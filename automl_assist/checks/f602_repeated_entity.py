"""The same person, device or customer in many rows.

Rows of one entity on both sides of a split let a model recognise the entity instead of learning what holds for others, and the
score is too good. A column of names counts as one of entities where two things speak for it: its name, codes for values, a target
that is the same in all rows of one; or its name and other columns that are the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pandas as pd

from automl_assist.checks._check import Check, CheckContext, Hit
from automl_assist.checks._goal import goal_of
from automl_assist.checks._layout import of_the_layout
from automl_assist.checks._rows import sample
from automl_assist.checks._wording import counted, named, on_a_sample, option
from automl_assist.schema import Column

FEWEST_ENTITIES = 15
MOST_ENTITIES = 0.7  # of the rows; the rest are repeats
LARGEST_SHARE = 0.1  # of the rows that one entity has, at most: a commoner value is a category
CODED = 0.95  # of the values look like codes
SAME_TARGET = 0.9  # of the way from chance to the same target in all rows of an entity
FEWEST_CONSTANT = 2  # other columns that are the same in all rows of an entity
CONSTANT = 0.97
MOST_OTHERS = 60  # columns looked at
MOST_CANDIDATES = 40
WHO = (
    "person|patient|subject|customer|client|user|member|account|household|family|student|pupil|employee|worker|driver|player|participant|"
    "respondent|device|machine|sensor|vehicle|animal|donor|owner|seller|buyer|borrower|applicant|entity|individual|specimen|mouse|cow|"
    "signer|speaker|writer|author"
)
ID = "id|uid|uuid|guid|ssn|mrn"
# a whole name such as customer_id says it; with other words around it is a hint; a plural is a number of them
NAME = re.compile(rf"(?:{WHO})(?:_?(?:{ID}|no|nr|number|code|key|ref|name))?", re.IGNORECASE)
HINT = re.compile(rf"(?:^|_|\b)(?:{WHO}|{ID})(?:_?(?:{ID}|no|nr|number|code|key|ref))?(?:$|_|\b)", re.IGNORECASE)
# 3-1 is the result of a game
CODE = re.compile(r"(?!\d{1,3}[-:. ]\d{1,3}$)(?=.*\d)[A-Za-z]{0,6}[-_#:. ]?[A-Fa-f\d][A-Fa-f\d-]*")


def _find(context: CheckContext) -> Iterator[Hit]:
    rows = sample(len(context.typed))
    n, aside = len(rows), of_the_layout(context.profile)
    candidates = [c for c in context.profile.features if _may_be(c, context.profile.rows) and c.name in context.typed]
    candidates = [c for c in candidates if c.name not in aside]  # the split knows those
    hits = []
    for column in sorted(candidates, key=lambda c: (_words(c) is None, -c.distinct, c.name))[:MOST_CANDIDATES]:
        codes, values = pd.factorize(context.values[column.name][rows])
        sizes = np.bincount(codes[codes >= 0], minlength=len(values))
        repeated = sizes > 1
        if not FEWEST_ENTITIES <= len(values) <= MOST_ENTITIES * n or sizes.max() > LARGEST_SHARE * n or sizes[repeated].sum() < n / 2:
            continue
        by_name, coded = _words(column) is not None, _coded(values, column)
        same_target = _same_target(context, column)
        if by_name + coded + same_target < 2 and not (by_name and _constant(context, column, codes, rows) >= FEWEST_CONSTANT):
            continue
        also = " and the target is the same in all rows of one" if same_target else ""
        message = (
            f"Column {named(column.name)} seems to name an entity that has several rows: {counted(len(values), 'different value')} in "
            f"{counted(n, 'row')}{on_a_sample(context)}, {n / len(values):.1f} rows each{also}; a random split puts rows of the "
            "same one on both sides, as if they were independent."
        )
        hits.append(Hit(message, (column.name,), fix=option("--group", column.name)))
    yield from hits[:1]


def _may_be(column: Column, rows: int) -> bool:
    return (
        column.kind in ("category", "identifier", "integer", "text")
        and FEWEST_ENTITIES <= column.distinct <= MOST_ENTITIES * rows
        and column.missing < 0.1 * rows
        and (column.kind != "integer" or _words(column) is not None)
    )


def _words(column: Column) -> re.Match[str] | None:
    return HINT.search(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", column.name))


def _coded(values: np.ndarray, column: Column) -> bool:
    if column.kind == "integer":  # a number is a code by its name alone, and an amount otherwise
        return NAME.fullmatch(re.sub(r"(?<=[a-z])(?=[A-Z])|[ -]", "_", column.name)) is not None
    some = [str(v) for v in values[:2_000]]
    return sum(CODE.fullmatch(v) is not None for v in some) >= CODED * len(some)


def _same_target(context: CheckContext, column: Column) -> bool:
    """Whether rows of one entity have one target, by pairs of rows and against what chance would give."""
    goal = goal_of(context, fewest=FEWEST_ENTITIES, most=100_000)
    if goal is None:
        return False
    codes = pd.factorize(context.values[column.name][goal.rows])[0]
    held = codes >= 0
    codes, values = codes[held], goal.values[held]
    if not len(codes):
        return False
    sizes = np.bincount(codes)
    width = int(sizes.size)
    kinds = pd.factorize(values)[0]
    pairs = np.unique(kinds.astype(np.int64) * width + codes, return_counts=True)[1].astype(float)
    possible = float((sizes * (sizes - 1.0)).sum())
    agree = float((pairs * (pairs - 1)).sum()) / max(possible, 1.0)
    chance = float(((np.bincount(kinds) / len(kinds)) ** 2).sum())
    return chance < 1 and possible > 0 and (agree - chance) / (1 - chance) >= SAME_TARGET


def _constant(context: CheckContext, column: Column, codes: np.ndarray, rows: np.ndarray) -> int:
    """Return how many other columns, each with several values, are the same in nearly all rows of an entity."""
    others = [c for c in context.profile.features if c.name != column.name and c.distinct >= 3 and c.kind not in ("list", "image", "text")]
    count, width = 0, int(codes.max()) + 1
    sizes = np.bincount(codes[codes >= 0], minlength=width)
    for other in sorted(others, key=lambda c: c.name)[:MOST_OTHERS]:
        if other.name not in context.typed:
            continue
        kinds = pd.factorize(context.values[other.name][rows], use_na_sentinel=False)[0]
        commonest = np.bincount(kinds).max() / len(kinds)
        held = codes >= 0
        pairs, counts = np.unique(codes[held].astype(np.int64) * (int(kinds.max()) + 1) + kinds[held], return_counts=True)
        most = np.zeros(width, np.int64)
        np.maximum.at(most, pairs // (int(kinds.max()) + 1), counts)
        several = sizes > 1
        alike = most[several].sum() / max(sizes[several].sum(), 1)
        count += bool(commonest < 0.9 and alike >= CONSTANT)
    return count


CHECK = Check("F602", "The same entity in many rows", "warning", _find)
