"""From coded rows to what a kind of model can read; fitted in the fold, on its training rows alone.

Each encoder is made by ``fit``, which also returns the encoded training rows: these differ from ``transform`` where a target mean
is in play (see :meth:`TargetMeans.cross_fitted`). All are plain dataclasses, written by :mod:`automl_assist.preprocessing.storage`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from automl_assist.preprocessing.choices import Choices
from automl_assist.preprocessing.curves import LoggedNumbers, products_of
from automl_assist.preprocessing.features import Features
from automl_assist.preprocessing.levels import LevelSlots, TargetMeans, one_hot, target_outputs
from automl_assist.preprocessing.made import MadeColumns
from automl_assist.preprocessing.scaling import ScaledNumbers, smooth_clip
from automl_assist.preprocessing.texts import TextVectors, average_length
from automl_assist.rules.classic import count_of_products

if TYPE_CHECKING:
    from scipy import sparse


def _level_columns(features: Features, columns: tuple[TargetMeans, ...], which: np.ndarray) -> list[np.ndarray]:
    return [means.transform(features.categories[:, k]) for k, means in zip(which, columns, strict=True)]


def _fit_means(
    features: Features, which: np.ndarray, outputs: np.ndarray, seed: int, choices: Choices
) -> tuple[tuple[TargetMeans, ...], list[np.ndarray]]:
    smoothing, folds = float(choices.levels["smoothing"]), int(choices.levels["inner_folds"])
    fitted = tuple(TargetMeans.fit(features.categories[:, k], features.cardinalities[k], outputs, smoothing) for k in which)
    crossed = [
        means.cross_fitted(features.categories[:, k], outputs, seed + int(k), folds, smoothing)
        for k, means in zip(which, fitted, strict=True)
    ]
    return fitted, crossed


def _fit_texts(features: Features, terms: str | None, seed: int, choices: Choices) -> tuple[TextVectors, ...]:
    """Fit a vectoriser a text column; `terms` names the size of the vocabulary, and without it the terms themselves are used."""
    fitted = []
    for k, name in enumerate(features.text_names):
        texts = features.texts[:, k]
        chosen = choices.text(name, average_length(texts), len(features))
        most, components = (int(choices.texts[terms]), chosen["size"]) if terms else (chosen["size"], 0)
        fitted.append(TextVectors.fit(texts, most, components, seed + k, terms=chosen["terms"], by=chosen["by"], details=choices.texts))
    return tuple(fitted)


def _seen_as(features: Features, choices: Choices, *ways: str) -> np.ndarray:
    """Return the positions of the categories that are seen in one of some ways."""
    chosen = [choices.encoding(name, levels) for name, levels in zip(features.category_names, features.cardinalities, strict=True)]
    return _positions([any(way in ways for way in one) for one in chosen])


def _own_columns(features: Features, which: np.ndarray, choices: Choices) -> tuple[LevelSlots, ...]:
    """Return slots with a column for each frequent level, one for missing cells and one for the rest."""
    least = int(choices.levels["least_rows"])
    return tuple(LevelSlots.fit(features.categories[:, k], features.cardinalities[k], least, missing=True, rest=True) for k in which)


def _ordinal(features: Features, which: np.ndarray) -> np.ndarray:
    """Return codes as numbers, NaN where a category is missing or unseen."""
    codes = features.categories[:, which].astype(np.float32)
    codes[codes < 0] = np.nan
    return codes


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
    native
        int64 positions of those whose codes a tree may split into any two sets; the others are split by their order.
    hot, counted
        int64 positions of the categories with a column a level, and of those with target means.
    slots, means, texts
        Their encoders.
    made
        Columns made of others, which come last.
    """

    numbers: int
    cardinalities: tuple[int, ...]
    codes: np.ndarray
    native: np.ndarray
    hot: np.ndarray
    counted: np.ndarray
    slots: tuple[LevelSlots, ...]
    means: tuple[TargetMeans, ...]
    texts: tuple[TextVectors, ...]
    made: MadeColumns | None = None

    def __post_init__(self) -> None:
        """Hold positions to the columns; ValueError where they do not fit."""
        _check_positions(len(self.cardinalities), self.codes, self.counted, self.means)
        _check_positions(len(self.cardinalities), self.native, self.counted, self.means)
        _check_positions(len(self.cardinalities), self.hot, self.counted, self.means)
        if len(self.slots) != len(self.hot) or not np.isin(self.native, self.codes).all():
            raise ValueError("every category with columns needs its slots")
        if self.made is not None and (self.made.numbers, self.made.categories) != (self.numbers, len(self.cardinalities)):
            raise ValueError("made columns do not fit the columns they are made of")

    @classmethod
    def fit(
        cls, features: Features, target: np.ndarray, n_classes: int, seed: int, choices: Choices | None = None
    ) -> tuple[TreeEncoder, np.ndarray]:
        """Learn the encoder and return it with the training rows, float32 of shape (n, w)."""
        choices = choices or Choices("boosting")
        native, hot = _seen_as(features, choices, "native"), _seen_as(features, choices, "one_hot")
        counted = _seen_as(features, choices, "target")
        means, crossed = _fit_means(features, counted, target_outputs(target, n_classes, int(choices.levels["classes"])), seed, choices)
        texts = _fit_texts(features, "tree_terms", seed, choices)
        codes = _seen_as(features, choices, "native", "ordinal")
        slots = _own_columns(features, hot, choices)
        encoder = cls(features.numbers.shape[1], features.cardinalities, codes, native, hot, counted, slots, means, texts)
        return encoder, encoder._stack(features, crossed)

    @property
    def categorical_columns(self) -> list[int]:
        """Columns of the encoded matrix that hold codes without an order."""
        return [self.numbers + place for place, k in enumerate(self.codes) if k in self.native]

    @property
    def width(self) -> int:
        """Number of encoded columns."""
        made = sum(s.size for s in self.slots) + sum(m.width for m in self.means) + sum(len(t.directions) for t in self.texts)
        return self.numbers + len(self.codes) + made + (self.made.width if self.made else 0)

    def transform(self, features: Features) -> np.ndarray:
        """Return new rows, float32 of shape (n, w)."""
        _check_width(features, self.numbers, self.cardinalities, len(self.texts))
        return self._stack(features, _level_columns(features, self.means, self.counted), self.made)

    def _stack(self, features: Features, means: list[np.ndarray], made: MadeColumns | None = None) -> np.ndarray:
        levels = [slots.transform(features.categories[:, k]) for k, slots in zip(self.hot, self.slots, strict=True)]
        hot = [one_hot(self.slots, levels)] if levels else []
        columns = [features.numbers, _ordinal(features, self.codes), *hot, *means, *_pressed(features, self.texts)]
        own = sum(block.shape[1] for block in columns)
        rows = np.empty((len(features), own + (made.width if made else 0)), np.float32)
        np.concatenate(columns, axis=1, out=rows[:, :own], casting="same_kind")
        if made:
            made.write(features, rows[:, own:])
        return rows


@dataclass(frozen=True)
class LinearEncoder:
    """For linear models: scaled numbers with indicators, a column a frequent level, target means for many, TF-IDF.

    Attributes
    ----------
    cardinalities
        Of the categories.
    scaler, mean_scaler
        Of the numbers, and of target means and ordinal codes.
    hot, ordered, counted
        int64 positions of the categories with a column a level, of those seen by their codes, and of those with target means.
    slots, means, texts
        Their encoders.
    logs
        Of numbers that are seen as logarithms.
    products
        Whether there are squares and products of the numbers, which come last but for texts.
    """

    cardinalities: tuple[int, ...]
    scaler: ScaledNumbers
    mean_scaler: ScaledNumbers
    hot: np.ndarray
    ordered: np.ndarray
    counted: np.ndarray
    slots: tuple[LevelSlots, ...]
    means: tuple[TargetMeans, ...]
    texts: tuple[TextVectors, ...]
    logs: LoggedNumbers | None = None
    products: bool = False

    def __post_init__(self) -> None:
        """Hold positions to the columns; ValueError where they do not fit."""
        _check_positions(len(self.cardinalities), self.hot, self.counted, self.means)
        _check_positions(len(self.cardinalities), self.ordered, self.counted, self.means)
        if len(self.slots) != len(self.hot):
            raise ValueError("every category with columns needs its slots")
        if self.logs is not None and not np.isin(self.logs.positions, np.arange(self.scaler.width)).all():
            raise ValueError("logarithms do not fit the columns they are of")

    @classmethod
    def fit(
        cls, features: Features, target: np.ndarray, n_classes: int, seed: int, choices: Choices | None = None, *,
        log_numbers: bool = False, products: int = 0,
    ) -> tuple[LinearEncoder, np.ndarray | sparse.csr_matrix]:  # fmt: skip
        """Learn the encoder and return it with the training rows: dense without texts, else sparse.

        With `log_numbers` numbers are seen as logarithms where they have no values below zero, and beside them are their squares and
        products where there are no more than `products`.
        """
        choices = choices or Choices("linear")
        hot, ordered = _seen_as(features, choices, "one_hot"), _seen_as(features, choices, "ordinal")
        counted = _seen_as(features, choices, "target")
        means, crossed = _fit_means(features, counted, target_outputs(target, n_classes, int(choices.levels["classes"])), seed, choices)
        slots = _own_columns(features, hot, choices)
        extra = _columns([_ordinal(features, ordered), *crossed], len(features))
        logs = LoggedNumbers.fit(features.numbers) if log_numbers else None
        numbers, even = (logs.transform(features.numbers), logs.positions) if logs else (features.numbers, ())
        scaler = ScaledNumbers.fit(numbers, features.number_names, choices, even=even)
        texts, squares = _fit_texts(features, None, seed, choices), count_of_products(scaler.width) <= products
        encoder = cls(
            features.cardinalities, scaler, ScaledNumbers.fit(extra, (), choices), hot, ordered, counted, slots, means, texts, logs, squares
        )
        return encoder, encoder._stack(features, crossed)

    @property
    def width(self) -> int:
        """Number of encoded columns."""
        dense = self.scaler.width + len(self.scaler.indicators) + sum(s.size for s in self.slots) + self.mean_scaler.width
        dense += count_of_products(self.scaler.width) if self.products else 0
        return dense + sum(t.width for t in self.texts)

    def transform(self, features: Features) -> np.ndarray | sparse.csr_matrix:
        """Return new rows, as `fit` did the training rows."""
        _check_width(features, self.scaler.width, self.cardinalities, len(self.texts))
        return self._stack(features, _level_columns(features, self.means, self.counted))

    def _stack(self, features: Features, means: list[np.ndarray]) -> np.ndarray | sparse.csr_matrix:
        from scipy import sparse

        levels = [slots.transform(features.categories[:, k]) for k, slots in zip(self.hot, self.slots, strict=True)]
        numbers = self.scaler.transform(self.logs.transform(features.numbers) if self.logs else features.numbers)
        dense = _columns(
            [
                numbers,
                self.scaler.indicate(features.numbers),
                *([one_hot(self.slots, levels)] if levels else []),
                self.mean_scaler.transform(_columns([_ordinal(features, self.ordered), *means], len(features))),
                *([products_of(numbers, self.scaler.clip)] if self.products else []),
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
        Of the numbers, and of ordinal codes, target means and text components.
    hot, embedded, ordered, counted
        int64 positions of the categories with a column a level, with an embedding, seen by their codes, and with target means.
    slots, embedding_slots, means, texts
        Their encoders.
    """

    cardinalities: tuple[int, ...]
    scaler: ScaledNumbers
    extra_scaler: ScaledNumbers
    hot: np.ndarray
    embedded: np.ndarray
    ordered: np.ndarray
    counted: np.ndarray
    slots: tuple[LevelSlots, ...]
    embedding_slots: tuple[LevelSlots, ...]
    means: tuple[TargetMeans, ...]
    texts: tuple[TextVectors, ...]

    def __post_init__(self) -> None:
        """Hold positions to the columns; ValueError where they do not fit."""
        _check_positions(len(self.cardinalities), self.hot, self.counted, self.means)
        _check_positions(len(self.cardinalities), self.embedded, self.counted, self.means)
        _check_positions(len(self.cardinalities), self.ordered, self.counted, self.means)
        if len(self.slots) != len(self.hot) or len(self.embedding_slots) != len(self.embedded):
            raise ValueError("every category needs its slots")

    @classmethod
    def fit(
        cls, features: Features, target: np.ndarray, n_classes: int, seed: int, choices: Choices | None = None
    ) -> tuple[NetworkEncoder, NetworkRows]:
        """Learn the encoder and return it with the training rows."""
        choices = choices or Choices("network")
        hot, embedded = _seen_as(features, choices, "one_hot"), _seen_as(features, choices, "embedding")
        ordered, counted = _seen_as(features, choices, "ordinal"), _seen_as(features, choices, "target")
        means, crossed = _fit_means(features, counted, target_outputs(target, n_classes, int(choices.levels["classes"])), seed, choices)
        texts = _fit_texts(features, "network_terms", seed, choices)
        least, most = int(choices.levels["least_rows"]), int(choices.levels["embedded"])

        def slots_of(which: np.ndarray) -> tuple[LevelSlots, ...]:
            # of one size in all folds, so that they share a compiled program
            sizes = {int(k): min(features.cardinalities[k], most) for k in which}
            columns = {k: features.categories[:, k] for k in sizes}
            return tuple(
                LevelSlots.fit(columns[k], features.cardinalities[k], least, missing=False, rest=False, size=size)
                for k, size in sizes.items()
            )

        extra = _columns([_ordinal(features, ordered), *crossed, *_pressed(features, texts)], len(features))
        scaler, extra_scaler = ScaledNumbers.fit(features.numbers, features.number_names, choices), ScaledNumbers.fit(extra, (), choices)
        encoder = cls(
            features.cardinalities, scaler, extra_scaler, hot, embedded, ordered, counted, slots_of(hot), slots_of(embedded), means, texts
        )
        return encoder, encoder._rows(features, extra)

    @property
    def widths(self) -> tuple[int, int, tuple[int, ...]]:
        """Number of numbers, number of plain columns, and number of levels (slot 0 included) of each embedded category."""
        plain = len(self.scaler.indicators) + sum(_hot_width(s) for s in self.slots) + self.extra_scaler.width
        return self.scaler.width, plain, tuple(s.size + 1 for s in self.embedding_slots)

    def transform(self, features: Features) -> NetworkRows:
        """Return new rows."""
        _check_width(features, self.scaler.width, self.cardinalities, len(self.texts))
        means = _level_columns(features, self.means, self.counted)
        extra = [_ordinal(features, self.ordered), *means, *_pressed(features, self.texts)]
        return self._rows(features, _columns(extra, len(features)))

    def _rows(self, features: Features, extra: np.ndarray) -> NetworkRows:
        hot = [_hot_columns(s, s.transform(features.categories[:, k]), self.scaler.clip) for k, s in zip(self.hot, self.slots, strict=True)]
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


def _hot_columns(slots: LevelSlots, found: np.ndarray, clip: float) -> np.ndarray:
    """Return -1 and +1 in one column for two levels, else a column a level, scaled and clipped as RealMLP does it."""
    if slots.size == 2:
        return np.array([0.0, 1.0, -1.0], np.float32)[found][:, None]
    return smooth_clip(2.0 * one_hot((slots,), [found]), clip).astype(np.float32)


def _columns(blocks: list[np.ndarray], rows: int) -> np.ndarray:
    return np.column_stack(blocks) if blocks else np.zeros((rows, 0), np.float32)


def _check_positions(columns: int, kept: np.ndarray, counted: np.ndarray, means: tuple[TargetMeans, ...]) -> None:
    for positions in (kept, counted):
        if positions.ndim != 1 or positions.dtype.kind != "i" or (len(positions) and not 0 <= positions.min() <= positions.max() < columns):
            raise ValueError("an encoder refers to a category that is not there")
    if len(means) != len(counted):
        raise ValueError("every counted category needs its means")
