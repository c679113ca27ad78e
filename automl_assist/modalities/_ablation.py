"""What texts add to a table: the same kind of model with the texts, without them, and with nothing else."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from automl_assist.metrics import metric
from automl_assist.modalities._modality import Tested
from automl_assist.modalities._table import learn_coding
from automl_assist.preprocessing import Features
from automl_assist.schema import Column, Problem

if TYPE_CHECKING:
    from automl_assist.models import Family

MOST_ROWS = 10_000  # learned from
HELD_OUT = 0.15  # of them, to stop early on
LEAST_S = 6.0  # for the three fits together; with less, columns are shuffled instead
BOOSTED = {"num_leaves": 12, "learning_rate": 0.05, "feature_fraction": 0.7, "min_data_in_leaf": 10}  # the same for all three
WAYS = (("all", "everything"), ("without", "without the {}"), ("alone", "the {} alone"))


def ablation(tested: Tested, texts: Sequence[str], what: str = "texts") -> dict[str, Any]:
    """Return the metric on the test part with everything, without the texts or pictures, and with these alone.

    Where time allows, one kind of model is fitted three times on the development examples and differs only in what it sees:
    ``refitted``. Otherwise, and where no such model would see all (texts and pictures in one table), the model that there is predicts
    with the texts, or all other columns, dealt to other rows: ``shuffled``.

    Parameters
    ----------
    texts : sequence of str
        The columns that are taken away.
    what : str
        ``texts``, weighed by boosted trees, or ``pictures``, weighed by a linear model of their edges and colours.
    """
    if "metric" not in tested.settings:
        return {}
    both = {"text", "image"} <= {c.kind for c in tested.columns}
    if both or tested.until - time.monotonic() < LEAST_S:
        return _shuffled(tested, texts, what)
    by_way = {
        "all": list(tested.columns),
        "without": [c for c in tested.columns if c.name not in texts],
        "alone": [c for c in tested.columns if c.name in texts],
    }
    chosen = metric(str(tested.settings["metric"]))
    found = []
    for k, (way, title) in enumerate(WAYS):
        seconds = max(0.3, 0.8 * (tested.until - time.monotonic()) / (len(WAYS) - k))
        answer = _answer(tested, by_way[way], seconds, what)
        if answer is None:
            return _shuffled(tested, texts, what)
        found.append({"way": way, "title": title.format(what), "value": _value(tested, answer)})
    return {"how": "refitted", "metric": chosen.title, "higher_is_better": chosen.higher_is_better, "ways": found}


def _value(tested: Tested, answer: np.ndarray) -> float | None:
    chosen = metric(str(tested.settings["metric"]))
    shown = answer.argmax(axis=1) if tested.classes and chosen.needs == "label" else answer
    value = float(chosen.compute(tested.target, shown))
    return value if np.isfinite(value) else None


def _shuffled(tested: Tested, texts: Sequence[str], what: str) -> dict[str, Any]:
    """Return the metric of the model with the texts, and then with all other columns, dealt to other rows together."""
    chosen = metric(str(tested.settings["metric"]))
    rng = np.random.default_rng([tested.seed, 8])
    order = rng.permutation(len(tested.typed))
    rest = [name for name in tested.typed.columns if name not in texts]
    found = [{"way": "all", "title": WAYS[0][1], "value": _value(tested, tested.predict(tested.typed))}]
    for way, title, names in (("without", f"{what} shuffled", list(texts)), ("alone", "other columns shuffled", rest)):
        dealt = tested.typed.assign(**{name: tested.typed[name].iloc[order].to_numpy() for name in names})
        found.append({"way": way, "title": title, "value": _value(tested, tested.predict(dealt))})
    return {"how": "shuffled", "metric": chosen.title, "higher_is_better": chosen.higher_is_better, "ways": found}


def _answer(tested: Tested, columns: Sequence[Column], seconds: float, what: str) -> np.ndarray | None:
    """Return predictions for the test part of a model that was fitted to the development examples with the columns alone."""
    from automl_assist.models import FitRequest, families

    coding = learn_coding(tested.development, columns, tested.settings)
    rng = np.random.default_rng([tested.seed, 8])
    rows = rng.permutation(len(tested.development))[:MOST_ROWS]
    cut = max(1, int(HELD_OUT * len(rows)))
    target = np.asarray(tested.development_target)
    features = coding.transform(tested.development.iloc[rows].reset_index(drop=True))
    problem = _problem(tested, features, len(rows))
    family = families()["image_gradients" if what == "pictures" else "text_boosted" if features.texts.shape[1] else "lightgbm"]
    if family.missing_libraries():
        return None
    valid, train = np.arange(cut), np.arange(cut, len(rows))
    model = family.fit(
        FitRequest(
            features=features.take(train),
            target=target[rows[train]],
            valid_features=features.take(valid),
            valid_target=target[rows[valid]],
            problem=problem,
            values=_Defaults.of(family, problem, BOOSTED),
            seed=tested.seed,
            seconds=seconds,
            threads=1,
            padded_rows=len(train),
        )
    )
    return np.asarray(model.predict(coding.transform(tested.typed)))


class _Defaults:
    """The part of KerasTuner's HyperParameters that declares a space: keeps given values, and defaults for the others."""

    def __init__(self, given: Mapping[str, Any]):
        self.given, self.values = given, dict[str, Any]()

    @classmethod
    def of(cls, family: Family, problem: Problem, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return complete hyper-parameters."""
        space = cls(given)
        family.declare_space(space, problem)
        return space.values

    def _take(self, name: str, *_: Any, default: Any = None, **__: Any) -> Any:
        self.values[name] = self.given.get(name, default)
        return self.values[name]

    Choice = Int = Float = Boolean = _take


def _problem(tested: Tested, features: Features, rows: int) -> Problem:
    return Problem(
        task="regression" if tested.task == "count" else tested.task,
        n_classes=len(tested.classes),
        metric=str(tested.settings["metric"]),
        rows=rows,
        numbers=features.numbers.shape[1],
        categories=features.categories.shape[1],
        texts=features.texts.shape[1],
        settings={},
        blocks={},
    )
