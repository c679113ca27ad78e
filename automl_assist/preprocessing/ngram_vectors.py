"""Weighed n-grams for linear models, and sequences of known words for networks; learned in the fold, stored as hashes alone."""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from automl_assist.preprocessing import ngrams
from automl_assist.preprocessing.features import Features
from automl_assist.preprocessing.ngrams import BUCKETS
from automl_assist.rules.reading import LONGEST_NGRAM, NGRAMS

if TYPE_CHECKING:
    from scipy import sparse

UNITS = ("word", "letter")
BETWEEN_COLUMNS = "\n"
MOST_KEPT = 20_000_000  # counts kept for the next model that reads the same texts: 160 MB


def without_texts(features: Features) -> Features:
    """Return the rows without their text columns."""
    return replace(features, texts=np.empty((len(features), 0), object), text_names=())


def joined(features: Features) -> np.ndarray:
    """Return all texts of each row as one, an array of str of shape (n,)."""
    if features.texts.shape[1] == 1:
        return features.texts[:, 0]
    return np.array([BETWEEN_COLUMNS.join(row) for row in features.texts], object)


def _readable(unit: str, lengths: tuple[int, ...]) -> bool:
    return unit in UNITS and len(lengths) > 0 and all(1 <= n <= LONGEST_NGRAM for n in lengths)


@dataclass(frozen=True)
class NgramBlock:
    """N-grams of one text column, or of all of them together, weighed and scaled to length one.

    Attributes
    ----------
    column
        Place of the text column; -1 for all of them together.
    unit, lengths
        What is counted: words or letters, in n-grams of which lengths.
    buckets
        int32 of shape (w,), rising: the n-grams that are known.
    weights
        float32 of shape (w,): inverse document frequencies, or ones.
    binary
        Whether an n-gram counts once a text.
    """

    column: int
    unit: str
    lengths: tuple[int, ...]
    buckets: np.ndarray
    weights: np.ndarray
    binary: bool

    def __post_init__(self) -> None:
        """Hold the arrays to one another; ValueError where they do not fit."""
        known = self.buckets
        fits = known.ndim == 1 and known.dtype.kind == "i" and self.weights.shape == known.shape and _readable(self.unit, self.lengths)
        if not fits or (len(known) and (known[0] < 0 or known[-1] >= BUCKETS or (np.diff(known) <= 0).any())):
            raise ValueError("the n-grams of a text model do not fit its weights")

    @classmethod
    def fit(
        cls, features: Features, column: int, unit: str, most: int, *, binary: bool, details: Mapping[str, Any] = NGRAMS
    ) -> tuple[NgramBlock, sparse.csr_matrix]:
        """Learn which n-grams are worth knowing, and return them with the training rows."""
        lengths = tuple(details[f"{unit}_lengths"])
        counted = _counts(features, column, unit, lengths)
        texts = np.bincount(counted.indices, minlength=BUCKETS)
        known = np.flatnonzero(texts >= details["least_texts"])
        if len(known) > most:
            known = np.sort(known[np.argsort(-texts[known], kind="stable")[:most]])
        weights = np.ones(len(known)) if binary else np.log((1 + len(features)) / (1 + texts[known])) + 1
        block = cls(column, unit, lengths, known.astype(np.int32), weights.astype(np.float32), binary)
        return block, block._weighed(counted)

    def transform(self, features: Features) -> sparse.csr_matrix:
        """Return new rows, float32 of shape (n, w)."""
        return self._weighed(_counts(features, self.column, self.unit, self.lengths))

    def _weighed(self, counted: sparse.csr_matrix) -> sparse.csr_matrix:
        from scipy import sparse

        place = np.full(BUCKETS, -1, np.int32)
        place[self.buckets] = np.arange(len(self.buckets), dtype=np.int32)
        columns = place[counted.indices]
        kept = columns >= 0
        pointers = np.concatenate([[0], np.cumsum(kept)])[counted.indptr]
        columns, times = columns[kept], counted.data[kept]
        values = self.weights[columns] * (np.float32(1) if self.binary else 1 + np.log(times))
        squares = np.concatenate([[0.0], np.cumsum(values.astype(np.float64) ** 2)])
        lengths = np.sqrt(np.maximum(np.diff(squares[pointers]), 1e-12))
        values = values / np.repeat(lengths, np.diff(pointers)).astype(np.float32)
        return sparse.csr_matrix((values.astype(np.float32), columns, pointers), shape=(counted.shape[0], len(self.buckets)))


@dataclass(frozen=True)
class NgramEncoder:
    """Words and letters of all texts of a row together, and where there are several, the words of each beside them."""

    texts: int
    blocks: tuple[NgramBlock, ...]

    def __post_init__(self) -> None:
        """Hold the blocks to the columns; ValueError where they do not fit."""
        if any(not -1 <= block.column < self.texts for block in self.blocks):
            raise ValueError("a text model refers to a text that is not there")

    @classmethod
    def fit(
        cls, features: Features, *, binary: bool, most: int | None = None, details: Mapping[str, Any] = NGRAMS
    ) -> tuple[NgramEncoder, sparse.csr_matrix]:
        """Learn the blocks, and return them with the training rows.

        Parameters
        ----------
        most : int, optional
            How many n-grams there are together, at most.
        details : mapping
            How many of words and of letters, of which lengths, and in how many texts each of them stands at least.
        """
        texts = features.texts.shape[1]
        # words by column tell what stands where; letters of all columns together are half the cost of both, and no worse (ag_news)
        which = [(0, "word"), (0, "letter")] if texts == 1 else [(-1, "word"), (-1, "letter"), *((k, "word") for k in range(texts))]
        sizes = {unit: details[f"{unit}s"] for unit in UNITS}
        share = 1.0 if most is None else min(1.0, most / sum(sizes[unit] for _, unit in which))
        fitted = [
            NgramBlock.fit(features, column, unit, int(sizes[unit] * share), binary=binary, details=details) for column, unit in which
        ]
        return cls(texts, tuple(block for block, _ in fitted)), _side_by_side([rows for _, rows in fitted], len(features))

    @property
    def width(self) -> int:
        """Number of columns."""
        return sum(len(block.buckets) for block in self.blocks)

    def transform(self, features: Features) -> sparse.csr_matrix:
        """Return new rows, float32 of shape (n, width)."""
        if features.texts.shape[1] != self.texts:
            raise ValueError(f"features of {features.texts.shape[1]} texts do not fit a model of {self.texts}")
        return _side_by_side([block.transform(features) for block in self.blocks], len(features))


@dataclass(frozen=True)
class TokenEncoder:
    """Texts as rows of numbers of known words or n-grams, for networks: 0 for nothing, 1 for unknown ones.

    Attributes
    ----------
    unit, lengths
        What is read: words or letters, in n-grams of which lengths.
    buckets
        int32 of shape (v,), rising: the known ones; the number of an n-gram is its place and 2 more.
    length
        Width of the rows; of a longer text the first and the last part are read.
    unknown
        Whether unknown n-grams keep their places, or are passed over.
    """

    unit: str
    lengths: tuple[int, ...]
    buckets: np.ndarray
    length: int
    unknown: bool

    def __post_init__(self) -> None:
        """Hold the encoder to what can be read; ValueError for anything else."""
        known = self.buckets
        fits = known.ndim == 1 and known.dtype.kind == "i" and 0 < self.length <= ngrams.LONGEST_TEXT
        if not fits or not _readable(self.unit, self.lengths) or len(known) > BUCKETS:
            raise ValueError("the words of a text network do not fit")
        if len(known) and (known[0] < 0 or known[-1] >= BUCKETS or (np.diff(known) <= 0).any()):
            raise ValueError("the words of a text network do not fit")

    @classmethod
    def fit(cls, texts: np.ndarray, reading: Mapping[str, Any], *, least: int, unknown: bool) -> tuple[TokenEncoder, np.ndarray]:
        """Learn from an array of str, and return the encoder with the rows.

        Parameters
        ----------
        texts : ndarray of str objects, shape (n,)
        reading : mapping
            Of a kind of network, as in the topic ``text.reading`` of a plan: how many n-grams of words of which lengths are known, how
            wide rows are at most (less where nineteen in twenty texts are shorter), and which runs of letters are read where fewer
            n-grams than a share of all are known, as in scripts without spaces and in names.
        least : int
            In how many texts a known n-gram stands.
        unknown : bool
            Whether unknown n-grams keep their places.
        """
        most, unit, lengths = reading["vocabulary"], "word", tuple(reading["word_lengths"])
        found, starts = ngrams.sequences(texts, unit, lengths)
        known = _frequent(found, starts, most, least)
        if len(found) == 0 or np.isin(found, known).mean() < reading["known_share"]:
            unit, lengths = "letter", tuple(reading["letter_lengths"])
            found, starts = ngrams.sequences(texts, unit, lengths)
            known = _frequent(found, starts, most, least)
        usual = float(np.quantile(np.diff(starts), 0.95)) if len(texts) else 1.0
        width = max(8, min(reading["longest"], 8 * int(np.ceil(usual / 8))))  # whole steps, so that folds rarely differ
        encoder = cls(unit, lengths, known, width, unknown)
        return encoder, encoder._rows(found, starts)

    def transform(self, texts: np.ndarray) -> np.ndarray:
        """Return int32 of shape (n, length)."""
        return self._rows(*ngrams.sequences(texts, self.unit, self.lengths))

    def _rows(self, found: np.ndarray, starts: np.ndarray) -> np.ndarray:
        place = np.ones(BUCKETS, np.int32)
        place[self.buckets] = np.arange(2, len(self.buckets) + 2, dtype=np.int32)
        numbers = place[found]
        if not self.unknown:
            kept = numbers > 1
            starts = np.concatenate([[0], np.cumsum(kept)])[starts]
            numbers = numbers[kept]
        rows = np.zeros((len(starts) - 1, self.length), np.int32)
        sizes = np.diff(starts)
        for row, (start, size) in enumerate(zip(starts.tolist(), sizes.tolist(), strict=False)):
            if size <= self.length:
                rows[row, :size] = numbers[start : start + size]
            else:
                first = self.length // 2
                rows[row, :first] = numbers[start : start + first]
                rows[row, first:] = numbers[start + size - (self.length - first) : start + size]
        return rows


def _frequent(found: np.ndarray, starts: np.ndarray, most: int, least: int) -> np.ndarray:
    """Return the buckets that stand in most texts, rising."""
    rows = np.repeat(np.arange(len(starts) - 1, dtype=np.int64), np.diff(starts))
    once = np.unique(rows * BUCKETS + found) % BUCKETS
    texts = np.bincount(once, minlength=BUCKETS)
    known = np.flatnonzero(texts >= least)
    if len(known) > most:
        known = known[np.argsort(-texts[known], kind="stable")[:most]]
    return np.sort(known).astype(np.int32)


class _Kept:
    """Counts of the texts seen last, since all models of an ensemble read the same ones: with the array of texts they go too."""

    def __init__(self) -> None:
        self.entries: dict[tuple[int, int, str, tuple[int, ...]], tuple[weakref.ref[np.ndarray], sparse.csr_matrix]] = {}

    def get(self, texts: np.ndarray, column: int, unit: str, lengths: tuple[int, ...]) -> sparse.csr_matrix | None:
        """Return the counts, if they are of this very array."""
        entry = self.entries.get((id(texts), column, unit, lengths))
        return entry[1] if entry is not None and entry[0]() is texts else None

    def put(self, texts: np.ndarray, column: int, unit: str, lengths: tuple[int, ...], counted: sparse.csr_matrix) -> None:
        """Keep the counts, in place of older ones where there is no room."""
        self.entries = {key: entry for key, entry in self.entries.items() if entry[0]() is not None}
        while self.entries and sum(entry[1].nnz for entry in self.entries.values()) + counted.nnz > MOST_KEPT:
            del self.entries[next(iter(self.entries))]
        if counted.nnz <= MOST_KEPT:
            self.entries[id(texts), column, unit, lengths] = (weakref.ref(texts), counted)


_KEPT = _Kept()


def _counts(features: Features, column: int, unit: str, lengths: tuple[int, ...]) -> sparse.csr_matrix:
    found = _KEPT.get(features.texts, column, unit, lengths)
    if found is None:
        found = ngrams.counts(_texts(features, column), unit, lengths)
        _KEPT.put(features.texts, column, unit, lengths, found)
    return found


def _texts(features: Features, column: int) -> np.ndarray:
    return joined(features) if column < 0 else features.texts[:, column]


def _side_by_side(parts: list[sparse.csr_matrix], rows: int) -> sparse.csr_matrix:
    from scipy import sparse

    return sparse.hstack(parts, format="csr", dtype=np.float32) if parts else sparse.csr_matrix((rows, 0), dtype=np.float32)
