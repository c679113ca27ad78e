"""The task, from the shape of the target's values: how many, how spaced, how often, in what order; never from their type alone."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from automl_assist.profile._cells import Cells, among
from automl_assist.profile._kinds import Understood
from automl_assist.schema import Alternative, Guess

FEW_LEVELS = 10  # whole numbers of so few values may be classes, grades or counts
MORE_LEVELS = 30  # beyond it they are classes only by their name
NAMED_LEVELS = 200
ROWS_A_LEVEL = 5  # fewer rows for each value, and the values are measurements that happen to repeat
EVEN = 4.0  # classes without an order: the most frequent is not this many times as frequent as the rarest

CLASS_NAME = re.compile(
    r"(^|[_\W])(class|classes|label|labels|type|category|species|cluster|segment|group|code|kind|digit|dept|department|zip)([_\W\d]|$)"
    r"|(?-i:(Class|Type|Label|Category)$)",
    re.IGNORECASE,
)
GRADE_NAME = re.compile(
    r"(^|[_\W])(rating|ratings|stars?|quality|grades?|level|satisfaction|severity|stage|score|rank|likert|happiness|importance|agreement|review|risk)"
    r"([_\W\d]|$)|(?-i:(Rating|Score|Quality|Level|Grade)$)",
    re.IGNORECASE,
)
COUNT_NAME = re.compile(
    r"(^|[_\W])(count|counts|number|num|n|nr|visits|views|clicks|orders|children|bedrooms|rooms|baths?|bathrooms|goals|claims|events|accidents|births|"
    r"deaths|sold|units|passengers|cases|calls|tickets|rings|quantity|total)([_\W\d]|$)|(?-i:Count$)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Shape:
    """What the labelled target values look like."""

    name: str
    kind: str
    levels: int
    filled: int
    numeric: bool
    numbers: np.ndarray  # sorted distinct ones, where the values are numbers
    counts: np.ndarray  # rows of each

    @property
    def whole(self) -> bool:
        """Whether every value is a whole number."""
        return self.numeric and bool((self.numbers == np.floor(self.numbers)).all())

    @property
    def step(self) -> float:
        """The smallest distance between neighbouring values."""
        return float(np.diff(self.numbers).min()) if len(self.numbers) > 1 else 0.0

    @property
    def even_steps(self) -> bool:
        """Whether the values stand at equal distances without a gap."""
        if len(self.numbers) < 3:
            return True
        steps = np.diff(self.numbers)
        return bool(np.allclose(steps, steps[0], rtol=1e-6))

    @property
    def hill(self) -> bool:
        """Whether the frequencies rise to a peak in the middle and fall again, as grades do."""
        if len(self.counts) < 4:
            return False
        peak = int(self.counts.argmax())
        rises = np.diff(self.counts)
        return 0 < peak < len(self.counts) - 1 and bool((rises[:peak] > 0).all() and (rises[peak:] < 0).all()) and not self.balanced

    @property
    def falling(self) -> bool:
        """Whether the frequencies fall from the first or second value on, as counts of events do."""
        if len(self.counts) < 4:
            return False
        peak = int(self.counts.argmax())
        return peak <= 1 and bool((np.diff(self.counts[peak:]) <= 0).mean() >= 0.75) and not self.balanced

    @property
    def balanced(self) -> bool:
        """Whether all values are about as frequent as each other."""
        return len(self.counts) > 0 and float(self.counts.max()) < EVEN / 2 * max(1.0, float(self.counts.min()))


def shape_of(name: str, cells: Cells, understood: Understood) -> Shape:
    """Return the shape of a target from its distinct values."""
    keep = ~among(cells.values, understood.missing_tokens)
    unseen = max(0, cells.distinct - len(cells.values))  # values of rows outside the sample
    if understood.numbers is None or understood.kind in ("datetime", "category", "text"):
        levels = int(keep.sum()) + unseen
        return Shape(name, understood.kind, levels, int(cells.counts[keep].sum()), False, np.empty(0), np.empty(0, dtype=int))
    good = keep & np.isfinite(understood.numbers)
    numbers, inverse = np.unique(understood.numbers[good], return_inverse=True)
    counts = np.bincount(inverse, weights=cells.counts[good], minlength=len(numbers)).astype(int)
    return Shape(name, understood.kind, len(numbers) + unseen, int(counts.sum()), True, numbers, counts)


def infer_task(shape: Shape) -> Guess:
    """Return the task that the values ask for, how sure that is, and what else it could be."""
    if shape.kind == "datetime":
        return Guess(
            "forecast",
            0.4,
            "the target holds dates, which none of the other tasks predicts",
            True,
            (Alternative("regression", 0.2, "as a number of days"),),
        )
    if shape.kind == "list":
        return Guess(
            "multilabel",
            0.9,
            f"each cell joins several labels; {shape.levels:,} combinations occur",
            False,
            (Alternative("multiclass", 0.1, "each combination as a class"),),
        )
    if shape.levels <= 2:
        return Guess(
            "binary", 0.99, f"the target has {shape.levels} different value{'s' if shape.levels != 1 else ''} in {shape.filled:,} rows"
        )
    if not shape.numeric:
        return _of_words(shape)
    if not shape.whole:
        return _of_fractions(shape)
    return _of_whole(shape)


def _of_words(shape: Shape) -> Guess:
    said = f"the target has {shape.levels:,} different values that are not numbers, in {shape.filled:,} rows"
    if shape.levels > 0.5 * shape.filled:
        return Guess("multiclass", 0.5, said + "; most occur once", True, ())
    return Guess("multiclass", 0.97, said)


def _of_fractions(shape: Shape) -> Guess:
    said = f"the target has {shape.levels:,} different numbers in {shape.filled:,} rows, not all of them whole"
    if shape.levels <= FEW_LEVELS and shape.even_steps and shape.filled >= 10 * shape.levels:
        why = "few levels at equal distances: grades can be learnt as classes or as a number"
        return Guess("regression", 0.55, f"{said}; {why}", True, (Alternative("multiclass", 0.45, "each level as a class of its own"),))
    return Guess("regression", 0.97, said)


def _of_whole(shape: Shape) -> Guess:
    low, high = float(shape.numbers[0]), float(shape.numbers[-1])
    said = f"the target has {shape.levels:,} different whole numbers from {low:,.0f} to {high:,.0f} in {shape.filled:,} rows"
    repeated = shape.filled >= ROWS_A_LEVEL * shape.levels
    if not repeated:
        return _amount(shape, said)
    if GRADE_NAME.search(shape.name) and shape.levels <= 2 * FEW_LEVELS - 9:
        return _grades(said, "its name says that they are grades, which have an order")
    if CLASS_NAME.search(shape.name) and shape.levels <= NAMED_LEVELS:
        return Guess(
            "multiclass",
            0.9,
            f"{said}, and its name says that they are classes",
            False,
            (Alternative("regression", 0.1, "if they are an amount"),),
        )
    if shape.levels > MORE_LEVELS or shape.step > 1:
        return _of_steps(shape, said) if shape.step > 1 and shape.levels <= FEW_LEVELS else _amount(shape, said)
    if COUNT_NAME.search(shape.name) and low >= 0:
        return _few_counts(said) if shape.levels <= FEW_LEVELS else _amount(shape, said)
    if shape.levels <= FEW_LEVELS:
        return _few_whole(shape, said)
    if low in (0, 1) and shape.even_steps and shape.balanced and shape.filled >= 20 * shape.levels:
        return Guess(
            "multiclass",
            0.7,
            f"{said}, about equally often: codes of classes",
            False,
            (Alternative("regression", 0.3, "if they are an amount"),),
        )
    return _amount(shape, said)


def _of_steps(shape: Shape, said: str) -> Guess:
    if shape.even_steps:
        return Guess(
            "regression",
            0.6,
            f"{said}, {shape.step:,.0f} apart: a rounded amount",
            True,
            (Alternative("multiclass", 0.4, "each level as a class of its own"),),
        )
    return Guess(
        "multiclass",
        0.75,
        f"{said}, at uneven distances: codes of classes",
        False,
        (Alternative("regression", 0.25, "if they are an amount"),),
    )


def _few_whole(shape: Shape, said: str) -> Guess:
    """Judge up to ten whole numbers whose name says nothing: codes, grades or counts."""
    if shape.falling and shape.numbers[0] in (0, 1) and shape.levels > 4:
        return _few_counts(said)
    if shape.hill and shape.even_steps and shape.levels > 4:
        return _grades(said, "the middle ones are the most frequent, as with grades")
    return Guess("multiclass", 0.85, f"{said}: codes of classes", False, (Alternative("regression", 0.15, "if they are an amount"),))


def _grades(said: str, why: str) -> Guess:
    return Guess(
        "multiclass",
        0.55,
        f"{said}; {why}: they can be learnt as classes or as a number",
        True,
        (Alternative("regression", 0.45, "uses their order"),),
    )


def _few_counts(said: str) -> Guess:
    why = "a count of few values can be learnt as a number or as classes"
    return Guess(
        "regression",
        0.5,
        f"{said}; {why}",
        True,
        (Alternative("count", 0.3, "if they count events"), Alternative("multiclass", 0.2, "each value as a class")),
    )


def _amount(shape: Shape, said: str) -> Guess:
    """Tell a count of events from any other amount: a name that says so, no negatives, and a long tail on the right."""
    values, counts = shape.numbers, shape.counts
    mean = float(np.average(values, weights=counts))
    middle = float(values[np.searchsorted(np.cumsum(counts), counts.sum() / 2)])
    if COUNT_NAME.search(shape.name) and values[0] in (0, 1) and mean > middle and shape.step == 1:
        return Guess(
            "count",
            0.7,
            f"{said}; its name and the long tail say that it counts events",
            False,
            (Alternative("regression", 0.3, "as an amount"),),
        )
    alternatives = (Alternative("count", 0.1, "if it counts events"),) if values[0] >= 0 else ()
    return Guess("regression", 0.93, f"{said}, in order and evenly used: an amount", False, alternatives)
