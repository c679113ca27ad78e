"""A text that says the target.

A ticket with its queue in the first line, a note written after the case was closed, a description with its own price: words that stand
in the rows of a class and in no others, or the number itself. Words are chosen on one half of the rows and tried on the other, so that a
rare word cannot pass by chance. A text that is all there is to learn from is what a table is about, such as its language.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from automl_assist.checks._check import Check, CheckContext, Hit
from automl_assist.checks._explained import explained_by
from automl_assist.checks._goal import Goal, goal_of
from automl_assist.checks._layout import is_labelled_sequence
from automl_assist.checks._wording import counted, grouped, named, quoted, share
from automl_assist.profile.privacy import LEAST_SEEN

FEWEST_ROWS = 100
MOST_ROWS = 2_000
MOST_AT_AN_END = 1_000  # characters of a text that are looked at, at its beginning and at its end
KINDS = ("text", "url", "list")
WORD = re.compile(r"\w+")
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
FEWEST_WITH = 5  # rows that hold a word, of those to choose from
MOST_CLASSES = 30
EXPLAINED = 0.85  # of the errors of guessing, by one word for each class; at most 0.3 in six honest sets of texts
HOLDS, BY_CHANCE = 0.5, 0.1  # of the texts that hold the number to predict, at least, and that hold the one of another row, at most
MOST_SHOWN = 3


def _find(context: CheckContext) -> Iterator[Hit]:
    profile = context.profile
    texts = [c for c in profile.features if c.kind in KINDS and c.name in context.raw]
    goal = goal_of(context, fewest=FEWEST_ROWS, most=MOST_ROWS) if texts else None
    if goal is None or is_labelled_sequence(profile) or sum(c.action != "drop" for c in profile.features) < 2:
        return
    hits = []
    for column in texts:
        cells = ["" if not isinstance(c, str) else _ends(c) for c in context.raw[column.name][goal.rows]]
        how = _by_words(cells, goal) if goal.classes else _by_number(cells, goal)
        if how:
            message = f"The words of column {named(column.name)} give the target {named(goal.name)} away: {how}, which looks like a leak."
            fix = f"set columns.{column.name}.use to false in plan.yaml, or take out what was written after the outcome"
            hits.append(Hit(message, (column.name,), fix=fix))
    yield from grouped(hits, f"hold words that give the target {named(goal.name)} away")


def _ends(text: str) -> str:
    return text if len(text) <= 2 * MOST_AT_AN_END else f"{text[:MOST_AT_AN_END]} {text[-MOST_AT_AN_END:]}"


def _by_words(cells: Sequence[str], goal: Goal) -> str | None:
    """Say how much of the classes a word for each explains, or None where it is little."""
    words = [frozenset(WORD.findall(cell.casefold())) for cell in cells]
    wanted = goal.one_hot.astype(float)
    if wanted.shape[1] > MOST_CLASSES:
        return None
    half = np.random.default_rng(1).random(len(cells)) < 0.5
    told, chosen = [], []
    for learn in (half, ~half):
        best = _best_words([w for w, there in zip(words, learn, strict=True) if there], wanted[learn])
        chosen.append(best)
        tried = np.flatnonzero(~learn)
        held = pd.Series([next((k for k, word in enumerate(best) if word in words[row]), -2) for row in tried])
        told.append(explained_by(held.astype(str), wanted[tried], classes=True))
    if min(told) < EXPLAINED:
        return None
    seen = Counter(word for row in words for word in row if word in chosen[0])
    shown = [quoted(word) for word in chosen[0] if seen[word] >= LEAST_SEEN and not word.isdigit()][:MOST_SHOWN]
    which = f"words such as {', '.join(shown)}" if shown else "a word for each class"
    return f"by {which} {share(min(told), 1)} of the errors of guessing go away in {counted(len(cells), 'row')}"


def _best_words(words: Sequence[frozenset[str]], wanted: np.ndarray) -> list[str]:
    """Return the word whose presence goes best with each class but those of too few rows, the surest first."""
    counts = Counter(word for row in words for word in row)
    places = {word: k for k, word in enumerate(sorted(w for w, n in counts.items() if FEWEST_WITH <= n <= len(words) - FEWEST_WITH))}
    if not places:
        return []
    pairs = [(row, places[word]) for row, held in enumerate(words) for word in held if word in places]
    rows, columns = np.array(pairs).T
    n, having = len(words), np.bincount(columns, minlength=len(places)) / len(words)
    names = list(places)
    best: dict[str, float] = {}
    for members in wanted.T:
        rate = members.mean()
        if not FEWEST_WITH <= members.sum() <= n - FEWEST_WITH:
            continue
        both = np.bincount(columns, weights=members[rows], minlength=len(places)) / n
        phi = (both - having * rate) / np.sqrt(having * (1 - having) * rate * (1 - rate))
        k = int(np.argmax(np.round(phi, 9)))
        best[names[k]] = max(float(phi[k]), best.get(names[k], -1.0))
    return sorted(best, key=lambda word: (-best[word], word))


def _by_number(cells: Sequence[str], goal: Goal) -> str | None:
    """Say in how many rows the text holds the number to predict, or None where it is no more than chance."""
    written = [frozenset(float(found.replace(",", "")) for found in NUMBER.findall(cell)) for cell in cells]
    values = np.abs(goal.values)
    holds = np.mean([value in row for value, row in zip(values, written, strict=True)])
    others = np.random.default_rng(2).permutation(values)
    if holds < HOLDS or np.mean([value in row for value, row in zip(others, written, strict=True)]) > BY_CHANCE:
        return None
    return f"{share(float(holds), 1)} of {counted(len(cells), 'row')} hold the number itself in their text"


CHECK = Check("F209", "Text that says the target", "warning", _find)
