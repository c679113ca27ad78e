"""One category spelled in several ways.

``Private``, ``private`` and ``Privte`` become three categories, each with a part of the rows and none with all. Upper and lower
case, blanks and marks are told apart only by a program; a wrong letter counts where the wrong form is rare beside the right one.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from automl_assist.checks._check import Check, CheckContext, Hit
from automl_assist.checks._rows import sample
from automl_assist.checks._wording import counted, grouped, named, on_a_sample, quoted
from automl_assist.profile import BOOLEANS
from automl_assist.profile.privacy import LEAST_SEEN
from automl_assist.schema import Column

MOST_VALUES = 300  # different values; names of people and places beyond are alike by chance
FEWEST_ROWS, FEWEST_FOR_SLIPS = 20, 100  # the second to call a rare word another one misspelled
ROWS_A_VALUE = 4  # on average
LONGEST = 60  # letters of a word that may hold a slip; the work grows with their square
SHORTEST = 5  # letters of a word in which one wrong letter does not make another word
RARE = 0.15  # of the rows of the right form that a misspelled one may have
SHOWN = 3
FEWEST = 5  # rows with a variant that are worth a warning: ISLAND beside INLAND may be an island
WORTH_A_WARNING = 0.002  # of the rows
MARKS = re.compile(r"[\W_]+")
LETTERS = re.compile(r"[^\W\d_]+")


def _find(context: CheckContext) -> Iterator[Hit]:
    if len(context.cells) < FEWEST_ROWS:
        return
    hits = []
    for column in context.profile.columns:
        if column.kind in ("category", "boolean") and 2 <= column.distinct <= MOST_VALUES and column.name in context.cells:
            hit = _judge(context, column)
            if hit:
                hits.append(hit)
    yield from grouped(hits, "have one category spelled in several ways")


def _judge(context: CheckContext, column: Column) -> Hit | None:
    cells = context.raw[column.name][sample(len(context.cells))]
    codes, values = pd.factorize(cells)
    if not all(isinstance(v, str) for v in values) or len(values) * ROWS_A_VALUE > len(cells) or len(values) > 2 * MOST_VALUES:
        return None
    counts = dict(sorted(zip(values, np.bincount(codes[codes >= 0], minlength=len(values)).tolist(), strict=True)))
    plain: dict[str, list[str]] = {}
    truths = _truths({_plain(value) for value in counts})
    for value in counts:
        key = _plain(value)
        plain.setdefault(truths.get(key, key), []).append(value)
    plain.pop("", None)
    together = {key: sum(counts[v] for v in forms) for key, forms in plain.items()}
    for wrong, right in _typos(together).items() if len(cells) >= FEWEST_FOR_SLIPS else ():
        plain[right] += plain.pop(wrong, [])
    # blanks around all values alike are the file's way of writing, not the value's
    groups = [forms for forms in plain.values() if len(forms) > 1]
    if not groups:
        return None
    groups.sort(key=lambda forms: (-sum(counts[v] for v in forms), forms))
    rows = sum(sum(counts[v] for v in forms) - max(counts[v] for v in forms) for forms in groups)
    shown = [v for v in sorted(groups[0], key=lambda v: (-counts[v], v)) if counts[v] >= LEAST_SEEN][:SHOWN]
    example = f", such as {', '.join(quoted(v) for v in shown)}" if len(shown) > 1 else ""
    message = (
        f"Column {named(column.name)} has {'a category' if len(groups) == 1 else f'{len(groups)} categories'} spelled in several ways"
        f"{example}: {counted(rows, 'row')} with a spelling variant{on_a_sample(context)}."
    )
    severity = None if rows >= max(FEWEST, WORTH_A_WARNING * len(cells)) else "info"
    return Hit(message, (column.name,), fix="write each category in one way: same case, no stray blanks, no typos", severity=severity)


def _plain(value: str) -> str:
    """Return a value without case, blanks and marks; one made of numbers and marks as it is, for there they mean something.

    Letters of full width are those of usual width, and ``&amp;`` is ``&``.
    """
    if "&" in value or not value.isascii():
        value = unicodedata.normalize("NFKC", html.unescape(value))
    if not LETTERS.search(value) or re.search(r"[<>=+]|[-\u2212]\s*$", value):  # A+, A and A- are three grades
        return value.strip().casefold()
    return MARKS.sub("", value).casefold() if not re.search(r"\d", value) else " ".join(value.casefold().split())


def _truths(values: set[str]) -> dict[str, str]:
    """Return yes or no for each value of a column that says so in several ways, such as Y, ja and true beside N; nothing for others."""
    yes, no = ({pair[i] for pair in BOOLEANS} for i in (0, 1))
    if len(values - {"0", "1"}) < 3 or not values <= yes | no | {"0", "1"} or values <= yes or values <= no:
        return {}
    return {value: "yes" if value in yes or value == "1" else "no" for value in values}


def _typos(counts: Mapping[str, int]) -> dict[str, str]:
    """Return ``{wrong: right}`` for words that are one letter away from a word seen many times as often."""
    words = [w for w in counts if SHORTEST <= len(w) <= LONGEST and LETTERS.fullmatch(w)]
    by_part: dict[str, list[str]] = {}
    for word in words:
        for i in range(len(word)):
            by_part.setdefault(f"{i}:{word[:i]}{word[i + 1 :]}", []).append(word)
        for i in range(len(word) + 1):
            by_part.setdefault(f"{i}:{word}", []).append(word)
    found: dict[str, str] = {}
    for near in by_part.values():
        if len(near) < 2:
            continue
        right = max(near, key=lambda w: (counts[w], w))
        for word in near:
            if word != right and counts[word] <= RARE * counts[right] and counts.get(found.get(word, ""), 0) < counts[right]:
                found[word] = right
    return {wrong: right for wrong, right in found.items() if right not in found}


CHECK = Check("F113", "Spelling variants of a category", "warning", _find)
