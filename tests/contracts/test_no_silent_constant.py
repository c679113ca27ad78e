"""No constant beside the code decides what a rule should.

Every number that a module of these packages holds by a name, and does not take from the rules, stands in ``constants.yaml`` under the
reason why no rule decides it. A new one fails here until somebody has thought about where it belongs.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

import automl_assist

PACKAGE = Path(automl_assist.__file__).parent
PACKAGES = ("preprocessing", "models", "tuning", "evaluation", "nn")
REASONS = yaml.safe_load(Path(__file__).with_name("constants.yaml").read_text("utf-8"))


def _names(target: ast.expr) -> list[str]:
    return [name.id for name in (target.elts if isinstance(target, ast.Tuple) else [target]) if isinstance(name, ast.Name)]


def _is_number(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool)


def _constants(source: str) -> Iterator[str]:
    """Yield the names at the top of a module that hold a number, alone or in something larger."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value and any(map(_is_number, ast.walk(node.value))):
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                yield from _names(target)


def _found() -> set[str]:
    modules = {f"{package}/{path.name}": path for package in PACKAGES for path in (PACKAGE / package).glob("*.py")}
    return {f"{module} {name}" for module, path in modules.items() for name in _constants(path.read_text("utf-8"))}


def _reasoned() -> list[str]:
    return [f"{module} {name}" for modules in REASONS.values() for module, names in modules.items() for name in names.split()]


def test_every_number_is_decided_by_a_rule_or_has_a_reason_to_stand_beside_the_code():
    assert sorted(_found() - {*_reasoned()}) == [], "let a rule decide it, or give its reason in constants.yaml"


def test_reasons_are_given_once_and_for_what_is_there():
    assert sorted({*_reasoned()} - _found()) == []
    assert [name for name, times in Counter(_reasoned()).items() if times > 1] == []


@pytest.mark.parametrize("source", ["A = 3", "A: float = 0.5", "A, B = 1, 2", "A = {'x': (1,)}", "A = frozenset([5])"])
def test_numbers_are_found(source):
    assert "A" in [*_constants(source)]


@pytest.mark.parametrize("source", ["A = 'x'", "A = True", "from b import A", "A = USUAL['x']", "def f():\n    return 3"])
def test_what_holds_no_number_is_not(source):
    assert not [*_constants(source)]
