"""Proven settings of each kind of model, the best first: ``{}`` is what its ranges begin with, other entries say where they differ."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from automl_assist.errors import did_you_mean
from automl_assist.rules._spaces import PARAMETERS, SMALLER, Parameter, wrong_setting
from automl_assist.rules._values import Wrong

Setting = dict[str, Any]

# An entry that turns on what is not offered is left out as a whole.
SWITCHES = ("made_columns", "linear_leaves", "log_target", "log_numbers", "products")
# LightGBM: what portfolios of AutoGluon 1.6 found to win together over many tables (their learned lists of 2023 and 2025), in an order that
# alternates few and many leaves. CatBoost: the defaults with a rate for a short search, and two that those portfolios begin with.
_SMALL_AND_QUICK: Setting = {
    "learning_rate": 0.0398, "num_leaves": 16, "min_data_in_leaf": 1, "bagging_fraction": 0.959, "feature_fraction": 0.579,
    "lambda_l1": 0.939, "lambda_l2": 0.99, "max_cat_to_onehot": 27, "cat_l2": 1.9, "cat_smooth": 0.022, "min_data_per_group": 39,
}  # fmt: skip
PROVEN: dict[str, tuple[Setting, ...]] = {
    "linear": (
        {}, {"log_target": True}, {"log_numbers": True, "products": True}, {"log_numbers": True, "log_target": True}, {"products": True},
    ),
    "lightgbm": (
        {},
        {"made_columns": True},
        {"made_columns": True, "log_target": True},
        {"linear_leaves": True, "num_leaves": 8},
        {"extra_trees": True, "learning_rate": 0.0179, "num_leaves": 39, "min_data_in_leaf": 3, "bagging_fraction": 0.877,
         "feature_fraction": 0.462, "lambda_l1": 0.238, "lambda_l2": 0.355, "max_cat_to_onehot": 16, "cat_l2": 0.342, "cat_smooth": 15.4,
         "min_data_per_group": 9},
        {"learning_rate": 0.0114, "num_leaves": 84, "min_data_in_leaf": 3, "bagging_fraction": 0.978, "feature_fraction": 0.528,
         "lambda_l1": 0.027, "lambda_l2": 0.838, "max_cat_to_onehot": 42, "cat_l2": 0.155, "cat_smooth": 0.0093, "min_data_per_group": 75},
        _SMALL_AND_QUICK,
        {"extra_trees": True, "learning_rate": 0.0238, "num_leaves": 7, "min_data_in_leaf": 1, "bagging_fraction": 0.958,
         "feature_fraction": 0.99, "lambda_l1": 0.346, "lambda_l2": 1.963, "max_cat_to_onehot": 15, "cat_l2": 0.0162,
         "cat_smooth": 0.0015},
        {"linear_leaves": True, "num_leaves": 4, "learning_rate": 0.1},
        {"extra_trees": True, "learning_rate": 0.018, "num_leaves": 180, "min_data_in_leaf": 12, "bagging_fraction": 0.95,
         "feature_fraction": 0.405, "lambda_l1": 0.766, "lambda_l2": 1.604, "max_cat_to_onehot": 11, "cat_l2": 0.216, "cat_smooth": 0.064,
         "min_data_per_group": 3},
        {"made_columns": True, **_SMALL_AND_QUICK},
        {"learning_rate": 0.0134, "num_leaves": 20, "min_data_in_leaf": 2, "bagging_fraction": 0.711, "feature_fraction": 0.425,
         "lambda_l1": 0.514, "lambda_l2": 0.513, "cat_l2": 0.868, "cat_smooth": 48.7},
        {"extra_trees": True, "learning_rate": 0.0127, "num_leaves": 5, "min_data_in_leaf": 12, "bagging_fraction": 0.854,
         "feature_fraction": 0.734, "lambda_l1": 0.241, "lambda_l2": 0.298},
        {"learning_rate": 0.0091, "num_leaves": 2, "min_data_in_leaf": 17, "bagging_fraction": 0.841, "feature_fraction": 0.588,
         "lambda_l1": 0.079, "lambda_l2": 0.771},
    ),
    "catboost": (
        {},
        {"learning_rate": 0.0686, "l2_leaf_reg": 2.15, "one_hot_max_size": 10, "max_ctr_complexity": 1},
        {"learning_rate": 0.0468, "depth": 8, "l2_leaf_reg": 1.9, "random_strength": 0.5},
    ),
    "extra_trees": (  # extremely randomised trees, those that follow single rows, a random forest, and smoother trees
        {},
        {"log_target": True},
        {"max_features": "sqrt", "min_samples_leaf": 1},
        {"random_forest": True, "max_features": "third", "min_samples_leaf": 2},
        {"max_features": "three_quarters", "min_samples_leaf": 5},
    ),
    "kernel": ({}, {"log_target": True}, {"kernel": "laplace"}),  # each with the reach that the fit finds
    "mlp": (  # RealMLP's defaults, its simple variant without embeddings, and two that are held back more or less
        {},
        {"embed_numbers": False, "dropout": 0.1},
        {"wave_sd": 1.0, "dropout": 0.3},
        {"dropout": 0.05, "weight_decay": 0.005, "learning_rate": 0.02},  # four layers of 384 are no better, for 2.8 times the time
    ),
    "text_linear": ({}, {"binary": True}),
    "nb_linear": ({}, {"binary": True, "power": 1.0}),  # ratios followed half-way on TF-IDF, and Wang and Manning's way
    "text_boosted": (  # trees on the scores of a reader, shallow ones, wilder ones, and trees without the scores
        {},
        {"num_leaves": 5, "learning_rate": 0.05, "feature_fraction": 0.5, "lambda_l2": 2.0},
        {"extra_trees": True, "learning_rate": 0.03, "num_leaves": 39, "feature_fraction": 0.5},
        {"stacked": False},
    ),
    "text_bag": ({}, {"learning_rate": 0.005, "dropout": 0.3}),
    "text_cnn": ({}, {"learning_rate": 0.03, "features": 128}),
    "text_rnn": ({},),
    "joint": ({}, {"width": 256, "layers": 3, "learning_rate": 0.02, "dropout": 0.15}),
    "image_gradients": ({},),
    "image_patches": ({}, {"side": 4}, {"side": 8, "entries": 400, "parts": 3}),
    "image_backbone": ({},),
    "image_fine_tuned": ({}, {"learning_rate": 4e-4}),
    "image_cnn": ({}, {"learning_rate": 0.003, "weight_decay": 0.3}),
    "sequence_linear": ({},),
    "sequence_kernels": ({}, {"fixed": 8_000, "groups": 0}, {"fixed": 0, "groups": 64}),  # both kinds of kernels, and each alone
    "sequence_quantiles": ({}, {"max_features": "third", "min_samples_leaf": 2}),  # QUANT's own, and one that looks at more figures
    "sequence_boosted": (  # the defaults, shallow trees of few figures each, and wilder ones
        {},
        {"num_leaves": 5, "learning_rate": 0.03, "feature_fraction": 0.4, "min_data_in_leaf": 3},
        {"extra_trees": True, "learning_rate": 0.03, "feature_fraction": 0.5},
    ),
    "sequence_cnn": (
        {},
        {"features": 32, "learning_rate": 0.015, "dropout": 0.4},
        {"blocks": 1, "learning_rate": 0.04},
    ),
    "sequence_rnn": ({}, {"features": 64, "learning_rate": 0.01}),
}  # fmt: skip

BASES = ("level", "season", "none", "series")  # what a forecaster measures values from
TRANSFORMS = ("none", "log")
_TRANSFORM = Parameter("choice", options=TRANSFORMS)
_BASE = Parameter("choice", options=BASES)
OF_FORECASTERS: dict[str, dict[str, Parameter]] = {
    "drift": {}, "seasonal_mean": {},
    **{name: {"transform": _TRANSFORM} for name in ("theta", "ets", "autoregression")},
    **{name: {"base": _BASE, "transform": _TRANSFORM} for name in ("linear", "window_network", "recurrent_network")},
    "boosting": {
        "mode": Parameter("choice", options=("direct", "recursive")), "base": _BASE, "transform": _TRANSFORM,
        "num_leaves": Parameter("int", 2, 4_096, True),
    },
}  # fmt: skip


def proven_settings(
    family: str, offered: Collection[str], *, rate: float | None = None, patches: Mapping[str, Any] | None = None
) -> list[Setting]:
    """Return the proven settings of a family for one problem.

    Parameters
    ----------
    family : str
    offered : collection of str
        The hyper-parameters that make sense here, as in the plan's ranges; others are left out.
    rate : float, optional
        The learning rate of the network for tables that the plan begins with; the one that is held back less takes half of it.
    patches : mapping, optional
        The plan's ``image.patches``; smaller and larger ones are tried beside it.
    """
    listed = [dict(values) for values in PROVEN[family]]
    if family == "mlp" and rate is not None:
        listed[-1]["learning_rate"] = rate / 2
    if family == "image_patches" and patches is not None:
        side, entries = int(patches["side"]), int(patches["entries"])
        listed[1] = {"side": max(2, side - SMALLER)}
        listed[2] = {**listed[2], "side": side + SMALLER, "entries": max(10, entries // 2)}
    sensible = [values for values in listed if not any(values.get(name) for name in SWITCHES if name not in offered)]
    return [{name: value for name, value in values.items() if name in offered} for values in sensible]


def forecaster_settings(name: str, transforms: Sequence[str]) -> list[Setting]:
    """Return the proven settings of a forecaster, on the values and on their logarithms where `transforms` has both; none if unknown."""
    first, last = transforms[0], transforms[-1]
    if name in ("theta", "ets", "autoregression"):
        return [{"transform": how} for how in transforms]
    if name == "linear":
        each = [{"base": base, "transform": how} for how in transforms for base in ("level", "season")]
        return [*each, {"base": "series", "transform": first}]
    listed: dict[str, list[Setting]] = {
        "drift": [{}],
        "seasonal_mean": [{}],
        "boosting": [
            {"mode": "direct", "base": "season", "transform": last},
            {"mode": "recursive", "base": "series", "transform": first},
            {"mode": "direct", "base": "level", "transform": first},
            {"mode": "direct", "base": "series", "transform": last},
            {"mode": "recursive", "base": "level", "transform": last},
            {"mode": "recursive", "base": "season", "transform": first, "num_leaves": 15},
        ],
        "window_network": [{"base": "season", "transform": last}, {"base": "level", "transform": last}],
        "recurrent_network": [{"base": "season", "transform": last}],
    }
    return listed.get(name, [])


def valid_portfolio(value: Any) -> str | None:
    """Take a mapping from kinds of model to lists of settings, each of hyper-parameters that the kind has."""
    if not isinstance(value, Mapping):
        return "must map kinds of model to lists of their settings"
    for family, listed in value.items():
        if not isinstance(listed, list | tuple) or not listed or not all(isinstance(values, Mapping) for values in listed):
            return Wrong.in_part(str(family), f"{family} must be a list of settings, such as [{{}}] for the first values alone")
        for place, values in enumerate(listed):
            wrong = "lists a setting twice" if values in listed[:place] else next(_wrong_in(str(family), values), None)
            if wrong:
                return Wrong.in_part(str(family), f"{family} {wrong}", str(place))
    return None


def _wrong_in(family: str, values: Mapping[str, Any]) -> Iterator[str]:
    of_tables, of_forecasts = PARAMETERS.get(family), OF_FORECASTERS.get(family)
    if of_tables is None and of_forecasts is None and family not in PROVEN:
        return  # no kind of model; that is said together with what there is
    known = {**(of_forecasts or {}), **(of_tables or {})}
    for name, value in values.items():
        if name not in known:
            hint = did_you_mean(str(name), known)
            yield f"has no hyper-parameter {name!r}" + (f"; {hint}" if hint else "")
        elif wrong := wrong_setting(known[name], value):
            yield f"{name} {wrong}"
