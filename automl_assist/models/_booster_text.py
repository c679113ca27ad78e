"""Look over LightGBM's model text before its native parser does.

The parser trusts what it reads: crafted files have made it read and write out of bounds (CVE-2024-43598, CVE-2026-92786). So every
length and index that it will use is held to what the format says; anything unusual is refused. This does not make models of
strangers safe to load, it makes broken ones fail with a sentence.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

LARGEST_TEXT = 1_000_000_000
MOST_TREES = 1_000_000
OBJECTIVES = ("binary", "multiclass", "regression", "regression_l1")
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
TREE_FIELDS = (
    "num_leaves", "num_cat", "split_feature", "split_gain", "threshold", "decision_type", "left_child", "right_child", "leaf_value",
    "leaf_weight", "leaf_count", "internal_value", "internal_weight", "internal_count", "cat_boundaries", "cat_threshold", "is_linear",
    "shrinkage",
)  # fmt: skip
INNER = (
    "split_feature",
    "split_gain",
    "threshold",
    "decision_type",
    "left_child",
    "right_child",
    "internal_value",
    "internal_weight",
    "internal_count",
)
CATEGORICAL = 1  # bit of decision_type


def check_booster_text(text: str, columns: int) -> int:
    """Return the number of trees of a LightGBM model text.

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
    fields = _fields(head.removeprefix("tree\n"))
    if not separator or not set(HEADER) <= set(fields) or fields["version"] != "v4":
        raise ValueError("not the text of a LightGBM model: the header is not complete")
    classes, trees_a_round = _whole(fields, "num_class"), _whole(fields, "num_tree_per_iteration")
    if classes != trees_a_round or not 1 <= classes <= 100_000 or fields["objective"].split(" ")[0] not in OBJECTIVES:
        raise ValueError("a LightGBM model with an unknown objective or number of classes")
    if _whole(fields, "max_feature_idx") != columns - 1 or any(
        len(fields[n].split(" ")) != columns for n in ("feature_names", "feature_infos")
    ):
        raise ValueError(f"a LightGBM model of other than {columns} columns")
    sizes = _numbers(fields, "tree_sizes", np.int64)
    if not 0 < len(sizes) <= MOST_TREES or len(sizes) % trees_a_round or (sizes <= 0).any():
        raise ValueError("a LightGBM model without trees, or with half a round of them")
    start = len(head) + 2
    for k, size in enumerate(sizes.tolist()):
        _check_tree(text[start : start + size], k, columns)
        start += size
    if not text.startswith("end of trees\n", start):
        raise ValueError("the sizes of the trees of a LightGBM model do not fit")
    return len(sizes)


def _check_tree(block: str, number: int, columns: int) -> None:
    where = f"tree {number} of a LightGBM model"
    if not block.startswith(f"Tree={number}\n") or not block.endswith("\n\n"):
        raise ValueError(f"{where} is not where it should be")
    fields = _fields(block.split("\n", 1)[1].rstrip("\n"))
    if not set(fields) <= set(TREE_FIELDS) or fields.get("is_linear", "0") != "0":
        raise ValueError(f"{where} has unknown parts")
    leaves, sets = _whole(fields, "num_leaves"), _whole(fields, "num_cat")
    if not 1 <= leaves <= 1_000_000 or not 0 <= sets < max(1, leaves):
        raise ValueError(f"{where} has an impossible number of leaves")
    if len(_numbers(fields, "leaf_value", np.float64)) != leaves:
        raise ValueError(f"{where} has leaves without a value")
    for name in ("leaf_weight", "leaf_count"):
        if len(_numbers(fields, name, np.float64)) not in (0, leaves) or (leaves > 1 and not fields.get(name)):
            raise ValueError(f"{where} has leaves without their {name}")
    if leaves == 1:
        return
    if any(len(_numbers(fields, name, np.float64)) != leaves - 1 for name in INNER):
        raise ValueError(f"{where} has nodes without their parts")
    split = _numbers(fields, "split_feature", np.int64)
    if split.min() < 0 or split.max() >= columns:
        raise ValueError(f"{where} looks at a column that is not there")
    _check_children(fields, leaves, where)
    _check_sets(fields, sets, where)


def _check_children(fields: Mapping[str, str], leaves: int, where: str) -> None:
    """Hold that every node and leaf but the root is the child of one earlier node."""
    children = np.concatenate([_numbers(fields, "left_child", np.int64), _numbers(fields, "right_child", np.int64)])
    parents = np.tile(np.arange(leaves - 1), 2)
    inner = children >= 0
    if not np.array_equal(np.sort(children[inner]), np.arange(1, leaves - 1)) or (children[inner] <= parents[inner]).any():
        raise ValueError(f"{where} has a child out of range")
    if not np.array_equal(np.sort(~children[~inner]), np.arange(leaves)):
        raise ValueError(f"{where} has a leaf out of range")


def _check_sets(fields: Mapping[str, str], sets: int, where: str) -> None:
    """Hold that splits on categories refer to sets that are there."""
    categorical = (_numbers(fields, "decision_type", np.int64) & CATEGORICAL) > 0
    chosen = _numbers(fields, "threshold", np.float64)[categorical]
    if (chosen < 0).any() or (chosen >= sets).any() or (chosen != np.floor(chosen)).any():
        raise ValueError(f"{where} refers to a set of categories that is not there")
    if sets:
        boundaries, words = _numbers(fields, "cat_boundaries", np.int64), _numbers(fields, "cat_threshold", np.int64)
        fits = len(boundaries) == sets + 1 and boundaries[0] == 0 and boundaries[-1] == len(words) and (np.diff(boundaries) >= 0).all()
        if not fits or (words < 0).any() or (words >= 2**32).any():
            raise ValueError(f"{where} has sets of categories that do not fit")


def _fields(block: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in block.split("\n"):
        name, separator, value = line.partition("=")
        if name in found or "=" in value:
            raise ValueError(f"a LightGBM model says {name!r} twice")
        found[name] = value if separator else ""
    return found


def _whole(fields: Mapping[str, str], name: str) -> int:
    try:
        return int(fields[name])
    except (KeyError, ValueError):
        raise ValueError(f"a LightGBM model without a whole {name}") from None


def _numbers(fields: Mapping[str, str], name: str, kind: type) -> np.ndarray:
    text = fields.get(name, "")
    try:
        return np.array(text.split(" "), dtype=kind) if text else np.empty(0, kind)
    except (ValueError, OverflowError):
        raise ValueError(f"a LightGBM model with something other than numbers in {name}") from None
