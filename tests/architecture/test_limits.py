"""The tail never grows: sizes, and what no module may do."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import automl_assist

PACKAGE = Path(automl_assist.__file__).resolve().parent
MODULES = sorted(p for p in PACKAGE.rglob("*.py") if not p.relative_to(PACKAGE).parts[0].startswith("_templates"))
MOST_LINES, MOST_LINES_A_FUNCTION = 500, 100
# Loaders that run what a file says, and calls that run what a text says.
FORBIDDEN_IMPORTS = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal"}
FORBIDDEN_CALLS = {"eval", "exec", "__import__"}
VAGUE_NAMES = ("util", "helper", "manager", "misc")


TREES = {path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_text("utf-8")) for path in MODULES}


def _nodes(*kinds: type[ast.AST]) -> Iterator[tuple[str, ast.AST]]:
    for name, tree in TREES.items():
        yield from ((name, node) for node in ast.walk(tree) if isinstance(node, kinds))


def test_modules_are_short():
    assert not [(p.name, n) for p in MODULES if (n := p.read_text("utf-8").count("\n")) > MOST_LINES]


def test_functions_are_short():
    lengths = [(name, f.name, f.end_lineno - f.lineno + 1) for name, f in _nodes(ast.FunctionDef, ast.AsyncFunctionDef)]
    assert not [entry for entry in lengths if entry[2] > MOST_LINES_A_FUNCTION]


def test_nothing_imports_a_loader_that_runs_what_a_file_says():
    imported = [(name, alias.name) for name, node in _nodes(ast.Import) for alias in node.names]
    imported += [(name, node.module or "") for name, node in _nodes(ast.ImportFrom)]
    assert not [entry for entry in imported if entry[1].split(".")[0] in FORBIDDEN_IMPORTS]
    assert not [(name, node.attr) for name, node in _nodes(ast.Attribute) if node.attr in ("read_pickle", "to_pickle")]
    allowing = [
        name for name, node in _nodes(ast.keyword) if node.arg == "allow_pickle" and getattr(node.value, "value", None) is not False
    ]
    assert not allowing


def _called(*names: str) -> list[tuple[str, int]]:
    calls = [(name, node) for name, node in _nodes(ast.Call) if isinstance(node.func, ast.Name) and node.func.id in names]
    return [(name, node.lineno) for name, node in calls]


def test_nothing_runs_what_a_text_says():
    assert not _called(*FORBIDDEN_CALLS)


def test_commands_alone_print():
    assert not [entry for entry in _called("print") if not entry[0].startswith("commands/")]


def test_every_module_says_what_it_is_for():
    assert not [name for name, tree in TREES.items() if tree.body and not ast.get_docstring(tree)]


def test_modules_are_called_after_things():
    assert not [p.name for p in MODULES if any(word in p.stem for word in VAGUE_NAMES)]


def test_top_level_is_closed():
    root = Path(__file__).resolve().parents[2]
    allowed = {
        "automl_assist",
        "templates",
        "tests",
        "sample_data",
        "pyproject.toml",
        "README.md",
        "LICENSE",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
    }
    built = {"build", "dist", "assist-run", "assist-profile", "venv"}
    names = {p.name for p in root.iterdir() if not p.name.startswith(".") and not p.name.endswith(".egg-info")}
    assert names - built <= allowed
