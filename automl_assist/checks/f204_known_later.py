"""A column that by its name is known only after the outcome or the answer of another model, and goes with the target.

The date on which an account was closed, the status of a claim, the amount recovered: a table drawn up later has them, the moment
of prediction has not. A name alone accuses many an honest column and a good fit alone is what columns are for, so both are needed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pandas as pd

from automl_assist.checks._check import Check, CheckContext, Hit
from automl_assist.checks._goal import Goal, goal_of
from automl_assist.checks._layout import of_the_layout
from automl_assist.checks._relations import copies
from automl_assist.checks._wording import counted, grouped, named

FEWEST_ROWS = 50
STRONG = 0.5  # association with the target
STRONG_GROUPS = 0.6  # Cramér's V of its values, or of whether it is there
MOST_LEVELS = 30
AFTER = re.compile(
    r"clos(?:ed|ure|ing)|cancel\w*|terminat\w*|churn\w*|exit(?:ed|_|$)|ended|left_?(?:on|at|date)|discharg\w*|death|died|deceased|outcome|"
    r"result|resol(?:ved|ution)\w*|refund\w*|settle\w*|pay_?out|paid|repaid|charge_?off|charged_?off|recover(?:y|ies|ed)|collections?|"
    r"chargeback|dispute\w*|write_?off|final|status|decision|decided|verdict|approv\w*|reject\w*|denied|declin\w*|return(?:ed|_date|_reason)|"
    r"deliver(?:ed|y_date)|complet\w*|convert\w*|won|lost|investigat\w*|review(?:ed|_outcome)|confirmed|diagnos\w*|treatment|follow_?up|"
    r"post|after|next|future|later|actual|reason|response|action_taken|deactivat\w*|unsubscrib\w*|attrition|bankrupt\w*|foreclos\w*|"
    r"sold(?:_|$)|sale_?(?:price|date)|invoice[d]?|duration|retention|win_?back|cause",
    re.IGNORECASE,
)
# of another model, fitted to these very rows
ANSWER = re.compile(r"predict(?:ed|ions?)?(?:_|$)|pred(?:_|$)|y_?(?:hat|pred)(?:_|$)", re.IGNORECASE)
# said before the outcome, although a word of the list is in it
BEFORE = re.compile(
    r"previous|prior|past|last|poutcome|history|marital|marriage|employment|family|initial|open|civil|housing|health", re.IGNORECASE
)


def _find(context: CheckContext) -> Iterator[Hit]:
    goal = goal_of(context, fewest=FEWEST_ROWS)
    if goal is None:
        return
    hits = []
    aside = of_the_layout(context.profile)
    for column in context.profile.features:
        if column.name not in context.typed or column.name in aside or column.kind in ("constant", "empty", "list", "image"):
            continue
        name = re.sub(r"(?<=[a-z])(?=[A-Z])|[ .-]", "_", column.name)
        answer = _has(ANSWER, name)
        if not answer and (not _has(AFTER, name) or BEFORE.search(name)):
            continue
        there = ~pd.isna(context.values[column.name][goal.rows])
        groups, gaps = _groups(context, column.name, goal), _cramer(there.astype(int), goal)
        fit = max(column.association or 0.0, groups if groups >= STRONG_GROUPS else 0.0, gaps if gaps >= STRONG_GROUPS else 0.0)
        if fit < STRONG:
            continue
        how = "being filled in" if gaps >= max(groups, STRONG_GROUPS) else "its values"
        what = "the answer of another model" if answer else f"something known only after the outcome (later than {named(goal.name)})"
        message = (
            f"Column {named(column.name)} sounds like {what}, and {how} "
            f"goes with the target by {fit:.2f} in {counted(len(goal.rows), 'row')}: it may leak the target."
        ).replace("its values goes", "its values go")
        fix = f"set columns.{column.name}.use to false in plan.yaml unless it is known when you predict"
        hits.append(Hit(message, (column.name,), fix=fix))
    known = copies(context, {hit.columns[0] for hit in hits}) if hits else {}
    yield from grouped(
        [h for h in hits if h.columns[0] not in known],
        "sound like something known only after the outcome, or like the answer of another model, and leak the target",
    )


def _has(words: re.Pattern[str], name: str) -> bool:
    """Whether one of the words, or more than one of its kind, stands in a name as a word of it: no ``post`` in a postcode."""
    return any(_stands_alone(name[: found.start()][-1:], found[0], name[found.end() :]) for found in words.finditer(name))


def _stands_alone(before: str, word: str, behind: str) -> bool:
    if before.isalpha():
        return False
    behind = behind.removeprefix("s")
    return not behind[:1].isalpha() or not word[-1].isalpha()


def _groups(context: CheckContext, name: str, goal: Goal) -> float:
    held = context.typed[name].iloc[goal.rows]
    if held.dtype.kind == "M" or held.nunique() > MOST_LEVELS:
        return 0.0
    return _cramer(pd.factorize(held.to_numpy(), use_na_sentinel=False)[0], goal)


def _cramer(codes: np.ndarray, goal: Goal) -> float:
    """Return how strongly groups go with the target: Cramér's V, or the square root of the share of variance between them."""
    counts = np.bincount(codes).astype(float)
    if len(counts) < 2 or (np.sort(counts)[:-1].sum() < 10):
        return 0.0
    if not goal.classes:
        means = np.bincount(codes, goal.values) / np.maximum(counts, 1)
        between = (counts * (means - goal.values.mean()) ** 2).sum()
        return float(np.sqrt(between / ((goal.values - goal.values.mean()) ** 2).sum()))
    table = np.zeros((len(counts), int(goal.values.max()) + 1))
    np.add.at(table, (codes, goal.values.astype(int)), 1)
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0, keepdims=True) / table.sum()
    chi = (((table - expected) ** 2) / np.maximum(expected, 1e-9)).sum()
    excess = max(chi - (table.shape[0] - 1) * (table.shape[1] - 1), 0.0)  # above what chance gives on average
    return float(np.sqrt(excess / table.sum() / max(min(table.shape) - 1, 1)))


CHECK = Check("F204", "Known only after the outcome", "warning", _find)
