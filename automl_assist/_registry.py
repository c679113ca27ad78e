"""Find the plug-ins of a package by walking it: no list to keep, no import side effects."""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType
from typing import Any, TypeVar

T = TypeVar("T")

_COLLECTED: dict[tuple[str, type], dict[str, Any]] = {}  # walking a package takes milliseconds, and it never changes


def collect(package: ModuleType, kind: type[T], *, key: str, several: bool = False) -> dict[str, T]:
    """Return ``{key: object}`` for the one object of `kind` that each module of `package` defines.

    Parameters
    ----------
    package : module
        A package; its modules whose names begin with ``_`` are skipped.
    kind : type
        The class of the plug-ins, such as ``Check``.
    key : str
        The attribute that names a plug-in, such as ``"code"``.
    several : bool
        Modules define one or more objects, not exactly one.

    Raises
    ------
    TypeError
        If a module defines none or several, or two modules use the same key.
    """
    package_name = package.__name__
    if (package_name, kind) in _COLLECTED:
        return dict(_COLLECTED[package_name, kind])
    found: dict[str, T] = {}
    origin: dict[str, str] = {}
    for name in sorted(m.name for m in pkgutil.iter_modules(package.__path__) if not m.name.startswith("_")):
        module = importlib.import_module(f"{package_name}.{name}")
        objects = [value for value in vars(module).values() if isinstance(value, kind)]
        if not objects or (len(objects) > 1 and not several):
            raise TypeError(
                f"{module.__name__} defines {len(objects)} objects of type {kind.__name__}; every module of {package_name} "
                f"must define {'at least' if several else 'exactly'} one (a module whose name starts with '_' is skipped)."
            )
        for plugin in objects:
            label = getattr(plugin, key)
            if label in found:
                raise TypeError(f"{module.__name__} and {origin[label]} both define the {kind.__name__} {label!r}.")
            found[label], origin[label] = plugin, module.__name__
    _COLLECTED[package_name, kind] = found
    return dict(found)
