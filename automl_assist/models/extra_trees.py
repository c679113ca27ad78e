"""Forests: many deep trees, each grown at random, averaged."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from automl_assist.models._declare import declare
from automl_assist.models._family import Family, FitRequest, SearchSpace
from automl_assist.models._logged import fitting, loading, without_logs
from automl_assist.models._selection import Clock, with_absent_classes
from automl_assist.preprocessing import Features, storage
from automl_assist.preprocessing.choices import Choices
from automl_assist.preprocessing.encoders import TreeEncoder
from automl_assist.rules.classic import FOREST
from automl_assist.schema import Problem

FIRST_TREES = 5
VALUES_A_LEAF = 8  # leaves are halved for every doubling of the classes beyond, so that a fold stays below 3 to 8 MB on disk
FEWEST_LEAVES = 50
FORESTS = {
    (True, False): "ExtraTreesClassifier",
    (True, True): "RandomForestClassifier",
    (False, False): "ExtraTreesRegressor",
    (False, True): "RandomForestRegressor",
}


@dataclass(frozen=True)
class Forest:
    """Trees as arrays, one entry a node, tree after tree.

    Attributes
    ----------
    encoder
        What comes before.
    starts
        int64 of shape (trees + 1,): first node of each tree, and the end.
    left, right, column, cut, missing_left
        Of each node: its children within the tree (-1 in a leaf), the encoded column and the value up to which rows go left, and
        whether rows without a value do.
    answers
        float32 of shape (leaves, outputs), in the order of the leaves.
    present, n_classes, rows
        Codes of the classes in the fold, number of all classes (0 for values), training rows.
    """

    encoder: TreeEncoder
    starts: np.ndarray
    left: np.ndarray
    right: np.ndarray
    column: np.ndarray
    cut: np.ndarray
    missing_left: np.ndarray
    answers: np.ndarray
    present: np.ndarray
    n_classes: int
    rows: int

    def __post_init__(self) -> None:
        """Hold the trees to one another, so that no walk leaves its tree or goes in circles; ValueError where one would."""
        nodes, leaf = len(self.left), self.left < 0
        sizes = np.diff(self.starts)
        if not len(sizes) or self.starts[0] != 0 or self.starts[-1] != nodes or (sizes < 1).any():
            raise ValueError("the trees of a forest do not fit its nodes")
        if any(a.shape != (nodes,) for a in (self.right, self.column, self.cut, self.missing_left)):
            raise ValueError("every node needs its children, column and cut")
        place = np.arange(nodes) - np.repeat(self.starts[:-1], sizes)
        size = np.repeat(sizes, sizes)
        inner = ~leaf
        for child in (self.left, self.right):
            if (child[inner] <= place[inner]).any() or (child[inner] >= size[inner]).any() or (child[leaf] != -1).any():
                raise ValueError("a child of a node is out of range")
        if (self.column[inner] < 0).any() or (self.column[inner] >= self.encoder.width).any():
            raise ValueError("a node looks at a column that is not there")
        if self.answers.ndim != 2 or self.answers.shape != (int(leaf.sum()), max(1, len(self.present))):
            raise ValueError("the answers of a forest do not fit its leaves")
        if len(self.present) and not 0 <= self.present.min() <= self.present.max() < self.n_classes:
            raise ValueError("a forest knows a class that is not there")
        object.__setattr__(self, "_trees", self._build())

    def _build(self) -> list[tuple[Any, np.ndarray]]:
        """Return scikit-learn's own trees, which walk quickly, and for each the answer of each node."""
        from sklearn.tree import _tree

        answers = np.zeros((len(self.left), self.answers.shape[1]), np.float32)
        answers[self.left < 0] = self.answers
        trees = []
        for first, end in zip(self.starts[:-1], self.starts[1:], strict=True):
            nodes = np.zeros(end - first, _tree.NODE_DTYPE)
            nodes["left_child"], nodes["right_child"] = self.left[first:end], self.right[first:end]
            nodes["feature"], nodes["threshold"] = self.column[first:end], self.cut[first:end]
            nodes["missing_go_to_left"] = self.missing_left[first:end]
            tree = _tree.Tree(max(1, self.encoder.width), np.array([1], np.intp), 1)
            tree.__setstate__({"max_depth": 0, "node_count": len(nodes), "nodes": nodes, "values": np.zeros((len(nodes), 1, 1))})
            trees.append((tree, answers[first:end]))
        return trees

    def predict(self, features: Features) -> np.ndarray:
        """Return probabilities of shape (n, k), or values of shape (n,)."""
        matrix = self.encoder.transform(features)
        total = np.zeros((len(matrix), self.answers.shape[1]))
        if len(matrix):
            for tree, answers in self._trees:  # type: ignore[attr-defined]
                total += answers[tree.apply(matrix)]
        mean = total / (len(self.starts) - 1)
        if self.n_classes == 0:
            return mean[:, 0]
        return with_absent_classes(mean, self.present, self.n_classes, self.rows)

    def save(self, folder: Path) -> None:
        """Write the model into the existing empty `folder`."""
        storage.save(folder, "model", self)

    def facts(self) -> dict[str, Any]:
        """Return the number of trees and leaves."""
        return {"trees": len(self.starts) - 1, "leaves": len(self.answers)}


def declare_space(hp: SearchSpace, problem: Problem) -> None:
    """Declare how random the trees are, and how deep."""
    declare("extra_trees", hp, problem, without=without_logs(problem))


def fit(request: FitRequest) -> Forest:
    """Grow trees, ever more at a time, until there are enough or time runs out; the first few in any case."""
    clock = Clock.start(request.seconds)
    shares: dict[str, str | float] = {"sqrt": "sqrt", "third": 1 / 3, "three_quarters": 0.75, "all": 1.0}
    encoder, matrix = TreeEncoder.fit(
        request.features, request.target, request.problem.n_classes, request.seed, Choices("forest", request.problem.settings)
    )
    values = request.values
    least_rows = int(values["min_samples_leaf"])
    return grow(request, clock, encoder, matrix, shares[values["max_features"]], bool(values["random_forest"]), least_rows)


def grow(
    request: FitRequest,
    clock: Clock,
    encoder: TreeEncoder,
    matrix: np.ndarray,
    share: str | float,
    random_forest: bool,
    least_rows: int,
    **more: Any,
) -> Forest:
    """Grow the trees on encoded rows.

    Parameters
    ----------
    share : str or float
        Of the columns, that each cut may choose from, as scikit-learn takes it.
    random_forest : bool
        Best cuts of drawn rows, instead of drawn cuts of all rows.
    least_rows : int
        Of a leaf.
    **more
        For scikit-learn's forest, such as ``criterion``.
    """
    from sklearn import ensemble

    problem = request.problem
    present = np.unique(request.target).astype(np.int64) if problem.is_classification else np.zeros(0, np.int64)
    if not matrix.shape[1]:
        matrix = np.zeros((len(matrix), 1), np.float32)
    size = {**FOREST, **problem.settings.get("forest.size", {})}
    trees = int(size["trees"])
    leaves = max(FEWEST_LEAVES, min(size["most_leaves"], VALUES_A_LEAF * size["most_leaves"] // max(1, len(present))) // trees)
    forest = getattr(ensemble, FORESTS[problem.is_classification, random_forest])(
        n_estimators=0,
        warm_start=True,
        max_features=share,
        min_samples_leaf=least_rows,
        max_leaf_nodes=leaves if len(matrix) > leaves else None,
        n_jobs=request.threads,
        random_state=request.seed,
        **more,
    )
    step = FIRST_TREES
    while forest.n_estimators < trees:
        before = clock.elapsed
        forest.n_estimators = min(trees, forest.n_estimators + step)
        forest.fit(matrix, request.target)
        a_tree = (clock.elapsed - before) / step
        step = min(20, int(clock.left / a_tree * 0.8)) if clock.seconds is not None else trees
        if step < 1:
            break
    return _from_sklearn(forest, encoder, present, problem.n_classes, len(request.target))


def _from_sklearn(forest: Any, encoder: TreeEncoder, present: np.ndarray, n_classes: int, rows: int) -> Forest:
    grown = [estimator.tree_ for estimator in forest.estimators_]
    nodes = np.concatenate([tree.__getstate__()["nodes"] for tree in grown])
    leaf = nodes["left_child"] < 0
    values = np.concatenate([tree.value[:, 0, :] for tree in grown])[leaf]
    return Forest(
        encoder,
        np.concatenate([[0], np.cumsum([tree.node_count for tree in grown])]).astype(np.int64),
        nodes["left_child"].astype(np.int32),
        nodes["right_child"].astype(np.int32),
        np.where(leaf, 0, nodes["feature"]).astype(np.int32),
        _rounded_down(np.where(leaf, 0.0, nodes["threshold"])),
        np.where(leaf, 0, nodes["missing_go_to_left"]).astype(np.uint8),
        values.astype(np.float32),
        present,
        n_classes,
        rows,
    )


def _rounded_down(cuts: np.ndarray) -> np.ndarray:
    """Return float32 cuts that send every float32 value the way the float64 cuts do."""
    single = cuts.astype(np.float32)
    return np.where(single > cuts, np.nextafter(single, np.float32(-np.inf)), single)


def load(folder: Path) -> Forest:
    """Return the model that `save` wrote."""
    return storage.load(folder, "model", Forest)


FAMILY = Family(
    name="extra_trees",
    title="Extremely randomised trees",
    group="classic",
    tasks=frozenset({"binary", "multiclass", "regression"}),
    declare_space=declare_space,
    fit=fitting(fit),
    load=loading(load),
    why="Averages many random trees: needs no tuning, and errs elsewhere than boosted trees do, which helps the ensemble.",
    stops_on_held_out=False,
)
