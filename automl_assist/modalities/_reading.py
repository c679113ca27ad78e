"""What there is to say about a model that reads: the words behind its answers, long and short texts, mistakes, and what texts add."""

from __future__ import annotations

import functools
import re
import time
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from automl_assist.modalities._ablation import ablation
from automl_assist.modalities._modality import Tested
from automl_assist.profile.privacy import LEAST_SEEN

if TYPE_CHECKING:
    import pandas as pd

MOST_READ = 4_000  # development texts in which words are counted
MOST_CLASSES, WORDS_A_CLASS, WORDS_SHOWN = 8, 14, 8
TEXTS_A_WORD, FEWEST_TEXTS = 20, 5  # texts from which a word is taken out
MOST_DIGITS = 4  # of a word; longer numbers may be somebody's
LENGTH_GROUPS, FEWEST_IN_GROUP = 5, 10
MISTAKES = 10
ABLATION_SHARE = 0.7  # of the time, for what texts add
TRIAL_TEXTS = 100  # predicted first, to know what a prediction costs
LONGEST_READ = 5_000  # characters
LEAST_EFFECT = 0.001  # of a probability, or of the spread of predicted values: less does not show
LETTER, PICTOGRAM = r"[^\W_]", "[\u2600-\u27bf\U0001f000-\U0001faff]"  # the latter as the profile counts them
MARKS_END = 0x1E900  # code point behind the last mark of a living script; vowels of Hindi and Thai are marks
UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")  # scripts without spaces


def explain(tested: Tested) -> dict[str, Any]:
    """Return the report's part on texts; nothing where there are none."""
    columns = [c.name for c in tested.columns if c.kind == "text" and c.name in tested.typed]
    if not columns:
        return {}
    found: dict[str, Any] = {"kind": "text", "columns": columns, "rows": len(tested.typed)}
    texts = _texts(tested.typed, columns)
    found["lengths"] = _lengths(tested, texts)
    found["mistakes"] = [] if tested.sensitive else _mistakes(tested, texts)
    if len(columns) < len(tested.columns):
        found["ablation"] = ablation(
            replace(tested, until=time.monotonic() + ABLATION_SHARE * max(0.0, tested.until - time.monotonic())), columns
        )
    if tested.sensitive:
        found["words"], found["words_skipped"] = [], "words are cells of the data, and the report is to hold none"
    else:
        found["words"], found["words_skipped"] = _driving(tested, columns, tested.until)
    return found


def _texts(frame: pd.DataFrame, columns: Sequence[str]) -> list[str]:
    filled = frame[list(columns)].astype(object).where(frame[list(columns)].notna(), "")
    return ["\n".join(map(str, row)) for row in filled.itertuples(index=False)]


def _errors(tested: Tested) -> np.ndarray:
    """Return 1 for a wrong class and 0 for the right one, or the size of the error."""
    if tested.classes:
        return (tested.prediction.argmax(axis=1) != tested.target).astype(float)
    return np.abs(tested.prediction - tested.target)


def _lengths(tested: Tested, texts: list[str]) -> list[dict[str, Any]]:
    """Return the error by length: groups of equal size."""
    length, error = np.array([len(t) for t in texts]), _errors(tested)
    groups = min(LENGTH_GROUPS, len(texts) // FEWEST_IN_GROUP)
    if groups < 2:
        return []
    edges = np.unique(np.quantile(length, np.linspace(0, 1, groups + 1)))
    found = []
    for low, high in pairwise(edges):
        inside = (length >= low) & ((length < high) | (high == edges[-1]))
        if inside.sum() >= FEWEST_IN_GROUP:
            spread = 2 * error[inside].std() / np.sqrt(inside.sum())
            mean = float(error[inside].mean())
            found.append(
                {
                    "from": int(low),
                    "to": int(high),
                    "rows": int(inside.sum()),
                    "error": mean,
                    "ci95": [max(0.0, mean - spread), mean + spread],
                }
            )
    return found


def _mistakes(tested: Tested, texts: list[str]) -> list[dict[str, Any]]:
    """Return the worst mistakes by their place in the test part, without the texts: each of those is seen once."""
    if tested.classes:
        wrong = np.flatnonzero(tested.prediction.argmax(axis=1) != tested.target)
        worst = wrong[np.argsort(-tested.prediction[wrong].max(axis=1), kind="stable")[:MISTAKES]]
    else:
        worst = np.argsort(-_errors(tested), kind="stable")[:MISTAKES]
    return [_mistake(tested, int(place), texts[int(place)]) for place in worst]


def _mistake(tested: Tested, place: int, text: str) -> dict[str, Any]:
    about: dict[str, Any] = {"place": place, "characters": len(text), "words": len(_patterns()[0].findall(text))}
    if tested.classes:
        row = tested.prediction[place]
        said = int(row.argmax())
        return about | {"truth": tested.classes[int(tested.target[place])], "said": tested.classes[said], "sure": float(row[said])}
    return about | {"truth": float(tested.target[place]), "said": float(tested.prediction[place])}


# --- words


@functools.cache
def _marks() -> str:
    """Return a class of the characters that belong to the letter before them, which are no letters to ``re``."""
    return "[" + "".join(c for c in map(chr, range(0x300, MARKS_END)) if unicodedata.category(c)[0] == "M") + "]"


@functools.cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return what a word is, a pictogram being one, and what a letter is, with its marks."""
    letter = f"{LETTER}{_marks()}*"
    return re.compile(f"(?:{letter})+|{PICTOGRAM}"), re.compile(letter)


def pieces(text: str) -> list[str]:
    """Return the words and pictograms of a text in lower case; of scripts without spaces each pair of letters."""
    words, letters = _patterns()
    found: list[str] = []
    for word in words.findall(text[:LONGEST_READ].lower()):
        if UNSPACED.search(word):
            single = letters.findall(word)
            found += ["".join(single[k : k + 2]) for k in range(max(1, len(single) - 1))]
        elif sum(map(str.isdigit, word)) <= MOST_DIGITS:
            found.append(word)
    return found


def without(text: str, piece: str) -> str:
    """Return the text without any place where the piece stands."""
    pattern = re.escape(piece)
    if UNSPACED.search(piece):
        pattern = f"{pattern}(?!{_marks()})"
    elif not re.match(PICTOGRAM, piece):
        pattern = f"(?<!{LETTER})(?<!{_marks()}){pattern}(?!{LETTER})(?!{_marks()})"
    return re.sub(pattern, " ", text, flags=re.IGNORECASE)


def _driving(tested: Tested, columns: list[str], until: float) -> tuple[list[dict[str, Any]], str]:
    """Return for each class the words that its probability falls most without, or for values those that raise and lower them."""
    rng = np.random.default_rng([tested.seed, 7])
    chosen = np.sort(rng.permutation(len(tested.development))[:MOST_READ])
    sets = [set(pieces(text)) for text in _texts(tested.development.iloc[chosen], columns)]
    target = np.asarray(tested.development_target)[chosen]
    counts = Counter(piece for found in sets for piece in found)
    frequent = sorted(piece for piece, seen in counts.items() if LEAST_SEEN <= seen < 0.9 * len(sets))
    if not frequent:
        return [], f"no word stands in {LEAST_SEEN} texts"
    sides = _sides(tested, target)
    candidates = {name: _associated(frequent, counts, sets, inside) for name, inside in sides.items()}
    read = [set(pieces(text)) for text in _texts(tested.typed, columns)]
    places: dict[str, np.ndarray] = {}
    for piece in sorted({piece for found in candidates.values() for piece in found}):
        there = np.flatnonzero([piece in found for found in read])
        if len(there) >= FEWEST_TEXTS:
            places[piece] = there[:TEXTS_A_WORD]
    effects = _effects(tested, columns, places, until)
    if effects is None:
        return [], "no time was left to predict texts without each of their words"
    least = LEAST_EFFECT * (1.0 if tested.classes else float(np.std(tested.prediction)))
    found = []
    for k, (name, words) in enumerate(candidates.items()):
        output, sign = (_code(tested, name), 1.0) if tested.classes else (0, 1.0 if k == 0 else -1.0)
        measured = [(p, float(effects[p][output])) for p in words if p in effects]
        measured = sorted((entry for entry in measured if sign * entry[1] > least), key=lambda entry: -sign * entry[1])[:WORDS_SHOWN]
        if measured:
            found.append({"of": name, "words": [{"word": p, "effect": e, "texts": counts[p]} for p, e in measured]})
    return found, "" if found else "no single frequent word moves the predictions"


def _sides(tested: Tested, target: np.ndarray) -> dict[str, np.ndarray]:
    """Return, by class or by ``higher`` and ``lower``, which of the texts are of it."""
    if not tested.classes:
        middle = np.median(target)
        return {"higher": target > middle, "lower": target < middle}
    sizes = np.bincount(target, minlength=len(tested.classes))
    shown = [int(k) for k in np.argsort(-sizes, kind="stable")[:MOST_CLASSES] if sizes[k] >= LEAST_SEEN]
    return {tested.classes[k]: target == k for k in sorted(shown)}


def _code(tested: Tested, name: str) -> int:
    return tested.classes.index(name)


def _associated(frequent: list[str], counts: Counter[str], sets: list[set[str]], inside: np.ndarray) -> list[str]:
    """Return the words that stand in texts of one side more often than chance would have it, the surest first."""
    share = max(1e-9, inside.mean())
    within = Counter(piece for found, here in zip(sets, inside, strict=True) if here for piece in found)
    surprise = {p: (within[p] - counts[p] * share) / np.sqrt(counts[p] * share * (1 - share) + 1e-9) for p in frequent}
    return [p for p in sorted(frequent, key=lambda p: (-surprise[p], p))[:WORDS_A_CLASS] if surprise[p] > 0]


def _effects(tested: Tested, columns: list[str], places: dict[str, np.ndarray], until: float) -> dict[str, np.ndarray] | None:
    """Return by word how much each output falls, on average, when the word is taken out of texts that hold it."""
    every = [(piece, int(place)) for piece, found in places.items() for place in found]
    if not every:
        return {}
    rows = np.unique([place for _, place in every])
    begun = time.monotonic()
    tested.predict(tested.typed.iloc[rows[:TRIAL_TEXTS]])
    a_text = (time.monotonic() - begun) / min(len(rows), TRIAL_TEXTS)
    affordable = int((until - time.monotonic()) / max(a_text, 1e-6)) - len(rows)
    if affordable < len(places):
        return None
    each = max(1, min(TEXTS_A_WORD, affordable // len(places)))
    every = [(piece, int(place)) for piece, found in places.items() for place in found[:each]]
    changed = tested.typed.iloc[[place for _, place in every]].reset_index(drop=True)
    for column in columns:
        cells = changed[column].astype(object).tolist()
        changed[column] = [without(c, piece) if isinstance(c, str) else c for c, (piece, _) in zip(cells, every, strict=True)]
    before = dict(zip(rows.tolist(), _two_sided(tested.predict(tested.typed.iloc[rows])), strict=True))
    after = _two_sided(tested.predict(changed))
    falls: dict[str, list[np.ndarray]] = {}
    for (piece, place), answer in zip(every, after, strict=True):
        falls.setdefault(piece, []).append(before[place] - answer)
    return {piece: np.mean(found, axis=0) for piece, found in falls.items()}


def _two_sided(answer: np.ndarray) -> np.ndarray:
    return answer[:, None] if answer.ndim == 1 else answer
