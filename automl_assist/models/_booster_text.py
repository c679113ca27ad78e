"""Look over LightGBM's model text before its native parser does.

The parser trusts what it reads: crafted files have made it read and write out of bounds (CVE-2024-43598, CVE-2026-92786). So every
length and index that it will use is held to what the format says; anything unusual is refused. This does not make models of
strangers safe to load, it makes broken ones fail with a sentence.

A model may have a hundred thousand trees, so the entries of all trees are joined and looked at together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from automl_assist.models._lightgbm_alone import lightgbm_alone

LARGEST_TEXT = 1_000_000_000
MOST_TREES = 1_000_000
OBJECTIVES = ("binary", "multiclass", "regression", "regression_l1", "huber", "quantile", "poisson")
HEADER = (
    "version",
    "num_class",
    "num_tree_per_iteration",
    "label_index",
    "max_feature_idx",
    "objective",
    "feature_names",
    "feature_infos",
    "tree_sizes",
)
NODE_FIELDS = (
    "split_feature", "split_gain", "threshold", "decision_type", "left_child", "right_child", "internal_value", "internal_weight",
    "internal_count",
)  # fmt: skip
LEAF_FIELDS = ("leaf_value", "leaf_weight", "leaf_count")
SET_FIELDS = ("cat_boundaries", "cat_threshold")
LINE_FIELDS = ("leaf_const", "num_features", "leaf_features", "leaf_coeff")  # of trees with lines in their leaves
ALWAYS_THERE = frozenset({"num_leaves", "num_cat", "is_linear", "shrinkage", *NODE_FIELDS, *LEAF_FIELDS})
WHOLE = ("split_feature", "decision_type", "left_child", "right_child", "cat_boundaries", "cat_threshold", "num_features", "leaf_features")
MOST_LEAVES = 1_000_000  # of one tree
PLAIN = frozenset("0123456789.-einfa")  # a threshold may be inf, a gain nan
CATEGORICAL = 1  # bit of decision_type
END, LAST_LINE = "end of trees\n", "pandas_categorical:"


def load_booster(path: Path, columns: int) -> Any:
    """Return the LightGBM booster in a file, whose text is checked before LightGBM reads it.

    Parameters
    ----------
    path : Path
        What `Booster.save_model` wrote.
    columns : int
        Number of columns that the rows will have.

    Raises
    ------
    ValueError
        If it cannot be read, is too large, or is not a sound model.
    """
    lightgbm = lightgbm_alone()
    try:
        if path.stat().st_size > LARGEST_TEXT:
            raise ValueError(f"{path} is larger than {LARGEST_TEXT:,} bytes")
        text = path.read_text(encoding="ascii")
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error}") from error
    trees = text[: check_booster_text(text, columns)]  # what follows, the parameters of training, LightGBM reads without looking
    try:
        booster = lightgbm.Booster(model_str=trees)
        booster.params["objective"] = _fields(trees.partition("\n\n")[0].split("\n")[1:])["objective"].split(" ")[0]
        return booster
    except lightgbm.basic.LightGBMError as error:
        raise ValueError(f"{path} is not a model of LightGBM: {error}") from error


def check_booster_text(text: str, columns: int) -> int:
    """Return where the trees of a LightGBM model text end; all up to there is sound.

    Parameters
    ----------
    text : str
        What `Booster.save_model` wrote.
    columns : int
        Number of columns that the rows will have.

    Raises
    ------
    ValueError
        If a size does not fit, or an index is out of range.
    """
    if len(text) > LARGEST_TEXT or not text.isascii() or "\0" in text:
        raise ValueError("not the text of a LightGBM model: too large, or not plain text")
    if not text.startswith("tree\n"):
        raise ValueError("not the text of a LightGBM model: it does not begin with 'tree'")
    head, separator, _ = text.partition("\n\n")
    fields = _fields(head.removeprefix("tree\n").split("\n"))
    if not separator or not set(HEADER) <= set(fields) or fields["version"] != "v4":
        raise ValueError("not the text of a LightGBM model: the header is not complete")
    sizes = _check_header(fields, columns)
    trees = []
    start = len(head) + 2
    for number, size in enumerate(sizes.tolist()):
        trees.append(_tree(text[start : start + size], number))
        start += size
    if not text.startswith(END, start):
        raise ValueError("the sizes of the trees of a LightGBM model do not fit")
    if not text.rstrip("\n").rpartition("\n")[2].startswith(LAST_LINE):
        raise ValueError("the text of a LightGBM model is not whole")
    _check_trees(trees, columns)
    return start + len(END)


def _check_header(fields: Mapping[str, str], columns: int) -> np.ndarray:
    """Return the sizes of the trees' texts, from a header that says nothing unusual."""
    classes, trees_a_round = _whole(fields, "num_class"), _whole(fields, "num_tree_per_iteration")
    if classes != trees_a_round or not 1 <= classes <= 100_000 or fields["objective"].split(" ")[0] not in OBJECTIVES:
        raise ValueError("a LightGBM model with an unknown objective or number of classes")
    named = [len(fields[name].split(" ")) for name in ("feature_names", "feature_infos")]
    if _whole(fields, "max_feature_idx") != columns - 1 or named != [columns, columns]:
        raise ValueError(f"a LightGBM model of other than {columns} columns")
    sizes = _numbers([fields["tree_sizes"]], "tree_sizes")[0]
    if not 0 < len(sizes) <= MOST_TREES or len(sizes) % trees_a_round or (sizes <= 0).any():
        raise ValueError("a LightGBM model without trees, or with half a round of them")
    return sizes


def _tree(block: str, number: int) -> dict[str, str]:
    """Return the entries of one tree, by name."""
    begin = f"Tree={number}\n"
    if not block.startswith(begin) or not block.endswith("\n\n"):
        raise ValueError(f"tree {number} of a LightGBM model is not where it should be")
    fields = _fields(block[len(begin) :].rstrip("\n").split("\n"))
    lines = {*LINE_FIELDS} if fields.get("is_linear") == "1" else set()
    if not ALWAYS_THERE | lines <= fields.keys() <= ALWAYS_THERE | lines | {*SET_FIELDS} or fields["is_linear"] not in ("0", "1"):
        raise ValueError(f"tree {number} of a LightGBM model has unknown or missing parts")
    return fields


def _check_trees(trees: Sequence[Mapping[str, str]], columns: int) -> None:
    leaves = np.array([_whole(tree, "num_leaves") for tree in trees])
    sets = np.array([_whole(tree, "num_cat") for tree in trees])
    if (leaves < 1).any() or (leaves > MOST_LEAVES).any() or (sets < 0).any() or (sets >= np.maximum(leaves, 1)).any():
        raise ValueError("a LightGBM model with an impossible number of leaves")
    if (_numbers([tree["shrinkage"] for tree in trees], "shrinkage")[1] != 1).any():
        raise ValueError("a LightGBM model with a tree of unknown weight")
    nodes = leaves - 1
    entries = {}
    for name in (*NODE_FIELDS, *LEAF_FIELDS, *SET_FIELDS):
        entries[name], counts = _numbers([tree.get(name, "") for tree in trees], name)
        if name in NODE_FIELDS:
            fits = counts == nodes
        elif name in LEAF_FIELDS:  # a tree of one leaf says only its value
            fits = (counts == leaves) | ((leaves == 1) & (counts == 0) & (name != "leaf_value"))
        elif name == "cat_boundaries":
            fits = counts == np.where(sets > 0, sets + 1, 0)
        else:
            fits = (counts > 0) == (sets > 0)
            words = counts
        if not fits.all():
            raise ValueError(f"tree {np.argmin(fits)} of a LightGBM model has another number of {name} than it says")
    split = entries["split_feature"]
    if len(split) and (split.min() < 0 or split.max() >= columns):
        raise ValueError("a LightGBM model looks at a column that is not there")
    _check_children(entries["left_child"], entries["right_child"], nodes)
    _check_sets(entries, nodes, sets, words)
    _check_lines([tree for tree in trees if tree["is_linear"] == "1"], columns)


def _check_lines(trees: Sequence[Mapping[str, str]], columns: int) -> None:
    """Hold that every leaf with a line has as many columns and slopes as it says, written with the blanks that the parser counts on."""
    for tree in trees:
        leaves = _whole(tree, "num_leaves")
        (lengths, _), (constants, _) = _numbers([tree["num_features"]], "num_features"), _numbers([tree["leaf_const"]], "leaf_const")
        if len(lengths) != leaves or len(constants) != leaves or (lengths < 0).any() or (lengths > columns).any():
            raise ValueError("a LightGBM model with lines in other leaves than it has")
        for name in ("leaf_features", "leaf_coeff"):
            words = tree[name].split()
            ends = np.cumsum(lengths)
            rows = [words[end - length : end] for end, length in zip(ends, lengths, strict=True)]
            if len(words) != ends[-1] or tree[name] != "".join(" ".join([*row, " "]) for row in rows):
                raise ValueError(f"a LightGBM model with another number of {name} than it says")
            values, _ = _numbers([" ".join(words)], name)
            if name == "leaf_features" and len(values) and (values.min() < 0 or values.max() >= columns):
                raise ValueError("a LightGBM model draws a line over a column that is not there")


def _check_children(left: np.ndarray, right: np.ndarray, nodes: np.ndarray) -> None:
    """Hold that every node and leaf but the roots is the child of one earlier node of its tree."""
    tree = np.tile(np.repeat(np.arange(len(nodes)), nodes), 2)
    first_node = np.cumsum(nodes) - nodes
    parent = np.tile(np.arange(len(left)), 2) - first_node[tree]
    child = np.concatenate([left, right])
    inner = child >= 0
    if (child[inner] <= parent[inner]).any() or (child[inner] >= nodes[tree[inner]]).any():
        raise ValueError("a LightGBM model has a child out of range")
    leaf = ~child[~inner]
    if (leaf > nodes[tree[~inner]]).any():
        raise ValueError("a LightGBM model has a leaf out of range")
    seen_nodes = np.bincount(first_node[tree[inner]] + child[inner], minlength=len(left))
    roots = first_node[nodes > 0]
    first_leaf = first_node + np.arange(len(nodes))  # a tree has one leaf more than nodes
    seen_leaves = np.bincount(first_leaf[tree[~inner]] + leaf, minlength=len(left) + len(nodes))
    lonely = first_leaf[nodes == 0]  # the leaf of a tree without nodes is nobody's child
    if seen_nodes[roots].any() or (np.delete(seen_nodes, roots) != 1).any() or (np.delete(seen_leaves, lonely) != 1).any():
        raise ValueError("a LightGBM model has a node or a leaf that is no child, or twice one")


def _check_sets(entries: Mapping[str, np.ndarray], nodes: np.ndarray, sets: np.ndarray, words: np.ndarray) -> None:
    """Hold that splits on categories refer to sets that are there."""
    tree = np.repeat(np.arange(len(nodes)), nodes)
    categorical = (entries["decision_type"] & CATEGORICAL) > 0
    chosen = entries["threshold"][categorical]
    if (chosen < 0).any() or (chosen >= sets[tree[categorical]]).any() or (chosen != np.floor(chosen)).any():
        raise ValueError("a LightGBM model refers to a set of categories that is not there")
    values = entries["cat_threshold"]
    if (values < 0).any() or (values >= 2**32).any():
        raise ValueError("a LightGBM model has sets of categories that do not fit")
    place = 0
    for count, length in zip(sets[sets > 0].tolist(), words[sets > 0].tolist(), strict=True):
        boundaries = entries["cat_boundaries"][place : place + count + 1]
        if boundaries[0] != 0 or boundaries[-1] != length or (np.diff(boundaries) < 0).any():
            raise ValueError("a LightGBM model has sets of categories that do not fit")
        place += count + 1


def _fields(lines: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in lines:
        name, separator, value = line.partition("=")
        if name in found or "=" in value:
            raise ValueError(f"a LightGBM model says {name!r} twice")
        found[name] = value if separator else ""
    return found


def _whole(fields: Mapping[str, str], name: str) -> int:
    text = fields.get(name, "")
    if not (text.isdigit() and len(text) < 19):
        raise ValueError(f"a LightGBM model without a whole {name}")
    return int(text)


def _numbers(texts: Sequence[str], name: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the numbers of all texts, one after the other, and how many each text holds."""
    counts = np.array([text.count(" ") + 1 if text else 0 for text in texts])
    words = [word for text in texts if text for word in text.split(" ")]
    # Python reads '1_0' and '+1' as numbers; LightGBM ends the process over some of them.
    if not {*"".join(words).replace("e+", "e")} <= PLAIN:
        raise ValueError(f"a LightGBM model with something other than numbers in {name}")
    try:
        numbers = np.array(words, dtype=np.int64 if name in WHOLE or name == "tree_sizes" else np.float64)
    except (ValueError, OverflowError):
        raise ValueError(f"a LightGBM model with something other than numbers in {name}") from None
    return numbers, counts
