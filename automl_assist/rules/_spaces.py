"""Hyper-parameters of the model families: what they are, their hard limits, and the ranges that are searched.

A range is written ``[from, first tried, to]``; where a topic of the network decides the first value it is ``[from, to]``. A choice is
the list of its options, the first tried first; one option alone is not searched.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from automl_assist.errors import did_you_mean
from automl_assist.rules._values import Valid, Wrong


@dataclass(frozen=True)
class Parameter:
    """One hyper-parameter.

    Attributes
    ----------
    kind
        ``float``, ``int`` or ``choice``.
    least, most
        Beyond these no value works.
    log
        Whether steps are equal in the logarithm.
    options
        Of a choice, all that work.
    """

    kind: str
    least: float = 0.0
    most: float = 0.0
    log: bool = False
    options: tuple[Any, ...] = ()


def _float(least: float, most: float, log: bool = False) -> Parameter:
    return Parameter("float", least, most, log)


def _int(least: int, most: int, log: bool = False) -> Parameter:
    return Parameter("int", least, most, log)


def _choice(*options: Any) -> Parameter:
    return Parameter("choice", options=options)


PARAMETERS: dict[str, dict[str, Parameter]] = {
    "linear": {"choose_penalty": _choice(True, False), "penalty": _float(1e-6, 1e6, True), "log_target": _choice(False, True)},
    "lightgbm": {
        "learning_rate": _float(1e-4, 1.0, True),
        "num_leaves": _int(2, 4_096, True),
        "min_data_in_leaf": _int(1, 100_000, True),
        "feature_fraction": _float(0.01, 1.0),
        "bagging_fraction": _float(0.05, 1.0),
        "lambda_l1": _float(0.0, 1e4),
        "lambda_l2": _float(0.0, 1e4),
        "extra_trees": _choice(False, True),
        "cat_smooth": _float(1e-6, 1e4, True),
        "cat_l2": _float(1e-6, 1e4, True),
        "max_cat_to_onehot": _int(1, 1_000, True),
        "min_data_per_group": _int(1, 100_000, True),
        "made_columns": _choice(False, True),
        "linear_leaves": _choice(False, True),
        "log_target": _choice(False, True),
    },
    "catboost": {
        "learning_rate": _float(1e-4, 1.0, True),
        "depth": _int(1, 12),
        "l2_leaf_reg": _float(1e-3, 1e4, True),
        "random_strength": _float(0.0, 100.0),
        "bagging_temperature": _float(0.0, 10.0),
        "one_hot_max_size": _int(2, 255, True),
        "max_ctr_complexity": _int(1, 4),
    },
    "extra_trees": {
        "random_forest": _choice(False, True),
        "max_features": _choice("sqrt", "third", "three_quarters", "all"),
        "min_samples_leaf": _int(1, 10_000, True),
        "log_target": _choice(False, True),
    },
    "kernel": {
        "kernel": _choice("gaussian", "laplace"),
        "choose_reach": _choice(True, False),
        "reach": _float(1e-3, 1e3, True),
        "log_target": _choice(False, True),
    },
    "mlp": {
        "learning_rate": _float(1e-5, 5.0, True),
        "dropout": _float(0.0, 0.9),
        "weight_decay": _float(1e-6, 1.0, True),
        "wave_sd": _float(1e-4, 100.0, True),
        "embed_numbers": _choice(True, False),
        "layers": _int(1, 12),
        "width": _choice(16, 32, 64, 128, 256, 384, 512, 768, 1_024),
    },
}
FIRST_ELSEWHERE = {"mlp": ("learning_rate", "dropout", "weight_decay", "layers")}  # their first values are topics of the network

# TabArena's spaces for LightGBM and RealMLP, and for forests and linear models what scikit-learn's users vary.
USUAL: dict[str, dict[str, list[Any]]] = {
    "linear": {"choose_penalty": [True, False], "penalty": [1e-3, 1.0, 1e3], "log_target": [False, True]},
    "lightgbm": {
        "learning_rate": [0.005, 0.05, 0.1],
        "num_leaves": [2, 31, 200],
        "min_data_in_leaf": [1, 10, 64],
        "feature_fraction": [0.4, 0.7, 1.0],
        "bagging_fraction": [0.7, 0.9, 1.0],
        "lambda_l1": [1e-4, 1e-4, 1.0],
        "lambda_l2": [1e-4, 1.0, 2.0],
        "extra_trees": [False, True],
        "cat_smooth": [0.001, 10.0, 100.0],
        "cat_l2": [0.005, 10.0, 10.0],
        "max_cat_to_onehot": [4, 8, 100],
        "min_data_per_group": [2, 50, 100],
        "made_columns": [False, True],
        "linear_leaves": [False, True],
        "log_target": [False, True],
    },
    "catboost": {
        "learning_rate": [0.005, 0.05, 0.1],
        "depth": [4, 6, 8],
        "l2_leaf_reg": [1.0, 3.0, 5.0],
        "random_strength": [0.0, 1.0, 3.0],
        "bagging_temperature": [0.0, 1.0, 1.0],
        "one_hot_max_size": [2, 2, 100],
        "max_ctr_complexity": [1, 1, 2],
    },
    "extra_trees": {
        "random_forest": [False, True],
        "max_features": ["third", "sqrt", "three_quarters", "all"],
        "min_samples_leaf": [1, 2, 32],
        "log_target": [False, True],
    },
    "kernel": {"kernel": ["gaussian", "laplace"], "choose_reach": [True, False], "reach": [0.1, 1.0, 30.0], "log_target": [False, True]},
    "mlp": {
        "learning_rate": [0.005, 0.5],
        "dropout": [0.0, 0.5],
        "weight_decay": [1e-3, 0.1],
        "wave_sd": [0.02, 0.1, 10.0],
        "embed_numbers": [True, False],
        "layers": [2, 4],
        "width": [256, 128, 384],
    },
}
OF_CATBOOST_CATEGORIES = ("one_hot_max_size", "max_ctr_complexity")
OF_CATEGORIES = ("cat_smooth", "cat_l2", "max_cat_to_onehot", "min_data_per_group")  # of LightGBM, where there are categories


def valid_space(family: str) -> Valid:
    """Return the check of a family's ranges."""
    parameters = PARAMETERS[family]

    def valid(value: Any) -> str | None:
        if not isinstance(value, Mapping):
            return f"must give ranges for {', '.join(parameters)}"
        for name, found in value.items():
            if name not in parameters:
                hint = did_you_mean(str(name), parameters)
                return Wrong.in_part(str(name), f"has no hyper-parameter {name!r}" + (f"; {hint}" if hint else ""))
            wrong = _wrong(parameters[name], found, elsewhere=name in FIRST_ELSEWHERE.get(family, ()))
            if wrong:
                return Wrong.in_part(str(name), f"{name} {wrong}")
        return None

    return valid


def _wrong(parameter: Parameter, value: Any, *, elsewhere: bool) -> str | None:
    if not isinstance(value, Sequence) or isinstance(value, str) or not value:
        return "must be a list"
    if parameter.kind == "choice":
        wrong = next((v for v in value if not any(v == o and type(v) is type(o) for o in parameter.options)), None)
        if wrong is not None:
            return f"cannot be {wrong!r}: it is one of {', '.join(_said(o) for o in parameter.options)}"
        return None if len(set(value)) == len(value) else "names an option twice"
    form, size = ("[from, to]", 2) if elsewhere else ("[from, first tried, to]", 3)
    kinds = (int,) if parameter.kind == "int" else (int, float)
    if len(value) != size or not all(isinstance(v, kinds) and not isinstance(v, bool) for v in value):
        return f"must be {form}, {'whole numbers' if parameter.kind == 'int' else 'numbers'}"
    if list(value) != sorted(value):
        return f"must rise: {form}"
    if not parameter.least <= value[0] <= value[-1] <= parameter.most:
        return f"must lie within {parameter.least:g} and {parameter.most:g}"
    return None


def _said(option: Any) -> str:
    return str(option).lower() if isinstance(option, bool) else str(option)
