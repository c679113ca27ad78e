"""Columns of words: addresses, lists, identifiers, free text or categories."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np

from automl_assist.profile._cells import Cells
from automl_assist.profile.measured import quantities
from automl_assist.profile.privacy import is_email

PATTERN_SHARE = 0.9  # of the cells that must fit an address, a path or a code
SAMPLE = 2000  # distinct values whose words are counted
FEWEST_ROWS = 10  # below it uniqueness says nothing

TEXT_WORDS = 4.0  # words a cell, from which different cells are sentences
TEXT_SHARE = 0.3  # of the cells are different, for sentences
NAMELIKE_WORDS = 2.2  # with fewer words a cell must nearly never repeat
NAMELIKE_SHARE = 0.6
LONG_TEXT = 60.0  # characters a cell
UNIQUE_SHARE = 0.98
CODE_SHARE = 0.95
LIST_SHARE = 0.3  # of the cells hold several items
MOST_ITEMS = 500
# joined by commas: share of what is told that several different cells tell, the rest being answers of one's own; how many items a cell
COMMON_MENTIONS, FEWER_ITEMS = 0.85, 0.5
OWN_ANSWER = r"\w*(?:other|andere|sonstig|autre|otr[ao]|altr[ao]|outr[ao])"  # before a colon: what a form has no box for
NO_ITEM = re.compile(
    rf"^[+-]?\d+(\.\d+)?$|[{{}}\[\]\"=]|^(?!{OWN_ANSWER}).*:", re.IGNORECASE
)  # between commas: numbers, and parts of records

# scripts without blanks between words: Chinese and Japanese; Thai, Lao, Burmese and Khmer. Letters a word, by and large.
DENSE, DENSE_LETTERS = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]"), 2
LOOSE, LOOSE_LETTERS = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]"), 5
# emoji, each of which stands for a word, with what varies one and what joins several
PICTOGRAM = r"[\u2600-\u27bf\U0001f000-\U0001faff]"
PICTOGRAMS = re.compile(rf"{PICTOGRAM}([\ufe0f\u200d\U0001f3fb-\U0001f3ff]|(?<=\u200d){PICTOGRAM})*")
URL = re.compile(r"(https?|ftp)://\S+|www\.\S+\.\S+", re.IGNORECASE)
UUID = re.compile(r"\{?[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}\}?|[0-9a-f]{32,128}", re.IGNORECASE)
IMAGE = re.compile(r"[^\n]{1,400}\.(png|jpe?g|gif|bmp|webp|tiff?|p[gp]m)", re.IGNORECASE)
BRACKETS = re.compile(r"\[.*\]", re.DOTALL)


def kind_of_text(cells: Cells, named_id: bool) -> tuple[str, str]:
    """Return the kind of a column of words, and the evidence.

    Parameters
    ----------
    cells : Cells
        Without marks for missing.
    named_id : bool
        The column's name calls it an identifier.
    """
    distinct, filled = cells.distinct, cells.filled
    sample: list[str] = cells.values[:SAMPLE].tolist()  # by their hashes: a fair choice
    for kind, fits, what in (
        ("email", is_email, "e-mail addresses"),
        ("url", _is_address, "web addresses"),
        ("image", lambda v: _is_picture(v) and not _is_address(v), "names of image files"),
        ("image", _is_picture, "names of image files or web addresses of some"),
    ):
        n = sum(fits(v) for v in sample)
        if n >= PATTERN_SHARE * len(sample):
            return kind, f"{n:,} of {len(sample):,} different values looked at are {what}"
    if listed := _items(sample, distinct):
        return "list", listed
    share = distinct / filled
    words = float(np.mean([_words(v) for v in sample]))
    length = float(np.mean([len(v) for v in sample]))
    said = f"{distinct:,} different values in {filled:,} filled rows, {words:.1f} words each on average"
    if held := quantities(sample):
        return "category", f"{said}: {held}"
    if filled >= FEWEST_ROWS:
        if sum(UUID.fullmatch(v) is not None for v in sample) >= PATTERN_SHARE * len(sample) and share > 0.5:
            return "identifier", f"its values are codes such as computers make, {distinct:,} different ones in {filled:,} filled rows"
        if share >= UNIQUE_SHARE and words < NAMELIKE_WORDS and length < LONG_TEXT:
            return "identifier", f"{said}: nearly every row has a value of its own"
        coded = sum(" " not in v and any(map(str.isdigit, v)) for v in sample)
        if share >= (0.8 if named_id else CODE_SHARE) and coded >= PATTERN_SHARE * len(sample):
            return "identifier", f"{said}: codes that hardly ever repeat"
    if (words >= TEXT_WORDS and share >= TEXT_SHARE and distinct > FEWEST_ROWS) or (
        length >= LONG_TEXT and words > 1 and share >= TEXT_SHARE
    ):
        return "text", said
    if words >= NAMELIKE_WORDS and share >= NAMELIKE_SHARE and distinct > FEWEST_ROWS:
        return "text", said
    return "category", f"{distinct:,} different value{'s' if distinct > 1 else ''} in {filled:,} filled rows"


def _is_address(text: str) -> bool:
    return URL.fullmatch(text) is not None


def _is_picture(text: str) -> bool:
    return IMAGE.fullmatch(text) is not None


def _words(text: str) -> float:
    """Return how many words a text has, those of scripts without blanks between words judged by their letters."""
    if text.isascii():
        return len(text.split())
    words = 0.0
    for letters, of_a_word in ((PICTOGRAMS, 1), (DENSE, DENSE_LETTERS), (LOOSE, LOOSE_LETTERS)):
        text, found = letters.subn(" ", text)
        words += found / of_a_word
    return words + len(text.split())


def _items(sample: list[str], distinct: int) -> str:
    """Return evidence that the cells are lists: in brackets, or a small vocabulary joined by ``;``, ``|`` or a comma."""
    if distinct < 3:
        return ""
    bracketed = sum(BRACKETS.fullmatch(v) is not None for v in sample)
    if bracketed >= PATTERN_SHARE * len(sample):
        return f"{bracketed:,} of {len(sample):,} different values looked at stand in square brackets"
    for mark in (";", "|", ","):
        several = [v for v in sample if mark in v]
        if len(several) < LIST_SHARE * len(sample):
            continue
        items = Counter(item for v in sample for item in {item.strip() for item in v.split(mark)})
        again = sum(n > 1 for n in items.values()) / len(items)  # share of the items that stand in several different cells
        mentioned = sum(n for n in items.values() if n > 1) / items.total()
        most = min(MOST_ITEMS, max(3, 0.6 * len(sample)))
        if mark == ",":  # stands in names, places and sentences, too
            fits = mentioned >= COMMON_MENTIONS and len(items) <= FEWER_ITEMS * len(sample) and not any(map(NO_ITEM.search, items))
        else:
            fits = len(items) <= (MOST_ITEMS if again == 1 else most)
        if fits and len(items) <= MOST_ITEMS and not any(len(item) > 40 for item in items):
            return f"{len(several):,} of {len(sample):,} different values looked at join some of {len(items):,} items by {mark!r}"
    return ""


def items_of(text: str) -> list[str]:
    """Return the items of one cell of a list."""
    if BRACKETS.fullmatch(text):
        return [item.strip().strip("'\"") for item in text[1:-1].split(",") if item.strip()]
    return [item.strip() for item in re.split(r"[;|]", text) if item.strip()]
