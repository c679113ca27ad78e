"""Words and letters of texts as hashed n-grams: any language and script, nothing to look up, and no token is ever stored.

A word is a run of letters, digits and marks; a character of a script that is written without spaces (Han, kana) or a symbol such as an
emoji is a word of its own. Letters are counted in runs of a few within words, blanks at the edges included, so that scripts
without spaces, endings, compounds and misspellings are learned from as well. All texts of a column are hashed at once: a text is a
stretch of one array of code points, and the hash of any stretch of it is a difference of two prefix sums.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from scipy import sparse

LONGEST_TEXT = 20_000  # characters that are looked at
CHUNK_CHARACTERS = 1_000_000  # hashed at a time: some 100 MB of working memory
BUCKET_BITS = 22
BUCKETS = 1 << BUCKET_BITS  # of words, and as many of letters: two of 100,000 n-grams seldom meet
BLANK, LETTER, SINGLE, OTHER = 0, 1, 2, 3  # kinds of characters
# Scripts that write words without spaces between them: kana, Han with its extensions.
SINGLES = ((0x3040, 0x30FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF))
SYMBOLS = ("So", "Sk", "Sm", "Sc")

BASE = np.uint64(0x9E3779B97F4A7C15)  # odd: every power has an inverse modulo 2^64
INVERSE = np.uint64(pow(0x9E3779B97F4A7C15, -1, 2**64))
MIXERS = (np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xC4CEB9FE1A85EC53))  # of MurmurHash3's last step (Appleby, public domain)
HALF = np.uint64(33)


@dataclass(frozen=True)
class Stretches:
    """The n-grams of a chunk of texts: for each its text and its bucket, in reading order.

    Attributes
    ----------
    rows, buckets
        int64 of shape (m,): the text's place, and a number below ``BUCKETS``.
    """

    rows: np.ndarray
    buckets: np.ndarray


def counts(texts: np.ndarray, unit: str, lengths: tuple[int, ...]) -> sparse.csr_matrix:
    """Return how often each hashed n-gram stands in each text.

    Parameters
    ----------
    texts : ndarray of str objects, shape (n,)
    unit : str
        ``word`` or ``letter``.
    lengths : tuple of int
        Of the n-grams.

    Returns
    -------
    csr_matrix of float32, shape (n, BUCKETS)
    """
    from scipy import sparse

    parts = [_counted(found, rows) for found, rows in _chunks(texts, unit, lengths)]
    if not parts:
        return sparse.csr_matrix((0, BUCKETS), dtype=np.float32)
    return parts[0] if len(parts) == 1 else sparse.vstack(parts, format="csr")


def sequences(texts: np.ndarray, unit: str, lengths: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Return the hashed n-grams of all texts one after the other, and where each text starts.

    Returns
    -------
    buckets : ndarray of int32, shape (m,)
        Of one length in reading order; of several, length after length.
    starts : ndarray of int64, shape (n + 1,)
    """
    buckets: list[np.ndarray] = []
    sizes: list[np.ndarray] = [np.zeros(1, np.int64)]
    for found, rows in _chunks(texts, unit, lengths):
        order = np.argsort(found.rows, kind="stable")
        buckets.append(found.buckets[order].astype(np.int32))
        sizes.append(np.bincount(found.rows, minlength=rows))
    return np.concatenate(buckets) if buckets else np.zeros(0, np.int32), np.cumsum(np.concatenate(sizes))


def _chunks(texts: np.ndarray, unit: str, lengths: tuple[int, ...]) -> Iterator[tuple[Stretches, int]]:
    """Yield the n-grams of so many texts at a time, and how many texts these are."""
    if unit not in ("word", "letter"):
        raise ValueError(f"n-grams are made of words or letters, not of {unit!r}")
    first, size = 0, 0
    for place, text in enumerate(texts):
        size += min(len(text), LONGEST_TEXT) + 2
        if size >= CHUNK_CHARACTERS or place == len(texts) - 1:
            part = texts[first : place + 1]
            yield (_words(part, lengths) if unit == "word" else _letters(part, lengths)), len(part)
            first, size = place + 1, 0


def _counted(found: Stretches, rows: int) -> sparse.csr_matrix:
    from scipy import sparse

    keys = np.sort(found.rows * BUCKETS + found.buckets)
    first = np.flatnonzero(np.diff(keys, prepend=-1))
    keys, times = keys[first], np.diff(first, append=len(keys)).astype(np.float32)
    pointers = np.searchsorted(keys, np.arange(rows + 1, dtype=np.int64) * BUCKETS)
    return sparse.csr_matrix((times, (keys % BUCKETS).astype(np.int32), pointers), shape=(rows, BUCKETS))


# --- characters


def _points(texts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the code points of all texts in lower case, each between blanks, uint32 of shape (c,), and the text of each."""
    cut = [f" {text[:LONGEST_TEXT]} ".lower() for text in texts]
    points = np.frombuffer("".join(cut).encode("utf-32-le", "surrogatepass"), np.uint32)
    return points, np.repeat(np.arange(len(cut), dtype=np.int64), [len(text) for text in cut])


def _kinds(points: np.ndarray) -> np.ndarray:
    """Return the kind of each character, uint8 of the shape of `points`."""
    distinct, places = np.unique(points, return_inverse=True)
    return np.array([_kind(int(point)) for point in distinct], np.uint8)[places]


def _kind(point: int) -> int:
    character = chr(point)
    if character.isspace() or point == 0:
        return BLANK
    if any(low <= point <= high for low, high in SINGLES):
        return SINGLE
    category = unicodedata.category(character)
    if character.isalnum() or category[0] == "M" or character == "_":
        return LETTER
    return SINGLE if category in SYMBOLS else OTHER


def _prefix_sums(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return sums of hashed characters times powers of the base up to each place, and the inverse of each place's power."""
    powers, inverses = np.full((2, len(points) + 1), 1, np.uint64)
    powers[1:], inverses[1:] = BASE, INVERSE
    np.cumprod(powers, out=powers)
    np.cumprod(inverses, out=inverses)
    sums = np.zeros(len(points) + 1, np.uint64)
    np.cumsum(_mixed(points.astype(np.uint64) + np.uint64(1)) * powers[:-1], out=sums[1:])
    return sums, inverses


def _mixed(keys: np.ndarray) -> np.ndarray:
    """Return keys of 64 bits in which every bit depends on every other."""
    for mixer in MIXERS:
        keys = (keys ^ (keys >> HALF)) * mixer
    return keys ^ (keys >> HALF)


def _bucket(keys: np.ndarray, salt: int) -> np.ndarray:
    mixed = _mixed(keys + np.uint64(salt) * MIXERS[0])
    return (mixed >> np.uint64(64 - BUCKET_BITS)).astype(np.int64)


# --- n-grams


def _words(texts: np.ndarray, lengths: tuple[int, ...]) -> Stretches:
    points, rows = _points(texts)
    kinds = _kinds(points)
    sums, inverses = _prefix_sums(points)
    before = np.concatenate([[BLANK], kinds[:-1]])
    starts = np.flatnonzero((kinds == SINGLE) | ((kinds == LETTER) & (before != LETTER)))
    after = np.concatenate([kinds[1:], [BLANK]])
    ends = np.flatnonzero((kinds == SINGLE) | ((kinds == LETTER) & (after != LETTER))) + 1
    of = rows[starts]
    with np.errstate(over="ignore"):
        words = _mixed((sums[ends] - sums[starts]) * inverses[starts])
        found_rows, found = [], []
        for length in lengths:
            keys = np.zeros(max(0, len(words) - length + 1), np.uint64)
            for k in range(length):
                keys = _mixed(keys * BASE + words[k : k + len(keys)])
            same = of[: len(keys)] == of[length - 1 :] if length > 1 else slice(None)
            found.append(_bucket(keys[same], length))
            found_rows.append(of[: len(keys)][same])
    return Stretches(np.concatenate(found_rows), np.concatenate(found))


def _letters(texts: np.ndarray, lengths: tuple[int, ...]) -> Stretches:
    points, rows = _points(texts)
    blank = _kinds(points) == BLANK
    kept = ~(blank[1:] & blank[:-1] & (rows[1:] == rows[:-1]))  # runs of blanks are one
    kept = np.concatenate([[True], kept])[: len(points)]
    points, rows, blank = np.where(blank, np.uint32(32), points)[kept], rows[kept], blank[kept]
    sums, inverses = _prefix_sums(points)
    blanks = np.concatenate([[0], np.cumsum(blank)])
    found_rows, found = [], []
    with np.errstate(over="ignore"):
        for length in lengths:
            last = len(points) - length + 1
            if last <= 0:
                continue
            starts = np.arange(last)
            inside = blanks[starts + length - 1] - blanks[starts + 1] if length > 1 else blank[:last]
            starts = starts[(inside == 0) & (rows[:last] == rows[length - 1 :])]
            found.append(_bucket((sums[starts + length] - sums[starts]) * inverses[starts], 16 + length))
            found_rows.append(rows[starts])
    if not found:
        return Stretches(np.zeros(0, np.int64), np.zeros(0, np.int64))
    return Stretches(np.concatenate(found_rows), np.concatenate(found))
