"""Declare a family's hyper-parameters in the ranges of the plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from automl_assist.models._family import SearchSpace
from automl_assist.rules._spaces import PARAMETERS, USUAL, Parameter
from automl_assist.schema import Problem


def declare(family: str, hp: SearchSpace, problem: Problem, *, first: Mapping[str, Any] | None = None, without: Sequence[str] = ()) -> None:
    """Declare every hyper-parameter of `family`.

    Parameters
    ----------
    first : mapping, optional
        Values tried first that other topics of the plan decide; a range or choice is widened to hold them.
    without : sequence of str
        Hyper-parameters that make no sense for this problem.
    """
    space = {**_usual(family, problem), **problem.settings.get(f"space.{family}", {})}
    for name, parameter in PARAMETERS[family].items():
        if name not in without:
            _declare(hp, name, parameter, space[name], (first or {}).get(name))


def _usual(family: str, problem: Problem) -> dict[str, list[Any]]:
    if family == "extra_trees" and not problem.is_classification:
        return {**USUAL[family], "max_features": ["three_quarters", "sqrt", "third", "all"], "min_samples_leaf": [1, 1, 32]}
    return USUAL[family]


def _declare(hp: SearchSpace, name: str, parameter: Parameter, values: Sequence[Any], first: Any) -> None:
    if parameter.kind == "choice":
        options = list(values) if first is None or first in values else [first, *values]
        default = options[0] if first is None else first
        if len(options) == 2 and all(isinstance(option, bool) for option in options):
            hp.Boolean(name, default=default)
        else:
            hp.Choice(name, options, default=default)
        return
    default = values[1] if first is None else first
    low, high = min(values[0], default), max(values[-1], default)
    if low == high:
        hp.Choice(name, [low], default=low)
    elif parameter.kind == "int":
        hp.Int(name, int(low), int(high), sampling="log" if parameter.log else "linear", default=int(default))
    else:
        log = parameter.log and low > 0
        hp.Float(name, float(low), float(high), sampling="log" if log else "linear", default=float(default))


def within(family: str, problem: Problem, candidates: Sequence[Mapping[str, Any]]) -> tuple[dict[str, Any], ...]:
    """Return proven candidates as far as the plan's ranges allow them: numbers at the nearest end, other options at their first."""
    space = {**_usual(family, problem), **problem.settings.get(f"space.{family}", {})}
    held = []
    for values in candidates:
        kept: dict[str, Any] = {}
        for name, value in values.items():
            if PARAMETERS[family][name].kind != "choice":
                kept[name] = min(max(value, space[name][0]), space[name][-1])
            elif value in space[name]:
                kept[name] = value
        held.append(kept)
    return tuple(held)
