"""Texts for models: TF-IDF of words or of letters, as it is or pressed into a few columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer

LEAST_ROWS = 5  # a term of fewer rows may be somebody's name, and says little
SHORT_TEXT = 40  # characters, on average: names and titles tell more by parts of words (skrub's StringEncoder)
LONGEST_TEXT = 20_000  # characters that are looked at
MOST_ROWS = 50_000  # rows that the vocabulary is learned from
WORD_RANGE = (1, 2)
LETTER_RANGE = (3, 4)
ANALYZERS = ("word", "char_wb")


@dataclass(frozen=True)
class TextVectors:
    """TF-IDF of one text column, with the directions of a truncated SVD if it is to be dense.

    Attributes
    ----------
    analyzer
        ``word`` (one and two words) or ``char_wb`` (three and four letters within words).
    vocabulary
        Terms, in the order of the columns.
    weights
        float64 of shape (terms,): inverse document frequencies.
    directions
        float32 of shape (components, terms); no rows if the terms themselves are used.
    """

    analyzer: str
    vocabulary: tuple[str, ...]
    weights: np.ndarray
    directions: np.ndarray

    def __post_init__(self) -> None:
        """Hold the arrays to the vocabulary; ValueError where they do not fit."""
        terms = len(self.vocabulary)
        if self.analyzer not in ANALYZERS or self.weights.shape != (terms,) or self.directions.ndim != 2:
            raise ValueError("a text encoder's weights do not fit its vocabulary")
        if self.directions.shape[1] != terms or len(set(self.vocabulary)) != terms:
            raise ValueError("a text encoder's directions do not fit its vocabulary")

    @classmethod
    def fit(cls, texts: np.ndarray, most_terms: int, components: int, seed: int) -> TextVectors:
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
        """
        rows = np.random.default_rng(seed).permutation(len(texts))[:MOST_ROWS]
        sample = [text[:LONGEST_TEXT] for text in texts[np.sort(rows)]]
        lengths = [len(text) for text in sample if text]
        analyzer = "char_wb" if lengths and np.mean(lengths) < SHORT_TEXT else "word"
        vectorizer = _vectorizer(analyzer, min_df=LEAST_ROWS, max_features=most_terms)
        try:
            terms = vectorizer.fit_transform(sample)
        except ValueError:  # no term in five rows
            return cls(analyzer, (), np.empty(0), np.empty((0, 0), np.float32))
        vocabulary = tuple(str(term) for term in vectorizer.get_feature_names_out())
        directions = np.empty((0, len(vocabulary)), np.float32)
        if components:
            size = min(components, len(vocabulary) - 1, len(sample) - 1)
            if size >= 1:
                directions = TruncatedSVD(size, random_state=seed, n_iter=4).fit(terms).components_.astype(np.float32)
        return cls(analyzer, vocabulary, np.asarray(vectorizer.idf_, np.float64), directions)

    def terms(self, texts: np.ndarray) -> sparse.csr_matrix:
        """Return TF-IDF of shape (n, terms)."""
        if not self.vocabulary or not len(texts):
            return sparse.csr_matrix((len(texts), len(self.vocabulary)))
        vectorizer = _vectorizer(self.analyzer, vocabulary=list(self.vocabulary))
        vectorizer.idf_ = self.weights
        return vectorizer.transform([text[:LONGEST_TEXT] for text in texts])

    def components(self, texts: np.ndarray) -> np.ndarray:
        """Return the pressed terms, float32 of shape (n, components)."""
        if not len(self.directions):
            return np.empty((len(texts), 0), np.float32)
        return np.asarray(self.terms(texts) @ self.directions.T, dtype=np.float32)


def _vectorizer(analyzer: str, **options: object) -> TfidfVectorizer:
    span = WORD_RANGE if analyzer == "word" else LETTER_RANGE
    pattern = r"(?u)\b\w\w+\b" if analyzer == "word" else None
    return TfidfVectorizer(analyzer=analyzer, ngram_range=span, token_pattern=pattern, sublinear_tf=True, **options)
