"""Frozen records as plain JSON data, and back: any dataclass of fields that are plain, records, tuples or mappings."""

from __future__ import annotations

import dataclasses
import math
import types
import typing
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar

T = TypeVar("T")

_PLAIN = frozenset((str, int, bool, type(None)))


def to_json(value: Any) -> Any:
    """Return `value` as plain JSON data: dataclasses become dicts, tuples lists, NaN and infinity None."""
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is float:
        return value if math.isfinite(value) else None
    if kind is dict:  # what is plain is most of the millions of parts that the record of a wide table has: no call for each of them
        return {str(k): v if type(v) in _PLAIN else to_json(v) for k, v in value.items()}
    if kind is list or kind is tuple:
        return [v if type(v) in _PLAIN else to_json(v) for v in value]
    if dataclasses.is_dataclass(kind):
        parts = ((name, getattr(value, name)) for name in _field_names(kind))
        return {name: v if type(v) in _PLAIN else to_json(v) for name, v in parts}
    if isinstance(value, Mapping):
        return {str(k): to_json(v) for k, v in value.items()}
    if isinstance(value, str | bool) or value is None:
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, Sequence | set | frozenset):
        return [to_json(v) for v in value]
    if hasattr(value, "tolist"):  # NumPy arrays and scalars, without importing NumPy
        return to_json(value.tolist())
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    raise TypeError(f"{type(value).__name__} has no JSON form here: {value!r}")


@lru_cache(maxsize=256)
def _field_names(kind: type) -> tuple[str, ...]:
    return tuple(f.name for f in dataclasses.fields(kind))


def from_json(kind: type[T], data: Any) -> T:
    """Return the dataclass `kind` from what :func:`to_json` made of it; unknown keys are refused.

    Raises
    ------
    ValueError
        If the data does not have the shape of `kind`.
    """
    return typing.cast(T, _restore(kind, data))


def _restore(kind: Any, data: Any) -> Any:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if kind is Any:
        return data
    if origin in (types.UnionType, typing.Union):
        if data is None and type(None) in arguments:
            return None
        return _restore(next(a for a in arguments if a is not type(None)), data)
    if origin is tuple:
        if not isinstance(data, list):
            raise ValueError(f"expected a list, got {type(data).__name__}")
        each = arguments[:1] * len(data) if arguments[1:] == (...,) else arguments
        if len(each) != len(data):
            raise ValueError(f"expected {len(each)} entries, got {len(data)}")
        return tuple(_restore(a, v) for a, v in zip(each, data, strict=True))
    if origin is not None and issubclass(origin, Mapping):
        if not isinstance(data, Mapping):
            raise ValueError(f"expected a mapping, got {type(data).__name__}")
        return {k: _restore(arguments[1], v) for k, v in data.items()}
    if dataclasses.is_dataclass(kind):
        return _restore_dataclass(kind, data)
    if kind is float and isinstance(data, int) and not isinstance(data, bool):
        return float(data)
    if kind is float and data is None:
        return math.nan
    if not isinstance(data, kind) or (kind is int and isinstance(data, bool)):
        raise ValueError(f"expected {kind.__name__}, got {type(data).__name__}")
    return data


def _restore_dataclass(kind: Any, data: Any) -> Any:
    if not isinstance(data, Mapping):
        raise ValueError(f"expected the fields of {kind.__name__}, got {type(data).__name__}")
    hints = typing.get_type_hints(kind)
    unknown = set(data) - set(hints)
    if unknown:
        raise ValueError(f"{kind.__name__} has no field {sorted(unknown)[0]!r}")
    try:
        return kind(**{name: _restore(hints[name], value) for name, value in data.items()})
    except TypeError as error:
        raise ValueError(str(error)) from error
