"""From coded rows to what a kind of model can read; fitted in the fold, on its training rows alone.

Each encoder is made by ``fit``, which also returns the encoded training rows: these differ from ``transform`` where a target mean
is in play (see :meth:`TargetMeans.cross_fitted`). All are plain dataclasses, written by :mod:`automl_assist.preprocessing.storage`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from automl_assist.preprocessing.features import Features
from automl_assist.preprocessing.levels import LevelSlots, TargetMeans, one_hot, target_outputs
from automl_assist.preprocessing.scaling import ScaledNumbers, smooth_clip
from automl_assist.preprocessing.texts import TextVectors

TREE_TERMS, TREE_COMPONENTS = 5_000, 16
NETWORK_TERMS, NETWORK_COMPONENTS = 10_000, 48
ROWS_A_COMPONENT, COMPONENT_STEP = 64, 8  # a network learns few rows by heart from many components (measured on titanic's names)
LINEAR_TERMS = 40_000
MANY_LEVELS = 100  # above it a level has few rows, and trees get its target mean and frequency too
TOO_MANY_LEVELS = 1_000  # above it splits on sets of levels learn the rows by heart: the target mean stands alone
LINEAR_ONE_HOT = 40  # skrub's threshold
NETWORK_ONE_HOT = 9  # RealMLP's
LEAST_ROWS_OF_LEVEL = 3
MOST_EMBEDDED_LEVELS = 5_000


def _level_columns(features: Features, columns: tuple[TargetMeans, ...], which: np.ndarray) -> list[np.ndarray]:
    return [means.transform(features.categories[:, k]) for k, means in zip(which, columns, strict=True)]


def _fit_means(features: Features, which: np.ndarray, outputs: np.ndarray, seed: int) -> tuple[tuple[TargetMeans, ...], list[np.ndarray]]:
    fitted = tuple(TargetMeans.fit(features.categories[:, k], features.cardinalities[k], outputs) for k in which)
    crossed = [means.cross_fitted(features.categories[:, k], outputs, seed + int(k)) for k, means in zip(which, fitted, strict=True)]
    return fitted, crossed


def _fit_texts(features: Features, terms: int, components: int, seed: int) -> tuple[TextVectors, ...]:
    return tuple(TextVectors.fit(features.texts[:, k], terms, components, seed + k) for k in range(features.texts.shape[1]))


def _pressed(features: Features, texts: tuple[TextVectors, ...]) -> list[np.ndarray]:
    return [text.components(features.texts[:, k]) for k, text in enumerate(texts)]


def _positions(mask: np.ndarray | list[bool]) -> np.ndarray:
    return np.flatnonzero(np.asarray(mask, bool)).astype(np.int64)


def _check_width(features: Features, numbers: int, cardinalities: tuple[int, ...], texts: int) -> None:
    seen = (features.numbers.shape[1], features.cardinalities, features.texts.shape[1])
    if seen != (numbers, cardinalities, texts):
        raise ValueError(f"features of {seen[0]} numbers, {len(seen[1])} categories and {seen[2]} texts do not fit this model")


@dataclass(frozen=True)
class TreeEncoder:
    """For trees: NaN and codes as they are, target means beside many levels, texts as a few components.

    Attributes
    ----------
    numbers, cardinalities
        What the features have.
    codes
        int64 positions of the categories whose codes are kept.
    counted
        int64 positions of the categories that have target means.
    means, texts
        Their encoders.
    """

    numbers: int
    cardinalities: tuple[int, ...]
    codes: np.ndarray
    counted: np.ndarray
    means: tuple[TargetMeans, ...]
    texts: tuple[TextVectors, ...]

    def __post_init__(self) -> None:
        """Hold positions to the columns; ValueError where they do not fit."""
        _check_positions(len(self.cardinalities), self.codes, self.counted, self.means)

    @classmethod
    def fit(
        cls, features: Features, target: np.ndarray, n_classes: int, seed: int, *, counted_above: int = MANY_LEVELS
    ) -> tuple[TreeEncoder, np.ndarray]:
        """Learn the encoder and return it with the training rows, float32 of shape (n, w)."""
        cardinalities = np.array(features.cardinalities, int)
        codes, counted = _positions(cardinalities <= TOO_MANY_LEVELS), _positions(cardinalities > counted_above)
        means, crossed = _fit_means(features, counted, target_outputs(target, n_classes), seed)
        texts = _fit_texts(features, TREE_TERMS, TREE_COMPONENTS, seed)
        encoder = cls(features.numbers.shape[1], features.cardinalities, codes, counted, means, texts)
        return encoder, encoder._stack(features, crossed)

    @property
    def categorical_columns(self) -> list[int]:
        """Columns of the encoded matrix that hold codes."""
        return list(range(self.numbers, self.numbers + len(self.codes)))

    @property
    def width(self) -> int:
        """Number of encoded columns."""
        return self.numbers + len(self.codes) + sum(m.width for m in self.means) + sum(len(t.directions) for t in self.texts)

    def transform(self, features: Features) -> np.ndarray:
        """Return new rows, float32 of shape (n, w)."""
        _check_width(features, self.numbers, self.cardinalities, len(self.texts))
        return self._stack(features, _level_columns(features, self.means, self.counted))

    def _stack(self, features: Features, means: list[np.ndarray]) -> np.ndarray:
        codes = features.categories[:, self.codes].astype(np.float32)
        codes[codes < 0] = np.nan
        return np.ascontiguousarray(np.column_stack([features.numbers, codes, *means, *_pressed(features, self.texts)]), dtype=np.float32)


@dataclass(frozen=True)
class LinearEncoder:
    """For linear models: scaled numbers with indicators, a column a frequent level, target means for many, TF-IDF.

    Attributes
    ----------
    cardinalities
        Of the categories.
    scaler, mean_scaler
        Of the numbers, and of the target means.
    hot, counted
        int64 positions of the categories with a column a level, and of those with target means.
    slots, means, texts
        Their encoders.
    """

    cardinalities: tuple[int, ...]
    scaler: ScaledNumbers
    mean_scaler: ScaledNumbers
    hot: np.ndarray
    counted: np.ndarray
    slots: tuple[LevelSlots, ...]
    means: tuple[TargetMeans, ...]
    texts: tuple[TextVectors, ...]

    def __post_init__(self) -> None:
        """Hold positions to the columns; ValueError where they do not fit."""
        _check_positions(len(self.cardinalities), self.hot, self.counted, self.means)
        if len(self.slots) != len(self.hot):
            raise ValueError("every category with columns needs its slots")

    @classmethod
    def fit(cls, features: Features, target: np.ndarray, n_classes: int, seed: int) -> tuple[LinearEncoder, np.ndarray | sparse.csr_matrix]:
        """Learn the encoder and return it with the training rows: dense without texts, else sparse."""
        cardinalities = np.array(features.cardinalities, int)
        hot, counted = _positions(cardinalities <= LINEAR_ONE_HOT), _positions(cardinalities > LINEAR_ONE_HOT)
        means, crossed = _fit_means(features, counted, target_outputs(target, n_classes), seed)
        slots = tuple(
            LevelSlots.fit(features.categories[:, k], features.cardinalities[k], LEAST_ROWS_OF_LEVEL, missing=True, rest=True) for k in hot
        )
        scaler, mean_scaler = ScaledNumbers.fit(features.numbers), ScaledNumbers.fit(_columns(crossed, len(features)))
        texts = _fit_texts(features, LINEAR_TERMS, 0, seed)
        encoder = cls(features.cardinalities, scaler, mean_scaler, hot, counted, slots, means, texts)
        return encoder, encoder._stack(features, crossed)

    @property
    def width(self) -> int:
        """Number of encoded columns."""
        dense = len(self.scaler.median) + len(self.scaler.indicators) + sum(s.size for s in self.slots) + len(self.mean_scaler.median)
        return dense + sum(len(t.vocabulary) for t in self.texts)

    def transform(self, features: Features) -> np.ndarray | sparse.csr_matrix:
        """Return new rows, as `fit` did the training rows."""
        _check_width(features, len(self.scaler.median), self.cardinalities, len(self.texts))
        return self._stack(features, _level_columns(features, self.means, self.counted))

    def _stack(self, features: Features, means: list[np.ndarray]) -> np.ndarray | sparse.csr_matrix:
        levels = [slots.transform(features.categories[:, k]) for k, slots in zip(self.hot, self.slots, strict=True)]
        dense = _columns(
            [
                self.scaler.transform(features.numbers),
                self.scaler.indicate(features.numbers),
                *([one_hot(self.slots, levels)] if levels else []),
                self.mean_scaler.transform(_columns(means, len(features))),
            ],
            len(features),
        )
        if not self.texts:
            return dense
        terms = [text.terms(features.texts[:, k]) for k, text in enumerate(self.texts)]
        return sparse.hstack([sparse.csr_matrix(dense), *terms], format="csr")


@dataclass(frozen=True)
class NetworkEncoder:
    """For networks, after RealMLP: robust scaling and a smooth clip, a column a level up to nine levels, else an embedding.

    Attributes
    ----------
    cardinalities
        Of the categories.
    scaler, extra_scaler
        Of the numbers, and of target means and text components.
    hot, embedded, counted
        int64 positions of the categories with a column a level, with an embedding, and with target means.
    slots, embedding_slots, means, texts
        Their encoders.
    """

    cardinalities: tuple[int, ...]
    scaler: ScaledNumbers
    extra_scaler: ScaledNumbers
    hot: np.ndarray
    embedded: np.ndarray
    counted: np.ndarray
    slots: tuple[LevelSlots, ...]
    embedding_slots: tuple[LevelSlots, ...]
    means: tuple[TargetMeans, ...]
    texts: tuple[TextVectors, ...]

    def __post_init__(self) -> None:
        """Hold positions to the columns; ValueError where they do not fit."""
        _check_positions(len(self.cardinalities), self.hot, self.counted, self.means)
        _check_positions(len(self.cardinalities), self.embedded, self.counted, self.means)
        if len(self.slots) != len(self.hot) or len(self.embedding_slots) != len(self.embedded):
            raise ValueError("every category needs its slots")

    @classmethod
    def fit(cls, features: Features, target: np.ndarray, n_classes: int, seed: int) -> tuple[NetworkEncoder, NetworkRows]:
        """Learn the encoder and return it with the training rows."""
        cardinalities = np.array(features.cardinalities, int)
        hot, embedded = _positions(cardinalities <= NETWORK_ONE_HOT), _positions(cardinalities > NETWORK_ONE_HOT)
        counted = _positions(cardinalities > MANY_LEVELS)
        means, crossed = _fit_means(features, counted, target_outputs(target, n_classes), seed)
        steps = len(features) // (ROWS_A_COMPONENT * COMPONENT_STEP)  # whole steps, so that folds rarely differ
        texts = _fit_texts(features, NETWORK_TERMS, min(NETWORK_COMPONENTS, COMPONENT_STEP * max(1, steps)), seed)

        def slots_of(which: np.ndarray) -> tuple[LevelSlots, ...]:
            # of one size in all folds, so that they share a compiled program
            sizes = {int(k): min(features.cardinalities[k], MOST_EMBEDDED_LEVELS) for k in which}
            columns = {k: features.categories[:, k] for k in sizes}
            return tuple(
                LevelSlots.fit(columns[k], features.cardinalities[k], LEAST_ROWS_OF_LEVEL, missing=False, rest=False, size=size)
                for k, size in sizes.items()
            )

        extra = _columns([*crossed, *_pressed(features, texts)], len(features))
        scaler, extra_scaler = ScaledNumbers.fit(features.numbers), ScaledNumbers.fit(extra)
        encoder = cls(features.cardinalities, scaler, extra_scaler, hot, embedded, counted, slots_of(hot), slots_of(embedded), means, texts)
        return encoder, encoder._rows(features, extra)

    @property
    def widths(self) -> tuple[int, int, tuple[int, ...]]:
        """Number of numbers, number of plain columns, and number of levels (slot 0 included) of each embedded category."""
        plain = len(self.scaler.indicators) + sum(_hot_width(s) for s in self.slots) + len(self.extra_scaler.median)
        return len(self.scaler.median), plain, tuple(s.size + 1 for s in self.embedding_slots)

    def transform(self, features: Features) -> NetworkRows:
        """Return new rows."""
        _check_width(features, len(self.scaler.median), self.cardinalities, len(self.texts))
        means = _level_columns(features, self.means, self.counted)
        return self._rows(features, _columns([*means, *_pressed(features, self.texts)], len(features)))

    def _rows(self, features: Features, extra: np.ndarray) -> NetworkRows:
        hot = [_hot_columns(s, s.transform(features.categories[:, k])) for k, s in zip(self.hot, self.slots, strict=True)]
        plain = _columns([self.scaler.indicate(features.numbers), *hot, self.extra_scaler.transform(extra)], len(features))
        codes = [s.transform(features.categories[:, k]) for k, s in zip(self.embedded, self.embedding_slots, strict=True)]
        return NetworkRows(
            self.scaler.transform(features.numbers),
            plain,
            np.column_stack(codes).astype(np.int32) if codes else np.zeros((len(features), 0), np.int32),
        )


@dataclass(frozen=True)
class NetworkRows:
    """What a tabular network reads.

    Attributes
    ----------
    numbers
        float32 of shape (n, p): scaled numbers, which may get a numeric embedding.
    plain
        float32 of shape (n, r): columns of 0 and 1, target means, text components.
    codes
        int32 of shape (n, q): slots of embedded categories, 0 for missing, rare and unseen ones.
    """

    numbers: np.ndarray
    plain: np.ndarray
    codes: np.ndarray

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.numbers)

    def take(self, rows: np.ndarray) -> NetworkRows:
        """Return the rows at the given positions."""
        return NetworkRows(self.numbers[rows], self.plain[rows], self.codes[rows])


def _hot_width(slots: LevelSlots) -> int:
    return 1 if slots.size == 2 else slots.size


def _hot_columns(slots: LevelSlots, found: np.ndarray) -> np.ndarray:
    """Return -1 and +1 in one column for two levels, else a column a level, scaled and clipped as RealMLP does it."""
    if slots.size == 2:
        return np.array([0.0, 1.0, -1.0], np.float32)[found][:, None]
    return smooth_clip(2.0 * one_hot((slots,), [found])).astype(np.float32)


def _columns(blocks: list[np.ndarray], rows: int) -> np.ndarray:
    return np.column_stack(blocks) if blocks else np.zeros((rows, 0), np.float32)


def _check_positions(columns: int, kept: np.ndarray, counted: np.ndarray, means: tuple[TargetMeans, ...]) -> None:
    for positions in (kept, counted):
        if positions.ndim != 1 or positions.dtype.kind != "i" or (len(positions) and not 0 <= positions.min() <= positions.max() < columns):
            raise ValueError("an encoder refers to a category that is not there")
    if len(means) != len(counted):
        raise ValueError("every counted category needs its means")
