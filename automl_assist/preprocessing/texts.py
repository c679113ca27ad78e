"""Texts for models: TF-IDF of words or of letters, as it is or pressed into a few columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from automl_assist.rules.encoding import LONGEST_TERM, SHORT_TEXT, TEXT_DETAILS

if TYPE_CHECKING:
    from scipy import sparse

LENGTHS = {"word": "word_lengths", "char_wb": "letter_lengths"}  # by how scikit-learn calls words, and letters within words
MOST_BUCKETS = 2**22


@dataclass(frozen=True)
class TextVectors:
    """TF-IDF of one text column, with the directions of a truncated SVD if it is to be dense.

    Attributes
    ----------
    analyzer, lengths
        ``word`` or ``char_wb`` (letters within words), and how many of them in a row are a term: whole numbers that follow one another.
    vocabulary
        Terms, in the order of the columns; none where terms are hashed.
    buckets
        Columns that terms are hashed into, 0 for a vocabulary.
    longest
        Characters of a text that are looked at.
    weights
        float64 of shape (width,): inverse document frequencies.
    directions
        float32 of shape (components, width); no rows if the terms themselves are used.
    """

    analyzer: str
    lengths: tuple[int, ...]
    vocabulary: tuple[str, ...]
    buckets: int
    longest: int
    weights: np.ndarray
    directions: np.ndarray

    def __post_init__(self) -> None:
        """Hold the arrays to the vocabulary; ValueError where they do not fit."""
        least, most = (self.lengths[0], self.lengths[-1]) if self.lengths else (0, 0)
        if self.lengths != tuple(range(least, most + 1)) or not 1 <= least <= most <= LONGEST_TERM:
            raise ValueError("a text encoder cannot count terms of such lengths")
        if self.analyzer not in LENGTHS or not 0 <= self.buckets <= MOST_BUCKETS or (self.buckets and self.vocabulary) or self.longest < 1:
            raise ValueError("a text encoder has a vocabulary or buckets")
        if self.weights.shape != (self.width,) or self.directions.ndim != 2:
            raise ValueError("a text encoder's weights do not fit its vocabulary")
        if self.directions.shape[1] != self.width or len(set(self.vocabulary)) != len(self.vocabulary):
            raise ValueError("a text encoder's directions do not fit its vocabulary")

    @property
    def width(self) -> int:
        """Number of terms."""
        return self.buckets or len(self.vocabulary)

    @classmethod
    def fit(
        cls,
        texts: np.ndarray,
        most_terms: int,
        components: int,
        seed: int,
        *,
        terms: str | None = None,
        by: str = "tf_idf",
        details: Mapping[str, Any] = TEXT_DETAILS,
    ) -> TextVectors:
        """Learn from an array of str.

        Parameters
        ----------
        texts : ndarray of str objects, shape (n,)
        most_terms : int
            Size of the vocabulary.
        components : int
            Columns to press the terms into; 0 keeps the terms.
        seed : int
            Of the rows looked at, and of the SVD.
        terms : str, optional
            ``words`` or ``letters``; by default by the length of the texts.
        by : str
            ``tf_idf``, or ``hashing`` for terms that are not kept by name.
        details : mapping
            The topic ``texts`` of a plan.
        """
        longest = int(details["longest"])
        rows = np.random.default_rng(seed).permutation(len(texts))[: int(details["most_rows"])]
        sample = [text[:longest] for text in texts[np.sort(rows)]]
        mean_length = average_length(texts[np.sort(rows)])
        short = mean_length is not None and mean_length < SHORT_TEXT if terms is None else terms == "letters"
        analyzer = "char_wb" if short else "word"
        kind = analyzer, tuple(details[LENGTHS[analyzer]])
        if by == "hashing":
            unpressed = cls(*kind, (), _buckets(most_terms), longest, np.ones(_buckets(most_terms)), _none(_buckets(most_terms)))
            found = unpressed._counts(sample)
            weights = np.log((1 + len(sample)) / (1 + np.bincount(found.indices, minlength=found.shape[1]))) + 1
            hashed = cls(*kind, (), unpressed.buckets, longest, weights.astype(np.float64), unpressed.directions)
            return hashed._with_directions(hashed.terms(np.array(sample, object)), components, seed)
        vectorizer = _vectorizer(*kind, min_df=int(details["least_rows"]), max_features=most_terms)
        try:
            matrix = vectorizer.fit_transform(sample)
        except ValueError:  # no term in five rows
            return cls(*kind, (), 0, longest, np.empty(0), _none(0))
        vocabulary = tuple(str(term) for term in vectorizer.get_feature_names_out())
        whole = cls(*kind, vocabulary, 0, longest, np.asarray(vectorizer.idf_, np.float64), _none(len(vocabulary)))
        return whole._with_directions(matrix, components, seed)

    def _with_directions(self, matrix: sparse.csr_matrix, components: int, seed: int) -> TextVectors:
        from sklearn.decomposition import TruncatedSVD

        size = min(components, matrix.shape[1] - 1, matrix.shape[0] - 1)
        if size < 1:
            return self
        directions = TruncatedSVD(size, random_state=seed, n_iter=4).fit(matrix).components_.astype(np.float32)
        return TextVectors(self.analyzer, self.lengths, self.vocabulary, self.buckets, self.longest, self.weights, directions)

    def terms(self, texts: np.ndarray) -> sparse.csr_matrix:
        """Return TF-IDF of shape (n, width)."""
        from scipy import sparse

        if not self.width or not len(texts):
            return sparse.csr_matrix((len(texts), self.width))
        cut = [text[: self.longest] for text in texts]
        if self.buckets:
            from sklearn.preprocessing import normalize

            counts = self._counts(cut)
            counts.data = np.log(counts.data) + 1
            return normalize(counts @ sparse.diags(self.weights)).tocsr()
        vectorizer = _vectorizer(self.analyzer, self.lengths, vocabulary=list(self.vocabulary))
        vectorizer.idf_ = self.weights
        return vectorizer.transform(cut)

    def components(self, texts: np.ndarray) -> np.ndarray:
        """Return the pressed terms, float32 of shape (n, components)."""
        if not len(self.directions):
            return np.empty((len(texts), 0), np.float32)
        return np.asarray(self.terms(texts) @ self.directions.T, dtype=np.float32)

    def _counts(self, texts: list[str]) -> sparse.csr_matrix:
        from sklearn.feature_extraction.text import HashingVectorizer

        options = {"n_features": self.buckets, "alternate_sign": False, "norm": None, **_terms_of(self.analyzer, self.lengths)}
        return HashingVectorizer(**options).transform(texts)


def average_length(texts: np.ndarray) -> float | None:
    """Return the mean number of characters of the texts that are there; None without any."""
    lengths = [len(text) for text in texts if text]
    return float(np.mean(lengths)) if lengths else None


def _none(width: int) -> np.ndarray:
    return np.empty((0, width), np.float32)


def _buckets(most_terms: int) -> int:
    return min(MOST_BUCKETS, 1 << max(4, (most_terms - 1).bit_length()))  # a power of two spreads hashes evenly


def _terms_of(analyzer: str, lengths: tuple[int, ...]) -> dict[str, Any]:
    pattern = r"(?u)\b\w\w+\b" if analyzer == "word" else None
    return {"analyzer": analyzer, "ngram_range": (lengths[0], lengths[-1]), "token_pattern": pattern}


def _vectorizer(analyzer: str, lengths: tuple[int, ...], **options: Any) -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer

    return TfidfVectorizer(**_terms_of(analyzer, lengths), sublinear_tf=True, **options)
