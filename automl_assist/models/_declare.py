"""Declare a family's hyper-parameters in the ranges of the plan, and hold the plan's proven settings within them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from automl_assist.models._family import SearchSpace
from automl_assist.rules._spaces import PARAMETERS, Parameter, usual_space
from automl_assist.schema import Problem


def declare(
    family: str,
    hp: SearchSpace,
    problem: Problem,
    *,
    first: Mapping[str, Any] | None = None,
    without: Sequence[str] = (),
    usual: Mapping[str, list[Any]] | None = None,
) -> None:
    """Declare every hyper-parameter of `family`.

    Parameters
    ----------
    first : mapping, optional
        Values tried first that other topics of the plan decide; a range or choice is widened to hold them.
    without : sequence of str
        Hyper-parameters that make no sense for this problem.
    usual : mapping, optional
        Ranges of this problem where the plan says nothing, in place of those of the family.
    """
    space = _space(family, problem, usual)
    for name, parameter in PARAMETERS[family].items():
        if name not in without:
            _declare(hp, name, parameter, space[name], (first or {}).get(name))


def first_values(family: str, problem: Problem) -> dict[str, Any]:
    """Return what the plan tries first of each hyper-parameter of a family that another one fits as a part of itself."""
    space = _space(family, problem, None)
    return {name: space[name][1 if parameter.is_range else 0] for name, parameter in PARAMETERS[family].items()}


def _space(family: str, problem: Problem, usual: Mapping[str, list[Any]] | None) -> dict[str, list[Any]]:
    planned = problem.settings.get(f"space.{family}", {})
    return {**usual_space(family, problem.is_classification), **(usual or {}), **planned}


def _declare(hp: SearchSpace, name: str, parameter: Parameter, values: Sequence[Any], first: Any) -> None:
    if not parameter.is_range:
        options = list(values) if first is None or first in values else [first, *values]
        default = options[0] if first is None else first
        if len(options) == 2 and all(isinstance(option, bool) for option in options):
            hp.Boolean(name, default=default)
            return
        if parameter.kind == "floats":
            options, default = [float(option) for option in options], float(default)
        hp.Choice(name, sorted(options) if parameter.rising else options, default=default)
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


def proven(family: str, problem: Problem) -> list[dict[str, Any]]:
    """Return the plan's proven settings of a family as far as its ranges allow them; without a plan what the ranges begin with alone.

    Numbers beyond a range lie at its nearest end, other options that are not searched at their first.
    """
    candidates: Sequence[Mapping[str, Any]] = problem.settings.get("portfolio", {}).get(family, ({},))
    if family not in PARAMETERS:
        return [{} for _ in candidates]
    space = _space(family, problem, None)
    held = []
    for values in candidates:
        kept: dict[str, Any] = {}
        for name, value in values.items():
            if PARAMETERS[family][name].is_range:
                kept[name] = min(max(value, space[name][0]), space[name][-1])
            elif value in space[name]:
                kept[name] = value
        held.append(kept)
    return held
